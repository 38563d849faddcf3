"""How wide an interval must be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from o2c_ai.models.cash_forecast.intervals import BELIEVED, TAIL, adapted_tail, spread_of, tenths

STEADY = np.full((1, 26), 100.0)


def _outcomes(ratios: list[float], week: int = 0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "as_of": range(len(ratios)),
            "currency": "EUR",
            "week": week,
            "expected_minor": 1_000.0,
            "actual_minor": [1_000.0 * ratio for ratio in ratios],
        }
    )


def test_tenths_leave_one_in_ten_outside_each_end() -> None:
    assert list(tenths(np.arange(1.0, 20.0))) == pytest.approx([2.0, 18.0])


def test_with_a_single_error_it_is_all_there_is() -> None:
    assert tenths(np.array([1.3])) == (1.3, 1.3)


def test_as_many_past_forecasts_as_believed_weigh_as_much_as_the_ups_and_downs_of_receipts() -> None:
    spread = spread_of(_outcomes([0.5] * BELIEVED), STEADY, ["EUR"], 13)

    assert spread.low[0, :4].tolist() == pytest.approx([0.75] * 4)
    assert spread.high[0, 4:].tolist() == pytest.approx([1.0] * 9)
    assert spread.origins[0].tolist() == [BELIEVED] * 4 + [0] * 9


def test_receipts_that_go_up_and_down_make_every_week_uncertain() -> None:
    spread = spread_of(_outcomes([]), np.array([[80.0, 120.0] * 13]), ["EUR"], 13)

    assert spread.low[0].max() < 0.81
    assert spread.high[0].min() > 1.19


def test_too_few_weeks_of_receipts_say_nothing() -> None:
    spread = spread_of(_outcomes([0.9] * 20), STEADY[:, :3], ["EUR"], 13)

    assert np.isnan(spread.low).all()
    assert np.isnan(spread.low_total).all()


def test_running_totals_rest_on_their_own_past_errors_once_there_are_eight() -> None:
    weeks = [_outcomes([0.6] * 8, week=0), _outcomes([1.4] * 8, week=1)]

    spread = spread_of(pd.concat(weeks), STEADY, ["EUR"], 13)

    assert spread.low_total[0, :2].tolist() == pytest.approx([0.6, 1.0])


def test_intervals_that_always_held_grow_narrower_and_those_that_never_did_wider() -> None:
    weekly = np.tile([0.9, 1.1], 13)
    ratios = np.tile([0.9, 0.95, 1.0, 1.05, 1.1], 8)
    calm = _outcomes(ratios.tolist()).assign(as_of=np.arange(40) * 7)
    wild = calm.assign(actual_minor=calm["actual_minor"] * np.where(np.arange(40) < 16, 1.0, 3.0))

    assert adapted_tail(calm, weekly) > TAIL
    assert adapted_tail(wild, weekly) < TAIL
    assert adapted_tail(calm[calm["as_of"] < 50], weekly) == TAIL


def test_weeks_beyond_the_thirteenth_share_the_last_band() -> None:
    spread = spread_of(_outcomes([0.5] * 13, week=8), STEADY, ["EUR"], 20)

    assert spread.low[0, 8:].tolist() == pytest.approx([0.75] * 12)
