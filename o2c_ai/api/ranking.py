"""The worklist of the day, ranked once and kept until somebody acts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.audit import newest
from o2c_ai.core.collections.rules import Strategy, WorklistRow
from o2c_ai.jobs.worklist import worklist

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.api.dependencies import Reading

LISTS_KEPT = 16


class Worklists:
    """Worklists of the day as they were ranked last: ranking reads every open item, and a day has one list."""

    def __init__(self) -> None:
        """Keep none yet."""
        self._kept: dict[tuple[int, date], tuple[tuple[int, int], list[WorklistRow]]] = {}

    def now(self, read: Reading) -> list[WorklistRow]:
        """The list as the books are now: ranked anew where anything was done in them since."""
        place, stand = (read.company_id, read.as_of), newest(read.session)
        known = self._kept.get(place)
        if known is not None and known[0] == stand:
            return known[1]
        ranked = worklist(read.session, read.company_id, as_of=read.as_of, strategy=Strategy())
        if len(self._kept) >= LISTS_KEPT:
            self._kept.clear()
        self._kept[place] = (stand, ranked)
        return ranked

    def lately(self, read: Reading) -> list[WorklistRow]:
        """The list as somebody saw it last, to go on along it: what was done meanwhile does not move it."""
        known = self._kept.get((read.company_id, read.as_of))
        return self.now(read) if known is None else known[1]
