"""Banking days, payment runs and spans of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.demo.calendar_days import (
    Span,
    banking_day_from,
    banking_day_until,
    first_of_next_month,
    is_banking_day,
    month_day_from,
    weekday_from,
)

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("day", [date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2025, 12, 25)])
def test_banks_rest_on_good_friday_easter_monday_labour_day_and_christmas(day: date) -> None:
    assert not is_banking_day(day)


def test_banks_work_on_an_ordinary_friday_and_not_on_saturday() -> None:
    assert is_banking_day(date(2026, 4, 10))
    assert not is_banking_day(date(2026, 4, 11))


@given(days)
def test_the_next_and_the_last_banking_day_enclose_a_day_closely(day: date) -> None:
    after, before = banking_day_from(day), banking_day_until(day)
    assert is_banking_day(after)
    assert is_banking_day(before)
    assert before <= day <= after
    assert (after - before).days <= 5


@given(days, st.integers(0, 4))
def test_a_weekly_run_falls_on_its_weekday_within_a_week(day: date, weekday: int) -> None:
    run = weekday_from(day, weekday)
    assert run.weekday() == weekday
    assert timedelta(0) <= run - day < timedelta(7)


@given(days, st.integers(1, 28))
def test_a_monthly_run_falls_on_its_day_within_a_month(day: date, month_day: int) -> None:
    run = month_day_from(day, month_day)
    assert run.day == month_day
    assert timedelta(0) <= run - day < timedelta(31)


def test_january_follows_december() -> None:
    assert first_of_next_month(date(2025, 12, 31)) == date(2026, 1, 1)
    assert first_of_next_month(date(2026, 1, 31)) == date(2026, 2, 1)


def test_a_span_holds_its_first_and_last_day() -> None:
    span = Span(date(2026, 1, 1), date(2026, 1, 3))
    assert list(span) == [date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 3)]
    assert date(2026, 1, 3) in span
    assert date(2026, 1, 4) not in span


def test_the_share_of_a_span_runs_from_nothing_to_all() -> None:
    span = Span(date(2026, 1, 1), date(2026, 1, 11))
    shares = [span.share_permille(day) for day in (date(2025, 1, 1), span.start, date(2026, 1, 6), date(2027, 1, 1))]
    assert shares == [0, 0, 500, 1000]
