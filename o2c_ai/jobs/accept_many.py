"""Accept many suggestions at once: each that still can be is booked, each that cannot be is named with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import accept
from o2c_ai.core.errors import BooksError, Forbidden
from o2c_ai.core.suggestions.queries import get_suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


@dataclass
class Accepted:
    """What became of the suggestions."""

    line_ids: list[int] = field(default_factory=list)
    """Lines booked."""
    refused: list[tuple[int, str]] = field(default_factory=list)
    """(line, why) of those held back."""


def accept_many(session: Session, actor: Actor, *, suggestion_ids: Sequence[int], on: date) -> Accepted:
    """Book suggestions in their order, each by itself; the caller commits. Raises NotYourDuty, UnknownSuggestion."""
    done = Accepted()
    for number in suggestion_ids:
        line_id = get_suggestion(session, actor.company_id, number).line_id
        try:
            with session.begin_nested():
                accept(session, actor, suggestion_id=number, on=on, reason="accepted with others")
            done.line_ids.append(line_id)
        except Forbidden:
            raise
        except BooksError as refused:
            done.refused.append((line_id, str(refused)))
    return done
