"""Charts show every value they are given, and the same values give the same picture."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from o2c_ai.formats.charts import (
    ForecastPoint,
    bars_chart,
    calibration_chart,
    effect_chart,
    forecast_chart,
    lift_chart,
    lift_points,
    svg,
    trend_chart,
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


def test_what_is_supposed_is_drawn_beside_the_forecast() -> None:
    alone, beside = svg(forecast_chart(WEEKS, "USD")), svg(forecast_chart(WEEKS, "USD", supposed=WEEKS))

    assert beside.count('aria-roledescription="line mark"') == alone.count('aria-roledescription="line mark"') + 1


def test_a_trend_has_a_point_for_every_figure_there_was() -> None:
    days = [(date(2026, 1, 31), 41.5), (date(2026, 2, 28), None), (date(2026, 3, 31), 39.0)]

    picture = svg(trend_chart(days, "days", "DSO"))

    assert {"days", "DSO", "2026-01-31"} <= _words(picture)
    assert picture.count('aria-roledescription="point"') == 2


def test_an_effect_chart_names_both_axes() -> None:
    assert {"days to due", "chance"} <= _words(svg(effect_chart([(1.0, 0.2), (2.0, 0.3)], "days to due", "chance")))


@pytest.mark.parametrize("ways", [{}, {"learned": []}])
def test_nothing_measured_gives_an_empty_field(ways: dict[str, list[tuple[float, float, int]]]) -> None:
    assert "chance told" in _words(svg(calibration_chart(ways)))


def test_the_same_values_give_the_same_picture() -> None:
    assert svg(calibration_chart({"learned": BINS})) == svg(calibration_chart({"learned": BINS}))


def test_a_bars_chart_names_its_bars_and_its_ways_where_there_are_several() -> None:
    one = _words(svg(bars_chart({"open": [("not due", 5.0), ("overdue", 2.0)]}, "EUR", "Aged")))
    two = _words(svg(bars_chart({"learned": [("auto", 0.9)], "rules": [("auto", 0.8)]}, "lines", shares=True)))

    assert {"not due", "overdue", "EUR", "Aged"} <= one
    assert "open" not in one
    assert {"learned", "rules", "auto", "lines", "100%"} <= two


def test_many_bars_are_named_aslant() -> None:
    picture = svg(bars_chart({"open": [(f"week {week}", 1.0) for week in range(9)]}, "EUR"))

    assert picture.count("rotate(315)") == 9


def test_lift_looks_at_the_highest_scores_first_and_at_the_earlier_of_equal_ones() -> None:
    assert lift_points([0.1, 0.9, 0.9], [0.0, 30.0, 10.0], points=3) == [
        (0.0, 0.0),
        (1 / 3, 0.75),
        (2 / 3, 1.0),
        (1.0, 1.0),
    ]
    assert lift_points([0.5], [0.0]) == []
