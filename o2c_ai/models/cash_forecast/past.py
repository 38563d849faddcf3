"""Forecasts of the past, each made with what was known that evening, beside what came in since.

They say how much each way to foresee is to be believed (methods.py) and how wide an interval must be (intervals.py).

Frame of outcomes, one row per past day, currency and week ahead that has ended:

    as_of (day number), currency, week (0 is the first), one column for each of METHODS, actual_minor
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.methods import MEAN_WEEKS, METHODS
from o2c_ai.models.cash_forecast.open_items import LearnTiming
from o2c_ai.models.cash_forecast.parts import Parts, built_up_from, by_method, currencies_of, parts_of, usual_weeks
from o2c_ai.models.cash_forecast.weeks import Horizon, received
from o2c_ai.models.payment_timing.days import WEEK, Floats, date_of, day_number

PAST_ORIGINS = 26
"""Past forecasts that are made again: half a year, one a week."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told on an evening."""

    currencies: list[str]
    by_method: Floats
    """(methods, currencies, weeks)"""


ToldOn = MutableMapping[int, Told]
"""Day number → what was told that evening, so that a row of forecasts need not make the same past again."""


def told_by(parts: Parts) -> Told:
    """What the parts of a forecast tell."""
    return Told(parts.currencies, parts.by_method())


def recalled(
    bottom_up: Mapping[str, Sequence[int]], items: pd.DataFrame, receipts: pd.DataFrame, origin: int, weeks: int
) -> Told:
    """What was told on an evening, from what is on record of it: currency → bottom-up figure of each week."""
    currencies = sorted(bottom_up)
    figures = np.array([bottom_up[currency] for currency in currencies], dtype=np.float64)
    told = by_method(figures.reshape(len(currencies), weeks), usual_weeks(items, receipts, currencies, origin))
    return Told(currencies, told)


def outcomes_of(
    items: pd.DataFrame,
    receipts: pd.DataFrame,
    as_of: date,
    learn_timing: LearnTiming,
    *,
    weeks: int,
    told: ToldOn | None = None,
) -> pd.DataFrame:
    """Outcomes of forecasts made 1 … 26 weeks before as_of; what `told` does not know yet is made, and added to it.

    A past forecast counts only where eight weeks of receipts in the currency lie before it and the eight weeks of
    building up. Items count with their full amount: what had been paid of them in part by then is not known here.
    """
    today, currencies = day_number(as_of), currencies_of(items, as_of)
    kept: ToldOn = {} if told is None else told
    first = built_up_from(items, receipts, currencies, today) + WEEK * MEAN_WEEKS[0]
    rows = []
    for origin in range(today - WEEK, today - WEEK * PAST_ORIGINS - 1, -WEEK):
        if not (first <= origin).any():
            break
        horizon = Horizon(origin, weeks)
        if origin not in kept:
            kept[origin] = told_by(parts_of(items, receipts, horizon, learn_timing(items, date_of(origin))))
        beside = _beside(kept[origin], receipts, horizon, today)
        rows.append(beside[beside["currency"].isin(np.asarray(currencies)[first <= origin])])
    columns = ["as_of", "currency", "week", *METHODS, "actual_minor"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame({name: [] for name in columns})


def _beside(told: Told, receipts: pd.DataFrame, horizon: Horizon, known_until: int) -> pd.DataFrame:
    ended, currencies = horizon.complete_weeks(known_until), told.currencies
    actual = received(receipts, currencies, horizon)[:, 1 : ended + 1]
    methods = dict(zip(METHODS, (method[:, :ended].ravel() for method in told.by_method), strict=True))
    return pd.DataFrame(
        {
            "as_of": np.full(actual.size, horizon.as_of),
            "currency": np.repeat(currencies, ended),
            "week": np.tile(np.arange(ended), len(currencies)),
            **methods,
            "actual_minor": actual.ravel(),
        }
    )
