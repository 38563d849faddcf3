"""Two rules of thumb any clerk could use, kept as a measure: paid on the due date, and paid as usual.

Both answer like the day-one model does (baseline.py), so that one scoring function serves all. They forget open items
and weekdays; a model that does not beat them is not worth its trouble.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.curves import YEAR
from o2c_ai.models.payment_timing.days import Days, Floats, as_dates, day_number
from o2c_ai.models.payment_timing.items import known_items

BOOK_WEIGHT = 5.0
"""The book's rate counts as this many payments beside the customer's own."""
_NAMES = ("p_late", "p_late_7", "p_late_30")
_LATE_DAYS = (0, 7, 30)
_SHARES = (0.1, 0.5, 0.9)


def pays_on_due_date(items: pd.DataFrame, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Everybody pays on the due date, overdue items tomorrow; late with the book's rate.

    Columns of `EmpiricalTiming.predict` without reasons.
    """
    late = _days_late(items, day_number(as_of))["late"].to_numpy()
    chances = [np.full(len(open_items), (late > days).mean() if len(late) else 0.0) for days in _LATE_DAYS]
    zero = np.zeros(len(open_items))
    return answered(open_items, day_number(as_of), chances, [zero, zero, zero])


def pays_as_usual(items: pd.DataFrame, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Late with the customer's rate, (late + 5 x book's rate) / (payments + 5), and by the customer's median days late.

    Columns of `EmpiricalTiming.predict` without reasons. p10 and p90 are the customer's own tenths of days late.
    """
    past = _days_late(items, day_number(as_of))
    customers = open_items["customer_id"]
    chances = [_rate(past, customers, days) for days in _LATE_DAYS]
    book = past["late"].to_numpy(dtype=np.float64)
    own = past.groupby("customer_id")["late"]
    shifts = []
    for share in _SHARES:
        usual = float(np.quantile(book, share)) if len(book) else 0.0
        shifts.append(customers.map(own.quantile(share)).fillna(usual).to_numpy(dtype=np.float64))
    return answered(open_items, day_number(as_of), chances, shifts)


def late_rate(items: pd.DataFrame, open_items: pd.DataFrame, as_of: date, days: int) -> Floats:
    """Share of each open item's customer's payments that came more than so many days late, leaning on the book's."""
    return _rate(_days_late(items, day_number(as_of)), open_items["customer_id"], days)


def _rate(past: pd.DataFrame, customers: pd.Series[Any], days: int) -> Floats:
    late = past["late"] > days
    own = late.groupby(past["customer_id"]).agg(["sum", "size"])
    times, count = (customers.map(own[name]).fillna(0).to_numpy(dtype=np.float64) for name in ("sum", "size"))
    book = float(late.mean()) if len(late) else 0.0
    rate: Floats = (times + BOOK_WEIGHT * book) / (count + BOOK_WEIGHT)
    return rate


def _days_late(items: pd.DataFrame, as_of: int) -> pd.DataFrame:
    known = known_items(items, as_of)
    late = known.last_seen[known.paid] - known.due[known.paid]
    return pd.DataFrame({"customer_id": known.customers.to_numpy()[known.paid], "late": late})


def answered(open_items: pd.DataFrame, as_of: int, chances: Sequence[Floats], shifts: Sequence[Floats]) -> pd.DataFrame:
    """The columns of `EmpiricalTiming.predict` without reasons; without those of days where no days late are told.

    `chances` are of being more than 0, 7, 30 days late, `shifts` the days late of p10, p50 and p90. What is past is
    certain, and no payment lies before tomorrow.
    """
    due: Days = known_items(open_items, as_of).due
    frame = pd.DataFrame(
        {"item_id": open_items["item_id"], "customer_id": open_items["customer_id"]}, index=open_items.index
    )
    for name, days, chance in zip(_NAMES, _LATE_DAYS, chances, strict=True):
        frame[name] = np.where(due + days <= as_of, 1.0, chance)
    for name, shift in zip(("p10", "p50", "p90"), shifts, strict=False):
        day = np.clip(due + np.rint(shift).astype(np.int64), as_of + 1, as_of + YEAR)
        frame[name] = as_dates(day)
        if name == "p50":
            frame["expected_days_late"] = (day - due).astype(np.float64)
    return frame
