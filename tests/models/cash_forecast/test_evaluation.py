"""The published figures of cash forecasts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from o2c_ai.models.cash_forecast.evaluation import forecast_and_outcome, open_items_outcome, score_band
from o2c_ai.models.cash_forecast.forecast import CashForecast, forecast_cash
from o2c_ai.models.cash_forecast.past import Told
from o2c_ai.models.cash_forecast.weeks import receipts_of
from tests.models.payment_timing.invented import day, frame, item


def _outcomes() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "currency": ["EUR"] * 4,
            "week": [1, 2, 1, 5],
            "expected_minor": [100, 200, 100, 999],
            "p10_minor": [80, 150, 90, 0],
            "p90_minor": [120, 250, 110, 0],
            "actual_minor": [110, 140, 150, 1],
        }
    )


def test_figures_are_those_worked_out_by_hand() -> None:
    score = score_band(_outcomes(), "EUR", 1, 4)

    assert score.weeks == 3
    assert score.wape == pytest.approx((10 + 60 + 50) / 400)
    assert score.bias == pytest.approx((-10 + 60 - 50) / 400)
    assert score.coverage == pytest.approx(1 / 3)
    assert score.below == pytest.approx(1 / 3)
    by_hand = [0.1 * 30, 0.9 * 10, 0.1 * 60, 0.1 * 10, 0.1 * 110, 0.9 * 40]
    assert score.pinball == pytest.approx(sum(by_hand) / 2 / 400)


def test_a_band_without_weeks_has_no_figures() -> None:
    score = score_band(_outcomes(), "USD", 1, 4)

    assert (score.weeks, score.wape, score.coverage) == (0, None, None)


def test_only_weeks_that_have_ended_are_held_against_what_came_in() -> None:
    items = frame(*(item("A", start, start + 14, start + 14) for start in range(60)))

    def made(as_of: object) -> CashForecast:
        assert as_of == day(39)
        return forecast_cash(items, day(39))

    told = forecast_and_outcome(made, [day(39)], receipts_of(items), day(62))

    assert told["week"].tolist() == [1, 2, 3]
    assert told["actual_minor"].tolist() == [70_000] * 3
    assert told["as_of"].unique().tolist() == [pd.Timestamp(day(39))]


def test_no_days_give_no_outcomes() -> None:
    def never(as_of: object) -> CashForecast:
        raise AssertionError(as_of)

    assert forecast_and_outcome(never, [], receipts_of(frame(item("A", 0, 1, 1))), day(9)).empty


def test_what_open_items_brought_leaves_out_later_invoices() -> None:
    items = frame(item("A", 0, 10, 14), item("A", 0, 10), item("A", 8, 10, 15), item("A", 0, 2, 5))

    assert open_items_outcome(items, day(6), 2)["actual_minor"].tolist() == [0, 10_000]


@pytest.mark.shared
def test_real_receipts_are_forecast_within_a_tenth(shared_data: Path) -> None:
    folder = shared_data / "highradius-2019-11-01"
    lines = pd.read_csv(folder / "bank_lines.csv", dtype=str)[["line_id", "booking_date"]]
    paid = pd.read_csv(folder / "applications.csv", dtype=str)[["line_id", "invoice_id"]].merge(lines, on="line_id")
    invoices = pd.read_csv(folder / "invoices.csv", dtype={"invoice_id": str}).merge(paid, on="invoice_id", how="left")
    minor = (invoices["amount"] * 100).round().astype("int64")
    items = invoices.rename(columns={"invoice_id": "item_id", "booking_date": "cleared_on"}).assign(
        amount_minor=minor, open_minor=minor
    )
    origins = [day.date() for day in pd.date_range("2019-06-07", periods=2, freq="28D")]
    known: dict[int, Told] = {}

    told = forecast_and_outcome(
        lambda as_of: forecast_cash(items, as_of, told=known), origins, receipts_of(items), date(2019, 10, 31)
    )

    score = score_band(told, "USD", 1, 4)
    assert score.weeks == 8
    assert score.wape is not None
    assert score.wape < 0.1
    assert score.coverage is not None
    assert score.coverage >= 0.7
