"""How far forecasts of this kind have been off before, and so how wide the next one's interval must be.

The same forecast is made for days in the past, each with what was known that evening, and held against what came in.
The error of a week is taken relative to what was expected of it; by band of weeks ahead, the tenths of these errors
are those of split conformal prediction over rolling origins. Half a year gives few origins, and calm ones may come
first, so they are blended with how much weekly receipts themselves go up and down:

    tenth = (n x tenth of past errors + k x tenth of weekly receipts ÷ their mean) ÷ (n + k),   n origins, k =
    `BELIEVED`

The tail is a tenth to begin with and adapts: each past day whose earlier outcomes suffice is given the interval they
would have given it, and the tail grows where that held too often and shrinks where it held too seldom (adaptive
conformal inference, Gibbs and Candès 2021).

Before four weeks of receipts are known the spread simulated from the open items serves alone (open_items.py).

The frame of outcomes is that of past.py, with expected_minor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from o2c_ai.models.payment_timing.days import WEEK, Floats

BANDS = ((0, 4), (4, 8), (8, 13))
"""Weeks ahead that share their errors: first to fourth, fifth to eighth, ninth to thirteenth and beyond."""
BELIEVED = 13
"""Past forecasts after which their errors are believed half: a quarter's."""
RECEIPT_WEEKS_MIN = 4
"""Weeks of receipts needed to say how much they go up and down."""
ORIGINS_MIN = 8
"""Past forecasts needed before the errors of running totals are believed."""
TAIL = 0.1
"""Share of outcomes meant to fall below p10, and above p90."""
STEP = 0.05
"""How quickly the tail follows what was covered."""
TAIL_ENDS = (0.02, 0.25)
"""The tail stays between these."""
LEVEL_SHARE = 0.5
"""Of a week's relative error, what stays in the total of many weeks: an error of level does not average out."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Factors on expected money, (currencies, weeks); NaN where receipts do not go back far enough."""

    low: Floats
    high: Floats
    low_total: Floats
    """Factor on the expected total of the weeks up to and including each."""
    origins: npt.NDArray[np.int64]
    """Past forecasts behind each."""


def spread_of(outcomes: pd.DataFrame, past: Iterable[Floats], currencies: list[str], weeks: int) -> Spread:
    """Learn the factors from a frame of outcomes and each currency's past weeks of receipts.

    Weeks of which nothing was expected say nothing.
    """
    low, high, low_total = (np.full((len(currencies), weeks), np.nan) for _ in range(3))
    spread = Spread(low, high, low_total, np.zeros((len(currencies), weeks), dtype=np.int64))
    told = outcomes.astype({"expected_minor": np.float64, "actual_minor": np.float64})
    useful = told[told["expected_minor"] > 0].sort_values(["as_of", "week"])
    for row, (currency, came) in enumerate(zip(currencies, past, strict=True)):
        ups_and_downs = _weekly_factors(came)
        if ups_and_downs is None:
            continue
        mine = useful[useful["currency"] == currency]
        for first, end in bands(weeks):
            band = mine[(mine["week"] >= first) & (mine["week"] < end)]
            tail = adapted_tail(band, ups_and_downs)
            spread.low[row, first:end], spread.high[row, first:end] = _interval(band, ups_and_downs, tail)
            spread.origins[row, first:end] = band["as_of"].nunique()
        spread.low_total[row] = _totals(mine, spread.low[row])
    return spread


def adapted_tail(band: pd.DataFrame, ups_and_downs: Floats) -> float:
    """The share to leave outside each end for a band's next outcomes; a tenth where it was never tried."""
    tail, day = TAIL, band["as_of"].to_numpy(dtype=np.float64)
    ended = day + WEEK * (band["week"].to_numpy(dtype=np.float64) + 2)
    factors = _factors(band)
    for origin in np.unique(day):
        before = band[ended <= origin]
        if before["as_of"].nunique() < ORIGINS_MIN:
            continue
        low, high = _interval(before, ups_and_downs, tail)
        mine = factors[day == origin]
        missed = float(((mine < low) | (mine > high)).mean())
        tail = float(np.clip(tail + STEP * (TAIL - missed / 2), *TAIL_ENDS))
    return tail


def _interval(band: pd.DataFrame, ups_and_downs: Floats, tail: float) -> Floats:
    """Low and high factor: past errors, leaning on how much receipts go up and down."""
    origins, usual = band["as_of"].nunique(), np.array(tenths(ups_and_downs, tail))
    own = np.array(tenths(_factors(band), tail)) if origins else usual
    blended: Floats = (origins * own + BELIEVED * usual) / (origins + BELIEVED)
    return blended


def tenths(factors: Floats, tail: float = TAIL) -> tuple[float, float]:
    """What the next value falls below, and above, with that chance each: order statistics of rank tail x (n + 1)."""
    ranked = np.sort(factors)
    rank, places = tail * (len(ranked) + 1) - 1, np.arange(len(ranked))
    return float(np.interp(rank, places, ranked)), float(np.interp(len(ranked) - 1 - rank, places, ranked))


def bands(weeks: int) -> list[tuple[int, int]]:
    """(first, end) of each band that so many weeks reach; those beyond the last belong to it."""
    last = max(weeks, BANDS[-1][1])
    return [(first, last if (first, end) == BANDS[-1] else end) for first, end in BANDS if first < weeks]


def _weekly_factors(past: Floats) -> Floats | None:
    """Weeks' receipts relative to their mean, spread as a week not in the mean is; None where there are too few."""
    if len(past) < RECEIPT_WEEKS_MIN or past.mean() <= 0:
        return None
    factors: Floats = 1 + (past / past.mean() - 1) * np.sqrt(1 + 1 / len(past))
    return factors


def _factors(outcomes: pd.DataFrame) -> Floats:
    return (outcomes["actual_minor"] / outcomes["expected_minor"]).to_numpy(dtype=np.float64)


def _totals(outcomes: pd.DataFrame, low: Floats) -> Floats:
    """Low factor on the running total for each number of weeks: from past errors of it, else from the weeks' own."""
    count = np.arange(1, len(low) + 1)
    shrunk = np.maximum(1 / np.sqrt(count), LEVEL_SHARE)
    total: Floats = 1 + (np.cumsum(low) / count - 1) * shrunk
    running = outcomes.groupby("as_of", sort=True)[["actual_minor", "expected_minor"]].cumsum()
    week = outcomes["week"].to_numpy()
    for place in range(len(low)):
        reached = _factors(running[week == place])
        if len(reached) >= ORIGINS_MIN:
            total[place] = tenths(reached)[0]
    return total
