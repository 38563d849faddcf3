"""Learns how many days after the due date each customer pays: which of two equal items is likelier paid today."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from o2c_ai.models.remittance_matching.records import BankLine, Booking, Item

KEPT = 40
"""Latest payments of a customer that are remembered: habits change."""
SEEN_MIN = 3
"""Fewer payments than this are no habit."""
STRANGER_SPREAD = 12.0
"""Days by which the payments of a customer without a habit are taken to vary."""
SPREAD_MIN = 1.0
"""Least days of variation: a habit is never surer than the bank's own days."""


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

    def learn(self, line: BankLine, rows: Sequence[tuple[Booking, Item | None]]) -> None:
        """Remember when the items of a booked line were paid."""
        for row, item in rows:
            if item is not None and item.amount_minor > 0 and row.cash_minor > 0:
                self._days[item.customer_id].append((line.booking_date - item.due_date).days)
                self._known.pop(item.customer_id, None)

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
