"""What invoices not written yet will bring."""

from __future__ import annotations

import numpy as np
import pytest

from o2c_ai.models.cash_forecast.new_business import Issuing, issuing_of
from o2c_ai.models.cash_forecast.weeks import Horizon
from o2c_ai.models.payment_timing.days import day_number
from tests.models.payment_timing.invented import MONDAY, day, frame, item

SUNDAY = day(69)
EVERY_DAY = [item("A", start, start + 14, start + 14 if start + 14 <= 69 else None) for start in range(70)]


def _learnt() -> Issuing:
    return issuing_of(frame(*EVERY_DAY), ["EUR", "USD"], day_number(SUNDAY))


def test_the_rate_of_issuing_is_taken_from_the_last_whole_weeks() -> None:
    issuing = _learnt()

    assert issuing.weekly.tolist() == [[70_000] * 10, [0] * 10]
    assert issuing.weekdays.sum(axis=1).tolist() == pytest.approx([1, 1])


def test_invoices_paid_two_weeks_after_issue_bring_nothing_before_the_third_week() -> None:
    expected = _learnt().expected(Horizon.after(SUNDAY, 5))

    assert expected[0].tolist() == pytest.approx([0, 0, 0, 70_000, 70_000, 70_000])
    assert expected[1].tolist() == [0] * 6


def test_an_open_item_does_not_count_as_paid() -> None:
    items = frame(item("A", 0, 14, 10), item("A", 0, 14, 30), item("A", 40, 54))

    shares = issuing_of(items, ["EUR"], day_number(day(45))).paid_by[0, MONDAY.weekday()]

    assert shares[9] == 0
    assert shares[10] == pytest.approx(1 / 2)
    assert shares[30] == pytest.approx(1.0)


def test_what_is_closed_without_money_is_never_paid() -> None:
    cancelled = (item("A", start, start + 14, withdrawn_on=day(start + 3)) for start in range(50))
    items = frame(*(item("A", start, start + 14, start + 14) for start in range(50)), *cancelled)

    shares = issuing_of(items, ["EUR"], day_number(SUNDAY)).paid_by[0]

    assert shares[:, -1].tolist() == pytest.approx([0.5] * 7)


def test_a_currency_younger_than_the_quarter_goes_on_as_since_its_first_invoice() -> None:
    dollars = (item("B", start, start + 14, currency="USD") for start in range(49, 70))
    issuing = issuing_of(frame(*EVERY_DAY, *dollars), ["EUR", "USD"], day_number(SUNDAY))

    assert issuing.weekly.tolist() == [[70_000] * 10] * 2


def test_drawn_weeks_are_like_past_weeks() -> None:
    drawn = _learnt().simulate(Horizon.after(SUNDAY, 5), 10, np.random.default_rng(0))

    assert drawn.shape == (10, 2, 6)
    assert drawn[:, 0, 3].tolist() == pytest.approx([70_000] * 10)


def test_a_book_without_a_whole_week_issues_nothing() -> None:
    issuing = issuing_of(frame(item("A", 68, 80)), ["EUR"], day_number(SUNDAY))

    assert issuing.expected(Horizon.after(SUNDAY, 3)).sum() == 0
    assert issuing.simulate(Horizon.after(SUNDAY, 3), 2, np.random.default_rng(0)).sum() == 0


def test_nobody_pays_on_the_days_after_issue_on_which_that_weekday_is_never_paid() -> None:
    """Items of a Monday are paid after eleven days, a Friday, and those of a Tuesday after six, a Monday."""
    mondays = [item("A", start, start + 14, start + 11) for start in range(0, 140, 7)]
    tuesdays = [item("A", start, start + 14, start + 6) for start in range(1, 140, 7)]

    paid_by = issuing_of(frame(*mondays, *tuesdays), ["EUR"], day_number(day(150))).paid_by[0]

    assert paid_by[0, 10] < 0.25
    assert paid_by[0, 11] > 0.95
    assert paid_by[1, 6] > 0.75


def test_who_invoices_at_month_end_is_expected_to_do_so_again() -> None:
    every_month = [item("A", offset, offset + 14, offset + 14) for offset in (30, 59, 90, 120, 151, 181)]

    issuing = issuing_of(frame(item("A", 0, 14, 14), *every_month), ["EUR"], day_number(day(182)))

    first, between, last = issuing.month_parts[0]
    assert last > 5 * max(first, between)


def test_parts_of_a_month_that_differ_no_more_than_chance_are_taken_as_alike() -> None:
    assert _learnt().month_parts[0].tolist() == pytest.approx([1, 1, 1])
