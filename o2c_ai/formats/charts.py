"""Charts of what was foreseen and how it turned out, the same in notebooks, pages and files: altair, and SVG of it.

Every chart takes plain values; a way to foresee is named by the text that stands beside its colour, ours first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import altair as alt
import vl_convert

WIDTH, HEIGHT = 420, 260
COLOURS = ("#0b5fa5", "#c2841f", "#6a994e", "#a04668", "#4fa3d9", "#9aa5b1")
"""Told apart in light and dark pages, and by people who do not tell red from green."""
GREY = "#9aa5b1"

CalibrationBin = tuple[float, float, int]
"""Mean chance told, share that came true, items."""
Drawn = alt.Chart | alt.LayerChart | alt.FacetChart
LiftPoint = tuple[float, float]
"""Share of the items looked at, best first; share of the money found among them."""


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """A week of a forecast in units of its currency, and what came in, once that is known."""

    week_start: date
    expected: float
    p10: float
    p90: float
    actual: float | None = None


def calibration_chart(ways: Mapping[str, Sequence[CalibrationBin]], title: str = "") -> Drawn:
    """A line a way, a dot a bin as large as its items; on the grey diagonal a chance keeps its word."""
    values = [
        {"way": way, "told": told, "came": came, "items": items}
        for way, bins in ways.items()
        for told, came, items in bins
    ]
    told = _rows(values).encode(
        x=_share("told", "chance told"), y=_share("came", "share that came true"), color=_way(ways)
    )
    dots = told.mark_circle(opacity=0.9).encode(size=alt.Size("items:Q", title="items"))
    return alt.layer(_diagonal(), told.mark_line(), dots).properties(width=WIDTH, height=HEIGHT, title=title)


def lift_chart(ways: Mapping[str, Sequence[LiftPoint]], title: str = "") -> Drawn:
    """A line a way to rank: how much of the money is found by looking at so many items; grey is no order at all."""
    values = [
        {"way": way, "looked": looked, "found": found} for way, points in ways.items() for looked, found in points
    ]
    lines = (
        _rows(values)
        .mark_line()
        .encode(x=_share("looked", "share of the items"), y=_share("found", "share of the money"), color=_way(ways))
    )
    return alt.layer(_diagonal(), lines).properties(width=WIDTH, height=HEIGHT, title=title)


def forecast_chart(weeks: Sequence[ForecastPoint], unit: str, title: str = "") -> Drawn:
    """The fan from p10 to p90, the expected line, and a dot where the money has come in."""
    values = [asdict(week) | {"week_start": week.week_start.isoformat()} for week in weeks]
    week = alt.X("week_start:O", title="week", axis=alt.Axis(labelAngle=-45, labelOverlap=True))
    base = _rows(values).encode(x=week)
    fan = base.mark_area(opacity=0.25, color=COLOURS[0]).encode(y=alt.Y("p10:Q", title=unit), y2="p90:Q")
    expected = base.mark_line(color=COLOURS[0]).encode(y="expected:Q")
    came = base.mark_point(color=COLOURS[1], filled=True, size=50).encode(y="actual:Q")
    return alt.layer(fan, expected, came).properties(width=WIDTH, height=HEIGHT, title=title)


def effect_chart(points: Sequence[tuple[float, float]], measured: str, effect: str, title: str = "") -> Drawn:
    """What is foreseen (y) by the value of one measurement (x)."""
    values = [{"x": x, "y": y} for x, y in points]
    drawn: alt.Chart = (
        _rows(values)
        .mark_line(color=COLOURS[0], point=True)
        .encode(x=alt.X("x:Q", title=measured), y=alt.Y("y:Q", title=effect, scale=alt.Scale(zero=False)))
        .properties(width=WIDTH, height=HEIGHT, title=title)
    )
    return drawn


def svg(chart: Drawn) -> str:
    """The chart as a picture; the same chart gives the same text."""
    return vl_convert.vegalite_to_svg(chart.to_dict())


def _share(field: str, title: str) -> dict[str, Any]:
    """An axis from 0 to 100 %."""
    axis = {"scale": {"domain": [0, 1]}, "axis": {"format": "%"}}
    return {"field": field, "type": "quantitative", "title": title, **axis}


def _way(ways: Mapping[str, object]) -> alt.Color:
    """Colours in the order the ways are given."""
    return alt.Color("way:N", title=None, sort=list(ways), scale=alt.Scale(domain=list(ways), range=COLOURS))


def _rows(values: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]  # altair leaves it unannotated


def _diagonal() -> alt.Chart:
    line: alt.Chart = (
        _rows([{"x": 0, "y": 0}, {"x": 1, "y": 1}]).mark_line(color=GREY, strokeDash=[4, 4]).encode(x="x:Q", y="y:Q")
    )
    return line
