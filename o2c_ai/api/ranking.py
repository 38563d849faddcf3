"""The worklist of the day, ranked once and kept until somebody acts in the company's books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.collections.rules import Strategy, WorklistRow
from o2c_ai.core.people.queries import last_acts
from o2c_ai.jobs.worklist import worklist

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


class Rankings:
    """The newest worklist of each company."""

    def __init__(self) -> None:
        """Begin with none."""
        self._kept: dict[int, tuple[tuple[date, int], list[WorklistRow]]] = {}

    def worklist(self, session: Session, company_id: int, as_of: date) -> list[WorklistRow]:
        """The day's worklist, best first; not to be changed."""
        stands = (as_of, last_acts(session, company_id))
        kept = self._kept.get(company_id)
        if kept is None or kept[0] != stands:
            kept = stands, worklist(session, company_id, as_of=as_of, strategy=Strategy())
            self._kept[company_id] = kept
        return kept[1]
