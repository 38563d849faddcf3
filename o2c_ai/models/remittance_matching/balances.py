"""Keeps what is open on every item while the days pass, findable by customer and by amount."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain, islice

from o2c_ai.models.remittance_matching.records import Item
from o2c_ai.models.remittance_matching.references import NumberIndex


class OpenItems:
    """The open amount of every item issued so far, in minor units; credit memos are open with a negative amount."""

    def __init__(self) -> None:
        """Start with no item issued."""
        self.items: dict[int, Item] = {}
        self.numbers = NumberIndex()
        self._open: dict[int, int] = {}
        self._early: Counter[int] = Counter()
        self._by_customer: defaultdict[int, dict[int, None]] = defaultdict(dict)
        self._by_amount: defaultdict[tuple[str, int], dict[int, dict[int, None]]] = defaultdict(dict)

    def issue(self, item: Item) -> None:
        """An item comes into being, wholly open."""
        self.items[item.item_id] = item
        self.numbers.add(item)
        self._open[item.item_id] = 0
        self.clear(item.item_id, self._early.pop(item.item_id, 0) - item.amount_minor)

    def clear(self, item_id: int, cleared_minor: int) -> None:
        """The open amount goes down (or up again, where `cleared_minor` is negative); before the issue, it waits."""
        if item_id not in self.items:
            self._early[item_id] += cleared_minor
            return
        item, before = self.items[item_id], self._open[item_id]
        after = before - cleared_minor
        self._open[item_id] = after
        for amount in _paid_by(item, before):
            self._by_amount[item.currency, amount][item.customer_id].pop(item_id, None)
        for amount in _paid_by(item, after):
            self._by_amount[item.currency, amount].setdefault(item.customer_id, {})[item_id] = None
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

    def payable_with(self, currency: str, minor: int, limit: int, customers: Iterable[int] | None = None) -> list[Item]:
        """Items that exactly this amount would pay, in full or less cash discount, of these or of all customers."""
        by_customer = self._by_amount.get((currency, minor), {})
        wanted = by_customer.values() if customers is None else [by_customer.get(one, {}) for one in customers]
        return [self.items[item_id] for item_id in islice(chain.from_iterable(wanted), limit)]


def _paid_by(item: Item, open_minor: int) -> tuple[int, ...]:
    """The amounts an open item is filed under."""
    if open_minor <= 0:
        return ()
    discounted = item.discount_minor > 0 and open_minor == item.amount_minor
    return (open_minor, open_minor - item.discount_minor) if discounted else (open_minor,)
