"""The forecast under a supposition."""

from __future__ import annotations

import pandas as pd
import pytest

from o2c_ai.models.cash_forecast.forecast import forecast_cash
from o2c_ai.models.cash_forecast.past import Told
from o2c_ai.models.cash_forecast.scenario import Scenario
from tests.models.payment_timing.invented import day, frame, item

FRIDAY = day(200)
TOLD: dict[int, Told] = {}


@pytest.fixture(scope="module", name="book")
def _book() -> pd.DataFrame:
    """Two customers with an invoice of 100.00 every day, each paid 14 days after issue."""
    return frame(*(item(name, start, start + 14, start + 14) for name in "AB" for start in range(300)))


def _open(book: pd.DataFrame, scenario: Scenario) -> list[int]:
    weeks = forecast_cash(book, FRIDAY, scenario=scenario, told=TOLD).weeks
    return [int(minor) for minor in weeks["from_open_items_minor"]]


def test_a_late_shock_moves_what_is_open_and_loses_none_of_it(book: pd.DataFrame) -> None:
    plain, shocked = _open(book, Scenario()), _open(book, Scenario(late_days=14))

    assert shocked[2:4] == pytest.approx(plain[:2], rel=0.1)
    assert shocked[0] < 0.05 * plain[0]


def test_without_a_customer_half_of_the_money_is_missing(book: pd.DataFrame) -> None:
    plain = forecast_cash(book, FRIDAY, told=TOLD).weeks["expected_minor"]
    without = forecast_cash(book, FRIDAY, scenario=Scenario(without="B"), told=TOLD).weeks["expected_minor"]

    assert (without / plain).tolist() == pytest.approx([0.5] * 13, rel=0.05)


def test_a_customer_who_owes_nothing_changes_nothing(book: pd.DataFrame) -> None:
    plain = forecast_cash(book, FRIDAY, told=TOLD).weeks
    without = forecast_cash(book, FRIDAY, scenario=Scenario(without="nobody"), told=TOLD).weeks

    pd.testing.assert_frame_equal(without, plain)


@pytest.fixture(scope="module", name="bulge")
def _bulge() -> pd.DataFrame:
    """Much more is open than usually comes in a week; one payer paid a cent long ago and owes nothing."""
    usual = [item("A", start, start + 14, start + 14) for start in range(300)]
    cent = item("PAID", 100, 110, 110, amount_minor=1)
    return frame(*usual, *(item("BIG", 190 + day, 204 + day, None, amount_minor=100_000) for day in range(10)), cent)


def _expected(book: pd.DataFrame, scenario: Scenario, told: dict[int, Told]) -> pd.Series[int]:
    """What is expected before the first Monday, then of each week."""
    made = forecast_cash(book, FRIDAY, scenario=scenario, told=told)
    return pd.concat([made.before["expected_minor"], made.weeks["expected_minor"]], ignore_index=True)


def test_no_supposition_brings_more_or_earlier_money(bulge: pd.DataFrame) -> None:
    told: dict[int, Told] = {}
    weeks = forecast_cash(bulge, FRIDAY, told=told).weeks
    assert (weeks["expected_minor"] < 0.9 * weeks["bottom_up_minor"]).any()  # it believes part of the bulge

    plain, paid, owing, late, both = (
        _expected(bulge, scenario, told)
        for scenario in (
            Scenario(),
            Scenario(without="PAID"),
            Scenario(without="BIG"),
            Scenario(late_days=5),
            Scenario(late_days=5, without="BIG"),
        )
    )

    assert paid.tolist() == plain.tolist()
    assert (owing <= plain).all()
    assert owing.sum() < plain.sum()
    assert (late.cumsum() <= plain.cumsum() + 1).all()
    assert late.sum() == pytest.approx(plain.sum(), rel=0.01)
    assert (both.cumsum() <= owing.cumsum() + 1).all()


def test_intervals_of_a_young_book_suppose_the_same() -> None:
    young = frame(*(item("A", start, start + 14, start + 14 if start < 15 else None) for start in range(30)))

    weeks = forecast_cash(young, day(29), scenario=Scenario(without="A")).weeks

    assert weeks["past_forecasts"].tolist() == [0] * 13
    assert weeks[["expected_minor", "p10_minor", "p90_minor", "bottom_up_minor"]].to_numpy().max() == 0
