"""The same measurements worked out the slow and obvious way, one item after the other: referee of the quick ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, WEEK


@dataclass(frozen=True)
class Item:
    """An item of a frame of day numbers."""

    payer: object
    issued: int
    due: int
    ended: int
    paid: bool
    amount: int

    def late(self) -> int:
        """Days late, as a mean counts them."""
        return max(-180, min(180, self.ended - self.due))


def read(items: pd.DataFrame) -> list[Item]:
    """The items of a frame."""
    rows: Any = items.itertuples()
    return [
        Item(
            row.customer_id,
            row.issue_date,
            row.due_date,
            min(row.cleared_on, row.withdrawn_on),
            row.cleared_on != NEVER and row.cleared_on <= row.withdrawn_on,
            row.amount_minor,
        )
        for row in rows
    ]


def measure(book: list[Item], item: Item, evening: int) -> dict[str, float]:
    """Some of MOMENT_COLUMNS of an item on an evening."""
    own = [one for one in book if one.payer == item.payer and one.issued <= evening]
    paid = sorted((one for one in own if one.paid and one.ended <= evening), key=lambda one: (one.ended, one.late()))
    everybody = [one for one in book if one.paid and one.ended <= evening]
    book_mean = sum(one.late() for one in everybody) / max(1, len(everybody))
    mean = (sum(one.late() for one in paid) + 5 * book_mean) / (len(paid) + 5)
    month = [one.late() for one in paid if one.ended > evening - 30]
    still_open = [one for one in own if one.ended > evening]
    overdue = [one for one in still_open if one.due < evening]
    usual = sum(one.amount for one in own) / max(1, len(own))
    newest = [one.late() for one in paid[-3:]]
    last3 = sum(newest) / max(1, len(newest))
    return {
        "terms": item.due - item.issued,
        "days_to_due": item.due - evening,
        "issued_before": len(own),
        "amount_to_usual": item.amount / max(1.0, usual),
        "paid_before": len(paid),
        "late_mean": mean,
        "late_mean_month": (sum(month) + 5 * mean) / (len(month) + 5),
        "late_share_0": late_share(own, evening, 0, late_share(book, evening, 0, None)),
        "late_share_7": late_share(own, evening, 7, late_share(book, evening, 7, None)),
        "alike_late_share": late_share(
            [one for one in own if one.due - one.issued == item.due - item.issued],
            evening,
            0,
            late_share(own, evening, 0, late_share(book, evening, 0, None)),
        ),
        "last3_mean": last3,
        "trend": last3 - mean,
        "open_items": len(still_open),
        "overdue_items": len(overdue),
        "overdue_age": sum(evening - one.due for one in overdue) / max(1, len(overdue)),
    }


def late_share(items: list[Item], evening: int, days: int, common: float | None) -> float:
    """Share known to be late on an evening of those whose answer was known."""
    late = in_time = 0
    for one in items:
        if one.ended > max(one.due + days, one.issued) <= evening:
            late += 1
        elif one.paid and one.ended <= min(one.due + days, evening):
            in_time += 1
    if common is None:
        return late / max(1, late + in_time)
    return (late + 5 * common) / (late + in_time + 5)


def hazard(items: list[Item], evening: int, days_late: int) -> tuple[int, int]:
    """Items that could have been paid exactly so many days late by an evening, and those that were."""
    at_risk = paid = 0
    for one in items:
        day = one.due + days_late
        if one.issued < day <= min(one.ended, evening):
            at_risk += 1
            paid += one.paid and one.ended == day
    return at_risk, paid


def weekday_counts(items: list[Item], evening: int) -> list[int]:
    """Payments by weekday, Monday first."""
    days = [(one.ended + 3) % WEEK for one in items if one.paid and one.ended <= evening]
    return [days.count(weekday) for weekday in range(WEEK)]


def rises(values: list[float]) -> bool:
    """Whether no value is less than the one before."""
    return all(left <= right for left, right in pairwise(values))
