"""Control accounts are compared at every month end and on the last day."""

from __future__ import annotations

from datetime import date

import pytest

from o2c_ai.core.verification.rules import DayTotals, compared_days, differing_days, month_end


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2024, 2, 1), date(2024, 2, 29)),
        (date(2025, 2, 28), date(2025, 2, 28)),
        (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2025, 12, 1), date(2025, 12, 31)),
    ],
)
def test_a_month_ends_on_its_last_day(day: date, end: date) -> None:
    assert month_end(day) == end


def test_the_month_ends_between_and_the_last_day_are_compared() -> None:
    days = [date(2025, 1, 15), date(2025, 3, 10), date(2025, 2, 1)]

    assert compared_days(days) == [date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 10)]


def test_a_last_day_that_ends_its_month_is_compared_once() -> None:
    assert compared_days([date(2025, 1, 15), date(2025, 1, 31)]) == [date(2025, 1, 31)]


def test_without_days_nothing_is_compared() -> None:
    assert compared_days([]) == []
    assert list(differing_days([])) == []


def test_a_difference_that_evens_out_is_shown_only_while_it_lasts() -> None:
    totals = [
        DayTotals(1, "EUR", date(2025, 1, 5), 100, 90),
        DayTotals(1, "EUR", date(2025, 2, 5), 0, 10),
        DayTotals(1, "USD", date(2025, 3, 5), 7, 7),
    ]

    assert list(differing_days(totals)) == [DayTotals(1, "EUR", date(2025, 1, 31), 100, 90)]


def test_accounts_and_currencies_do_not_make_up_for_each_other() -> None:
    day = date(2025, 1, 5)
    totals = [DayTotals(2, "EUR", day, 5, 0), DayTotals(1, "EUR", day, 0, 5), DayTotals(1, "USD", day, 5, 0)]

    assert [(found.account_id, found.currency) for found in differing_days(totals)] == [
        (1, "EUR"),
        (1, "USD"),
        (2, "EUR"),
    ]
