"""Past windows lie one behind the other and end on the day; a search minds only what is measured on them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import optuna
import pytest

from o2c_ai.models.payment_timing import judges
from o2c_ai.models.payment_timing.as_of_features import GROUPS, MOMENT_COLUMNS
from o2c_ai.models.payment_timing.coming_days import COLUMNS
from o2c_ai.models.payment_timing.days import date_of
from o2c_ai.models.payment_timing.evaluation import TimingScore
from o2c_ai.models.payment_timing.judges import Config, TimingJudge
from o2c_ai.models.payment_timing.training import learn
from tests.models.payment_timing.invented_book import FIRST, book, cut
from training import windows
from training.search import Space, drawn, searched
from training.windows import PastWindows, loss

TODAY = date_of(FIRST + 299)
ITEMS = cut(book(1_500), FIRST + 299)
SCORE = TimingScore(9, (0, 0, 0), 0, (0.8, 0.8, 0.8), 0.2, 0.1, 3.0, 0.7, 0.8, 2.0)


class MadeUp(PastWindows):
    """Windows on which fewer leaves are better, known without measuring."""

    def learned(self, config: Config) -> list[TimingScore]:
        return [replace(SCORE, brier=config.late.get("num_leaves", 15) / 100)]

    def rules(self) -> list[TimingScore]:
        return [SCORE]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small judges and short windows are enough to see what is asked of them."""
    for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
        monkeypatch.setitem(judge, "num_iterations", 10)
    monkeypatch.setattr(windows, "DAYS", 7)


def test_windows_lie_one_behind_the_other_and_end_on_the_day() -> None:
    assert PastWindows(ITEMS, TODAY, 2).cutoffs == [TODAY - timedelta(days=122), TODAY - timedelta(days=61)]


def test_a_loss_is_a_share_of_what_the_rules_lose() -> None:
    assert loss([SCORE], [SCORE]) == 1.0
    assert loss([replace(SCORE, brier=0.1, pinball_days=1.5)], [SCORE]) == pytest.approx(0.625)
    assert loss([replace(SCORE, brier=None)], [SCORE]) == 1.0


@pytest.mark.usefixtures("small")
def test_judges_are_trained_on_the_cutoff_and_measured_on_what_was_issued_after_it() -> None:
    past = PastWindows(ITEMS, TODAY, 1)
    issued = ITEMS["issue_date"].between(FIRST + 293, FIRST + 299) & (ITEMS["cleared_on"] > ITEMS["issue_date"])

    (ours,), (rules,) = past.learned(Config()), past.rules()

    assert ours.items == rules.items == issued.sum()


def test_a_search_tries_the_usual_settings_first_and_keeps_the_best_it_saw() -> None:
    past, space = MadeUp(ITEMS, TODAY, 1), {"late": {"num_leaves": {"low": 4, "high": 9}}}

    once, again = (searched(past, space, 4, 3, str) for _ in range(2))

    assert once.trials[0].params == {}
    assert once.trials[0].value == pytest.approx(0.875)
    assert once.best_value == min(trial.value for trial in once.trials if trial.value is not None)
    assert 4 <= once.best_params["late.num_leaves"] <= 9
    assert [trial.params for trial in once.trials] == [trial.params for trial in again.trials]


def test_a_config_is_drawn_within_its_space() -> None:
    space: Space = {
        "days": {"num_leaves": {"low": 20, "high": 30, "log": True}, "learning_rate": {"low": 0.1, "high": 0.2}}
    }

    trial: Any = optuna.trial.FixedTrial({"days.num_leaves": 21, "days.learning_rate": 0.15})
    config = drawn(trial, space)

    assert config == Config(days={"num_leaves": 21, "learning_rate": 0.15})


@pytest.mark.usefixtures("small")
def test_a_judge_never_asks_about_a_column_that_was_left_out() -> None:
    left_out = {*GROUPS["payer"], *GROUPS["level"]}

    usual, without = (learn(ITEMS, TODAY, config) for config in (Config(), Config(left_out=tuple(left_out))))

    assert asked(usual.late[0], MOMENT_COLUMNS) & left_out
    assert not asked(without.days, COLUMNS) & left_out
    assert not any(asked(judge, MOMENT_COLUMNS) & left_out for judge in without.late)
    assert usual.late[0].text_ == learn(ITEMS, TODAY).late[0].text_


def asked(judge: TimingJudge, columns: tuple[str, ...]) -> set[str]:
    """The columns that the trees of a judge ask about."""
    splits = judge.booster_.feature_importance()
    return {column for column, count in zip(columns, splits, strict=True) if count}


def test_the_groups_hold_every_column_once() -> None:
    columns = [column for group in GROUPS.values() for column in group]

    assert columns == list(MOMENT_COLUMNS)
    assert len(set(columns)) == len(columns)
