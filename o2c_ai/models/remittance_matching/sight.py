"""What all ways to book one line are measured against: its pool and the numbers it quotes, looked at once."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.records import Item
from o2c_ai.models.remittance_matching.references import Mention
from o2c_ai.models.remittance_matching.ways import Way


@dataclass(frozen=True, slots=True)
class QuotedNumber:
    """A number in the text or the advice, and what is left of the items it may mean."""

    item_ids: tuple[int, ...]
    is_open: bool
    of_this_amount: bool
    """Whether one of the items is, as a whole, of the line's amount."""


class Sight:
    """One case at one desk; good until something there changes."""

    def __init__(self, desk: Desk, case: Case) -> None:
        """Look at the case once."""
        self.desk, self.case = desk, case
        mentions = [*case.reading.mentions, *(row.mention for row in case.advised if row.mention is not None)]
        self.quoted = [self._quoted(mention) for mention in mentions]
        self.named = {item_id for one in self.quoted for item_id in one.item_ids}
        self.named_alone = {one.item_ids[0] for one in self.quoted if len(one.item_ids) == 1}
        self.magnitude = math.log10(case.line.amount_minor + 1)
        """Decimal logarithm of the line's minor units."""
        self._in_pool = {item.item_id for item in case.pool}
        self._twins: Counter[tuple[int, int]] | None = None
        self._due: dict[frozenset[int], list[date]] = {}

    def twins(self, mine: Item) -> int:
        """Open items of the pool, of the same customer, on which as much is open."""
        open_minor = self.desk.open_items.open_minor
        if self._twins is None:
            self._twins = Counter((item.customer_id, open_minor(item.item_id)) for item in self.case.pool)
        found = self._twins[mine.customer_id, open_minor(mine.item_id)]
        return max(0, found - 1) if mine.item_id in self._in_pool else found

    def passed_over(self, customers: frozenset[int], invoices: Sequence[Way]) -> tuple[int, int]:
        """The customers' invoices in the pool, and those of them due by the latest that is paid but left out."""
        if customers not in self._due:
            pool = self.case.pool
            self._due[customers] = [i.due_date for i in pool if i.amount_minor > 0 and i.customer_id in customers]
        due = self._due[customers]  # the pool has the earliest first
        if not invoices:
            return len(due), 0
        latest = max(one.item.due_date for one in invoices)
        return len(due), bisect_right(due, latest) - sum(one.item.item_id in self._in_pool for one in invoices)

    def _quoted(self, mention: Mention) -> QuotedNumber:
        items, opened = self.desk.open_items.items, self.desk.open_items.open_minor
        minor = self.case.line.amount_minor
        alike = any(items[item_id].amount_minor == minor for item_id in mention.item_ids)
        return QuotedNumber(mention.item_ids, any(map(opened, mention.item_ids)), alike)
