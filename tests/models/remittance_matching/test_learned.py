"""The learned judge: it sees what no rule counts, is the same every time, and says no more than history proves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from o2c_ai.models.remittance_matching import training
from o2c_ai.models.remittance_matching.baseline import match, measure
from o2c_ai.models.remittance_matching.calibration import PPM, PROVEN, Calibration, pooled, runs
from o2c_ai.models.remittance_matching.desk import Desk
from o2c_ai.models.remittance_matching.estimator import one_of_them
from o2c_ai.models.remittance_matching.features import BESIDE, COLUMNS
from o2c_ai.models.remittance_matching.features import measure as features_of
from o2c_ai.models.remittance_matching.predictor import COUNTS, OtherColumns, from_files, to_files
from o2c_ai.models.remittance_matching.punctuality import STRANGER, Punctuality
from o2c_ai.models.remittance_matching.records import Decision, Facts, Papers, Reason
from o2c_ai.models.remittance_matching.scoring import RuleScorer, Scorer
from o2c_ai.models.remittance_matching.training import TooLittleHistory, train
from tests.models.remittance_matching.papers import (
    ACME,
    NEW_YEAR,
    OTHER,
    booked,
    hypotheses_for,
    invoice,
    papers,
    payment,
    timid,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from o2c_ai.models.remittance_matching.records import BankLine, Item

SUBSCRIPTION = 4_900
LATE = 3
"""Days after the due date on which Acme pays, always."""


def sure(facts: Facts) -> Decision:
    """Apply what is probable, alone and explained."""
    clear = facts.sets_that_fit == 1 and facts.residual_explained and facts.margin_ppm >= 200_000
    return Decision.AUTO if clear and facts.probability_ppm >= 900_000 else Decision.REVIEW


def subscriptions(days: int) -> tuple[list[Item], list[BankLine]]:
    """An invoice of the same amount every fourth day, due a month later and paid three days late, without a word."""
    items: list[Item] = []
    lines: list[BankLine] = []
    for issued in (NEW_YEAR + timedelta(days=day) for day in range(0, days, 4)):
        due = issued + timedelta(days=30)
        items.append(invoice(f"INV-{len(items):05}", SUBSCRIPTION, issue_date=issued, due_date=due))
        lines.append(payment(SUBSCRIPTION, booking_date=due + timedelta(days=LATE)))
    return items, lines


@pytest.fixture(scope="module")
def year() -> Papers:
    """Two years of subscriptions, all but the last ten payments booked, beside two of the first days never paid."""
    items, lines = subscriptions(730)
    history = [booked(line, item, SUBSCRIPTION) for item, line in zip(items, lines, strict=True)][:-10]
    disputed = [invoice(f"OLD-{place}", SUBSCRIPTION) for place in range(2)]
    return papers([*disputed, *items], lines, bookings=history)


@pytest.fixture(autouse=True)
def _short_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "LINES_MIN", 40)
    monkeypatch.setattr(training, "JUDGED_MIN", 40)


def right(year: Papers, scorer: Scorer) -> Sequence[bool]:
    """Of the ten unworked payments, in order: applied, and to the item that fell due three days before."""
    due = {item.due_date + timedelta(days=LATE): item.item_id for item in year.items}
    made = match(year, scorer, sure, date.min, date.max)
    days = {line.line_id: line.booking_date for line in year.lines}
    return [
        one.decision is Decision.AUTO and [row.item_id for row in one.rows] == [due[days[one.line_id]]] for one in made
    ]


def test_equal_invoices_are_told_apart_by_when_their_payer_pays(year: Papers) -> None:
    rules = RuleScorer(measure(year, timid))

    assert sum(right(year, rules)) == 0
    assert sum(right(year, train(year, timid).scorer)) >= 9


def test_the_same_history_gives_the_same_bytes_and_another_seed_others(year: Papers) -> None:
    first, again, other = (to_files(train(year, timid, seed=seed).scorer) for seed in (0, 0, 1))

    assert first == again
    assert first != other


def test_a_stored_matcher_judges_as_the_one_that_was_trained(year: Papers) -> None:
    trained = train(year, timid)

    again = from_files(to_files(trained.scorer))

    assert match(year, again, sure, date.min, date.max) == match(year, trained.scorer, sure, date.min, date.max)


def test_a_matcher_of_other_measurements_is_refused(year: Papers) -> None:
    files = to_files(train(year, timid).scorer)
    files[COUNTS] = files[COUNTS].replace(b'"twins"', b'"siblings"')

    with pytest.raises(OtherColumns, match="train again"):
        from_files(files)


def test_training_tells_what_it_learnt_from_and_what_the_rules_did_on_the_same_lines(year: Papers) -> None:
    trained = train(year, timid)

    assert 40 <= trained.judged < trained.lines <= len(year.bookings)
    assert trained.right_by_rules < trained.right <= trained.judged
    assert "surprise_over_least" in list(trained.scorer.judge.gains())[:5]


def test_too_little_history_is_refused_with_what_is_missing(year: Papers) -> None:
    short = replace(year, bookings=list(year.bookings)[:30])

    with pytest.raises(TooLittleHistory) as refusal:
        train(short, timid)

    assert (refusal.value.lines, refusal.value.needed) == (30, 40)


def test_history_that_cannot_be_judged_later_is_refused(year: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "JUDGED_MIN", 10_000)

    with pytest.raises(TooLittleHistory, match="10040 are needed"):
        train(year, timid)


def test_what_nobody_looked_at_teaches_nothing(year: Papers) -> None:
    unseen = replace(year, bookings=[replace(row, untouched=True) for row in year.bookings])

    with pytest.raises(TooLittleHistory, match="0 booked lines"):
        train(unseen, timid)


def test_the_measurements_of_a_way_stand_in_their_columns() -> None:
    early, late = (invoice(f"INV-{day}", 1_000, due_date=NEW_YEAR + timedelta(days=day)) for day in (10, 30))
    line = payment(1_000)
    desk = Desk(papers([early, late], [line]))
    desk.advance(line.booking_date)
    case, ways = desk.read(line), hypotheses_for(line, [early, late])

    frame = np.array(features_of(desk, case, [(way, 500_000) for way in ways], 250_000))

    assert frame.shape == (2, len(COLUMNS))
    columns = dict(zip(COLUMNS, frame.T, strict=True))
    assert sorted(columns["days_late_most"]) == [3, 23]
    assert set(columns["twins"]) == {1}
    assert sorted(columns["skipped"]) == [0, 1]
    assert set(columns["rules_say"]) == {0.5}
    assert set(columns["otherwise"]) == {0.25}
    of_items = {name for name in COLUMNS if np.isnan(columns[name]).any()}
    assert of_items == {
        "chance_least",
        "chance_left",
        "unlikely",
        "unlikely_over_least",
        "share_of_likely",
        "days_since_same",
    }
    assert all(columns[name].min() >= 0 for name in set(BESIDE) - of_items)


def test_a_habit_needs_three_payments_and_forgets_the_old_ones() -> None:
    known = Punctuality()
    item = invoice("INV-1", 100)
    for late in (5, 5):
        line = payment(100, booking_date=item.due_date + timedelta(days=late))
        known.learn(line, [(booked(line, item, 100), item)])
    assert (known.habit(ACME).usual, known.habit(ACME).seen) == (STRANGER.usual, 2)

    for late in (5, *[9] * 40):
        line = payment(100, booking_date=item.due_date + timedelta(days=late))
        known.learn(line, [(booked(line, item, 100), item), (booked(line, None, 1, Reason.OVERPAYMENT), None)])

    habit = known.habit(ACME)
    assert (habit.usual, habit.spread, habit.seen, habit.surprise(11)) == (9, 1, 40, 2)
    assert known.habit(OTHER) == STRANGER


def test_a_calibration_rises_with_the_score_and_counts_what_was_right() -> None:
    judged = [(score / 100, score % 10 != 0 or score > 50) for score in range(100)] * 20

    told = Calibration(pooled(judged))

    assert [told.ppm(score / 10) for score in range(11)] == sorted(told.ppm(score / 10) for score in range(11))
    assert sum(seen for _, _, seen in told.steps) == len(judged)
    assert told.ppm(0.99) > 990_000
    assert Calibration().ppm(0.25) == 250_000


def calibrated(judged: Sequence[tuple[float, bool]]) -> Calibration:
    """A calibration whose threshold rests on the same lines."""
    worth = Calibration(pooled(judged))
    return replace(worth, clear=runs([(float(worth.ppm(score)), right) for score, right in judged]))


def test_a_threshold_promises_no_more_than_was_seen() -> None:
    judged = [(0.5, False)] * 50 + [(0.9, True)] * 500
    perfect, flawed = calibrated(judged[50:]), calibrated(judged)

    assert perfect.threshold_for(990_000) <= perfect.ppm(0.9)
    assert perfect.threshold_for(999_000) > PPM
    assert flawed.ppm(0.5) < flawed.threshold_for(990_000) <= flawed.ppm(0.9)


def test_a_threshold_goes_past_one_wrong_line_where_those_below_it_make_up_for_it() -> None:
    judged = [(0.7 + place / 10_000, place != 2_000) for place in range(2_500)]

    told = calibrated(judged)

    assert told.threshold_for(998_000) <= told.ppm(0.71)
    assert told.ppm(0.9) < told.threshold_for(999_900)


def test_equal_probabilities_stand_or_fall_together() -> None:
    assert runs([(7.0, True), (7.0, False), (8.0, True), (9.0, True), (7.0, True)]) == ((7.0, 2, 3), (8.0, 2, 2))


def test_what_the_rules_are_sure_of_is_worth_what_it_was_later() -> None:
    assert Calibration().sure_ppm == round(PROVEN * PPM)
    assert Calibration(sure=(999, 1_000)).sure_ppm == (2 * 999 + 1) * PPM // 2_002


def test_of_the_ways_to_book_a_line_at_most_one_is_right() -> None:
    alone, beside = one_of_them([0.9]), one_of_them([0.9, 0.9, 0.5])

    assert alone == [pytest.approx(0.9)]
    assert sum(beside) < 1
    assert beside[0] == beside[1] > beside[2]
    assert one_of_them([1.0])[0] == pytest.approx(1.0, abs=1e-5)
