"""The worklist of the day, ranked once and kept in step with what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.api.following import DAYS_KEPT, Followed
from o2c_ai.core.collections.queries import exposures
from o2c_ai.core.collections.rules import Exposure, Strategy, WorklistRow, rank

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.api.following import Books, Known


class Worklists:
    """Worklists of the day as they were ranked last."""

    def __init__(self) -> None:
        """Keep none yet."""
        self._exposures = Followed(_exposures)
        self._ranked: dict[tuple[int, date], tuple[Known[Exposure], list[WorklistRow]]] = {}

    def now(self, read: Books) -> list[WorklistRow]:
        """The list as the books are now."""
        place, found = (read.company_id, read.as_of), self._exposures.now(read)
        kept = self._ranked.get(place)
        if kept is not None and kept[0] is found:
            return kept[1]
        ranked = rank(list(found.values()), Strategy(), read.as_of)
        if len(self._ranked) >= DAYS_KEPT and place not in self._ranked:
            self._ranked.clear()
        self._ranked[place] = (found, ranked)
        return ranked

    def around(self, read: Books, code: str) -> list[WorklistRow]:
        """The list as somebody saw it last, to go on along it; as it is now where that one does not tell of a customer.

        What was done meanwhile does not move it: who was just called stays between the same neighbours.
        """
        _, kept = self._ranked.get((read.company_id, read.as_of), (None, []))
        return kept if any(row.customer_code == code for row in kept) else self.now(read)


def _exposures(read: Books, customer_ids: set[int] | None) -> Known[Exposure]:
    found = exposures(read.session, read.company_id, read.as_of, Strategy(), customer_ids=customer_ids)
    return {(one.customer_id, one.currency): one for one in found}
