"""Of the money that will end badly, how much is held by the items a collector would look at first?

Two lists, as a collector works: items not yet due, of which some will be paid more than 7 days late, and overdue items,
of which some will still be unpaid 14 days on. The top fifth of a list, by whatever it is ranked by, holds a share of
the money that ends so; a list in no order holds a fifth of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.baseline import open_on
from o2c_ai.models.payment_timing.days import Days, Floats, day_number
from o2c_ai.models.payment_timing.items import Flags, known_items

TOP_SHARE = 0.2
"""Of the items of a list."""
LATE_DAYS, MORE_DAYS = 7, 14


@dataclass(frozen=True, slots=True)
class Worklist:
    """One of the two lists on an evening, with what became of its items; in the frame's order."""

    items: pd.DataFrame
    amounts: Days
    """Minor units."""
    ended_badly: Flags
    days_overdue: Days

    def found(self, worth: Floats | Days) -> tuple[int, int]:
        """Money that ended badly among the top fifth by worth, and in all; the first of equals is taken first."""
        top = np.argsort(-np.asarray(worth, dtype=np.float64), kind="stable")[: round(len(worth) * TOP_SHARE)]
        bad = np.where(self.ended_badly, self.amounts, 0)
        return int(bad[top].sum()), int(bad.sum())


def not_yet_due(items: pd.DataFrame, day: date, known_until: date) -> Worklist:
    """Items open whose due date is not past; bad is paid more than 7 days late. Without an answer: left out."""
    return _worklist(items, day, known_until, overdue=False)


def overdue(items: pd.DataFrame, day: date, known_until: date) -> Worklist:
    """Items open past their due date; bad is unpaid 14 days on. Without an answer: left out."""
    return _worklist(items, day, known_until, overdue=True)


def _worklist(items: pd.DataFrame, day: date, known_until: date, *, overdue: bool) -> Worklist:
    """Of the commonest currency: amounts of two are no sum."""
    asked = open_on(items[items["currency"] == items["currency"].mode()[0]], day)
    today, came = day_number(day), known_items(asked, day_number(known_until))
    limit = np.full(len(asked), today + MORE_DAYS) if overdue else came.due + LATE_DAYS
    told = (came.due < today) == overdue
    told &= came.paid | (came.last_seen > limit)
    amounts = asked["amount_minor"].to_numpy(dtype=np.int64)
    return Worklist(asked[told], amounts[told], (came.last_seen > limit)[told], (today - came.due)[told])
