"""The same measurements worked out the slow and obvious way, one item after the other: referee of the quick ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import pstdev
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

    def terms(self) -> int:
        """Days to pay."""
        return self.due - self.issued

    def age(self) -> int:
        """Days from issue to the end."""
        return self.ended - self.issued

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
    share = late_share(own, evening, 0, late_share(book, evening, 0, None))
    kinds = {
        "alike": ([one for one in own if one.terms() == item.terms()], 5),
        "due_weekday": ([one for one in own if one.due % WEEK == item.due % WEEK], 5),
        "same_amount": ([one for one in own if one.amount == item.amount], 1),
    }
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
        **{f"{kind}_late_mean": late_mean(some, evening, mean, k) for kind, (some, k) in kinds.items()},
        **{f"{kind}_late_share": late_share(some, evening, 0, share, k) for kind, (some, k) in kinds.items()},
        "alike_paid": len([one for one in paid if one.terms() == item.terms()]),
        "same_amount_paid": len([one for one in paid if one.amount == item.amount]),
        **by_age(item, paid, evening, mean),
        "last3_mean": last3,
        "trend": last3 - mean,
        "open_items": len(still_open),
        "overdue_items": len(overdue),
        "overdue_age": sum(evening - one.due for one in overdue) / max(1, len(overdue)),
    }


def by_age(item: Item, paid: list[Item], evening: int, mean: float) -> dict[str, float]:
    """What is measured of the days from issue to payment, and of the days on which the payer paid."""
    ages = [one.age() for one in paid]
    spread = pstdev(ages) if ages else 0.0
    newest = sorted(one.age() for one in sorted(paid, key=lambda one: (one.ended, one.age()))[-10:])
    quarter = [one.ended for one in paid if one.ended > evening - 90]
    return {
        "late_by_age_mean": (sum(ages) + 5 * (item.terms() + mean)) / (len(ages) + 5) - item.terms(),
        "age_spread": spread,
        **({"late_by_age_p50": newest[round(0.5 * (len(newest) - 1))] - item.terms()} if newest else {}),
        "pay_days_quarter": len(set(quarter)),
        "items_a_pay_day": len(quarter) / max(1, len(set(quarter))),
    }


def late_mean(items: list[Item], evening: int, common: float, weight: float) -> float:
    """Mean days late of those paid by an evening, leaning on a common mean."""
    late = [one.late() for one in items if one.paid and one.ended <= evening]
    return (sum(late) + weight * common) / (len(late) + weight)


def late_share(items: list[Item], evening: int, days: int, common: float | None, weight: float = 5) -> float:
    """Share known to be late on an evening of those whose answer was known."""
    late = in_time = 0
    for one in items:
        if one.ended > max(one.due + days, one.issued) <= evening:
            late += 1
        elif one.paid and one.ended <= min(one.due + days, evening):
            in_time += 1
    if common is None:
        return late / max(1, late + in_time)
    return (late + weight * common) / (late + in_time + weight)


def hazard(numbers: list[int], first: int, beyond: float) -> tuple[float, int]:
    """Of days late or ages of payments: how many a day from `first` up to `beyond`, and how many were not earlier."""
    inside = [number for number in numbers if first <= number < beyond]
    return len(inside) / (beyond - first), len([number for number in numbers if number >= first])


def paid_by(items: list[Item], evening: int) -> list[Item]:
    """Those paid by an evening."""
    return [one for one in items if one.paid and one.ended <= evening]


def weekday_counts(items: list[Item], evening: int) -> list[int]:
    """Payments by weekday, Monday first."""
    days = [(one.ended + 3) % WEEK for one in items if one.paid and one.ended <= evening]
    return [days.count(weekday) for weekday in range(WEEK)]


def rises(values: list[float]) -> bool:
    """Whether no value is less than the one before."""
    return all(left <= right for left, right in pairwise(values))
