"""Puts measured figures into the README: `python -m benchmarks.readme`, after `make bench`; a test compares both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.forecast_tables import FORECAST, forecast_table
from benchmarks.results import RESULTS
from benchmarks.timing_tables import is_scored, timing_table

README = Path(__file__).parents[1] / "README.md"
BEGIN = "<!-- figures, written by `python -m benchmarks.readme` -->\n"
END = "<!-- end of figures -->\n"
UNMEASURED = "Not measured yet: `make bench` writes `benchmarks/results.json`, and this table follows from it.\n"
MATCHING = ("matching ", "deciding ")
"""Benchmarks of matching, which have a table of their own: how well lines are decided, and how many a second."""
COLUMNS = {
    "straight_through": "straight through",
    "auto_precision": "precision reached",
    "cash_straight_through": "of the cash",
    "top1": "first option right",
    "false_auto_on_others": "applied of those that pay nothing",
}
LIST_MAX = 4
"""Longest list that is shown; longer ones and nested figures stay in results.json."""


def read_results() -> dict[str, dict[str, object]]:
    """Every benchmark's figures by its name; empty where nothing was measured yet."""
    if not RESULTS.exists():
        return {}
    found: dict[str, dict[str, object]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return found


def figures_table(results: Mapping[str, Mapping[str, object]]) -> str:
    """A row for each benchmark with its figures as they stand in the results; learners in tables apart."""
    if not results:
        return UNMEASURED
    others = {
        name: one
        for name, one in sorted(results.items())
        if not name.startswith((*MATCHING, FORECAST)) and not is_scored(one)
    }
    rows = [f"| {name} | {_figures(one)} |\n" for name, one in others.items()]
    first = ["| measured | figures |\n", "| --- | --- |\n", *rows] if rows else []
    tables = ("".join(first), matching_table(results), timing_table(results), forecast_table(results))
    return "\n".join(table for table in tables if table)


def matching_table(results: Mapping[str, Mapping[str, object]]) -> str:
    """A row for each set and matcher, its figures at every precision asked; empty where no matching was measured."""
    runs: dict[str, dict[str, Mapping[str, object]]] = {}
    for name, figures in sorted(results.items()):
        if name.startswith(MATCHING[0]):
            matcher, precision = name.removeprefix(MATCHING[0]).rsplit(" ", 1)
            runs.setdefault(matcher, {})[precision] = figures
    rows = []
    for matcher, by_precision in runs.items():
        speed = results.get(f"{MATCHING[1]}{matcher}", next(iter(by_precision.values()))).get("lines_per_second")
        cells = [" / ".join(_shown(one.get(key)) or "-" for one in by_precision.values()) for key in COLUMNS]
        rows.append(f"| {' | '.join([matcher, ' / '.join(by_precision), *cells, _shown(speed) or '-'])} |\n")
    head = ["set and matcher", "precision asked", *COLUMNS.values(), "lines a second"]
    return "".join([f"| {' | '.join(head)} |\n", f"|{' --- |' * len(head)}\n", *rows]) if rows else ""


def with_figures(page: str, results: Mapping[str, Mapping[str, object]]) -> str:
    """The page with the table of these results between its marks. Raises ValueError where a mark is missing."""
    head, rest = page.split(BEGIN)
    _, tail = rest.split(END)
    return "".join([head, BEGIN, "\n", figures_table(results), "\n", END, tail])


def _figures(figures: Mapping[str, object]) -> str:
    shown = {name.replace("_", " "): text for name, value in figures.items() if (text := _shown(value))}
    return " · ".join(f"{name} {text}" for name, text in shown.items())


def _shown(value: object) -> str:
    """A figure as it was written; empty for what has no place in a table."""
    if isinstance(value, list) and 0 < len(value) <= LIST_MAX:
        return " / ".join(map(_shown, value))
    if value is None or isinstance(value, list | dict):
        return ""
    return f"{value:,}" if type(value) is int else str(value)


def main() -> None:
    """Write the README anew."""
    README.write_text(with_figures(README.read_text(encoding="utf-8"), read_results()), encoding="utf-8")


if __name__ == "__main__":
    main()
