"""Measurements of open items, as of a day."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, Moments, Table, measure_moments, moments_of
from o2c_ai.models.payment_timing.coming_days import COLUMNS, habits_of, measure_days
from o2c_ai.models.payment_timing.days import NEVER, Days
from o2c_ai.models.payment_timing.history import FIRST_LATE, History, read_history
from o2c_ai.models.payment_timing.items import known_items
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


def test_hazards_and_weekdays_are_those_of_the_obvious_way() -> None:
    items, evening = book(300, days=200, payers=5), EVENINGS[1]
    history, obvious = read_history(items), simple.read(items)
    asked = _asked(items, history, evening)
    habit = habits_of(history, asked)

    for place, owner in enumerate(asked.owners):
        payer = history.payers[owner - 1]
        own = [one for one in obvious if one.payer == payer]
        for days_late in (-5, 0, 3, 9):
            (risk, paid), (book_risk, book_paid) = (simple.hazard(some, evening, days_late) for some in (own, obvious))
            common = (book_paid + 0.05) / (book_risk + 1)
            told = habit.own_hazard[habit.place[place], days_late - FIRST_LATE]
            assert told == pytest.approx((paid + 2 * common) / (risk + 2), rel=1e-5)
        counts, everybody = simple.weekday_counts(own, evening), simple.weekday_counts(obvious, evening)
        usual = [(count + 1 / 7) / (sum(everybody) + 1) for count in everybody]
        shares = [(count + 5 * share) / (sum(counts) + 5) for count, share in zip(counts, usual, strict=True)]
        assert habit.own_weekday[habit.place[place]] == pytest.approx(shares, rel=1e-5)


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
