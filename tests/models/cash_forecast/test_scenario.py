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
    plain = forecast_cash(book, FRIDAY, told=TOLD).weeks["expected_minor"]
    without = forecast_cash(book, FRIDAY, scenario=Scenario(without="nobody"), told=TOLD).weeks["expected_minor"]

    assert without.tolist() == pytest.approx(plain.tolist(), rel=0.01)
