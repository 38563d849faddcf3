"""Charts of what was foreseen and how it turned out, the same in notebooks, pages and files: altair, and SVG of it.

Every chart takes plain values; a way to foresee is named by the text that stands beside its colour, ours first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import accumulate
from typing import Any

import altair as alt
import vl_convert

WIDTH, HEIGHT = 420, 260
COLOURS = ("#0b5fa5", "#c2841f", "#6a994e", "#a04668", "#4fa3d9", "#9aa5b1")
"""Told apart in light and dark pages, and by people who do not tell red from green."""
GREY = "#9aa5b1"
NAMES_ABREAST = 7
"""More names under bars are written aslant."""

CalibrationBin = tuple[float, float, int]
"""Mean chance told, share that came true, items: as who measured them hands them over."""
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


def lift_points(scores: Iterable[float], worths: Iterable[float], points: int = 50) -> list[LiftPoint]:
    """What is found by looking at the items with the highest scores first; of equal ones the earlier first."""
    ranked = [worth for _, worth in sorted(zip(scores, worths, strict=True), key=lambda pair: -pair[0])]
    found = list(accumulate(ranked, initial=0.0))
    places = sorted({round(len(ranked) * point / points) for point in range(points + 1)})
    return [(place / len(ranked), found[place] / found[-1]) for place in places] if found[-1] else []


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


def forecast_chart(
    weeks: Sequence[ForecastPoint], unit: str, title: str = "", supposed: Sequence[ForecastPoint] = ()
) -> Drawn:
    """The fan from p10 to p90, the expected line, a dot where the money has come in; dashed what is supposed."""
    base, other = (_weeks(points) for points in (weeks, supposed))
    fan = base.mark_area(opacity=0.25, color=COLOURS[0]).encode(y=alt.Y("p10:Q", title=unit), y2="p90:Q")
    expected = base.mark_line(color=COLOURS[0]).encode(y="expected:Q")
    came = base.mark_point(color=COLOURS[1], filled=True, size=50).encode(y="actual:Q")
    layers = [fan, expected, came]
    if supposed:
        layers.append(other.mark_line(color=COLOURS[3], strokeDash=[6, 3]).encode(y="expected:Q"))
    return alt.layer(*layers).properties(width=WIDTH, height=HEIGHT, title=title)


def _weeks(points: Sequence[ForecastPoint]) -> alt.Chart:
    values = [asdict(week) | {"week_start": week.week_start.isoformat()} for week in points]
    return _rows(values).encode(x=_days("week_start", "week"))


def trend_chart(points: Sequence[tuple[date, float | None]], unit: str, title: str = "") -> Drawn:
    """How a figure went: a line from day to day, interrupted where there was nothing to measure."""
    values = [{"day": day.isoformat(), "value": value} for day, value in points]
    drawn: alt.Chart = (
        _rows(values)
        .mark_line(color=COLOURS[0], point=True)
        .encode(x=_days("day"), y=alt.Y("value:Q", title=unit))
        .properties(width=WIDTH, height=HEIGHT, title=title)
    )
    return drawn


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


def bars_chart(
    ways: Mapping[str, Sequence[tuple[str, float]]], unit: str, title: str = "", *, shares: bool = False
) -> Drawn:
    """A bar a way for each thing named, in the order given; shares run from 0 to 100 %. A single way goes unnamed."""
    values = [{"way": way, "name": name, "value": value} for way, named in ways.items() for name, value in named]
    crowded = len({value["name"] for value in values}) > NAMES_ABREAST
    names = alt.X("name:N", title=None, sort=None, axis=alt.Axis(labelAngle=-45 if crowded else 0))
    scale = alt.Scale(domain=[0, 1]) if shares else alt.Scale()
    drawn: alt.Chart = (
        _rows(values)
        .mark_bar()
        .encode(
            x=names,
            xOffset=alt.XOffset("way:N", sort=list(ways)),
            y=alt.Y("value:Q", title=unit, scale=scale, axis=alt.Axis(format="%" if shares else "~s")),
            color=_way(ways) if len(ways) > 1 else alt.value(COLOURS[0]),
        )
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


def _days(field: str, title: str | None = None) -> alt.X:
    """An axis of days in order, written aslant."""
    return alt.X(f"{field}:O", title=title, axis=alt.Axis(labelAngle=-45, labelOverlap=True))


def _way(ways: Mapping[str, object]) -> alt.Color:
    """Colours in the order the ways are given."""
    scale = alt.Scale(domain=list(ways), range=COLOURS)
    return alt.Color("way:N", title=None, sort=list(ways), scale=scale)


def _rows(values: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]  # altair leaves it unannotated


def _diagonal() -> alt.Chart:
    line: alt.Chart = (
        _rows([{"x": 0, "y": 0}, {"x": 1, "y": 1}]).mark_line(color=GREY, strokeDash=[4, 4]).encode(x="x:Q", y="y:Q")
    )
    return line
