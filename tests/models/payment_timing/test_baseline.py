"""The day-one model of payment timing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from o2c_ai.models.payment_timing.baseline import EmpiricalTiming, NotOpen, open_on
from o2c_ai.models.payment_timing.days import NEVER, day_number, optional_days
from tests.models.payment_timing.invented import day, frame, habit, item

TODAY = day(100)
SUNDAY = 6
PUNCTUAL = habit("punctual", 0)
SLOW = habit("slow", 10)


def _predict(*asked: dict[str, object]) -> pd.DataFrame:
    items = frame(*PUNCTUAL, *SLOW, *asked)
    return EmpiricalTiming().fit(items, TODAY).predict(open_on(items, TODAY), TODAY)


def test_a_customer_is_expected_to_pay_as_before() -> None:
    told = _predict(item("punctual", 100, 114), item("slow", 100, 114))

    assert told["p50"].tolist() == [pd.Timestamp(day(114)), pd.Timestamp(day(124))]
    assert told["p_late"].tolist()[0] < 0.2
    assert told["p_late_7"].tolist()[1] > 0.8
    assert told["p_late_30"].max() < 0.1


def test_a_new_customer_is_expected_to_pay_as_the_book_does() -> None:
    told = _predict(item("new", 100, 114)).iloc[0]

    assert 0.3 < told["p_late"] < 0.7
    assert told["reasons"] == ("no payment of this customer is known yet: the whole book's habit is used",)


def test_a_date_that_has_passed_is_late_for_certain() -> None:
    told = _predict(item("slow", 50, 88)).iloc[0]

    assert (told["p_late"], told["p_late_7"]) == (1.0, 1.0)
    assert told["p_late_30"] < 1.0
    assert "12 days overdue already" in told["reasons"]


def test_payment_days_are_ascending_after_today_and_within_a_year() -> None:
    told = _predict(
        item("slow", 0, 1),
        item("slow", 60, 90),
        item("new", 100, 100),
        item("new", 100, 130),
        item("punctual", 99, 900),
    )

    assert (told["p10"] > pd.Timestamp(TODAY)).all()
    assert (told["p10"] <= told["p50"]).all()
    assert (told["p50"] <= told["p90"]).all()
    assert told["p90"].max() == pd.Timestamp(day(465))
    assert told["expected_days_late"].iloc[-1] == 465 - 900


def test_a_payer_who_never_pays_on_sundays_is_not_expected_to_pay_on_one() -> None:
    history = [item("weekdays", start, start + 14, start + 14 + (start % 7 == SUNDAY)) for start in range(60)]
    items = frame(*history, item("weekdays", 90, 98 + SUNDAY))
    timing = EmpiricalTiming().fit(items, TODAY)

    chances = timing.distribution(open_on(items, TODAY), TODAY, 7)[0]

    place = {day(101 + number).weekday(): number for number in range(7)}
    assert chances[place[SUNDAY]] < chances[place[SUNDAY] + 1] / 3


def test_a_frame_that_knows_the_future_tells_the_same_as_one_that_does_not() -> None:
    paid_later = item("slow", 90, 104, 110, disputed_on=day(105), promised_on=day(106), promised_date=day(110))
    issued_later = item("punctual", 101, 110, 111)
    unaware = item("slow", 90, 104, disputed_on=None, promised_on=None, promised_date=None)

    knowing, innocent = _predict(paid_later, issued_later), _predict(unaware)

    pd.testing.assert_frame_equal(knowing, innocent)


def test_the_order_of_rows_does_not_matter() -> None:
    items = frame(*PUNCTUAL, *SLOW, item("slow", 95, 109), item("new", 95, 109), item("punctual", 90, 104))
    shuffled = items.sample(frac=1, random_state=3)

    straight = EmpiricalTiming().fit(items, TODAY).predict(open_on(items, TODAY), TODAY)
    mixed = EmpiricalTiming().fit(shuffled, TODAY).predict(open_on(shuffled, TODAY), TODAY)

    pd.testing.assert_frame_equal(straight, mixed.sort_index(), rtol=1e-9)


def test_the_distribution_agrees_with_the_chance_of_being_late() -> None:
    items = frame(*PUNCTUAL, *SLOW, item("slow", 95, 109), item("new", 80, 98), item("new", 90, 400))
    timing, asked = EmpiricalTiming().fit(items, TODAY), open_on(items, TODAY)

    chances, told = timing.distribution(asked, TODAY, 98), timing.predict(asked, TODAY)

    assert chances.shape == (3, 98)
    assert (chances >= 0).all()
    assert 1 - chances[0, :9].sum() == pytest.approx(told["p_late"].iloc[0])
    assert chances[1].sum() < 1
    assert chances[2].sum() == 0


def test_items_in_dispute_are_expected_later() -> None:
    slowed = [
        item("slow", start, start + 14, start + 74, disputed_on=day(start + 14), dispute_resolved_on=day(start + 70))
        for start in range(20)
    ]
    disputed = item("punctual", 90, 104, disputed_on=day(99), dispute_resolved_on=None)

    told = _predict(*slowed, item("punctual", 90, 104), disputed)

    assert told["p_late"].iloc[1] > told["p_late"].iloc[0]
    assert f"in dispute since {day(99)}" in told["reasons"].iloc[1]


def test_a_promise_is_taken_for_its_day_and_nothing_is_expected_before() -> None:
    promised = item("slow", 50, 80, promised_on=day(99), promised_date=day(110))
    items = frame(*PUNCTUAL, *SLOW, promised)
    timing, asked = EmpiricalTiming().fit(items, TODAY), open_on(items, TODAY)

    chances = timing.distribution(asked, TODAY, 98)[0]

    assert chances[:9].sum() == 0
    assert chances[9] >= 0.7
    assert timing.distribution(asked, TODAY, 5).sum() == 0
    assert f"promised for {day(110)}" in timing.predict(asked, TODAY)["reasons"].iloc[0]


def test_broken_promises_make_the_next_one_less_certain() -> None:
    broken = [
        item("slow", start, start + 14, start + 60, promised_on=day(start + 20), promised_date=day(start + 25))
        for start in range(30)
    ]

    assert EmpiricalTiming().fit(frame(*broken), TODAY).habits_.promise_kept == pytest.approx(7 / 40)


def test_every_promise_counts_and_not_only_an_items_last() -> None:
    def thrice(start: int) -> dict[str, object]:
        said = [(day_number(day(start + on)), day_number(day(start + on + 3))) for on in (20, 30)]
        last = {"promised_on": day(start + 40), "promised_date": day(start + 43)}
        return item("slow", start, start + 14, start + 42, earlier_promises=tuple(said), **last)

    learnt = EmpiricalTiming().fit(frame(*(thrice(start) for start in range(40))), TODAY)

    assert learnt.habits_.promise_kept == pytest.approx((40 + 7) / (120 + 10))


def test_a_book_without_history_is_answered_all_the_same() -> None:
    items = frame(item("new", 95, 109))

    told = EmpiricalTiming().fit(items.iloc[:0], TODAY).predict(items, TODAY)

    assert 0 < told["p_late"].iloc[0] < 1


def test_asking_about_nothing_gives_an_empty_frame() -> None:
    items = frame(*PUNCTUAL)

    told = EmpiricalTiming().fit(items, TODAY).predict(items.iloc[:0], TODAY)

    assert len(told) == 0
    assert {"p10", "p50", "p90", "reasons"} <= set(told.columns)


def test_an_item_already_paid_is_not_scored() -> None:
    items = frame(*PUNCTUAL)

    with pytest.raises(NotOpen, match="30 items are not open"):
        EmpiricalTiming().fit(items, TODAY).predict(items, TODAY)


def test_reasons_tell_the_last_twelve_payments() -> None:
    told = _predict(item("punctual", 99, 104), item("slow", 99, 104))

    assert told["reasons"].tolist() == [
        ("this customer's last 12 payments: median on the due date, 0% late",),
        ("this customer's last 12 payments: median 10 days late, 100% late",),
    ]


def test_the_estimator_keeps_its_parameters_and_learns_nothing_before_fit() -> None:
    timing = EmpiricalTiming(strength=3.0)
    copy = clone(timing.fit(frame(*PUNCTUAL), TODAY))

    assert copy.get_params() == {"strength": 3.0, "weekday_strength": 5.0, "half_life_days": 365.0}
    assert not hasattr(copy, "habits_")


def test_a_thousand_customers_are_learnt_in_parts_as_if_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(7)
    rows = [
        item(f"c{number % 30}", start, start + 14, start + 14 + int(rng.integers(-5, 20)))
        for number, start in enumerate(rng.integers(0, 60, 300).tolist())
    ]
    items = frame(*rows, *(item(f"c{number}", 95, 109) for number in range(30)))
    whole = EmpiricalTiming().fit(items, TODAY).predict(open_on(items, TODAY), TODAY)
    monkeypatch.setattr("o2c_ai.models.payment_timing.baseline.GROUPS_AT_ONCE", 7)
    monkeypatch.setattr("o2c_ai.models.payment_timing.curves.CURVES_AT_ONCE", 4)

    parts = EmpiricalTiming().fit(items, TODAY).predict(open_on(items, TODAY), TODAY)

    pd.testing.assert_frame_equal(whole, parts)


def test_days_that_never_came_may_be_written_as_a_number() -> None:
    items = frame(*PUNCTUAL, item("punctual", 95, 109))
    numbered = items.assign(**{name: optional_days(items[name]) for name in ("issue_date", "due_date", "cleared_on")})

    told = EmpiricalTiming().fit(numbered, TODAY).predict(open_on(numbered, TODAY), TODAY)

    assert numbered["cleared_on"].iloc[-1] == NEVER
    pd.testing.assert_frame_equal(told, EmpiricalTiming().fit(items, TODAY).predict(open_on(items, TODAY), TODAY))
