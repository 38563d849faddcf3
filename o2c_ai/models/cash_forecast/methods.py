"""Ways to foresee a week's receipts, and how much each is believed: the less it was off so far ahead, the more.

- bottom up: what is open, as it will be paid, and invoices not written yet;
- mean of 8 weeks, mean of 26 weeks: receipts go on as lately. They forget who owes what, but cannot be fooled by a
  payer's odd month.

For each week ahead the forecast is a weighted mean, weight = prior ÷ mean squared error of past forecasts so far ahead
(Bates and Granger 1969, "The combination of forecasts"). Errors of a week lean on those of its band, and those of a
band on all methods' alike, so that without a past the prior weights serve.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.intervals import bands
from o2c_ai.models.payment_timing.days import Floats

METHODS = ("bottom_up", "mean_8", "mean_26")
PRIOR = np.array([0.5, 0.25, 0.25])
"""Weights of a forecast that has no past."""
MEAN_WEEKS = (8, 26)
"""Whole weeks of receipts in the means; the longer one takes what there is."""
ERRORS_BELIEVED = 4
"""Past errors after which they are believed half."""


def weights_of(outcomes: pd.DataFrame, currencies: list[str], weeks: int) -> Floats:
    """(methods, currencies, weeks), adding up to 1; frame of outcomes as in past.py."""
    weights = np.tile(PRIOR[:, None, None], (1, len(currencies), weeks))
    for row, currency in enumerate(currencies):
        mine = outcomes[outcomes["currency"] == currency]
        week = mine["week"].to_numpy(dtype=np.int64)
        squares = (mine[list(METHODS)].to_numpy(dtype=np.float64) - mine[["actual_minor"]].to_numpy()) ** 2
        for first, end in bands(weeks):
            within = squares[(week >= first) & (week < end)]
            if not within.sum():
                continue
            band = _leaning(within, np.full(len(METHODS), within.mean()))
            for ahead in range(first, min(end, weeks)):
                weight = PRIOR / np.maximum(_leaning(squares[week == ahead], band), 1.0)
                weights[:, row, ahead] = weight / weight.sum()
    return weights


def _leaning(squares: Floats, on: Floats) -> Floats:
    mean: Floats = (squares.sum(axis=0) + ERRORS_BELIEVED * on) / (len(squares) + ERRORS_BELIEVED)
    return mean
