"""Verbs of cash application: suggest, book what was decided, accept, reject, undo."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application import queries
from o2c_ai.core.cash_application.rules import (
    TOLERANCE,
    Booking,
    BookingsRefused,
    NothingToUndo,
    Source,
    Tolerance,
    check_suspense,
    plan,
)
from o2c_ai.core.cash_application.tables import CashApplication, CashApplicationPart
from o2c_ai.core.clearings import actions as clearings
from o2c_ai.core.clearings.queries import hold, lock_credit_item, redone, settles_a_whole, telling_who_used
from o2c_ai.core.clearings.rules import Held
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.disputes import actions as disputes
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.errors import BooksError
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments.queries import line_of_credit, lock_lines
from o2c_ai.core.payments.rules import BankLine, HasStatementLine, LineAlreadyDecided, LineState, NotAReceipt
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.receivables import actions as receivables
from o2c_ai.core.receivables.rules import (
    ApplicationKind,
    Clearing,
    CreditKind,
    MovementKind,
    NewMovement,
    NothingToClear,
    UnknownClearing,
    UnknownItem,
)
from o2c_ai.core.returns.actions import Freed, free_receipt
from o2c_ai.core.returns.queries import bounced_receipt
from o2c_ai.core.returns.rules import NothingReturned
from o2c_ai.core.suggestions.actions import note_booked, take_back
from o2c_ai.core.suggestions.queries import get_suggestion
from o2c_ai.core.suggestions.rules import Part, Reason, Undoing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.receivables.rules import Balance

_HEAD_COLUMNS = ("id", "company_id", "line_id", "known_on", "suggestion_id", "entries")
_PART_COLUMNS = tuple(table_of(CashApplicationPart).columns.keys())[1:]  # the database numbers them


def book(
    session: Session, actor: Actor, *, bookings: Sequence[Booking], tolerance: Tolerance | None = TOLERANCE
) -> None:
    """Book decided lines in order, all or nothing: apply money, post differences, park credit, return receipts.

    History is booked without a tolerance (None). Raises NotYourDuty, UnknownLine, LineAlreadyDecided, UnknownItem,
    UnknownCustomer, PeriodClosed, and BookingsRefused with every booking that breaks a law.
    """
    require(actor, Duty.BOOK)
    lines = lock_lines(session, actor.company_id, [booking.line_id for booking in bookings])
    lines |= _receipts_made(session, actor, bookings, lines)
    desk, decided = _Desk(session, actor, lines, tolerance), set[int]()
    # All is locked before anything is booked, so that two batches never wait for each other.
    credits_ = [line.credit_item_id for line in lines.values() if line.credit_item_id is not None]
    _hold_named(session, actor, desk.held, [part for booking in bookings for part in booking.parts], credits_)
    for booking in bookings:
        line = lines[booking.line_id]
        if line.state is not LineState.OPEN or line.line_id in decided:
            made = queries.find_decided(session, actor.company_id, line.line_id)
            raise LineAlreadyDecided(line.line_ref, line.state.value, made.by if made else "")
        decided.add(line.line_id)
        desk.take(booking)
    desk.book()
    _keep(session, actor, desk.booked)


def _receipts_made(
    session: Session, actor: Actor, bookings: Sequence[Booking], lines: Mapping[int, BankLine]
) -> dict[int, BankLine]:
    """Lines whose money was set aside as not about receivables and now pays something, each with its new receipt."""
    late = [
        (line, booking.on)
        for booking in bookings
        if (line := lines[booking.line_id]).credit_item_id is None
        and line.amount_minor > 0
        and any(part.reason is not Reason.NOT_AR for part in booking.parts)
    ]
    made = payments.make_receipts(session, actor, lines=late) if late else {}
    return {line_id: replace(lines[line_id], credit_item_id=credit) for line_id, credit in made.items()}


class _Desk:
    """Bookings taken in order and booked many at once: payments first, then the returns none of them waits for."""

    def __init__(
        self, session: Session, actor: Actor, lines: Mapping[int, BankLine], tolerance: Tolerance | None
    ) -> None:
        self.session, self.actor, self.lines, self.tolerance = session, actor, lines, tolerance
        self.held = Held()
        self.run: list[Booking] = []
        self.returns: list[Booking] = []
        self.reopening: set[int] = set()
        self.netted = Counter[int]()
        self.booked: list[tuple[Booking, list[int]]] = []

    def take(self, booking: Booking) -> None:
        """Put a booking with the others; where it builds on what a return will free, those are booked first."""
        named = {part.open_item_id for part in booking.parts if part.open_item_id is not None}
        netted = Counter[int]()
        for part in booking.parts:
            if part.credit_item_id is not None:
                netted[part.credit_item_id] -= part.amount_minor
        short = any(self.netted[memo] + minor > self.held.credit[memo].left_minor for memo, minor in netted.items())
        if self.returns and (short or named & self.reopening):
            self.book()
        if any(part.reason is Reason.RETURNED for part in booking.parts):
            self.returns.append(booking)
            self.reopening |= named
        else:
            self.run.append(booking)
            self.netted += netted

    def book(self) -> None:
        """Book what has been taken. Raises BookingsRefused."""
        suspense = [booking for booking in self.run if self.lines[booking.line_id].credit_item_id is None]
        refusals = [(booking, error) for booking in suspense if (error := self._refusal(booking))]
        if refusals:
            raise BookingsRefused(refusals)
        self._book_receipts([b for b in self.run if self.lines[b.line_id].credit_item_id is not None])
        self.booked += [(booking, []) for booking in suspense]
        self._book_returns()
        self.run, self.returns, self.reopening, self.netted = [], [], set(), Counter()

    def _refusal(self, booking: Booking) -> BooksError | None:
        try:
            check_suspense(booking.parts, _source(self.lines[booking.line_id]))
        except BooksError as error:
            return error
        return None

    def _book_receipts(self, run: Sequence[Booking]) -> None:
        items, memos = _balances(self.held.open, self.held.credit, [part for booking in run for part in booking.parts])
        planned, refusals = [], []
        run = [self._dated(booking) for booking in run]
        for booking in run:
            before = _balances(items, memos, booking.parts)
            source = _source(self.lines[booking.line_id])
            try:
                self._check_used(booking)
                with telling_who_used(self.session, self.actor.company_id, *_named(booking.parts)):
                    applications, movements = plan(booking.parts, source, items, memos, self.tolerance)
            except BooksError as error:
                refusals.append((booking, error))
                items, memos = items | before[0], memos | before[1]
                continue
            text = f"{self.lines[booking.line_id].line_ref} applied"
            head = (booking.on, source.currency, text, applications, movements)
            planned.append(Clearing(*head, booking.suggestion_id, booking.reason))
        if refusals:
            raise BookingsRefused(refusals)
        entries = clearings.clear(self.session, self.actor, clearings=planned, held=self.held)
        self.booked += [(booking, [entry]) for booking, entry in zip(run, entries, strict=True)]
        _follow_up(self.session, self.actor, planned, entries, items)

    def _used(self, booking: Booking) -> list[Balance]:
        """Balances of all that a booking of a receipt uses."""
        credits_ = [self.lines[booking.line_id].credit_item_id, *(part.credit_item_id for part in booking.parts)]
        used = [self.held.credit[credit] for credit in credits_ if credit is not None]
        return used + [self.held.open[p.open_item_id] for p in booking.parts if p.open_item_id is not None]

    def _check_used(self, booking: Booking) -> None:
        for used in self._used(booking):
            used.check_day(booking.on)
        for part in booking.parts:
            # A receipt of its own is no memo that another line's money could use up.
            if part.credit_item_id is not None and part.amount_minor < 0 and part.credit_item_id not in self.held.memos:
                raise UnknownItem(part.credit_item_id)

    def _dated(self, booking: Booking) -> Booking:
        """History may know of a payment before the invoice was issued: it is applied once all it uses is there."""
        if self.tolerance is None and (used := self._used(booking)):
            return replace(booking, on=first) if (first := max(one.free_from for one in used)) > booking.on else booking
        return booking

    def _book_returns(self) -> None:
        """Each takes back the receipt of the bounced amount which pays exactly the items named."""
        freed = []
        for booking in self.returns:
            try:
                freed.append(self._freed(booking, self.lines[booking.line_id]))
            except BooksError as error:
                raise BookingsRefused([(booking, error)]) from error
        entries = clearings.clear(self.session, self.actor, clearings=[last for _, last in freed], held=self.held)
        booked = zip(self.returns, freed, entries, strict=True)
        self.booked += [(booking, [*mirrors, entry]) for booking, (mirrors, _), entry in booked]

    def _freed(self, booking: Booking, line: BankLine) -> Freed:
        check_suspense(booking.parts, _source(line))
        items = {part.open_item_id for part in booking.parts if part.open_item_id is not None}
        payers = {part.customer_id for part in booking.parts if part.customer_id is not None}
        credit = bounced_receipt(self.session, self.actor.company_id, items, payers, -line.amount_minor)
        if credit is None:
            raise NothingReturned(line.line_ref)
        head = Clearing(booking.on, "", "", reason=f"returned by {line.line_ref}")
        return free_receipt(self.session, self.actor, self.held, credit, head)


def _source(line: BankLine) -> Source:
    return Source(f"line {line.line_ref}", line.currency, line.amount_minor, line.credit_item_id)


def _hold_named(
    session: Session, actor: Actor, held: Held, parts: Sequence[Part], credits_: Sequence[int] = ()
) -> None:
    items, memos = _named(parts)
    hold(session, actor.company_id, held, items, [*memos, *credits_])
    customers = [part.customer_id for part in parts if part.customer_id is not None]
    payments.check_customers(session, actor, customer_ids=customers)


def _named(parts: Sequence[Part]) -> tuple[list[int], list[int]]:
    """Open items and credit memos that parts name."""
    items = [part.open_item_id for part in parts if part.open_item_id is not None]
    return items, [part.credit_item_id for part in parts if part.credit_item_id is not None]


def _balances(
    items: Mapping[int, Balance], memos: Mapping[int, Balance], parts: Sequence[Part]
) -> tuple[dict[int, Balance], dict[int, Balance]]:
    """Copies, to plan with, of the balances that parts name: open items and credit memos."""
    opens, nets = _named(parts)
    return {item: replace(items[item]) for item in opens}, {memo: replace(memos[memo]) for memo in nets}


def _follow_up(
    session: Session, actor: Actor, planned: Sequence[Clearing], entries: Sequence[int], items: Mapping[int, Balance]
) -> None:
    """What clearings leave behind: a settled case for each deduction, a new item for each residual."""
    done = [
        (clearing, entry, app)
        for clearing, entry in zip(planned, entries, strict=True)
        for app in clearing.applications
        if app.kind in {ApplicationKind.DEDUCTION, ApplicationKind.RESIDUAL}
    ]
    cases = []
    for clearing, entry, app in done:
        if app.kind is ApplicationKind.DEDUCTION:
            owner, item = items[app.open_item_id].customer_id or 0, app.open_item_id
            size = (app.amount_minor, clearing.currency, clearing.on)
            case = NewDispute(owner, item, DisputeKind.DEDUCTION, DisputeReason.UNKNOWN, *size, DisputeState.ACCEPTED)
            cases.append(replace(case, closed_on=clearing.on, entry_id=entry))
    disputes.record(session, actor, disputes=cases)
    residuals = [entry for _, entry, app in done if app.kind is ApplicationKind.RESIDUAL]
    if residuals:
        receivables.put_open_items(session, actor, items=queries.new_residuals(session, actor.company_id, residuals))


def apply_receipt(
    session: Session, actor: Actor, *, credit_item_id: int, parts: Sequence[Part], on: date, reason: str = ""
) -> int:
    """Apply (part of) a receipt taken by hand; gives the clearing's entry, undone by `unapply`.

    Raises NotYourDuty, UnknownItem, UnknownCustomer, NotAReceipt, HasStatementLine, PeriodClosed, and what the parts
    break: NothingToClear, PartMisplaced, OverApplication, CreditExceeded, WrongCurrency, TolerancePassed.
    """
    line = line_of_credit(session, actor.company_id, credit_item_id)
    if line is not None:
        raise HasStatementLine(line.line_ref)
    return _apply(session, actor, credit_item_id, parts, Clearing(on, "", "", reason=reason))


def apply_on_account(
    session: Session,
    actor: Actor,
    *,
    credit_item_id: int,
    customer_id: int,
    parts: Sequence[Part],
    on: date,
    reason: str = "",
) -> int:
    """Apply money of a receipt that is parked for a customer; gives the clearing's entry, undone by `unapply`.

    Raises NotYourDuty, UnknownItem, UnknownCustomer, NotAReceipt, ParkedExceeded, PeriodClosed, and what the parts
    break: NothingToClear, PartMisplaced, OverApplication, CreditExceeded, WrongCurrency, TolerancePassed.
    """
    total = sum(part.amount_minor for part in parts)
    back = NewMovement(credit_item_id, MovementKind.ON_ACCOUNT, -total, customer_id, "applied")
    return _apply(session, actor, credit_item_id, parts, Clearing(on, "", "", movements=(back,), reason=reason))


def _apply(session: Session, actor: Actor, credit_item_id: int, parts: Sequence[Part], head: Clearing) -> int:
    require(actor, Duty.BOOK)
    held = Held()
    _hold_named(session, actor, held, parts)
    items, memos = _balances(held.open, held.credit, parts)
    credit = lock_credit_item(session, actor.company_id, credit_item_id)
    if credit.kind is not CreditKind.RECEIPT:
        raise NotAReceipt(credit.number)
    total, text = sum(part.amount_minor for part in parts), f"{credit.number} applied"
    if total <= 0:
        raise NothingToClear(text)
    source = Source(f"receipt {credit.number}", credit.currency, total, credit_item_id)
    with telling_who_used(session, actor.company_id, list(items), [*memos, credit_item_id]):
        applications, movements = plan(parts, source, items, memos)
        moved = (*head.movements, *movements)
        clearing = replace(head, currency=credit.currency, text=text, applications=applications, movements=moved)
        (entry,) = clearings.clear(session, actor, clearings=[clearing], held=held)
    _follow_up(session, actor, [clearing], [entry], items)
    return entry


def unapply(session: Session, actor: Actor, *, entry_id: int, on: date, reason: str) -> int:
    """Undo a clearing that no statement line decided (an application, transfer, refund, write-off); gives the mirror.

    Raises NotYourDuty, UnknownClearing, HasStatementLine, and what undoing raises.
    """
    require(actor, Duty.BOOK)
    line_ref = queries.line_of_clearing(session, actor.company_id, entry_id)
    if line_ref is not None:
        raise HasStatementLine(line_ref)
    if settles_a_whole(session, actor.company_id, entry_id):
        raise UnknownClearing(entry_id)
    (mirror,) = clearings.unapply(session, actor, entry_ids=[entry_id], on=on, reason=reason)
    disputes.withdraw_deductions(session, actor, entry_ids=[entry_id], on=on)
    return mirror


def _keep(session: Session, actor: Actor, booked: Sequence[tuple[Booking, list[int]]]) -> None:
    """Write the decided lines down and mark them; suggestions followed or passed over get their outcome."""
    ids, company = reserve_ids(session, table_of(CashApplication), len(booked)), actor.company_id
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
    note_booked(session, actor, lines=[(b.line_id, b.suggestion_id, b.parts, b.on) for b, _ in booked])


def _state(booking: Booking) -> LineState:
    return LineState.NOT_AR if all(part.reason is Reason.NOT_AR for part in booking.parts) else LineState.BOOKED


def accept(session: Session, actor: Actor, *, suggestion_id: int, on: date, reason: str = "") -> None:
    """Book a suggestion as it stands. Raises NotYourDuty, UnknownSuggestion and what `book` raises."""
    made = get_suggestion(session, actor.company_id, suggestion_id)
    book(session, actor, bookings=[Booking(made.line_id, on, made.parts, suggestion_id, reason)])


def undo(
    session: Session, actor: Actor, *, line_ids: Sequence[int], on: date, reason: str, verdict: Undoing = Undoing.WRONG
) -> None:
    """Take back what was decided on these lines, newest first; they are open again. The verdict is learnt from.

    Raises NotYourDuty, UnknownLine, NothingToUndo, AlreadyReversed where a later act took the money back, PeriodClosed,
    OverApplication where undoing a return would pay again what was paid since, and what `take_back` raises.
    """
    require(actor, Duty.BOOK)
    lines = lock_lines(session, actor.company_id, line_ids)
    decided = queries.standing(session, actor.company_id, line_ids)
    for line_id in line_ids:
        if line_id not in decided:
            raise NothingToUndo(line_id)
    newest_first = sorted(decided.values(), key=lambda row: -row.id)
    # What a return took back stands again only when that return is undone, so each return is undone by itself.
    for _, rows in groupby(newest_first, key=lambda row: row.id if lines[row.line_id].amount_minor < 0 else 0):
        _undo_entries(session, actor, [entry for row in rows for entry in reversed(row.entries)], on, reason)
    for row in newest_first:
        row.undone_on = on
    session.flush()
    payments.mark_lines(session, actor, marks=[(line_id, LineState.OPEN, None) for line_id in decided])
    followed = {row.line_id: row.suggestion_id for row in newest_first}
    take_back(session, actor, followed=followed, on=on, reason=reason, verdict=verdict)


def _undo_entries(session: Session, actor: Actor, booked: Sequence[int], on: date, reason: str) -> None:
    entries = list(redone(session, actor.company_id, booked).values())
    if entries:
        clearings.unapply(session, actor, entry_ids=entries, on=on, reason=reason)
        disputes.withdraw_deductions(session, actor, entry_ids=entries, on=on)
