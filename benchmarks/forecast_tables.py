"""Cash forecasts as a table: how far each way to forecast was off by band of weeks, and which of them ours beat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

FORECAST, OURS = "forecast ", "this forecast"
ALL, IN_TOTAL, OPEN = " all receipts ", " all receipts in total", " open items"
Results = Mapping[str, Mapping[str, Any]]


def forecast_table(results: Results) -> str:
    """A row for each band and horizon, a column for each way, in Markdown; empty where nothing was measured."""
    rows = [row for name in sorted(results) if name.startswith(FORECAST) for row in _rows(name, results[name])]
    if not rows:
        return ""
    ways = list(dict.fromkeys(way for _, figures, _ in rows for way in figures))
    ways.remove(OURS)
    head = ["error as a share of the money", OURS, *sorted(ways), "80 % intervals cover"]
    cells = [
        [what, *(str(figures.get(way, "-")) for way in (OURS, *sorted(ways))), covered]
        for what, figures, covered in rows
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *cells))


def _rows(name: str, figures: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """What is measured, the figure of each way, and the coverage of ours."""
    told = name.removeprefix(FORECAST)
    if name.endswith(IN_TOTAL):
        for span in ("4 weeks", "13 weeks"):
            of_span = {key.removeprefix(f"{span}, "): one for key, one in figures.items() if key.startswith(span)}
            yield f"{told}, {span}", of_span, "-"
    elif ALL in name:
        ways = {key: one for key, one in figures.items() if f"beside {key}" in figures or key == OURS}
        marked = {key: _marked(one, figures.get(f"beside {key}")) for key, one in ways.items()}
        yield told, marked, f"{figures['covered']} of {figures['at least']} to {figures['at most']}"
    elif name.endswith(OPEN):
        ways = {key: one for key, one in figures.items() if f"of {key}" in figures or key == OURS}
        yield f"{told}, weeks 1-4", ways, "-"


def _marked(figure: object, beside: object) -> str:
    return f"{figure} ({beside})" if beside else str(figure)
