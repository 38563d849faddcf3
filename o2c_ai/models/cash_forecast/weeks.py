"""The weeks of a forecast: whole weeks from the first Monday after the day it is made, and the days before that Monday.

Amounts are kept in arrays (…, weeks + 1): column 0 holds the days from as_of + 1 to the Sunday before the first Monday,
columns 1 … weeks hold the weeks.

Frame of receipts, one row per receipt or per day:

    received_on     day the bank booked it
    currency        ISO 4217 code
    amount_minor    int, customers' money in minor units; a bounced payment is negative
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, Floats, day_number, first_monday_after, optional_days

WEEKS = 13
"""Weeks of a forecast: a quarter."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days a forecast made on the evening of `as_of` speaks about."""

    as_of: int
    weeks: int

    @classmethod
    def after(cls, as_of: date, weeks: int = WEEKS) -> Horizon:
        """The horizon of a forecast made on a day."""
        return cls(day_number(as_of), weeks)

    @property
    def first_monday(self) -> int:
        """First day of the first week."""
        return first_monday_after(self.as_of)

    @property
    def days(self) -> int:
        """Days from as_of + 1 to the last Sunday."""
        return self.first_monday - self.as_of - 1 + WEEK * self.weeks

    def weeks_of(self, values: Floats) -> Floats:
        """Sum (…, days) to (…, weeks + 1)."""
        before = self.first_monday - self.as_of - 1
        starts = before + WEEK * np.arange(self.weeks)
        padded = np.concatenate([np.zeros((*values.shape[:-1], 1)), values], axis=-1)
        sums: Floats = np.add.reduceat(padded, np.concatenate([[0], starts + 1]), axis=-1)
        return sums

    def complete_weeks(self, known_until: int) -> int:
        """How many of the weeks had ended by the evening of a day."""
        return int(np.clip((known_until - self.first_monday + 1) // WEEK, 0, self.weeks))


def receipts_of(items: pd.DataFrame) -> pd.DataFrame:
    """Receipts as far as items tell (payment_timing/items.py): what was cleared on the day each item was cleared."""
    paid = items[optional_days(items["cleared_on"]) != NEVER]
    return pd.DataFrame(
        {"received_on": paid["cleared_on"], "currency": paid["currency"], "amount_minor": paid["amount_minor"]}
    )


def received(receipts: pd.DataFrame, currencies: list[str], horizon: Horizon) -> Floats:
    """(currencies, weeks + 1): what came in; weeks that had not ended when the frame was made are too small."""
    place = optional_days(receipts["received_on"]) - horizon.as_of - 1
    inside = (place >= 0) & (place < horizon.days)
    row = pd.Index(currencies).get_indexer(pd.Index(receipts["currency"])).astype(np.int64)
    inside &= row >= 0
    amounts = receipts["amount_minor"].to_numpy(dtype=np.float64)
    days = horizon.days
    return horizon.weeks_of(sums_by(row[inside] * days + place[inside], amounts[inside], len(currencies), days))


def past_weeks(receipts: pd.DataFrame, currencies: list[str], as_of: int, first: int, limit: int) -> Floats:
    """(currencies, n): receipts of the last n whole spans of seven days up to the evening of as_of, the latest first.

    n is `limit`, or fewer where that would reach back before day number `first`.
    """
    n = max(0, min(limit, (as_of - first + 1) // WEEK))
    age = (as_of - optional_days(receipts["received_on"])) // WEEK
    row = pd.Index(currencies).get_indexer(pd.Index(receipts["currency"])).astype(np.int64)
    inside = (age >= 0) & (age < n) & (row >= 0)
    amounts = receipts["amount_minor"].to_numpy(dtype=np.float64)
    return sums_by(row[inside] * n + age[inside], amounts[inside], len(currencies), n)


def sums_by(keys: Days, amounts: Floats, rows: int, columns: int) -> Floats:
    """(rows, columns) of sums; `keys` number the cells row by row. Minor units stay exact below 2**53."""
    sums: Floats = np.bincount(keys, amounts, rows * columns).astype(np.float64)
    return sums.reshape(rows, columns)
