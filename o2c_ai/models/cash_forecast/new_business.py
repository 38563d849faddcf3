"""What invoices not written yet will bring: invoices go on being issued as lately, and are paid as lately issued ones.

Expected money of a day = sum over issue days to come of (amount issued that day) x (share paid that many days after
issue). The amount of a day is the weekly mean of the last thirteen whole weeks x the weekday's share x how much more,
or less, is issued in the first and last days of a month. The share paid is a Kaplan-Meier estimate weighted by amount
for each weekday of issue, so items still open are neither paid nor forgotten, and nobody pays on a Sunday because
others pay on Mondays; it is watched over the last quarter and leans on the whole of history where that saw little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.weeks import Horizon, sums_by
from o2c_ai.models.payment_timing.days import WEEK, Days, Floats, as_dates, month_places, weekday_of
from o2c_ai.models.payment_timing.items import KnownItems, known_items

ISSUING_WEEKS = 13
"""Weeks over which the rate of issuing is taken and payments are watched: a quarter, so that month ends weigh right."""
LAG_DAYS = 366
"""Days after issue that the payment curve is followed."""
MONTH_EDGE_DAYS = 3
"""First and last days of a month that may be unlike the others."""
MONTH_WEEKS = 26
"""Weeks over which the parts of a month are compared: half a year has six month ends."""
MONTHS_MIN = 3
"""Months needed before a part of the month is believed to be unlike the others."""
ITEMS_BELIEVED = 5.0
"""Items that could have been paid on a day after issue, after which what the quarter shows of it is believed half."""


@dataclass(frozen=True, slots=True)
class Issuing:
    """What has been invoiced lately, by currency in the order given."""

    weekly: Floats
    """(currencies, past weeks): amount issued in each of the last whole weeks, minor units.

    Where a currency is younger than these weeks, those before it are as its own mean.
    """
    weekdays: Floats
    """(currencies, 7): share of a week's amount issued on each weekday, Monday first."""
    month_parts: Floats
    """(currencies, 3): how many times the usual is issued in the first days of a month, in between, in the last."""
    paid_by: Floats
    """(currencies, 7, LAG_DAYS): share of what a weekday issued that is paid within that many days."""

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
        coming = horizon.as_of + 1 + days
        weekday, part = weekday_of(coming), month_part(coming)
        lag = days[None, :] - days[:, None]
        daily = np.diff(self.paid_by, axis=2, prepend=0.0)
        issued = self.weekdays[:, weekday] * self.month_parts[:, part]
        paid = np.where(lag >= 0, daily[:, weekday[:, None], np.clip(lag, 0, LAG_DAYS - 1)], 0.0) * issued[:, :, None]
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
    weekday = weekday_of(known.issued[recent])
    weekdays = sums_by(currency[recent] * WEEK + weekday, amount[recent], len(currencies), WEEK)
    total = weekdays.sum(axis=1, keepdims=True)
    shares = np.where(total > 0, weekdays / np.maximum(total, 1.0), 1 / WEEK)
    return Issuing(
        weekly=_as_its_mean(weekly, known, currency),
        weekdays=shares,
        month_parts=_month_parts(known, currency, amount, shares, min(MONTH_WEEKS, whole_weeks)),
        paid_by=_paid_by(known, currency, amount, len(currencies)),
    )


def _as_its_mean(weekly: Floats, known: KnownItems, currency: Days) -> Floats:
    """Weeks that began before the first invoice in a currency, as the mean of those since."""
    first = np.full(len(weekly), known.as_of + 1)
    np.minimum.at(first, currency, known.issued)
    weeks = (known.as_of - first + 1) // WEEK
    since = np.arange(weekly.shape[1]) < weeks[:, None]
    mean = (weekly * since).sum(axis=1) / np.maximum(since.sum(axis=1), 1)
    filled: Floats = np.where(since | (weeks[:, None] == 0), weekly, mean[:, None])
    return filled


PARTS = 3
"""Of a month: its first days, those in between, its last."""


def month_part(days: Days) -> Days:
    """0 for the first days of a month, 2 for the last, 1 in between."""
    number, left = month_places(days)
    parts: Days = np.where(number <= MONTH_EDGE_DAYS, 0, np.where(left < MONTH_EDGE_DAYS, 2, 1))
    return parts


def _month_parts(known: KnownItems, currency: Days, amount: Floats, shares: Floats, weeks: int) -> Floats:
    """Issued in each part of the month ÷ what its weekdays let expect: the mean over months, shrunk by its own error.

    1 + (mean - 1) x (1 - variance of the mean ÷ (mean - 1)²), not below no difference: James and Stein (1961).
    """
    factors = np.ones((len(shares), PARTS))
    days = known.as_of - np.arange(weeks * WEEK)
    month, places = np.unique(month_number(days), return_inverse=True)
    if len(month) < MONTHS_MIN:
        return factors
    cell, size = month_part(days) * len(month) + places, PARTS * len(month)
    age = known.as_of - known.issued
    for row in range(len(shares)):
        mine = (currency == row) & (age < len(days))
        issued = np.bincount(cell[age[mine]], amount[mine], size).reshape(PARTS, -1)
        expected = np.bincount(cell, shares[row][weekday_of(days)], size).reshape(PARTS, -1) * issued.sum() / weeks
        for part in range(PARTS):
            factors[row, part] = _shrunk(issued[part], expected[part])
    return factors


def _shrunk(issued: Floats, expected: Floats) -> float:
    ratios = issued[expected > 0] / expected[expected > 0]
    if len(ratios) < MONTHS_MIN:
        return 1.0
    unlike = float(ratios.mean()) - 1
    doubt = float(ratios.var(ddof=1)) / len(ratios)
    return 1 + unlike * max(0.0, 1 - doubt / unlike**2) if unlike else 1.0


def month_number(days: Days) -> Days:
    """Months since year 0, one number for all days of a month."""
    calendar = pd.DatetimeIndex(as_dates(days))
    numbers: Days = calendar.year.to_numpy(dtype=np.int64) * 12 + calendar.month.to_numpy(dtype=np.int64)
    return numbers


def _paid_by(known: KnownItems, currency: Days, amount: Floats, currencies: int) -> Floats:
    """(currencies, 7, LAG_DAYS): the quarter's hazard by weekday of issue, leaning on the hazard of all of history."""
    first = np.zeros(len(currency), dtype=np.int64)
    events, at_risk = _counted(known, first, currency, amount, currencies)
    usual = (events / np.maximum(at_risk, 1.0))[:, None, :]
    watched = np.maximum(known.as_of - ISSUING_WEEKS * WEEK + 1 - known.issued, 0)
    rows = currency * WEEK + weekday_of(known.issued)
    events, at_risk = (
        counted.reshape(currencies, WEEK, LAG_DAYS)
        for counted in _counted(known, watched, rows, amount, currencies * WEEK)
    )
    number = np.bincount(currency, minlength=currencies)
    leaning = ITEMS_BELIEVED * np.bincount(currency, amount, currencies) / np.maximum(number, 1)
    leaning = np.maximum(leaning, 1.0)[:, None, None]
    hazard = (events + leaning * usual) / (at_risk + leaning)
    paid_by: Floats = (1 - np.cumprod(1 - hazard, axis=2)).astype(np.float64)
    return paid_by


def _counted(known: KnownItems, first: Days, rows: Days, amount: Floats, count: int) -> tuple[Floats, Floats]:
    """(count, LAG_DAYS) paid, and at risk, that many days after issue; each item watched from day `first` on.

    What was closed without money stays at risk: it is not paid, nor would it have been (Fine and Gray 1999).
    """
    lag = np.minimum(np.where(known.paid, known.last_seen, known.as_of) - known.issued, LAG_DAYS - 1)
    seen = lag >= first
    cell = rows * LAG_DAYS
    paid = seen & known.paid
    events = sums_by((cell + lag)[paid], amount[paid], count, LAG_DAYS)
    entered = sums_by((cell + first)[seen], amount[seen], count, LAG_DAYS)
    left = sums_by((cell + lag)[seen], amount[seen], count, LAG_DAYS)
    at_risk = np.cumsum(entered, axis=1) - np.cumsum(left, axis=1) + left
    return events, np.maximum(at_risk, 0.0)
