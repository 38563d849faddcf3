"""The figures published about cash forecasts: how far weeks were off, on which side, and how often the interval held.

Figures are per currency: money of two currencies is never added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.forecast import CashForecast
from o2c_ai.models.cash_forecast.weeks import Horizon, receipts_of, received
from o2c_ai.models.payment_timing.days import WEEK, Floats, as_dates, day_number
from o2c_ai.models.payment_timing.items import known_items

Forecast = Callable[[date], CashForecast]
"""A forecast made with what was known on the evening of the day it is given."""


@dataclass(frozen=True, slots=True)
class BandScore:
    """How the weeks of a band turned out, over all days forecasts were made. None where nothing could be measured."""

    currency: str
    first_week: int
    """1 is the first week of a forecast."""
    last_week: int
    weeks: int
    """Weeks scored: day of forecast x week ahead."""
    wape: float | None
    """Sum of |expected - actual| divided by the sum of actual."""
    bias: float | None
    """Sum of (expected - actual) divided by the sum of actual: positive is too hopeful."""
    coverage: float | None
    """Share of weeks from p10 to p90, both included: 0.8 is meant."""
    below: float | None
    """Share under p10."""
    pinball: float | None
    """Mean pinball loss of p10 and p90 divided by mean actual."""


def forecast_and_outcome(
    forecast: Forecast, origins: Iterable[date], receipts: pd.DataFrame, known_until: date
) -> pd.DataFrame:
    """Make a forecast on every day given and set beside it what came in; only weeks that ended by `known_until`.

    Columns: as_of, week (1 is the first), those of `CashForecast.weeks`, actual_minor.
    """
    parts = []
    for origin in origins:
        made = forecast(origin)
        currencies = list(dict.fromkeys(made.weeks["currency"]))
        weeks = len(made.weeks) // max(len(currencies), 1)
        horizon = Horizon.after(origin, weeks)
        actual = received(receipts, currencies, horizon)[:, 1:]
        table = made.weeks.assign(
            as_of=pd.Timestamp(origin),
            week=np.tile(np.arange(1, weeks + 1), len(currencies)),
            actual_minor=np.rint(actual).astype(np.int64).ravel(),
        )
        parts.append(table[table["week"] <= horizon.complete_weeks(day_number(known_until))])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def score_band(outcomes: pd.DataFrame, currency: str, first_week: int, last_week: int) -> BandScore:
    """Score the weeks first … last of one currency; `outcomes` as made by `forecast_and_outcome`."""
    chosen = outcomes[(outcomes["currency"] == currency) & outcomes["week"].between(first_week, last_week)]
    expected, actual, low, high = (
        chosen[f"{name}_minor"].to_numpy(dtype=np.float64) for name in ("expected", "actual", "p10", "p90")
    )
    return BandScore(
        currency=currency,
        first_week=first_week,
        last_week=last_week,
        weeks=len(chosen),
        wape=_share(np.abs(expected - actual), actual),
        bias=_share(expected - actual, actual),
        coverage=float(((actual >= low) & (actual <= high)).mean()) if len(chosen) else None,
        below=float((actual < low).mean()) if len(chosen) else None,
        pinball=_share((_pinball(actual - low, 0.1) + _pinball(actual - high, 0.9)) / 2, actual),
    )


def open_items_outcome(items: pd.DataFrame, origin: date, weeks: int) -> pd.DataFrame:
    """What the items open on a day brought, by the amounts of the items: currency, week_start, actual_minor.

    Held against from_open_items_minor. `items` must know more than the day (payment_timing/items.py).
    """
    known = known_items(items, day_number(origin))
    open_then = items.iloc[known.rows[known.is_open]]
    currencies = sorted(open_then["currency"].unique())
    horizon = Horizon.after(origin, weeks)
    mondays = horizon.first_monday + WEEK * np.arange(weeks)
    return pd.DataFrame(
        {
            "currency": np.repeat(currencies, weeks),
            "week_start": np.tile(as_dates(mondays), len(currencies)),
            "actual_minor": np.rint(received(receipts_of(open_then), currencies, horizon)[:, 1:])
            .astype(np.int64)
            .ravel(),
        }
    )


def _share(errors: Floats, actual: Floats) -> float | None:
    total = float(actual.sum())
    return float(errors.sum()) / total if total > 0 else None


def _pinball(errors: Floats, share: float) -> Floats:
    loss: Floats = np.maximum(share * errors, (share - 1) * errors)
    return loss
