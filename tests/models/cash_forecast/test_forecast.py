"""The forecast of money coming in."""

from __future__ import annotations

import pandas as pd
import pytest

from o2c_ai.models.cash_forecast.forecast import forecast_cash
from o2c_ai.models.cash_forecast.open_items import day_one_timing
from o2c_ai.models.cash_forecast.past import Told, outcomes_of
from o2c_ai.models.cash_forecast.weeks import receipts_of
from tests.models.payment_timing.invented import day, frame, habit, item

FRIDAY = day(200)
AMOUNTS = ["expected_minor", "p10_minor", "p90_minor", "from_open_items_minor", "from_new_business_minor"]


def _book(days: int) -> pd.DataFrame:
    """An invoice of 100.00 EUR every day, each paid 14 days after issue; one of 50.00 USD every week."""
    euros = [item("A", start, start + 14, start + 14) for start in range(days)]
    dollars = [
        item("B", start, start + 14, start + 17, currency="USD", amount_minor=5_000) for start in range(0, days, 7)
    ]
    return frame(*euros, *dollars)


@pytest.fixture(scope="module", name="steady")
def _steady() -> pd.DataFrame:
    return _book(300)


def test_a_steady_business_goes_on_as_it_was(steady: pd.DataFrame) -> None:
    weeks = forecast_cash(steady, FRIDAY).weeks

    euros = weeks[weeks["currency"] == "EUR"]
    assert len(weeks) == 26
    assert euros["week_start"].iloc[0] == pd.Timestamp(day(203))
    assert euros["expected_minor"].tolist() == pytest.approx([70_000] * 13, rel=0.06)
    assert euros["from_open_items_minor"].iloc[0] > 0.9 * euros["expected_minor"].iloc[0]
    assert euros["from_new_business_minor"].iloc[12] > 0.9 * euros["expected_minor"].iloc[12]


def test_amounts_are_whole_ordered_and_never_negative(steady: pd.DataFrame) -> None:
    weeks = forecast_cash(steady, FRIDAY).weeks

    assert (weeks[AMOUNTS].dtypes == "int64").all()
    assert (weeks[AMOUNTS] >= 0).all(axis=None)
    assert (weeks["p10_minor"] <= weeks["expected_minor"]).all()
    assert (weeks["expected_minor"] <= weeks["p90_minor"]).all()
    assert (weeks["from_open_items_minor"] + weeks["from_new_business_minor"] == weeks["expected_minor"]).all()


def test_money_expected_before_the_first_monday_is_told_apart(steady: pd.DataFrame) -> None:
    told = forecast_cash(steady, FRIDAY)

    assert told.before["currency"].tolist() == ["EUR", "USD"]
    assert told.before["expected_minor"].iloc[0] == pytest.approx(20_000, rel=0.25)


def test_what_happens_after_the_day_changes_nothing(steady: pd.DataFrame) -> None:
    known = steady[steady["issue_date"] <= FRIDAY].copy()
    later = known["cleared_on"] > FRIDAY
    known.loc[later, "open_minor"] = known.loc[later, "amount_minor"]
    known["cleared_on"] = known["cleared_on"].where(~later, None)

    innocent, knowing = forecast_cash(known, FRIDAY), forecast_cash(steady, FRIDAY)

    pd.testing.assert_frame_equal(innocent.weeks, knowing.weeks)


def test_the_past_is_replayed_for_weeks_that_have_ended(steady: pd.DataFrame) -> None:
    outcomes = outcomes_of(steady, receipts_of(steady), FRIDAY, day_one_timing, weeks=13)

    assert outcomes.groupby("as_of")["week"].max().tolist() == list(range(10, -1, -1))
    euros = outcomes[outcomes["currency"] == "EUR"]
    assert euros["actual_minor"].tolist() == [70_000] * len(euros)


def test_a_young_book_is_forecast_from_its_open_items() -> None:
    weeks = forecast_cash(_book(30), day(29)).weeks

    assert (weeks["past_forecasts"] == 0).all()
    assert weeks["expected_minor"].sum() > 0
    assert (weeks["p10_minor"] <= weeks["p90_minor"]).all()
    assert forecast_cash(_book(30), day(29)).weeks.equals(weeks)


def test_a_currency_that_has_gone_quiet_keeps_its_rows_of_zeros() -> None:
    items = frame(*habit("A", 0, 180), item("B", 0, 14, 14, currency="USD"))

    weeks = forecast_cash(items, FRIDAY).weeks

    dollars = weeks[weeks["currency"] == "USD"]
    assert dollars["expected_minor"].tolist() == [0] * 13
    assert dollars["p90_minor"].tolist() == [0] * 13


def test_a_currency_that_is_new_is_measured_from_its_own_first_invoice() -> None:
    euros = [item("A", start, start + 14, start + 14) for start in range(200)]
    dollars = [item("B", start, start + 7, start + 7, currency="USD", amount_minor=5_000) for start in range(160, 200)]

    weeks = forecast_cash(frame(*euros, *dollars), FRIDAY).weeks

    new = weeks[weeks["currency"] == "USD"]
    assert new["expected_minor"].iloc[3:].tolist() == pytest.approx([35_000] * 10, rel=0.05)
    assert new["past_forecasts"].tolist() == [0] * 13
    assert (weeks["past_forecasts"] > 0).sum() == 13


def test_credit_left_is_taken_off_the_next_payments(steady: pd.DataFrame) -> None:
    credit = pd.DataFrame({"customer_id": ["A"], "currency": ["EUR"], "open_minor": [50_000]})
    told: dict[int, Told] = {}

    plain, less = (
        forecast_cash(steady, FRIDAY, credits_left=left, told=told).weeks["from_open_items_minor"]
        for left in (None, credit)
    )

    assert 25_000 < plain.sum() - less.sum() <= 50_000


def test_an_empty_book_has_an_empty_forecast() -> None:
    told = forecast_cash(_book(3).iloc[:0], FRIDAY)

    assert told.weeks.empty
    assert told.before.empty
