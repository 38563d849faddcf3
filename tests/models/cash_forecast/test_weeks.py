"""The weeks of a forecast."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.models.cash_forecast.weeks import Horizon, past_weeks, receipts_of, received
from o2c_ai.models.payment_timing.days import date_of, day_number
from tests.models.payment_timing.invented import day, frame, item


@given(st.dates(max_value=date(9000, 1, 1)), st.integers(1, 20))
def test_weeks_are_whole_from_the_first_monday_after_the_day(as_of: date, weeks: int) -> None:
    horizon = Horizon.after(as_of, weeks)

    sums = horizon.weeks_of(np.ones((1, horizon.days)))

    assert date_of(horizon.first_monday).weekday() == 0
    assert sums.tolist() == [[horizon.first_monday - horizon.as_of - 1, *[7] * weeks]]


def test_receipts_are_counted_in_the_week_they_came_and_before_the_first_monday_apart() -> None:
    receipts = pd.DataFrame(
        {
            "received_on": [day(4), day(6), day(7), day(13), day(14), day(21)],
            "currency": ["EUR", "EUR", "EUR", "USD", "EUR", "EUR"],
            "amount_minor": [1, 2, 4, 8, -16, 32],
        }
    )

    told = received(receipts, ["EUR", "USD"], Horizon.after(day(4), 2))

    assert told.tolist() == [[2, 4, -16], [0, 8, 0]]


def test_a_week_is_complete_on_its_sunday_evening() -> None:
    horizon = Horizon.after(day(4), 2)

    assert [horizon.complete_weeks(day_number(day(number))) for number in (12, 13, 19, 20, 99)] == [0, 1, 1, 2, 2]


def test_past_weeks_are_counted_back_from_the_day_and_not_before_the_first() -> None:
    receipts = pd.DataFrame(
        {"received_on": [day(20), day(14), day(13), day(6)], "currency": ["EUR"] * 4, "amount_minor": [1, 2, 4, 8]}
    )

    assert past_weeks(receipts, ["EUR"], day_number(day(20)), day_number(day(5)), 8).tolist() == [[3, 4]]
    assert past_weeks(receipts, ["EUR"], day_number(day(20)), day_number(day(30)), 8).shape == (1, 0)


def test_items_tell_receipts_when_nothing_else_does() -> None:
    told = receipts_of(frame(item("A", 0, 10, 12), item("A", 0, 10)))

    assert told.to_numpy().tolist() == [[day(12), "EUR", 10_000]]
