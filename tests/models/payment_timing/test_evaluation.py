"""The published figures of payment timing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from o2c_ai.models.payment_timing.evaluation import (
    Predict,
    TimingScore,
    calibration_error,
    day_one,
    last_known,
    predict_at_issue,
    score_timing,
)
from o2c_ai.models.payment_timing.plain_rules import pays_as_usual, pays_on_due_date
from tests.models.payment_timing.invented import day, frame, habit, item


def _predictions(chances: list[float], middle: list[int]) -> pd.DataFrame:
    days = {
        name: [pd.Timestamp(day(number + shift)) for number in middle]
        for name, shift in (("p10", -2), ("p50", 0), ("p90", 2))
    }
    names = ("p_late", "p_late_7", "p_late_30")
    return pd.DataFrame({"item_id": range(len(chances)), **dict.fromkeys(names, chances), **days})


def test_figures_are_those_worked_out_by_hand() -> None:
    items = frame(item("A", 0, 10, 9), item("A", 0, 10, 20), item("B", 0, 10, 50))

    score = score_timing(_predictions([0.2, 0.6, 0.4], [10, 18, 45]), items, day(60))

    assert score.auc == (1.0, 1.0, 0.5)
    assert score.brier == pytest.approx((0.2**2 + 0.4**2 + 0.6**2) / 3)
    assert score.brier_tails == pytest.approx(((0.2**2 + 0.4**2 + 0.6**2) / 3, (0.2**2 + 0.6**2 + 0.6**2) / 3))
    assert score.log_loss == pytest.approx(-np.log([0.8, 0.6, 0.4]).mean())
    assert score.mae_days == pytest.approx((1 + 2 + 5) / 3)
    assert score.within_3_days == pytest.approx(2 / 3)
    assert score.coverage == pytest.approx(2 / 3)
    by_hand = [0.1 * 1, 0.1 * 4, 0.1 * 7, 0.5 * 1, 0.5 * 2, 0.5 * 5, 0.1 * 3, 0.1 * 0, 0.9 * 3]
    assert score.pinball_days == pytest.approx(np.mean(by_hand))


def test_an_item_without_an_answer_yet_is_left_out_and_counted() -> None:
    items = frame(item("A", 0, 10, 9), item("A", 0, 10), item("B", 0, 18))

    score = score_timing(_predictions([0.1, 0.9, 0.5], [10, 12, 18]), items, day(18))

    assert score.unlabelled == (0, 1, 3)
    assert score.unpaid == 2
    assert score.auc == (1.0, 1.0, None)
    assert score.mae_days == 1.0


def test_a_perfectly_calibrated_chance_has_no_calibration_error() -> None:
    chance = np.array([0.25] * 4 + [0.75] * 4)
    truth = np.array([True, False, False, False, True, True, True, False])

    assert calibration_error(chance, truth) == 0
    assert calibration_error(np.full(4, 0.9), np.zeros(4, dtype=np.bool_)) == pytest.approx(0.9)
    assert calibration_error(np.array([]), np.array([], dtype=np.bool_)) is None


def test_a_way_that_tells_no_dates_is_measured_by_its_chances() -> None:
    items = frame(item("A", 0, 10, 9), item("A", 0, 10, 20))
    chances = _predictions([0.2, 0.6], [10, 18]).drop(columns=["p10", "p50", "p90"])

    score = score_timing(chances, items, day(60))

    assert (score.auc[0], score.items) == (1.0, 2)
    assert (score.mae_days, score.within_3_days, score.coverage, score.pinball_days) == (None, None, None, None)


def test_certainty_that_is_wrong_costs_much_and_not_everything() -> None:
    score = score_timing(_predictions([0.0], [10]), frame(item("A", 0, 10, 20)), day(60))

    assert score.log_loss == pytest.approx(-np.log(1e-6))


def test_chances_told_stand_beside_what_came_true_by_tenths() -> None:
    items = frame(*(item("A", 0, 10, paid) for paid in (9, 20, 20, 9)), item("A", 0, 10))
    told = _predictions([0.22, 0.28, 1.0, 0.95, 0.5], [10] * 5)

    early, late = (score_timing(told, items, day(until)).calibration for until in (9, 10))

    assert early == ()
    assert np.array(late) == pytest.approx(np.array([(0.25, 0.5, 2), (0.5, 1.0, 1), (0.975, 0.5, 2)]))


def test_the_newest_day_told_of_is_an_issue_or_an_end() -> None:
    assert last_known(frame(item("A", 0, 90, 20), item("A", 5, 90))) == day(20)
    assert last_known(frame(item("A", 0, 90, 2, withdrawn_on=None), item("A", 5, 90))) == day(5)
    assert last_known(frame(item("A", 0, 90)).head(0)) is None


def test_every_item_is_predicted_on_its_issue_day() -> None:
    items = frame(*habit("A", 3, 40), item("A", 50, 64, 50))

    told = predict_at_issue(items, day(29), 30, day_one)

    assert told["as_of"].tolist() == [pd.Timestamp(day(number)) for number in range(30, 40)]
    assert set(told["item_id"]) == set(range(30, 40))


def test_nothing_issued_is_nothing_predicted() -> None:
    assert predict_at_issue(frame(*habit("A", 3, 5)), day(100), 10, day_one).empty


@pytest.mark.shared
def test_the_day_one_model_beats_both_rules_of_thumb_on_real_invoices(shared_data: Path) -> None:
    folder = shared_data / "highradius-2019-11-01"
    invoices = pd.read_csv(folder / "invoices.csv", dtype=str)
    lines = pd.read_csv(folder / "bank_lines.csv", dtype=str)[["line_id", "booking_date"]]
    paid = pd.read_csv(folder / "applications.csv", dtype=str)[["line_id", "invoice_id"]].merge(lines, on="line_id")
    items = invoices.merge(paid, on="invoice_id", how="left").rename(
        columns={"invoice_id": "item_id", "booking_date": "cleared_on"}
    )

    def scored(rule: Predict) -> TimingScore:
        told = [predict_at_issue(items, date(2019, month, 15), 4, rule) for month in (4, 5, 6)]
        return score_timing(pd.concat(told), items, date(2019, 11, 1))

    due, usual, learnt = map(scored, (pays_on_due_date, pays_as_usual, day_one))

    assert all(score.brier is not None and score.mae_days is not None for score in (due, usual, learnt))
    assert (learnt.brier or 1) < (usual.brier or 0) < (due.brier or 0)
    assert (learnt.mae_days or 9) < (usual.mae_days or 0) < (due.mae_days or 0)
    assert (learnt.pinball_days or 9) < (usual.pinball_days or 0)
    assert 0.76 <= (learnt.coverage or 0) <= 0.86
