"""How much each way to foresee a week is believed."""

from __future__ import annotations

import pandas as pd
import pytest

from o2c_ai.models.cash_forecast.methods import METHODS, PRIOR, weights_of

BOTTOM_UP, MEAN_8, MEAN_26 = METHODS


def _outcomes(bottom_up: float, mean: float, *, origins: int = 20, week: int = 0) -> pd.DataFrame:
    told = {BOTTOM_UP: 100.0 + bottom_up, MEAN_8: 100.0 + mean, MEAN_26: 100.0 + mean}
    return pd.DataFrame([{"currency": "EUR", "week": week, **told, "actual_minor": 100.0}] * origins)


def test_without_a_past_the_prior_weights_serve() -> None:
    nothing = _outcomes(0, 0, origins=0).reindex(columns=["currency", "week", *METHODS, "actual_minor"])

    assert weights_of(nothing, ["EUR"], 13)[:, 0, 12].tolist() == PRIOR.tolist()


def test_whoever_was_nearer_so_far_ahead_is_believed_more() -> None:
    near, far = _outcomes(1, 10), _outcomes(10, 1, week=12)

    weights = weights_of(pd.concat([near, far]), ["EUR"], 13)

    assert weights[0, 0, 0] > 0.9
    assert weights[0, 0, 12] < 0.1
    assert weights.sum(axis=0).ravel().tolist() == pytest.approx([1.0] * 13)


def test_a_week_nobody_has_seen_yet_is_weighed_as_its_band() -> None:
    weights = weights_of(_outcomes(1, 10, week=2), ["EUR"], 13)

    assert 0.8 < weights[0, 0, 3] < weights[0, 0, 2]
    assert weights[0, 0, 4] == PRIOR[0]


def test_another_currency_has_weights_of_its_own() -> None:
    weights = weights_of(_outcomes(1, 10), ["EUR", "USD"], 13)

    assert weights[:, 1, 0].tolist() == PRIOR.tolist()
