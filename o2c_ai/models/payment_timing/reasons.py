"""Says in plain words why a payment is expected when it is: the customer's last ones, and what is special today."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, date_of
from o2c_ai.models.payment_timing.items import KnownItems

LAST_PAYMENTS = 12
"""How many of a customer's payments a reason looks back on."""
NO_PAYMENTS = "no payment of this customer is known yet: the whole book's habit is used"


def customer_habits(known: KnownItems) -> dict[Hashable, str]:
    """For every customer with a payment by as_of: a sentence about the last twelve."""
    paid = np.flatnonzero(known.paid)
    order = paid[np.lexsort((known.due[paid], known.last_seen[paid]))]
    frame = pd.DataFrame(
        {"customer_id": known.customers.to_numpy()[order], "late": known.last_seen[order] - known.due[order]}
    )
    last = frame.groupby("customer_id", sort=False).tail(LAST_PAYMENTS)
    last = last.assign(is_late=last["late"] > 0)
    habits = last.groupby("customer_id", sort=False).agg(
        payments=("late", "size"), median=("late", "median"), share=("is_late", "mean")
    )
    told = zip(habits.index, habits["payments"], habits["median"], habits["share"], strict=True)
    return {customer: _habit(int(count), float(median), float(share)) for customer, count, median, share in told}


def _habit(count: int, median: float, share: float) -> str:
    which = "this customer's only payment" if count == 1 else f"this customer's last {count} payments"
    if count == 1:
        return f"{which}: {_lateness(median)}"
    return f"{which}: median {_lateness(median)}, {share:.0%} late"


def _lateness(days: float) -> str:
    if days == 0:
        return "on the due date"
    return f"{abs(days):g} {'day' if abs(days) == 1 else 'days'} {'late' if days > 0 else 'early'}"


def reasons_of(known: KnownItems, habits: dict[Hashable, str]) -> list[tuple[str, ...]]:
    """For every item: the customer's habit, then overdue, dispute and promise where they apply."""
    customers: list[Any] = known.customers.tolist()
    overdue = (known.as_of - known.due).tolist()
    told = []
    for place, customer in enumerate(customers):
        lines = [habits.get(customer, NO_PAYMENTS)]
        if overdue[place] > 0:
            lines.append(f"{overdue[place]} {'day' if overdue[place] == 1 else 'days'} overdue already")
        if known.in_dispute[place]:
            lines.append(f"in dispute since {date_of(known.disputed_on[place])}")
        if known.as_of < known.promised_date[place] < NEVER:
            lines.append(f"promised for {date_of(known.promised_date[place])}")
        told.append(tuple(lines))
    return told
