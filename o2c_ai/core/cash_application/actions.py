"""Verbs of cash application: suggest, book what was decided, accept, reject, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.cash_application import queries
from o2c_ai.core.cash_application.rules import (
    DIFFERENCES,
    Booking,
    BookingsRefused,
    MatchSuggestion,
    NothingReturned,
    NothingToUndo,
    Outcome,
    PartMisplaced,
    Reason,
    Source,
    plan,
)
from o2c_ai.core.cash_application.tables import CashApplication, CashApplicationPart, Suggestion, SuggestionOutcome
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.disputes import actions as disputes
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.errors import BooksError
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments.queries import lock_lines
from o2c_ai.core.payments.rules import BankLine, LineAlreadyDecided, LineState
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.receivables import actions as receivables
from o2c_ai.core.receivables.queries import (
    items_paid_by,
    lock_credit_balances,
    lock_open_balances,
    receipts_paying,
    standing_entries_of_credit,
)
from o2c_ai.core.receivables.rules import Clearing, MovementKind, NewMovement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.receivables.rules import Balance

_SUGGESTION_COLUMNS = (
    "id",
    "company_id",
    "line_id",
    "as_of",
    "suggested_by",
    "decision",
    "probability_ppm",
    "customer_id",
    "reasons",
    "exception",
    "parts",
)
_HEAD_COLUMNS = ("id", "company_id", "line_id", "known_on", "suggestion_id", "entries")
_PART_COLUMNS = (
    "company_id",
    "cash_application_id",
    "open_item_id",
    "credit_item_id",
    "customer_id",
    "amount_minor",
    "reason",
)


def suggest(session: Session, actor: Actor, *, suggestions: Sequence[MatchSuggestion]) -> Sequence[int]:
    """Store suggestions as they were made; gives their numbers in order. Raises NotYourDuty."""
    require(actor, Duty.BOOK)
    ids = reserve_ids(session, table_of(Suggestion), len(suggestions))
    rows = [
        (
            row_id,
            actor.company_id,
            made.line_id,
            made.as_of,
            made.suggested_by,
            made.decision,
            made.probability_ppm,
            made.customer_id,
            list(made.reasons),
            made.exception,
            [[p.amount_minor, p.reason.value, p.open_item_id, p.credit_item_id, p.customer_id] for p in made.parts],
        )
        for row_id, made in zip(ids, suggestions, strict=True)
    ]
    insert_rows(session, table_of(Suggestion), _SUGGESTION_COLUMNS, rows)
    return ids


def book(session: Session, actor: Actor, *, bookings: Sequence[Booking]) -> None:
    """Book decided lines in order, all or nothing: apply money, post differences, park credit, return receipts.

    Raises NotYourDuty, UnknownLine, UnknownItem, PeriodClosed, and BookingsRefused with every booking that breaks a law.
    """
    require(actor, Duty.BOOK)
    lines = lock_lines(session, actor.company_id, [booking.line_id for booking in bookings])
    run: list[Booking] = []
    for booking in bookings:
        line = lines[booking.line_id]
        if line.state is not LineState.OPEN:
            raise LineAlreadyDecided(line.line_ref, line.state.value)
        if all(part.reason is not Reason.RETURNED for part in booking.parts):
            run.append(booking)
            continue
        # What a bounced payment reopens may have been paid a moment ago, so what came before is booked first.
        _book_run(session, actor, run, lines)
        run = []
        _book_return(session, actor, booking, line)
    _book_run(session, actor, run, lines)


def _book_run(session: Session, actor: Actor, run: list[Booking], lines: dict[int, BankLine]) -> None:
    _book_receipts(session, actor, [b for b in run if lines[b.line_id].credit_item_id is not None], lines)
    suspense = [b for b in run if lines[b.line_id].credit_item_id is None]
    misplaced = [
        (
            booking,
            PartMisplaced(lines[booking.line_id].line_ref, part.reason, "money in suspense is not_ar or returned"),
        )
        for booking in suspense
        for part in booking.parts
        if part.reason is not Reason.NOT_AR
    ]
    if misplaced:
        raise BookingsRefused(misplaced)
    _keep(session, actor, [(booking, []) for booking in suspense])


def _book_receipts(session: Session, actor: Actor, run: list[Booking], lines: dict[int, BankLine]) -> None:
    if not run:
        return
    parts = [part for booking in run for part in booking.parts]
    items = lock_open_balances(session, actor.company_id, [p.open_item_id for p in parts if p.open_item_id is not None])
    memo_ids = [p.credit_item_id for p in parts if p.credit_item_id is not None]
    memos = lock_credit_balances(session, actor.company_id, memo_ids)
    clearings = _plan_all(run, lines, items, memos)
    entries = receivables.clear(session, actor, clearings=clearings)
    _keep(session, actor, [(booking, [entry]) for booking, entry in zip(run, entries, strict=True)])
    _record_deductions(session, actor, run, clearings, entries, items)


def _plan_all(
    run: list[Booking], lines: dict[int, BankLine], items: dict[int, Balance], memos: dict[int, Balance]
) -> list[Clearing]:
    clearings, refusals = [], []
    for booking in run:
        line = lines[booking.line_id]
        source = Source(line.line_ref, line.currency, line.amount_minor, line.credit_item_id)
        try:
            clearings.append(plan(booking, source, items, memos))
        except BooksError as error:
            refusals.append((booking, error))
    if refusals:
        raise BookingsRefused(refusals)
    return clearings


def _record_deductions(
    session: Session,
    actor: Actor,
    run: Sequence[Booking],
    clearings: Sequence[Clearing],
    entries: Sequence[int],
    items: dict[int, Balance],
) -> None:
    cases = [
        NewDispute(
            items[app.open_item_id].customer_id or 0,
            app.open_item_id,
            DisputeKind.DEDUCTION,
            DisputeReason.UNKNOWN,
            app.amount_minor,
            clearing.currency,
            booking.on,
            DisputeState.ACCEPTED,
            booking.on,
            entry,
        )
        for booking, clearing, entry in zip(run, clearings, entries, strict=True)
        for app in clearing.applications
        if app.kind is DIFFERENCES[Reason.DEDUCTION]
    ]
    disputes.record(session, actor, disputes=cases)


def _book_return(session: Session, actor: Actor, booking: Booking, line: BankLine) -> None:
    """A bounced payment takes back the receipt of that amount which pays exactly the items named."""
    returned = [part for part in booking.parts if part.reason is Reason.RETURNED]
    wanted = {part.open_item_id for part in returned if part.open_item_id is not None}
    fitting = [
        credit
        for credit in receipts_paying(session, actor.company_id, sorted(wanted), -line.amount_minor)
        if items_paid_by(session, actor.company_id, credit) == wanted
    ]
    if not fitting:
        raise BookingsRefused([(booking, NothingReturned(line.line_ref, 0))])
    entries = take_back(session, actor, credit_item_id=fitting[0], on=booking.on, reason=f"returned by {line.line_ref}")
    _keep(session, actor, [(booking, entries)])


def take_back(session: Session, actor: Actor, *, credit_item_id: int, on: date, reason: str) -> list[int]:
    """Reverse a receipt that bounced: everything it paid is open again; gives the entries. Raises UnknownItem."""
    require(actor, Duty.BOOK)
    used = standing_entries_of_credit(session, actor.company_id, credit_item_id)
    mirrors = list(receivables.unapply(session, actor, entry_ids=used, on=on, reason=reason)) if used else []
    disputes.withdraw_deductions(session, actor, entry_ids=used, on=on)
    credit = receivables.lock_credit(session, actor, credit_item_id=credit_item_id)
    move = NewMovement(credit_item_id, MovementKind.REVERSED, credit.left_minor, credit.customer_id, reason)
    clearing = Clearing(on, credit.currency, f"{credit.number} returned", (), (move,), None, reason)
    return [*mirrors, *receivables.clear(session, actor, clearings=[clearing])]


def _keep(session: Session, actor: Actor, booked: Sequence[tuple[Booking, list[int]]]) -> None:
    """Write the decided lines down and mark them; accepted suggestions get their outcome."""
    ids = reserve_ids(session, table_of(CashApplication), len(booked))
    company = actor.company_id
    heads = [
        (row_id, company, booking.line_id, booking.on, booking.suggestion_id, entries)
        for row_id, (booking, entries) in zip(ids, booked, strict=True)
    ]
    insert_rows(session, table_of(CashApplication), _HEAD_COLUMNS, heads)
    parts = [
        (company, row_id, p.open_item_id, p.credit_item_id, p.customer_id, p.amount_minor, p.reason)
        for row_id, (booking, _) in zip(ids, booked, strict=True)
        for p in booking.parts
    ]
    insert_rows(session, table_of(CashApplicationPart), _PART_COLUMNS, parts)
    payments.mark_lines(session, actor, marks=[(b.line_id, _state(b), b.on) for b, _ in booked])
    followed = [(b.suggestion_id, b.on) for b, _ in booked if b.suggestion_id is not None]
    _note_outcomes(session, actor, followed, Outcome.ACCEPTED)


def _state(booking: Booking) -> LineState:
    return LineState.NOT_AR if all(part.reason is Reason.NOT_AR for part in booking.parts) else LineState.BOOKED


def _note_outcomes(session: Session, actor: Actor, suggestions: Sequence[tuple[int, date]], outcome: Outcome) -> None:
    columns = ("company_id", "suggestion_id", "outcome", "known_on", "user_id")
    rows = [(actor.company_id, number, outcome, on, actor.user_id) for number, on in suggestions]
    insert_rows(session, table_of(SuggestionOutcome), columns, rows)


def accept(session: Session, actor: Actor, *, suggestion_id: int, on: date, reason: str = "") -> None:
    """Book a suggestion as it stands. Raises NotYourDuty, UnknownSuggestion and what `book` raises."""
    made = queries.get_suggestion(session, actor.company_id, suggestion_id)
    book(session, actor, bookings=[Booking(made.line_id, on, made.parts, suggestion_id, reason)])


def reject(session: Session, actor: Actor, *, suggestion_id: int, on: date, reason: str) -> None:
    """Note that a suggestion is wrong. Raises NotYourDuty, UnknownSuggestion."""
    require(actor, Duty.BOOK)
    queries.get_suggestion(session, actor.company_id, suggestion_id)
    _note_outcomes(session, actor, [(suggestion_id, on)], Outcome.REJECTED)
    audit.record(
        session, actor, "reject", "match_suggestions", suggestion_id, suggestion_id=suggestion_id, reason=reason
    )


def undo(session: Session, actor: Actor, *, line_ids: Sequence[int], on: date, reason: str) -> None:
    """Take back what was decided on these lines, newest first; they are open again. Raises NotYourDuty, NothingToUndo.

    Also raises AlreadyReversed where a later act took the money back, and PeriodClosed.
    """
    require(actor, Duty.BOOK)
    decided = queries.standing(session, actor.company_id, line_ids)
    for line_id in line_ids:
        if line_id not in decided:
            raise NothingToUndo(line_id)
    newest_first = sorted(decided.values(), key=lambda row: -row.id)
    entries = [entry for row in newest_first for entry in reversed(row.entries)]
    if entries:
        receivables.unapply(session, actor, entry_ids=entries, on=on, reason=reason)
        disputes.withdraw_deductions(session, actor, entry_ids=entries, on=on)
    for row in newest_first:
        row.undone_on = on
    session.flush()
    payments.mark_lines(session, actor, marks=[(line_id, LineState.OPEN, None) for line_id in line_ids])
    followed = [(row.suggestion_id, on) for row in newest_first if row.suggestion_id is not None]
    _note_outcomes(session, actor, followed, Outcome.UNDONE)
