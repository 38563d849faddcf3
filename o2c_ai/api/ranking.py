"""The worklist of the day, ranked once and kept in step with what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.api.following import ACTS_FOLLOWED, DAYS_KEPT, Followed
from o2c_ai.core.assignments.queries import owners
from o2c_ai.core.audit import acts_since, newest
from o2c_ai.core.collections.queries import exposures
from o2c_ai.core.collections.rules import Exposure, Strategy, WorklistRow, rank

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from o2c_ai.api.following import Books, Known, Stand


class Seen(NamedTuple):
    """A worklist, and who looks after its customers."""

    rows: list[WorklistRow]
    owners: Mapping[str, str]
    """Customer's number → name, of all customers that have somebody."""


class Worklists:
    """Worklists of the day as they were ranked last."""

    def __init__(self) -> None:
        """Keep none yet."""
        self._exposures = Followed(_exposures)
        self._ranked: dict[tuple[int, date], tuple[Known[Exposure], list[WorklistRow]]] = {}
        self._owners: dict[tuple[int, date], tuple[Stand, Mapping[str, str]]] = {}

    def now(self, read: Books) -> Seen:
        """The list as the books are now."""
        kept = self._exposures.look(read)
        return Seen(self._in_order(read, kept.known), self._looked_after(read, kept.stand))

    def _in_order(self, read: Books, found: Known[Exposure]) -> list[WorklistRow]:
        place = (read.company_id, read.as_of)
        kept = self._ranked.get(place)
        if kept is not None and kept[0] is found:
            return kept[1]
        ranked = rank(list(found.values()), Strategy(), read.as_of)
        if len(self._ranked) >= DAYS_KEPT and place not in self._ranked:
            self._ranked.clear()
            self._owners.clear()
        self._ranked[place] = (found, ranked)
        return ranked

    def _looked_after(self, read: Books, stand: Stand) -> Mapping[str, str]:
        """Who looks after whom as the log of acts stands; asked anew once somebody was given customers."""
        place = (read.company_id, read.as_of)
        before, known = self._owners.get(place, (None, {}))
        if before != stand:
            acts = None if before is None else acts_since(read.session, read.company_id, before, ACTS_FOLLOWED)
            if acts is None or any(act.subject == "assignments" for act in acts):
                known = owners(read.session, read.company_id, read.as_of)
            self._owners[place] = (stand, known)
        return known

    def around(self, read: Books, code: str) -> Seen:
        """The list as somebody saw it last, to go on along it; as it is now where that one does not tell of a customer.

        What was done meanwhile does not move it: who was just called stays between the same neighbours.
        """
        _, before = self._ranked.get((read.company_id, read.as_of), (None, []))
        if any(row.customer_code == code for row in before):
            return Seen(before, self._looked_after(read, newest(read.session)))
        return self.now(read)


def _exposures(read: Books, customer_ids: set[int] | None) -> Known[Exposure]:
    found = exposures(read.session, read.company_id, read.as_of, Strategy(), customer_ids=customer_ids)
    return {(one.customer_id, one.currency): one for one in found}
