"""The two rules of thumb."""

from __future__ import annotations

import pandas as pd
import pytest

from o2c_ai.models.payment_timing.plain_rules import late_rate, pays_as_usual, pays_on_due_date
from tests.models.payment_timing.invented import day, frame, habit, item

TODAY = day(60)
PAST = frame(*habit("punctual", 0, 15), *habit("slow", 10, 5))
OPEN = frame(item("slow", 50, 70), item("new", 50, 55))


def test_everybody_pays_on_the_due_date_and_overdue_items_tomorrow() -> None:
    told = pays_on_due_date(PAST, OPEN, TODAY)

    assert told["p50"].tolist() == [pd.Timestamp(day(70)), pd.Timestamp(day(61))]
    assert told["p_late"].tolist() == [0.25, 1.0]


def test_the_customers_rate_is_blended_with_the_books() -> None:
    told = pays_as_usual(PAST, OPEN, TODAY)

    assert told["p_late"].iloc[0] == pytest.approx((5 + 5 * 0.25) / 10)
    assert told["p50"].iloc[0] == pd.Timestamp(day(80))
    assert told["expected_days_late"].iloc[0] == 10


def test_without_any_payment_the_due_date_is_all_there_is() -> None:
    told = pays_as_usual(PAST.iloc[:0], OPEN, TODAY)

    assert told["p50"].iloc[0] == pd.Timestamp(day(70))
    assert told["p_late"].iloc[0] == 0


def test_the_customers_rate_of_being_later_than_any_days_can_be_asked_for() -> None:
    assert late_rate(PAST, OPEN, TODAY, 7).tolist() == pytest.approx([(5 + 5 * 0.25) / 10, (5 * 0.25) / 5])
    assert late_rate(PAST.iloc[:0], OPEN, TODAY, 7).tolist() == [0.0, 0.0]
