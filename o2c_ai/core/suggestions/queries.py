"""Questions about suggestions: what was proposed for which line, and how it was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from o2c_ai.core.database import among
from o2c_ai.core.people.tables import User
from o2c_ai.core.suggestions.rules import (
    Decision,
    Made,
    MatchSuggestion,
    Outcome,
    Part,
    Reason,
    Refusal,
    UnknownSuggestion,
)
from o2c_ai.core.suggestions.tables import Suggestion, SuggestionOutcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session


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
