"""The formulas of reporting, against the figures a handbook gives and against their edges."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.reporting.rules import (
    AgingRow,
    BadBuckets,
    Measures,
    Rate,
    aging_totals,
    ar_turnover,
    average_days_delinquent,
    bucket_names,
    check_buckets,
    collection_effectiveness,
    countback_dso,
    dso,
    loss_allowance,
    monthly_sales,
)

OPENING, CLOSING, CURRENT, SALES, DAYS = 40_000_000, 45_000_000, 30_000_000, 60_000_000, 90
QUARTER = Measures("EUR", date(2025, 3, 31), DAYS, OPENING, CLOSING, CURRENT, SALES, None)


def test_dso_is_closing_receivables_by_sales_times_days() -> None:
    assert dso(CLOSING, SALES, DAYS) == QUARTER.dso == Fraction("67.5")


def test_best_possible_dso_counts_only_what_is_not_due() -> None:
    assert dso(CURRENT, SALES, DAYS) == QUARTER.best_possible_dso == 45


def test_average_days_delinquent_is_what_lies_between() -> None:
    assert QUARTER.add == average_days_delinquent(Fraction("67.5"), Fraction(45)) == Fraction("22.5")


def test_collection_effectiveness_is_what_was_collected_of_what_could_be() -> None:
    assert QUARTER.cei is not None
    assert QUARTER.cei == collection_effectiveness(OPENING, SALES, CLOSING, CURRENT)
    assert round(QUARTER.cei, 2) == Fraction("78.57")


def test_turnover_is_annualised_over_a_commercial_year() -> None:
    assert QUARTER.turnover is not None
    assert QUARTER.turnover == ar_turnover(SALES, OPENING, CLOSING, DAYS)
    assert round(QUARTER.turnover, 3) == Fraction("5.647")


@pytest.mark.parametrize(
    ("receivables", "months", "days"),
    [
        (450_000, [(180_000, 30), (220_000, 31), (200_000, 30)], "68.5"),
        (12_000, [(2_500, 31), (1_750, 30), (2_250, 31), (2_500, 30), (2_000, 31), (2_250, 30)], "166.33"),
    ],
)
def test_countback_walks_back_month_by_month(receivables: int, months: list[tuple[int, int]], days: str) -> None:
    found = countback_dso(receivables, months)

    assert found is not None
    assert round(found, 2) == Fraction(days)


def test_countback_that_ends_with_a_month_takes_all_of_its_days() -> None:
    assert countback_dso(400, [(180, 30), (220, 31), (200, 30)]) == 61


def test_countback_needs_sales_that_reach_back_far_enough() -> None:
    assert countback_dso(500, [(180, 30), (220, 31)]) is None


def test_countback_passes_a_month_of_credit_memos() -> None:
    assert countback_dso(100, [(-50, 30), (0, 31), (300, 30)]) == 76


def test_without_receivables_no_days_are_outstanding() -> None:
    assert countback_dso(0, []) == countback_dso(-5, [(10, 30)]) == 0


def test_without_sales_there_is_no_dso() -> None:
    still = Measures("EUR", date(2025, 3, 31), DAYS, 0, 0, 0, 0, None)

    assert (still.dso, still.best_possible_dso, still.add, still.cei, still.turnover) == (None,) * 5


def test_expected_loss_is_each_bucket_at_its_own_rate() -> None:
    buckets = [1_500_000, 750_000, 400_000, 250_000]
    rates = [5_000, 22_000, 27_000, 45_000]

    assert [loss_allowance([b], [r]) for b, r in zip(buckets, rates, strict=True)] == [7_500, 16_500, 10_800, 11_250]
    assert loss_allowance(buckets, rates) == 46_050


def test_sales_are_summed_by_calendar_month_the_running_one_prorated_by_its_days() -> None:
    sales = {
        date(2024, 12, 30): 1,
        date(2025, 2, 1): 2,
        date(2025, 2, 20): 4,
        date(2025, 3, 5): 8,
        date(2025, 3, 20): 16,
    }

    assert list(monthly_sales(sales, date(2025, 3, 10))) == [(8, 10), (6, 28), (0, 31), (1, 31)]
    assert list(monthly_sales({}, date(2025, 3, 10))) == []


def test_buckets_are_named_by_their_days() -> None:
    assert bucket_names((30, 60, 90)) == ["current", "1-30", "31-60", "61-90", "91+"]
    assert bucket_names((7,)) == ["current", "1-7", "8+"]


@pytest.mark.parametrize("buckets", [(), (0,), (-1, 5), (30, 30), (60, 30)])
def test_buckets_must_be_ascending_positive_days(buckets: tuple[int, ...]) -> None:
    with pytest.raises(BadBuckets, match="not ascending positive days"):
        check_buckets(buckets)


def test_a_rate_says_nothing_of_nothing() -> None:
    assert Rate(0, 0).ppm is None
    assert Rate(1, 3).ppm == 333_333


@given(st.lists(st.tuples(st.sampled_from(["EUR", "USD"]), *[st.integers(0, 10**15)] * 5), max_size=8))
def test_totals_are_the_sums_of_the_rows_of_a_currency(figures: list[tuple[str, int, int, int, int, int]]) -> None:
    rows = [AgingRow("C", "Name", currency, (a, b), c, d, e) for currency, a, b, c, d, e in figures]
    owed = {(number, row.currency): row.buckets_minor for number, row in enumerate(rows)}
    credit = {
        (number, row.currency): (row.credit_memos_minor, row.unapplied_minor, row.on_account_minor)
        for number, row in enumerate(rows)
    }

    totals = aging_totals(owed, credit, ())

    assert [total.currency for total in totals] == sorted({row.currency for row in rows})
    for total in totals:
        mine = [row for row in rows if row.currency == total.currency]
        assert total.net_minor == sum(row.net_minor for row in mine)
        assert total.buckets_minor == tuple(sum(row.buckets_minor[k] for row in mine) for k in range(2))
        assert total.credit_minor == sum(row.credit_minor for row in mine)
