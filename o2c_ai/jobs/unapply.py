"""Take back what was applied here since a day, and nothing that a leading system booked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application import actions as cash_application
from o2c_ai.core.cash_application.queries import line_ids_applied
from o2c_ai.core.errors import Invalid
from o2c_ai.core.payments.queries import line_ids_of_refs
from o2c_ai.core.payments.rules import UnknownLine
from o2c_ai.core.suggestions.rules import Undoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


class DecidedLater(Invalid):
    """What was decided on a day cannot have been taken back before it."""

    def __init__(self, lines: int, on: date) -> None:
        """Say how many lines, and the day asked for."""
        self.lines, self.on = lines, on
        super().__init__(f"{lines} of these lines were decided after {on}: take them back on that day or later")


def unapply(
    session: Session,
    actor: Actor,
    *,
    since: date,
    on: date,
    reason: str,
    refs: Sequence[str],
    payer_wrong: bool = False,
) -> int:
    """Undo cash applications that count from `since` on; gives how many lines are open again.

    With references, those lines whoever booked them: what was suggested for them was wrong, and so, where said, was the
    payer. Without, all that followed a suggestion made here: a run recalled as a whole, with nothing said against it.
    Raises UnknownLine, DecidedLater, and what undoing raises.
    """
    named = line_ids_of_refs(session, actor.company_id, refs)
    for ref in refs:
        if ref not in named:
            raise UnknownLine(ref)
    line_ids = line_ids_applied(session, actor.company_id, since, suggested_only=not refs)
    if refs:
        line_ids = [line_id for line_id in line_ids if line_id in named.values()]
    later = set(line_ids_applied(session, actor.company_id, on + timedelta(days=1), suggested_only=False))
    if later.intersection(line_ids):
        raise DecidedLater(len(later.intersection(line_ids)), on)
    verdict = Undoing.PAYER_WRONG if payer_wrong else Undoing.WRONG if refs else Undoing.RECALLED
    if line_ids:
        cash_application.undo(session, actor, line_ids=line_ids, on=on, reason=reason, verdict=verdict)
    return len(line_ids)
