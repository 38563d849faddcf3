"""How forecasts of cash are judged: error as a share of the money, by band of weeks, and beside each rival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RESAMPLES = 4_000
DOUBT = 0.05
"""Better or worse is said where 95 in 100 resamples say so."""
BORROWING, IDLE = 0.09, 0.03
"""A year's interest on money that was counted on and did not come, and on money that came and was not counted on."""
YEAR_WEEKS = 365 / 7


@dataclass(frozen=True)
class Band:
    """Weeks ahead judged together, and the days forecasts were made."""

    first: int
    last: int
    origins: Sequence[date]

    def __str__(self) -> str:
        """As it stands among the results."""
        return f"weeks {self.first}-{self.last}"


Told = Mapping[date, Floats]
"""Origin → (weeks)."""


def table(told: Told, band: Band) -> Floats:
    """(origins, weeks of the band)."""
    return np.stack([told[origin][band.first - 1 : band.last] for origin in band.origins])


def wape(told: Told, actual: Told, band: Band) -> float:
    """Sum of |error| ÷ sum of actual, over week and origin."""
    came = table(actual, band)
    return float(np.abs(table(told, band) - came).sum() / came.sum())


def wape_of_total(told: Told, actual: Told, band: Band) -> float:
    """The same of the totals of the band's weeks."""
    came = table(actual, band).sum(axis=1)
    return float(np.abs(table(told, band).sum(axis=1) - came).sum() / came.sum())


def beside(ours: Told, theirs: Told, actual: Told, band: Band) -> str:
    """better, tied or worse: the difference of the errors, origins drawn with replacement, the same for both."""
    came = table(actual, band)
    lead = (np.abs(table(theirs, band) - came) - np.abs(table(ours, band) - came)).sum(axis=1)
    draws = np.random.default_rng(0).integers(len(lead), size=(RESAMPLES, len(lead)))
    leads = lead[draws].sum(axis=1)
    if (leads <= 0).mean() < DOUBT:
        return "better"
    return "worse" if (leads >= 0).mean() < DOUBT else "tied"


def coverage(low: Told, high: Told, actual: Told, band: Band) -> tuple[float, float, float]:
    """Share of weeks from p10 to p90, and the ends of the 95 % band of 80 % for as many independent weeks."""
    came = table(actual, band)
    covered = float(((table(low, band) <= came) & (came <= table(high, band))).mean())
    reach = 1.96 * float(np.sqrt(0.8 * 0.2 / came.size))
    return covered, 0.8 - reach, 0.8 + reach


def opportunity_cost(told: Told, actual: Told, band: Band) -> float:
    """Interest lost, per million received, by whoever borrows or invests week by week as the forecast's totals say."""
    came = table(actual, band)
    missing = np.cumsum(table(told, band) - came, axis=1)
    interest = np.where(missing > 0, BORROWING * missing, -IDLE * missing).sum() / YEAR_WEEKS
    return float(interest / came.sum() * 1_000_000)
