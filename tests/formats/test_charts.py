"""Charts show every value they are given, and the same values give the same picture."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from o2c_ai.formats.charts import (
    ForecastPoint,
    calibration_chart,
    effect_chart,
    forecast_chart,
    lift_chart,
    svg,
)

BINS = [(0.1, 0.12, 40), (0.5, 0.46, 30), (0.9, 0.93, 10)]
WEEKS = [
    ForecastPoint(date(2026, 1, 5), 100.0, 80.0, 130.0, 96.0),
    ForecastPoint(date(2026, 1, 12), 110.0, 85.0, 140.0),
]


def _words(picture: str) -> set[str]:
    return {str(text) for text in etree.fromstring(picture.encode()).itertext() if str(text).strip()}


def test_a_calibration_chart_names_its_ways_and_draws_a_dot_a_bin() -> None:
    chart = calibration_chart({"learned": BINS, "rules": BINS[:1]}, "Late payers")

    picture = svg(chart)

    assert {"learned", "rules", "chance told", "Late payers"} <= _words(picture)
    assert sum('aria-roledescription="circle"' in line for line in picture.replace("<path", "\n<path").split("\n")) == 4


def test_a_lift_chart_names_its_ways() -> None:
    assert {"by amount", "share of the money"} <= _words(svg(lift_chart({"by amount": [(0.0, 0.0), (0.2, 0.5)]})))


def test_a_forecast_chart_shows_what_came_in_only_where_it_is_known() -> None:
    picture = svg(forecast_chart(WEEKS, "USD", "Receipts"))

    assert {"USD", "Receipts"} <= _words(picture)
    assert picture.count('aria-roledescription="point"') == 1


def test_an_effect_chart_names_both_axes() -> None:
    assert {"days to due", "chance"} <= _words(svg(effect_chart([(1.0, 0.2), (2.0, 0.3)], "days to due", "chance")))


@pytest.mark.parametrize("ways", [{}, {"learned": []}])
def test_nothing_measured_gives_an_empty_field(ways: dict[str, list[tuple[float, float, int]]]) -> None:
    assert "chance told" in _words(svg(calibration_chart(ways)))


def test_the_same_values_give_the_same_picture() -> None:
    assert svg(calibration_chart({"learned": BINS})) == svg(calibration_chart({"learned": BINS}))
