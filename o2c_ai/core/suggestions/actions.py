"""Verbs of suggestions: store what was proposed, decline it, note what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.aliases import actions as aliases
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.suggestions import queries
from o2c_ai.core.suggestions.rules import NobodySuggested, NoSuggestionFollowed, Outcome, Undoing
from o2c_ai.core.suggestions.tables import Suggestion, SuggestionOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.suggestions.rules import MatchSuggestion, Part

_SUGGESTION_COLUMNS = tuple(table_of(Suggestion).columns.keys())


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
            made.payer_by,
        )
        for row_id, made in zip(ids, suggestions, strict=True)
    ]
    insert_rows(session, table_of(Suggestion), _SUGGESTION_COLUMNS, rows)
    return ids


def reject(
    session: Session, actor: Actor, *, suggestion_id: int, on: date, reason: str, payer_wrong: bool = False
) -> None:
    """Note that a suggestion is wrong: its items are not applied untouched to its line again.

    Where the payer was wrong, the account or name relied on is declined for the customer named. Raises NotYourDuty,
    UnknownSuggestion, and what `decline_payer` raises.
    """
    require(actor, Duty.BOOK)
    queries.get_suggestion(session, actor.company_id, suggestion_id)
    if payer_wrong:
        decline_payer(session, actor, suggestion_id=suggestion_id, on=on, reason=reason)
    note_outcomes(session, actor, suggestions=[(suggestion_id, on)], outcome=Outcome.REJECTED)
    audit.record(
        session, actor, "reject", "match_suggestions", suggestion_id, suggestion_id=suggestion_id, reason=reason
    )


def decline_payer(session: Session, actor: Actor, *, suggestion_id: int, on: date, reason: str) -> int:
    """Remember that the customer a suggestion named did not pay its line; gives the alias's number.

    Raises NotYourDuty, UnknownSuggestion, NobodySuggested, NoPayerNamed, ToldTooEarly.
    """
    require(actor, Duty.BOOK)
    made = queries.get_suggestion(session, actor.company_id, suggestion_id)
    if made.customer_id is None:
        raise NobodySuggested(suggestion_id)
    return aliases.decline_payer(
        session,
        actor,
        suggestion_id=suggestion_id,
        line_id=made.line_id,
        customer_id=made.customer_id,
        payer_by=made.payer_by,
        on=on,
        reason=reason,
    )


def take_back(
    session: Session,
    actor: Actor,
    *,
    followed: Mapping[int, int | None],
    on: date,
    reason: str,
    verdict: Undoing,
) -> None:
    """Note what taking lines back says of the suggestions they followed (line → suggestion, None where there was none).

    Callers have checked the duty. Raises, where the payer was wrong, NoSuggestionFollowed, NobodySuggested,
    NoPayerNamed, ToldTooEarly.
    """
    outcome = Outcome.RECALLED if verdict is Undoing.RECALLED else Outcome.UNDONE
    numbers = [(number, on) for number in followed.values() if number is not None]
    note_outcomes(session, actor, suggestions=numbers, outcome=outcome)
    if verdict is Undoing.PAYER_WRONG:
        for line_id, number in followed.items():
            if number is None:
                raise NoSuggestionFollowed(line_id)
            decline_payer(session, actor, suggestion_id=number, on=on, reason=reason)


def note_booked(
    session: Session, actor: Actor, *, lines: Sequence[tuple[int, int | None, Sequence[Part], date]]
) -> None:
    """Note of booked lines (line, suggestion followed or None, parts, day) what became of their suggestions.

    One that was followed was accepted. Where none was, the newest for the line was overridden if it named other items.
    Callers have checked the duty.
    """
    followed = [(number, on) for _, number, _, on in lines if number is not None]
    note_outcomes(session, actor, suggestions=followed, outcome=Outcome.ACCEPTED)
    alone = {line_id: (parts, on) for line_id, number, parts, on in lines if number is None}
    newest = queries.newest_of_lines(session, actor.company_id, list(alone))
    overridden = [
        (made.number, alone[line_id][1])
        for line_id, made in newest.items()
        if not made.pays <= {(part.open_item_id, part.credit_item_id) for part in alone[line_id][0]}
    ]
    note_outcomes(session, actor, suggestions=overridden, outcome=Outcome.OVERRIDDEN)


def note_outcomes(session: Session, actor: Actor, *, suggestions: Sequence[tuple[int, date]], outcome: Outcome) -> None:
    """Write down what became of suggestions, each on its day. Callers have checked the duty."""
    columns = ("company_id", "suggestion_id", "outcome", "known_on", "user_id")
    rows = [(actor.company_id, number, outcome, on, actor.user_id) for number, on in suggestions]
    insert_rows(session, table_of(SuggestionOutcome), columns, rows)
