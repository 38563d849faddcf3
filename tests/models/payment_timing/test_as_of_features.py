"""Measurements of open items, as of a day."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from o2c_ai.models.payment_timing.as_of_features import (
    MOMENT_COLUMNS,
    Moments,
    Table,
    measure_moments,
    moments_of,
    open_item_features,
)
from o2c_ai.models.payment_timing.coming_days import COLUMNS, habits_of, measure_days
from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, date_of
from o2c_ai.models.payment_timing.history import History, read_history
from o2c_ai.models.payment_timing.items import known_items
from o2c_ai.models.payment_timing.pay_places import AGE_EDGES, EARLY_PLACES, LATE_EDGES
from tests.models.payment_timing import simple_history as simple
from tests.models.payment_timing.invented_book import FIRST, book, cut

EVENINGS = (FIRST + 40, FIRST + 101, FIRST + 160)
PAYERS = pd.Index([0, 1, 2, 3])


def _asked(items: pd.DataFrame, history: History, evening: int) -> Moments:
    known = known_items(items, evening)
    rows = np.flatnonzero(known.is_open)
    return moments_of(known, items, history, PAYERS, rows, evenings=np.full(len(rows), evening))


def _coming(history: History, asked: Moments) -> Table:
    rows = np.repeat(np.arange(len(asked.due)), 40)
    days: Days = asked.evenings[rows] + np.tile(np.arange(1, 41), len(asked.due))
    return measure_days(asked, measure_moments(history, asked), habits_of(history, asked), rows, days)


@pytest.mark.parametrize("evening", EVENINGS)
def test_books_cut_at_the_day_measure_the_same_bits_as_books_that_go_on(evening: int) -> None:
    whole = book(900, days=200)
    before = cut(whole, evening)
    on, until = read_history(whole), read_history(before)

    knowing, innocent = _coming(on, _asked(whole, on, evening)), _coming(until, _asked(before, until, evening))

    assert len(knowing) > 1_000
    assert knowing.tobytes() == innocent.tobytes()


@pytest.mark.parametrize("evening", EVENINGS)
def test_the_quick_way_measures_what_the_obvious_way_does(evening: int) -> None:
    items = book(300, days=200, payers=5)
    history, obvious = read_history(items), simple.read(items)
    known = known_items(items, evening)

    measured = pd.DataFrame(measure_moments(history, _asked(items, history, evening)), columns=list(MOMENT_COLUMNS))

    for place, row in enumerate(np.flatnonzero(known.is_open)):
        for name, value in simple.measure(obvious, obvious[known.rows[row]], evening).items():
            assert measured[name][place] == pytest.approx(value, rel=1e-5, abs=1e-5), name


SPANS = [(-10, -9), (-3, -2), (0, 1), (7, 8), (35, 42)]


def test_hazards_are_those_of_the_obvious_way() -> None:
    items, evening = book(300, days=200, payers=5), EVENINGS[1]
    history, obvious = read_history(items), simple.paid_by(simple.read(items), evening)
    asked = _asked(items, history, evening)
    habit = habits_of(history, asked)

    for place, owner in enumerate(asked.owners):
        own = [one for one in obvious if one.payer == history.payers[owner - 1]]
        newest, row = [one for one in own if one.ended > evening - 90], habit.place[place]
        for first, beyond in SPANS:
            span = list(LATE_EDGES).index(first)
            everybody, mine, lately = (
                simple.hazard([max(-10, one.ended - one.due) for one in some], first, beyond)
                for some in (obvious, own, newest)
            )
            common = (everybody[0] + 0.05) / (everybody[1] + 1)
            usual = (mine[0] + 2 * common) / (mine[1] + 2)
            assert habit.late[row, span] == pytest.approx(usual, rel=1e-5)
            assert habit.late_seen[row, span] == mine[1]
            assert habit.late_quarter[row, span] == pytest.approx((lately[0] + 2 * usual) / (lately[1] + 2), rel=1e-5)
        for first, beyond in ((0, 1), (18, 19), (85, 90)):
            span = list(AGE_EDGES).index(first)
            everybody, mine = (simple.hazard([one.age() for one in some], first, beyond) for some in (obvious, own))
            common = (everybody[0] + 0.05) / (everybody[1] + 1)
            assert habit.age[row, span] == pytest.approx((mine[0] + 2 * common) / (mine[1] + 2), rel=1e-5)


def test_payments_of_what_falls_due_on_one_weekday_are_counted_by_themselves() -> None:
    items, evening = book(300, days=200, payers=5), EVENINGS[1]
    history, obvious = read_history(items), simple.paid_by(simple.read(items), evening)
    asked = _asked(items, history, evening)
    habit = habits_of(history, asked)

    for place, (owner, due) in enumerate(zip(asked.owners, asked.due, strict=True)):
        own = [one for one in obvious if one.payer == history.payers[owner - 1] and one.due % WEEK == due % WEEK]
        for late in (-9, -1, 0, 6):
            paid, seen = simple.hazard([max(-10, min(20, one.ended - one.due)) for one in own], late, late + 1)
            span = list(LATE_EDGES).index(late)
            usual = habit.late[habit.place[place], span]
            told = habit.by_due[habit.place[place], (due + 3) % WEEK * EARLY_PLACES + span]
            assert told == pytest.approx((paid + 2 * usual) / (seen + 2), rel=1e-5)


def test_days_of_payment_are_those_of_the_obvious_way() -> None:
    items, evening = book(300, days=200, payers=5), EVENINGS[1]
    history, obvious = read_history(items), simple.paid_by(simple.read(items), evening)
    asked = _asked(items, history, evening)
    habit = habits_of(history, asked)

    for place, owner in enumerate(asked.owners):
        own = [one for one in obvious if one.payer == history.payers[owner - 1]]
        row, quarter = habit.place[place], {one.ended for one in own if one.ended > evening - 90}
        counts, everybody = simple.weekday_counts(own, evening), simple.weekday_counts(obvious, evening)
        usual = [(count + 1 / 7) / (sum(everybody) + 1) for count in everybody]
        shares = [(count + 5 * share) / (sum(counts) + 5) for count, share in zip(counts, usual, strict=True)]
        used = [len([day for day in quarter if (day + 3) % WEEK == weekday]) * 7 / 90 for weekday in range(WEEK)]
        ends = len([one for one in own if (date_of(one.ended) + timedelta(days=1)).day == 1])
        all_ends = len([one for one in obvious if (date_of(one.ended) + timedelta(days=1)).day == 1])
        assert habit.weekday[row] == pytest.approx(shares, rel=1e-5)
        assert habit.weekday_used[row] == pytest.approx(used, rel=1e-5)
        common = (all_ends + 1 / 31) / (len(obvious) + 1)
        assert habit.month_day[row, 0] == pytest.approx((ends + 5 * common) / (len(own) + 5), rel=1e-5)
        assert habit.last_pay_day[row] == max(one.ended for one in own)


def test_features_are_given_for_what_is_open_with_its_number_and_customer() -> None:
    items = book(300, days=200, payers=5).assign(number="N", customer_code="C")

    told = open_item_features(items, date_of(EVENINGS[0]))

    assert list(told) == ["number", "customer_code", *MOMENT_COLUMNS[1:]]
    assert len(told) == known_items(items, EVENINGS[0]).is_open.sum()


def test_a_payer_never_seen_is_taken_for_the_book() -> None:
    items, evening = book(300, days=200, payers=5), EVENINGS[1]
    history = read_history(items)
    known = known_items(items.assign(customer_id="new"), evening)
    asked = moments_of(known, items, history, PAYERS, np.arange(3), evenings=np.full(3, evening))

    measured = pd.DataFrame(measure_moments(history, asked), columns=list(MOMENT_COLUMNS))

    everybody = simple.late_share(simple.read(items), evening, 0, None)
    assert measured["late_share_0"].tolist() == pytest.approx([everybody] * 3)
    assert measured["payer"].isna().all()
    assert measured["last_late"].isna().all()
    assert (measured["open_items"] == 0).all()


def test_promises_and_disputes_count_from_the_day_they_were_known() -> None:
    day = EVENINGS[0]
    items = book(60, days=30, payers=1).assign(
        disputed_on=NEVER, promised_on=NEVER, promised_date=NEVER, cleared_on=day + 90, withdrawn_on=NEVER
    )
    items.loc[0, "disputed_on"] = day
    items.loc[1, ["promised_on", "promised_date"]] = [day - 5, day + 2]
    history = read_history(items)

    def spoken(evening: int) -> list[float]:
        measured = measure_moments(history, _asked(items, history, evening))
        names = ("disputed_before", "promised_before", "broken_before")
        return [float(measured[0, MOMENT_COLUMNS.index(name)]) for name in names]

    assert spoken(day - 6) == [0, 0, 0]
    assert spoken(day) == [1, 1, 0]
    assert spoken(day + 3) == [1, 1, 1]


def test_columns_have_names_of_their_own() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_amounts_are_compared_within_a_currency() -> None:
    euros = book(300, days=200, payers=5).assign(amount_minor=10_000)
    items = pd.concat([euros, euros.assign(currency="JPY", amount_minor=90)], ignore_index=True)
    history = read_history(items)

    measured = measure_moments(history, _asked(items, history, EVENINGS[1]))

    assert set(measured[:, MOMENT_COLUMNS.index("amount_to_usual")]) == {1.0}
    alone = read_history(euros)
    expected = measure_moments(alone, _asked(euros, alone, EVENINGS[1]))
    for name in ("open_amount_to_usual", "same_amount_paid"):
        column = MOMENT_COLUMNS.index(name)
        assert measured[: len(expected), column].tolist() == expected[:, column].tolist()
