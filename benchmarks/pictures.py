"""Draws measured figures as pictures, and only measured ones: `python -m benchmarks.pictures`, after `make bench`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from benchmarks.readme import read_results

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
Results = Mapping[str, Mapping[str, Any]]
OURS = {"learned": "o2c_ai, learned", "rules": "o2c_ai, rules"}
COLOURS = {"learned": "#0b5fa5", "rules": "#4fa3d9"}
PEER_COLOUR = "#9aa5b1"
WIDTH, ROW, NAMES_WIDTH, BARS_WIDTH = 760, 30, 190, 340
PLOT = (80, 40, 640, 260)
"""Left, top, width and height of the field of a diagram."""


def matching_picture(results: Results, case: str, precision: str = "0.997") -> str:
    """Bars of the share applied untouched by each matcher on one set, best first; empty where nothing was measured.

    Beside each bar stands the precision it came out with, and so which matcher kept what was asked.
    """
    rows = sorted(_rows(results, case, precision), key=lambda row: (-row[1], row[0]))
    if not rows:
        return ""
    title = f"Bank lines applied untouched, {case}: precision asked {precision}, share and precision reached"
    told = ["nothing applied" if reached is None else f"{share:.3f} at {reached:.4f}" for _, share, reached in rows]
    bars = [_bar(place, row[0], row[1], said) for place, (row, said) in enumerate(zip(rows, told, strict=True))]
    return _svg(title, 60 + ROW * len(rows), bars)


def growth_picture(results: Results) -> str:
    """Time per line against the number of open items, both by tens; empty where nothing was measured."""
    lines = {
        name: {int(items): 1e6 / one["lines_per_second"] for items, one in results[f"growth {name}"]["sizes"].items()}
        for name in OURS
        if f"growth {name}" in results
    }
    if not lines:
        return ""
    axes = (
        _tens([key for line in lines.values() for key in line]),
        _tens([v for p in lines.values() for v in p.values()]),
    )
    curves = [part for name, line in lines.items() for part in _curve(name, line, axes)]
    return _svg("Microseconds a bank line on one core, by open items", 350, [*_grid(*axes), *curves])


def calibration_picture(results: Results, case: str) -> str:
    """Chance told against share that came true, a dot for each tenth of the chances as large as its items are many."""
    bins = results.get(f"timing {case} learned model", {}).get("calibration")
    if not bins:
        return ""
    left, top, width, height = PLOT
    most = max(items for _, _, items in bins)
    dots = [(left + width * told, top + height * (1 - came), items) for told, came, items in bins]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in dots)
    marks = [
        *_shares_grid(),
        f'<path d="M{left} {top + height}L{left + width} {top}" stroke="{PEER_COLOUR}" stroke-dasharray="4"/>',
        f'<polyline points="{path}" fill="none" stroke="{COLOURS["learned"]}" stroke-width="2"/>',
        *(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + 8 * math.sqrt(items / most):.1f}" fill="{COLOURS["learned"]}" '
            f'fill-opacity="0.7"><title>{items:,} invoices</title></circle>'
            for x, y, items in dots
        ),
    ]
    return _svg(
        f"Chance told of being paid late and share that was, {case}: on the dashes both are the same", 350, marks
    )


def lift_picture(results: Results, case: str) -> str:
    """Bars of the money that ends badly found among the first fifth of a list, by what ranks it."""
    found = {name: share for name, share in results.get(f"worklist {case}", {}).items() if ": " in name}
    rows = [*sorted(found.items(), key=lambda row: (row[0].split(": ")[0], -row[1], row[0]))]
    if not rows:
        return ""
    bars = [
        _bar(place, name, share, f"{share:.3f}", left=270, colour=COLOURS["learned"] * name.endswith("model's chance"))
        for place, (name, share) in enumerate(rows)
    ]
    title = f"Money that ends badly held by the first fifth of a collector's list, {case}"
    return _svg(title, 60 + ROW * len(rows), bars)


def pictures(results: Results) -> dict[str, str]:
    """File name and drawing of every picture that these results give."""
    drawn = {
        "matching-cashapp-dev.svg": matching_picture(results, "cashapp-dev"),
        "matching-invented-world.svg": matching_picture(results, "invented world"),
        "matching-other-world.svg": matching_picture(results, "other world"),
        "growth.svg": growth_picture(results),
        "calibration-highradius.svg": calibration_picture(results, "highradius-2019-11-01"),
        "worklist-highradius.svg": lift_picture(results, "highradius-2019-11-01"),
    }
    return {name: text for name, text in drawn.items() if text}


def _rows(results: Results, case: str, precision: str) -> Iterator[tuple[str, float, float | None]]:
    """Matcher, share applied rightly, precision (None where nothing was applied)."""
    before, after = f"matching {case} ", f" {precision}"
    for name, figures in results.items():
        if name.startswith(before) and name.endswith(after):
            reached = figures["auto_precision"] if figures["auto"] else None
            yield name.removeprefix(before).removesuffix(after), float(figures["straight_through"]), reached


def _bar(place: int, name: str, share: float, told: str, *, left: int = NAMES_WIDTH, colour: str = "") -> str:
    top, width = 44 + ROW * place, BARS_WIDTH * share
    fill = colour or COLOURS.get(name, PEER_COLOUR)
    return (
        f'<text x="{left - 8}" y="{top + 15}" text-anchor="end">{escape(OURS.get(name, name))}</text>'
        f'<rect x="{left}" y="{top}" width="{width:.1f}" height="20" fill="{fill}"/>'
        f'<text x="{left + width + 6:.1f}" y="{top + 15}">{told}</text>'
    )


Span = tuple[int, int]
"""From and to, as powers of ten."""


def _tens(values: Sequence[float]) -> Span:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _place(items: float, micros: float, axes: tuple[Span, Span]) -> tuple[float, float]:
    left, top, width, height = PLOT
    (x_low, x_high), (y_low, y_high) = axes
    across = (math.log10(items) - x_low) / (x_high - x_low)
    up = (math.log10(micros) - y_low) / (y_high - y_low)
    return left + width * across, top + height * (1 - up)


def _grid(across: Span, up: Span) -> Iterator[str]:
    left, top, width, height = PLOT
    for power in range(across[0], across[1] + 1):
        x, _ = _place(10**power, 10 ** up[0], (across, up))
        yield f'<path d="M{x:.1f} {top}v{height}" stroke="#dde3e9"/>'
        yield f'<text x="{x:.1f}" y="{top + height + 20}" text-anchor="middle">{10**power:,}</text>'
    for power in range(up[0], up[1] + 1):
        _, y = _place(10 ** across[0], 10.0**power, (across, up))
        yield f'<path d="M{left} {y:.1f}h{width}" stroke="#dde3e9"/>'
        yield f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:,g}</text>'


def _shares_grid() -> Iterator[str]:
    left, top, width, height = PLOT
    for tenths in range(0, 11, 2):
        x, y = left + width * tenths / 10, top + height * (1 - tenths / 10)
        yield f'<path d="M{x:.1f} {top}v{height}M{left} {y:.1f}h{width}" stroke="#dde3e9"/>'
        yield f'<text x="{x:.1f}" y="{top + height + 20}" text-anchor="middle">{tenths / 10:g}</text>'
        yield f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end">{tenths / 10:g}</text>'


def _curve(name: str, points: Mapping[int, float], axes: tuple[Span, Span]) -> Iterator[str]:
    places = [_place(items, micros, axes) for items, micros in sorted(points.items())]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>'
    yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOURS[name]}"/>' for x, y in places)
    x, y = places[0]
    yield f'<text x="{x + 6:.1f}" y="{y - 8:.1f}" fill="{COLOURS[name]}">{escape(OURS[name])}</text>'


def _svg(title: str, height: int, parts: Sequence[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
    head += f'font-size="13" role="img"><title>{escape(title)}</title><rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([head, f'<text x="16" y="24" font-weight="bold">{escape(title)}</text>', *parts, "</svg>", ""])


def main() -> None:
    """Write the pictures anew."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pictures(read_results()).items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
