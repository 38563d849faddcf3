"""Keeps what is open on every item while the days pass, findable by customer and by amount."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import islice

from o2c_ai.models.remittance_matching.filing import Filing
from o2c_ai.models.remittance_matching.records import Item
from o2c_ai.models.remittance_matching.references import NumberIndex


class OpenItems:
    """The open amount of every item issued so far, in minor units; credit memos are open with a negative amount."""

    def __init__(self, items: Iterable[Item]) -> None:
        """Take all items there will be; none is issued yet."""
        self.items = {item.item_id: item for item in items}
        self.numbers = NumberIndex(self.items)
        self._open: dict[int, int] = {}
        self._early: Counter[int] = Counter()
        self._by_customer: defaultdict[int, dict[int, None]] = defaultdict(dict)
        self._by_amount: defaultdict[str, Filing[int]] = defaultdict(Filing)

    def issue(self, item: Item) -> None:
        """An item comes into being, wholly open."""
        self.numbers.add(item)
        self._open[item.item_id] = 0
        self.clear(item.item_id, self._early.pop(item.item_id, 0) - item.amount_minor)

    def clear(self, item_id: int, cleared_minor: int) -> None:
        """The open amount goes down (or up again, where `cleared_minor` is negative); before the issue, it waits."""
        if item_id not in self._open:
            self._early[item_id] += cleared_minor
            return
        item, before = self.items[item_id], self._open[item_id]
        after = before - cleared_minor
        self._open[item_id] = after
        for amount in _paid_by(item, before):
            self._by_amount[item.currency].remove(amount, item_id)
        for amount in _paid_by(item, after):
            self._by_amount[item.currency].add(amount, item_id)
        if after:
            self._by_customer[item.customer_id][item_id] = None
        else:
            self._by_customer[item.customer_id].pop(item_id, None)

    def open_minor(self, item_id: int) -> int:
        """What is open on the item, 0 where nothing or where the item is not issued yet."""
        return self._open.get(item_id, 0)

    def of_customers(self, customers: Iterable[int], currency: str, limit: int) -> list[Item]:
        """Open items of these customers in a currency, earliest due first, from at most `limit` of each customer."""
        found = [
            self.items[item_id]
            for customer in customers
            for item_id in islice(self._by_customer.get(customer, ()), limit)
            if self.items[item_id].currency == currency
        ]
        return sorted(found, key=lambda item: (item.due_date, item.item_id))

    def payable_with(self, currency: str, minor: int, limit: int) -> list[Item]:
        """Items that exactly this amount would pay, in full or less cash discount."""
        return [self.items[item_id] for item_id in islice(self._by_amount[currency].get(minor), limit)]

    def is_paid_by(self, item: Item, minor: int) -> bool:
        """Whether exactly this amount would pay what is open on the item, in full or less cash discount."""
        return minor in _paid_by(item, self.open_minor(item.item_id))


def _paid_by(item: Item, open_minor: int) -> tuple[int, ...]:
    """The amounts an open item is filed under."""
    if open_minor <= 0:
        return ()
    discounted = item.discount_minor > 0 and open_minor == item.amount_minor
    return (open_minor, open_minor - item.discount_minor) if discounted else (open_minor,)
