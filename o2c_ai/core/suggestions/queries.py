"""Questions about suggestions: what was proposed for which line, and how it was decided."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.payments.queries import says, waits
from o2c_ai.core.payments.tables import StatementLineRow
from o2c_ai.core.people.tables import User
from o2c_ai.core.receivables.queries import items_by_id
from o2c_ai.core.receivables.tables import Application
from o2c_ai.core.suggestions.rules import (
    AGES,
    Decision,
    Made,
    MatchSort,
    MatchSuggestion,
    Outcome,
    Part,
    Reason,
    Refusal,
    UnknownSuggestion,
    Waiting,
)
from o2c_ai.core.suggestions.tables import Suggestion, SuggestionOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session


def page_to_match(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    decision: Decision | None = None,
    exception: str | None = None,
    suggested: bool = True,
    least_ppm: int = 0,
    words: str = "",
    sort: MatchSort = MatchSort.BOOKING_DATE,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the day's undecided lines with what was suggested last, and the place after it; None at the end.

    Columns: id, line_ref, booking_date, currency, amount_minor, payer_name, narrative, suggestion_id, decision,
    probability_ppm (0 without a suggestion), exception, suggested_by, customer_code (of the suggestion), outcome
    (what people said of it, None so far). Not `suggested` are only lines without a suggestion. Raises BadPlace.
    """
    asked = _to_match(company_id, as_of)
    if decision is not None:
        asked = asked.where(Suggestion.decision == decision)
    if exception is not None:
        asked = asked.where(Suggestion.exception == exception)
    if not suggested:
        asked = asked.where(Suggestion.id.is_(None))
    if least_ppm:
        asked = asked.where(Suggestion.probability_ppm >= least_ppm)
    if words:
        asked = asked.where(says(words))
    descending = sort is not MatchSort.BOOKING_DATE
    return page_of(session, asked, by=sort.value, after=after, limit=limit, descending=descending)


def _to_match(company_id: int, as_of: date) -> Select[*tuple[Any, ...]]:
    line = StatementLineRow
    return (
        select(
            line.id,
            line.line_ref,
            line.booking_date,
            line.currency,
            line.amount_minor,
            line.payer_name,
            line.narrative,
            Suggestion.id.label("suggestion_id"),
            Suggestion.decision,
            func.coalesce(Suggestion.probability_ppm, 0).label("probability_ppm"),
            Suggestion.exception,
            Suggestion.suggested_by,
            CustomerRow.code.label("customer_code"),
            SuggestionOutcome.outcome,
        )
        .select_from(line)
        .outerjoin(Suggestion, Suggestion.id == _newest(company_id, as_of))
        .outerjoin(SuggestionOutcome, SuggestionOutcome.id == _last_said())
        .outerjoin(CustomerRow, CustomerRow.id == Suggestion.customer_id)
        .where(line.company_id == company_id, waits(as_of))
    )


def _newest(company_id: int, as_of: date) -> ColumnElement[int]:
    """The newest suggestion of the line of the row, made up to the day: looked up line by line, by its index."""
    made = aliased(Suggestion)
    mine = made.line_id == StatementLineRow.id, made.company_id == company_id, made.as_of <= as_of
    return select(func.max(made.id)).where(*mine).correlate(StatementLineRow).scalar_subquery()


def _last_said() -> ColumnElement[int]:
    said = aliased(SuggestionOutcome)
    asked = select(func.max(said.id)).where(said.suggestion_id == Suggestion.id)
    return asked.correlate(Suggestion).scalar_subquery()


def count_to_match(session: Session, company_id: int, as_of: date) -> list[tuple[Decision | None, str, int]]:
    """(decision, exception, lines) of the day's undecided lines, most lines first; None without a suggestion."""
    asked = (
        select(Suggestion.decision, func.coalesce(Suggestion.exception, ""), func.count())
        .select_from(StatementLineRow)
        .outerjoin(Suggestion, Suggestion.id == _newest(company_id, as_of))
        .where(StatementLineRow.company_id == company_id, waits(as_of))
        .group_by(Suggestion.decision, Suggestion.exception)
        .order_by(func.count().desc())
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked)]


def exceptions_to_match(session: Session, company_id: int, as_of: date) -> list[Waiting]:
    """Why the day's undecided lines could not be proposed, most lines first, with the age of those lines."""
    ages = [as_of - timedelta(days=days) for days in AGES]
    older = [case((StatementLineRow.booking_date < day, 1), else_=0) for day in ages]
    asked = (
        select(Suggestion.exception, func.count(), func.min(StatementLineRow.booking_date), *map(func.sum, older))
        .select_from(StatementLineRow)
        .join(Suggestion, Suggestion.id == _newest(company_id, as_of))
        .where(StatementLineRow.company_id == company_id, waits(as_of), Suggestion.decision == Decision.EXCEPTION)
        .group_by(Suggestion.exception)
        .order_by(func.count().desc(), Suggestion.exception)
    )
    found = []
    for why, lines, oldest, *past in session.execute(asked):
        counts = [lines, *map(int, past), 0]
        by_age = tuple(more - fewer for more, fewer in pairwise(counts))
        found.append(Waiting(why, lines, oldest, by_age))
    return found


def find_newest(session: Session, company_id: int, line_id: int, as_of: date) -> tuple[int, Outcome | None] | None:
    """(suggestion, what people said of it) of the newest one for a line made up to the day; None without one."""
    asked = (
        select(Suggestion.id, SuggestionOutcome.outcome)
        .select_from(StatementLineRow)
        .join(Suggestion, Suggestion.id == _newest(company_id, as_of))
        .outerjoin(SuggestionOutcome, SuggestionOutcome.id == _last_said())
        .where(StatementLineRow.id == line_id, StatementLineRow.company_id == company_id)
    )
    row = session.execute(asked).one_or_none()
    return None if row is None else (row[0], row[1])


def get_suggestion(session: Session, company_id: int, suggestion_id: int) -> MatchSuggestion:
    """A stored suggestion; raises UnknownSuggestion."""
    asked = select(Suggestion).where(Suggestion.company_id == company_id, Suggestion.id == suggestion_id)
    row = session.scalar(asked)
    if row is None:
        raise UnknownSuggestion(suggestion_id)
    parts = tuple(Part(amount, Reason(reason), *ids) for amount, reason, *ids in row.parts)
    return MatchSuggestion(
        row.line_id,
        parts,
        row.decision,
        row.probability_ppm,
        row.customer_id,
        tuple(row.reasons),
        row.suggested_by,
        row.as_of,
        row.exception,
        row.payer_by,
    )


def newest_of_lines(session: Session, company_id: int, line_ids: Sequence[int]) -> dict[int, Made]:
    """Line → its newest suggestion."""
    newest = (
        select(func.max(Suggestion.id).label("id"))
        .where(Suggestion.company_id == company_id, among(session, Suggestion.line_id, line_ids))
        .group_by(Suggestion.line_id)
        .subquery()
    )
    asked = select(Suggestion.line_id, Suggestion.id, Suggestion.parts).join(newest, newest.c.id == Suggestion.id)
    return {
        line_id: Made(number, frozenset((item, memo) for _, _, item, memo, _ in parts if item or memo))
        for line_id, number, parts in session.execute(asked)
    }


def lines_suggested(session: Session, company_id: int, as_of: date) -> set[int]:
    """Lines that have a suggestion made with the knowledge of exactly that day."""
    asked = select(Suggestion.line_id).where(Suggestion.company_id == company_id, Suggestion.as_of == as_of)
    return set(session.scalars(asked))


def lines_outdated(session: Session, company_id: int, as_of: date) -> set[int]:
    """Undecided lines whose newest suggestion pays more of an item than is open since something used it on the day.

    What only a return not yet accepted would open was used before, and is no reason to suggest anew.
    """
    used = select(Application.open_item_id).where(Application.company_id == company_id, Application.known_on == as_of)
    touched = set(session.scalars(used.where(Application.amount_minor > 0)))
    asked = (
        select(StatementLineRow.id, Suggestion.parts)
        .join(Suggestion, Suggestion.id == _newest(company_id, as_of))
        .where(StatementLineRow.company_id == company_id, waits(as_of))
    )
    if not touched:
        return set()
    made = session.execute(asked)
    paid = [(line, item, minor) for line, parts in made for minor, _, item, _, _ in parts if item in touched]
    items = items_by_id(session, company_id, as_of, [item for _, item, _ in paid])
    return {line for line, item, minor in paid if items[item].left_minor < minor}


def list_refusals(session: Session, company_id: int, as_of: date) -> list[Refusal]:
    """What people had refused for a line by the day, the last word on each line and set of items, as they said it.

    A set that was accepted again, or recalled with its whole run, is not refused.
    """
    made, said = Suggestion, SuggestionOutcome
    refused = (
        select(made.line_id)
        .join(said, said.suggestion_id == made.id)
        .where(said.company_id == company_id, said.outcome.in_(_REFUSING))
    )
    asked = (
        select(made.line_id, made.parts, said.outcome, said.known_on, User.name)
        .join(said, said.suggestion_id == made.id)
        .join(User, User.id == said.user_id)
        .where(made.company_id == company_id, said.known_on <= as_of, made.line_id.in_(refused))
        .order_by(said.id)
    )
    last: dict[tuple[int, frozenset[int], frozenset[int]], Refusal] = {}
    for line_id, parts, outcome, on, by in session.execute(asked):
        items = frozenset(row[2] for row in parts if row[2] is not None)
        memos = frozenset(row[3] for row in parts if row[3] is not None)
        last[line_id, items, memos] = Refusal(line_id, items, memos, outcome, on, by)
    return [one for one in last.values() if one.outcome in _REFUSING and (one.open_item_ids or one.credit_item_ids)]


_REFUSING = (Outcome.REJECTED, Outcome.OVERRIDDEN, Outcome.UNDONE)


def count_decisions(session: Session, company_id: int, as_of: date) -> dict[Decision, int]:
    """How many lines the newest suggestion of each decided which way, of suggestions made up to the day."""
    newest = (
        select(func.max(Suggestion.id).label("id"))
        .where(Suggestion.company_id == company_id, Suggestion.as_of <= as_of)
        .group_by(Suggestion.line_id)
        .subquery()
    )
    asked = select(Suggestion.decision, func.count()).join(newest, newest.c.id == Suggestion.id)
    return {row[0]: row[1] for row in session.execute(asked.group_by(Suggestion.decision))}


def newest_by(session: Session, company_id: int, suggested_by: str, as_of: date) -> list[tuple[int, int, list[Part]]]:
    """(line, probability in millionths, parts) of the newest that one version proposed for each line, up to the day."""
    newest = (
        select(func.max(Suggestion.id).label("id"))
        .where(Suggestion.company_id == company_id, Suggestion.as_of <= as_of, Suggestion.suggested_by == suggested_by)
        .group_by(Suggestion.line_id)
        .subquery()
    )
    asked = select(Suggestion.line_id, Suggestion.probability_ppm, Suggestion.parts)
    asked = asked.join(newest, newest.c.id == Suggestion.id).order_by(Suggestion.line_id)
    return [
        (line_id, ppm, [Part(amount, Reason(reason), *ids) for amount, reason, *ids in parts])
        for line_id, ppm, parts in session.execute(asked)
    ]
