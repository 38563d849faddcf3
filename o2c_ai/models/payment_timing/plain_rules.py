"""Two rules of thumb any clerk could use, kept as a measure: paid on the due date, and paid as usual.

Both answer like the day-one model does (baseline.py), so that one scoring function serves all. They forget open items
and weekdays; a model that does not beat them is not worth its trouble.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.curves import YEAR
from o2c_ai.models.payment_timing.days import Days, as_dates, day_number
from o2c_ai.models.payment_timing.hazard import Floats
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
    return _answer(open_items, day_number(as_of), chances, [zero, zero, zero])


def pays_as_usual(items: pd.DataFrame, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Late with the customer's rate, (late + 5 x book's rate) / (payments + 5), and by the customer's median days late.

    Columns of `EmpiricalTiming.predict` without reasons. p10 and p90 are the customer's own tenths of days late.
    """
    past = _days_late(items, day_number(as_of))
    book = past["late"].to_numpy(dtype=np.float64)
    own = past.groupby("customer_id")["late"]
    customers = open_items["customer_id"]
    count = customers.map(own.size()).fillna(0).to_numpy(dtype=np.float64)
    chances = []
    for days in _LATE_DAYS:
        times = customers.map((past["late"] > days).groupby(past["customer_id"]).sum()).fillna(0).to_numpy(dtype=float)
        rate = (book > days).mean() if len(book) else 0.0
        chances.append((times + BOOK_WEIGHT * rate) / (count + BOOK_WEIGHT))
    shifts = []
    for share in _SHARES:
        usual = float(np.quantile(book, share)) if len(book) else 0.0
        shifts.append(customers.map(own.quantile(share)).fillna(usual).to_numpy(dtype=np.float64))
    return _answer(open_items, day_number(as_of), chances, shifts)


def _days_late(items: pd.DataFrame, as_of: int) -> pd.DataFrame:
    known = known_items(items, as_of)
    late = known.last_seen[known.paid] - known.due[known.paid]
    return pd.DataFrame({"customer_id": known.customers.to_numpy()[known.paid], "late": late})


def _answer(open_items: pd.DataFrame, as_of: int, chances: list[Floats], shifts: list[Floats]) -> pd.DataFrame:
    known = known_items(open_items, as_of)
    due: Days = known.due
    frame = pd.DataFrame(
        {"item_id": open_items["item_id"], "customer_id": open_items["customer_id"]}, index=open_items.index
    )
    for name, days, chance in zip(_NAMES, _LATE_DAYS, chances, strict=True):
        frame[name] = np.where(due + days <= as_of, 1.0, chance)
    for name, shift in zip(("p10", "p50", "p90"), shifts, strict=True):
        day = np.clip(due + np.rint(shift).astype(np.int64), as_of + 1, as_of + YEAR)
        frame[name] = as_dates(day)
        if name == "p50":
            frame["expected_days_late"] = (day - due).astype(np.float64)
    return frame
