"""Learns when each customer pays, and whether they take the discount: which of two equal items is likelier paid."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from o2c_ai.models.remittance_matching.records import BankLine, Booking, Item, Reason

KEPT = 40
"""Latest payments of a customer that are remembered: habits change."""
SEEN_MIN = 3
"""Fewer payments than this are no habit."""
STRANGER_SPREAD = 12.0
"""Days by which the payments of a customer without a habit are taken to vary."""
SPREAD_MIN = 1.0
"""Least days of variation: a habit is never surer than the bank's own days."""
OFFER_DAYS = 5
"""A discount counts as offered up to so many days after its date: many take it a little late."""
COMPANY_WEIGHT = 2
"""The company's share of discounts taken counts as so many offers to each customer."""


@dataclass(frozen=True, slots=True)
class Habit:
    """When a customer pays, in days after the due date."""

    usual: float
    """The median."""
    spread: float
    """One and a half times the median distance from it."""
    seen: int

    def surprise(self, days_late: int) -> float:
        """How far a payment so many days after the due date is from the habit, in spreads, signed."""
        return (days_late - self.usual) / self.spread


STRANGER = Habit(0.0, STRANGER_SPREAD, 0)


class Punctuality:
    """The days after the due date of each customer's latest payments."""

    def __init__(self) -> None:
        """Start without payments."""
        self._days: defaultdict[int, deque[int]] = defaultdict(lambda: deque(maxlen=KEPT))
        self._known: dict[int, Habit] = {}
        self._last: dict[int, date] = {}
        self._offers: defaultdict[int | None, list[int]] = defaultdict(lambda: [0, 0])

    def learn(self, line: BankLine, rows: Sequence[tuple[Booking, Item | None]]) -> None:
        """Remember when the items of a booked line were paid."""
        for row, item in rows:
            if item is not None and item.amount_minor > 0 and row.cash_minor > 0:
                self._days[item.customer_id].append((line.booking_date - item.due_date).days)
                self._known.pop(item.customer_id, None)
                self._last[item.customer_id] = line.booking_date
                self._learn_offer(line.booking_date, row, item)

    def _learn_offer(self, day: date, row: Booking, item: Item) -> None:
        if item.discount_minor and item.discount_until and (day - item.discount_until).days <= OFFER_DAYS:
            for whose in (item.customer_id, None):
                self._offers[whose][0] += row.reason is Reason.DISCOUNT
                self._offers[whose][1] += 1

    def takes_discount(self, customer_id: int) -> float:
        """The share of the discounts offered to the customer that were taken, leaning on the whole company's."""
        (own, offered), (all_, offers) = self._offers.get(customer_id, (0, 0)), self._offers.get(None, (0, 0))
        return (own + COMPANY_WEIGHT * (all_ + 1) / (offers + 2)) / (offered + COMPANY_WEIGHT)

    def last_paid(self, customer_id: int) -> date | None:
        """The day of the customer's latest payment."""
        return self._last.get(customer_id)

    def habit(self, customer_id: int) -> Habit:
        """The customer's habit; that of a stranger where too few payments were seen."""
        if customer_id not in self._known:
            self._known[customer_id] = _habit(self._days.get(customer_id, ()))
        return self._known[customer_id]


def _habit(days: Sequence[int]) -> Habit:
    if len(days) < SEEN_MIN:
        return Habit(STRANGER.usual, STRANGER.spread, len(days))
    usual = median(days)
    return Habit(usual, max(SPREAD_MIN, 1.5 * median(abs(day - usual) for day in days)), len(days))
