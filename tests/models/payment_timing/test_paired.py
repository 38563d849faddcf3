"""Two ways to foresee payments are compared on the same items, customers drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from o2c_ai.models.payment_timing.days import Floats
from o2c_ai.models.payment_timing.evaluation import outcomes_of, score_timing
from o2c_ai.models.payment_timing.paired import compared, differences, draw_customers, figures_drawn
from tests.models.payment_timing.invented import day, frame, item

RNG = np.random.default_rng(8)
LATE = RNG.integers(-5, 40, 400)
ITEMS = frame(*(item(f"C{number % 23}", 0, 10, 10 + int(late)) for number, late in enumerate(LATE)))
UNTIL = day(90)


def predictions(noise: float, *, dates: bool = True) -> pd.DataFrame:
    """Chances and dates that are off by so much."""
    off = LATE + np.random.default_rng(1).normal(scale=noise, size=len(LATE))
    chances = {
        name: np.round(1 / (1 + np.exp((days - off) / 6)), 2)
        for name, days in (("p_late", 0), ("p_late_7", 7), ("p_late_30", 30))
    }
    days = {name: off.round() + 10 + shift for name, shift in (("p10", -6), ("p50", 0), ("p90", 6))}
    told = {name: [pd.Timestamp(day(int(number))) for number in numbers] for name, numbers in days.items()}
    return pd.DataFrame({"item_id": ITEMS["item_id"], **chances, **(told if dates else {})})


def drawn(told: pd.DataFrame, resamples: int = 50) -> dict[str, Floats]:
    """Its figures on the books drawn."""
    came = outcomes_of(told, ITEMS, UNTIL)
    return figures_drawn(told, came, draw_customers(came, resamples=resamples))


def test_the_first_book_is_the_real_one_with_the_published_figures() -> None:
    told = predictions(8.0)
    score = score_timing(told, ITEMS, UNTIL)

    real = {name: values[0] for name, values in drawn(told).items()}

    assert [real["auc"], real["auc_7"], real["auc_30"]] == pytest.approx(score.auc)
    assert [real["brier"], real["brier_7"], real["brier_30"]] == pytest.approx([score.brier, *score.brier_tails])
    assert (real["mae_days"], real["pinball_days"]) == pytest.approx((score.mae_days, score.pinball_days))


def test_a_book_drawn_has_all_items_of_a_customer_as_often_as_it_was_drawn() -> None:
    told = predictions(8.0)
    came = outcomes_of(told, ITEMS, UNTIL)
    draws = draw_customers(came, resamples=3)

    again = np.repeat(np.arange(len(told)), draws.times[2][draws.row_customers])
    figures = figures_drawn(told, came, draws)

    assert draws.times[2].sum() == 23
    assert figures["auc"][2] == pytest.approx(roc_auc_score(LATE[again] > 0, told["p_late"].to_numpy()[again]))
    assert figures["brier"][2] == pytest.approx(np.mean((told["p_late"][again] - (LATE[again] > 0)) ** 2))


def test_the_nearer_of_two_ways_is_better_on_nearly_every_book() -> None:
    less = differences(drawn(predictions(2.0)), drawn(predictions(15.0)))

    assert less["auc"].point > 0
    assert less["mae_days"].point < 0
    assert less["mae_days"].low <= less["mae_days"].point <= less["mae_days"].high < 0
    assert all(gap.better > 0.95 for gap in less.values())


def test_a_way_is_no_better_than_itself_and_draws_repeat() -> None:
    told = {"ours": predictions(5.0), "the same": predictions(5.0)}

    once, again = (compared(told, "ours", ITEMS, UNTIL) for _ in range(2))

    assert once == again
    assert {(gap.point, gap.better) for gap in once["the same"].values()} == {(0.0, 0.0)}


def test_dates_are_compared_only_where_both_tell_some() -> None:
    told = {"ours": predictions(5.0), "chances only": predictions(5.0, dates=False)}

    (less,) = compared(told, "ours", ITEMS, UNTIL).values()

    assert sorted(less) == ["auc", "auc_30", "auc_7", "brier", "brier_30", "brier_7"]


def test_what_cannot_be_measured_is_left_out() -> None:
    all_late = frame(*(item(f"C{number % 5}", 0, 10, 15) for number in range(20)))
    told = {name: predictions(noise).head(20) for name, noise in (("ours", 1.0), ("theirs", 9.0))}

    (less,) = compared(told, "ours", all_late, UNTIL).values()

    assert not {"auc", "auc_7", "auc_30"} & set(less)
    assert "brier" in less


def test_other_items_are_no_pair() -> None:
    with pytest.raises(AssertionError, match="other items"):
        compared({"ours": predictions(1.0), "theirs": predictions(1.0).tail(9)}, "ours", ITEMS, UNTIL)
