"""The judge of payments keeps scikit-learn's contract."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.utils.estimator_checks import parametrize_with_checks

from o2c_ai.models.payment_timing.judges import Config, TimingJudge

WEIGHTS = "LightGBM counts rows, not weights, where it samples them and where a leaf needs enough of them"
RNG = np.random.default_rng(3)
ROWS = RNG.normal(size=(600, 3)).astype(np.float32)
CAME = (ROWS[:, 0] + 0.3 * RNG.normal(size=600) > 0).astype(np.float64)


@parametrize_with_checks(  # type: ignore[untyped-decorator]  # scikit-learn ships no annotations
    [TimingJudge(num_iterations=20, min_data_in_leaf=2)],
    expected_failed_checks=lambda _: {"check_sample_weight_equivalence_on_dense_data": WEIGHTS},
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
def test_it_keeps_the_contract_of_an_estimator(estimator: TimingJudge, check: Any) -> None:  # noqa: ANN401  # a partial
    check(estimator)


def test_its_text_tells_the_same_chances() -> None:
    judge = TimingJudge(num_iterations=20).fit(ROWS, CAME)

    again = TimingJudge.from_text(judge.text_)

    assert again.text_ == judge.text_
    assert (again.predict_proba(ROWS) == judge.predict_proba(ROWS)).all()
    assert (again.scores(ROWS) == judge.predict_proba(ROWS)[:, 1]).all()


def test_what_each_measurement_adds_sums_to_the_log_odds() -> None:
    judge = TimingJudge(num_iterations=20).fit(ROWS, CAME)

    added, chances = judge.shares(ROWS).sum(axis=1), judge.scores(ROWS)

    base = np.log(chances / (1 - chances)) - added
    assert base == pytest.approx(np.full(len(ROWS), base[0]), abs=1e-6)
    assert np.abs(judge.shares(ROWS)).mean(axis=0).argmax() == 0


@pytest.mark.parametrize("answer", [0.0, 1.0])
def test_answers_that_are_all_alike_are_believed(answer: float) -> None:
    judge = TimingJudge(num_iterations=5).fit(ROWS, np.full(len(ROWS), answer))

    assert judge.scores(ROWS[:5]) == pytest.approx(np.full(5, answer), abs=1e-3)


def test_it_is_calibrated_as_scikit_learn_calibrates() -> None:
    judge = TimingJudge(num_iterations=20).fit(ROWS[:300], CAME[:300])

    calibrated = CalibratedClassifierCV(FrozenEstimator(judge), method="isotonic").fit(ROWS[300:], CAME[300:])

    chances = calibrated.predict_proba(ROWS[300:])[:, 1]
    assert chances.mean() == pytest.approx(CAME[300:].mean(), abs=0.02)


def test_only_settings_that_are_not_the_usual_ones_are_told() -> None:
    assert Config().settings() == {}
    assert Config(seed=7, late={"num_iterations": 90}).settings() == {"seed": 7, "late": {"num_iterations": 90}}
