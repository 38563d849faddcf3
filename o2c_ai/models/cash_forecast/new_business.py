"""What invoices not written yet will bring: invoices go on being issued as lately, and are paid as the book is paid.

Expected money of a day = sum over issue days to come of (amount issued a day) x (share paid that many days after
issue). The amount issued on each weekday is the mean of the last thirteen whole weeks; the share paid is a
Kaplan-Meier estimate weighted by amount, so items still open are neither paid nor forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.weeks import Horizon, sums_by
from o2c_ai.models.payment_timing.days import WEEK, Days, weekday_of
from o2c_ai.models.payment_timing.hazard import Floats
from o2c_ai.models.payment_timing.items import Flags, known_items

ISSUING_WEEKS = 13
"""Weeks over which the rate of issuing is taken: a quarter, so that month ends weigh as they should."""
LAG_DAYS = 366
"""Days after issue that the payment curve is followed."""


@dataclass(frozen=True, slots=True)
class Issuing:
    """What has been invoiced lately, by currency in the order given."""

    weekly: Floats
    """(currencies, past weeks): amount issued in each of the last whole weeks, minor units."""
    weekdays: Floats
    """(currencies, 7): share of a week's amount issued on each weekday, Monday first."""
    paid_by: Floats
    """(currencies, LAG_DAYS): share of the amount paid within that many days of issue."""

    def expected(self, horizon: Horizon) -> Floats:
        """(currencies, weeks + 1): expected money of invoices issued after as_of."""
        mean = self.weekly.mean(axis=1) if self.weekly.shape[1] else np.zeros(len(self.weekly))
        flows: Floats = np.einsum("c,cij->cj", mean, self.unit_flows(horizon))
        return flows

    def simulate(self, horizon: Horizon, runs: int, generator: np.random.Generator) -> Floats:
        """(runs, currencies, weeks + 1): each coming week issues what a past week, drawn by lot, has issued."""
        flows = self.unit_flows(horizon)
        past = self.weekly.shape[1]
        if not past:
            return np.zeros((runs, len(self.weekly), horizon.weeks + 1))
        drawn = self.weekly[:, generator.integers(past, size=(runs, horizon.weeks + 1))]
        paid: Floats = np.einsum("cri,cij->rcj", drawn, flows)
        return paid

    def unit_flows(self, horizon: Horizon) -> Floats:
        """(currencies, weeks + 1 of issue, weeks + 1 of payment): share of a week's amount paid in each later week."""
        days = np.arange(horizon.days)
        weekday = weekday_of(horizon.as_of + 1 + days)
        lag = days[None, :] - days[:, None]
        daily = np.diff(self.paid_by, axis=1, prepend=0.0)
        paid = np.where(lag >= 0, daily[:, np.clip(lag, 0, LAG_DAYS - 1)], 0.0) * self.weekdays[:, weekday, None]
        by_issue_week = horizon.weeks_of(np.swapaxes(paid, 1, 2))
        return horizon.weeks_of(np.swapaxes(by_issue_week, 1, 2))


def issuing_of(items: pd.DataFrame, currencies: list[str], as_of: int) -> Issuing:
    """Learn from the items known on the evening of a day; frame as in payment_timing/items.py."""
    known = known_items(items, as_of)
    seen = items.iloc[known.rows]
    amount = seen["amount_minor"].to_numpy(dtype=np.float64)
    currency = pd.Index(currencies).get_indexer(pd.Index(seen["currency"])).astype(np.int64)
    whole_weeks = (as_of - int(known.issued.min()) + 1) // WEEK if len(seen) else 0
    past = min(ISSUING_WEEKS, whole_weeks)
    age = (as_of - known.issued) // WEEK
    recent = age < past
    weekly = sums_by(currency[recent] * past + age[recent], amount[recent], len(currencies), past)
    weekdays = sums_by(
        currency[recent] * WEEK + weekday_of(known.issued[recent]), amount[recent], len(currencies), WEEK
    )
    total = weekdays.sum(axis=1, keepdims=True)
    return Issuing(
        weekly=weekly,
        weekdays=np.where(total > 0, weekdays / np.maximum(total, 1.0), 1 / WEEK),
        paid_by=_paid_by(known.last_seen - known.issued, known.paid, currency, amount, len(currencies)),
    )


def _paid_by(lag: Days, paid: Flags, currency: Days, amount: Floats, currencies: int) -> Floats:
    last = np.minimum(lag, LAG_DAYS - 1)
    cell = currency * LAG_DAYS + last
    events = sums_by(cell[paid], amount[paid], currencies, LAG_DAYS)
    seen = sums_by(cell, amount, currencies, LAG_DAYS)
    at_risk = np.cumsum(seen[:, ::-1], axis=1)[:, ::-1]
    unpaid: Floats = np.cumprod(1 - events / np.maximum(at_risk, 1.0), axis=1).astype(np.float64)
    return 1 - unpaid
