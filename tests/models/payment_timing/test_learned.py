"""The learned model of payment timing: what it tells, how it is trained, kept and refused."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from o2c_ai.models.payment_timing import judges, training
from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming, NotOpen, open_on
from o2c_ai.models.payment_timing.days import NEVER, date_of, required_days
from o2c_ai.models.payment_timing.estimator import LearnedTiming, Learnt, stretch
from o2c_ai.models.payment_timing.predictor import FACTS, OtherMeasurements, from_files, to_files
from o2c_ai.models.payment_timing.training import TooLittleHistory, Trained, learn, train
from o2c_ai.models.payment_timing.words import TOP
from tests.models.payment_timing.invented_book import FIRST, book, cut
from tests.models.payment_timing.simple_history import rises

TODAY = date_of(FIRST + 299)
ITEMS = book(2_400)
CHANCES = ["p_late", "p_late_7", "p_late_30"]


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small judges learn the invented habits as well."""
    for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
        monkeypatch.setitem(judge, "num_iterations", 60)
        monkeypatch.setitem(judge, "learning_rate", 0.15)


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    """Learnt from the invented book, with small judges."""
    with pytest.MonkeyPatch.context() as patch:
        for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
            patch.setitem(judge, "num_iterations", 40)
        return learn(cut(ITEMS, FIRST + 299), TODAY)


@pytest.fixture
def timing(learnt: Learnt) -> LearnedTiming:
    """What was learnt, with the books of the day read."""
    return LearnedTiming(learnt).fit(cut(ITEMS, FIRST + 299), TODAY)


def test_it_answers_in_the_shape_of_the_rules(timing: LearnedTiming) -> None:
    asked = open_on(ITEMS, TODAY)

    told, rules = timing.predict(asked, TODAY), EmpiricalTiming().fit(ITEMS, TODAY).predict(asked, TODAY)

    assert told.dtypes.to_dict() == rules.dtypes.to_dict()
    assert told.index.equals(rules.index)
    pd.testing.assert_frame_equal(told[["item_id", "reasons"]], rules[["item_id", "reasons"]])


def test_chances_fall_and_days_rise_and_what_is_past_is_certain(timing: LearnedTiming) -> None:
    asked = open_on(ITEMS, TODAY)
    told, overdue = timing.predict(asked, TODAY), required_days(asked, "due_date") <= FIRST + 299

    assert all(rises(row[::-1]) for row in told[CHANCES].to_numpy().tolist())
    assert (told["p10"] > pd.Timestamp(TODAY)).all()
    assert (told["p10"] <= told["p50"]).all()
    assert (told["p50"] <= told["p90"]).all()
    assert 0 < overdue.sum() < len(asked)
    assert (told["p_late"][overdue] == 1).all()
    assert (told["p_late"][~overdue] < 1).all()


def test_a_late_payer_is_told_from_a_punctual_one(timing: LearnedTiming) -> None:
    asked = open_on(ITEMS, TODAY)
    told = timing.predict(asked[required_days(asked, "due_date") > FIRST + 306], TODAY)

    late = told.groupby(told["customer_id"] % 4)["p_late"].mean()

    assert late[0] < 0.6
    assert late[3] > 0.85


def test_the_distribution_agrees_with_the_chance_of_being_late(timing: LearnedTiming) -> None:
    asked = open_on(ITEMS, TODAY)
    asked = asked[asked["due_date"] == FIRST + 306]

    chances = timing.distribution(asked, TODAY, 91)

    assert (chances >= 0).all()
    assert 1 - chances[:, :7].sum(axis=1) == pytest.approx(timing.predict(asked, TODAY)["p_late"].to_numpy())


def test_it_sees_later_evenings_as_books_cut_there_would(learnt: Learnt) -> None:
    evening = FIRST + 250
    on = LearnedTiming(learnt).fit(ITEMS, date_of(FIRST + 240))
    until = LearnedTiming(learnt).fit(cut(ITEMS, evening), date_of(FIRST + 240))
    asked = open_on(ITEMS, date_of(evening))

    knowing, innocent = (one.predict(asked, date_of(evening)) for one in (on, until))

    pd.testing.assert_frame_equal(knowing, innocent, check_exact=True)


def test_a_promise_is_taken_for_its_day(timing: LearnedTiming) -> None:
    asked = open_on(ITEMS, TODAY).head(1).assign(promised_on=FIRST + 299, promised_date=FIRST + 304)

    chances = timing.distribution(asked, TODAY, 20)[0]

    assert chances[:4].sum() == 0
    assert chances[4] > 0.4


def test_a_paid_item_is_not_scored(timing: LearnedTiming) -> None:
    with pytest.raises(NotOpen):
        timing.predict(ITEMS.head(3).assign(cleared_on=FIRST, withdrawn_on=NEVER), TODAY)


def test_nothing_open_gives_an_empty_answer(timing: LearnedTiming) -> None:
    assert timing.predict(ITEMS.head(0), TODAY).empty
    assert timing.distribution(ITEMS.head(0), TODAY, 5).shape == (0, 5)


def test_a_curve_is_stretched_to_the_chances_given() -> None:
    pressure = np.full((2, 40), 0.05)
    places = np.array([[4, 11, 34], [-3, 4, 27]])
    chances = np.array([[0.5, 0.3, 0.2], [0.9, 0.4, 0.1]])

    unpaid = np.exp(-np.cumsum(stretch(pressure, places, chances), axis=1))

    assert unpaid[0, places[0]] == pytest.approx([0.5, 0.3, 0.2])
    assert unpaid[1, places[1, 1:]] == pytest.approx([0.4, 0.1])


@pytest.fixture(scope="module")
def trained() -> Trained:
    """Trained as the command does, with small judges."""
    with pytest.MonkeyPatch.context() as patch:
        for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
            patch.setitem(judge, "num_iterations", 40)
        patch.setattr(training, "NEWER_DAYS", (30,))
        patch.setattr(training, "JUDGED_MIN", 60)
        return train(cut(ITEMS, FIRST + 299), TODAY)


def test_training_measures_beside_the_rules_on_later_items(trained: Trained) -> None:
    assert list(trained.measured) == [*training.RULES, training.LEARNED]
    assert len({score.items for score in trained.measured.values()}) == 1
    assert trained.window == (TODAY - timedelta(days=30), TODAY)
    ours, theirs = trained.measured[training.LEARNED], trained.measured["pays on the due date"]
    assert ours.brier is not None
    assert theirs.brier is not None
    assert ours.brier < theirs.brier


def test_the_same_history_gives_the_same_bytes() -> None:
    items, before = book(900), date_of(FIRST + 200)

    first, again = (to_files(learn(items, before)) for _ in range(2))

    assert first == again
    assert to_files(learn(cut(items, FIRST + 200), before)) == first


def test_files_are_read_back_as_they_were(trained: Trained) -> None:
    files = to_files(trained.learnt)
    asked = open_on(ITEMS, TODAY)

    told, again = (
        LearnedTiming(one).fit(ITEMS, TODAY).predict(asked, TODAY) for one in (trained.learnt, from_files(files))
    )

    assert to_files(from_files(files)) == files
    pd.testing.assert_frame_equal(told, again, check_exact=True)


def test_what_speaks_for_and_against_is_told_in_words(timing: LearnedTiming) -> None:
    asked = open_on(ITEMS, TODAY)

    told = timing.explain(asked, TODAY)

    assert len(told) == len(asked)
    assert all(len(set(lines)) == len(lines) == TOP for lines in told)
    lines = {line for some in told for line in some}
    assert any(line.startswith("speaks for late: the customer usually pays ") for line in lines)
    assert any(line.startswith("speaks for in time: ") for line in lines)
    assert not any(column in line for line in lines for column in MOMENT_COLUMNS if "_" in column)


@pytest.mark.slow
def test_one_process_and_a_cluster_learn_and_foresee_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("dask.distributed", reason="the extra `distributed` is not installed")
    monkeypatch.undo()  # the cluster's processes know nothing of judges made small here
    companies = [cut(book(900, seed=seed), FIRST + 200) for seed in (1, 2)]
    day = date_of(FIRST + 200)

    here = [learn(items, day) for items in companies]
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = client.gather([client.submit(learn, items, day, pure=False) for items in companies])
        told = client.gather([client.submit(_foreseen, *pair, day) for pair in zip(there, companies, strict=True)])

    assert [to_files(one) for one in here] == [to_files(one) for one in there]
    for learnt, items, foreseen in zip(here, companies, told, strict=True):
        pd.testing.assert_frame_equal(_foreseen(learnt, items, day), foreseen, check_exact=True)


def _foreseen(learnt: Learnt, items: pd.DataFrame, day: date) -> pd.DataFrame:
    return LearnedTiming(learnt).fit(items, day).predict(open_on(items, day), day)


def test_files_of_other_measurements_are_refused(trained: Trained) -> None:
    files = to_files(trained.learnt)
    files[FACTS] = json.dumps({**json.loads(files[FACTS]), "columns": ["age"]}).encode()

    with pytest.raises(OtherMeasurements, match="train again"):
        from_files(files)


def test_too_little_history_is_refused() -> None:
    with pytest.raises(TooLittleHistory, match="paid items, 800 are needed"):
        train(book(300), TODAY)
    with pytest.raises(TooLittleHistory, match="newer items that fell due, 200 are needed"):
        train(book(1_000, days=1_000), date_of(FIRST + 999))


def test_a_history_too_short_for_an_answer_is_refused() -> None:
    with pytest.raises(TooLittleHistory, match="0 answers to whether an item is 30 days late, 100 are needed"):
        learn(book(900, days=25), date_of(FIRST + 24))


def test_history_of_a_single_answer_is_refused_or_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "PAID_MIN", 100)
    monkeypatch.setattr(training, "JUDGED_MIN", 50)
    start = FIRST + np.arange(400) // 2
    monkeypatch.setattr(training, "NEWER_DAYS", (40,))
    items = book(400).assign(
        issue_date=start, due_date=start + 10, cleared_on=start + 9, withdrawn_on=NEVER, disputed_on=NEVER
    )

    told = train(items, date(2024, 7, 18))

    assert told.measured[training.LEARNED].auc == (None, None, None)
