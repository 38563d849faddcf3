"""Payment timing as tables: how well each way foresees, and how the learned model differs from each, with intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

TIMING, LEARNED = "timing ", " learned model"
COLUMNS = {
    "auc": "AUC late > 0 / 7 / 30 days",
    "brier": "Brier",
    "brier_tails": "Brier > 7 / 30",
    "ece": "ECE",
    "mae_days": "MAE days",
    "within_3_days": "in 3 days",
    "coverage": "p10 to p90 covers",
    "pinball_days": "pinball days",
}
DIFFERENCES = {
    "auc": "AUC",
    "auc_7": "AUC > 7",
    "auc_30": "AUC > 30",
    "brier": "Brier",
    "mae_days": "MAE days",
    "pinball_days": "pinball days",
}
Results = Mapping[str, Mapping[str, Any]]


def is_scored(figures: Mapping[str, object]) -> bool:
    """Whether these are the figures of a way to foresee payment days."""
    return "brier_tails" in figures


def timing_table(results: Results) -> str:
    """A row for each set and way, in Markdown; empty where nothing was measured."""
    rows = [
        [name.removeprefix(TIMING), f"{figures['items']:,}", *(_shown(figures.get(key)) for key in COLUMNS)]
        for name, figures in sorted(results.items())
        if is_scored(figures)
    ]
    return _table(["set and way", "items", *COLUMNS.values()], rows) if rows else ""


def difference_tables(results: Results) -> Iterator[str]:
    """For each set, the learned model's figures less those of each other way, in Markdown."""
    for name, figures in sorted(results.items()):
        if name.endswith(LEARNED) and figures.get("less"):
            rows = [[way, *(_gap(gaps.get(key)) for key in DIFFERENCES)] for way, gaps in figures["less"].items()]
            yield f"### {name}, less\n\n" + _table(["way", *DIFFERENCES.values()], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


def _shown(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return " / ".join(map(_shown, value))
    return "-" if value is None else str(value)


def _gap(gap: Sequence[float] | None) -> str:
    """The difference, its 95 % interval, and the share of the books drawn on which the learned model did better."""
    if gap is None:
        return "-"
    point, low, high, better = gap
    return f"{point:+.4f} ({low:+.4f} to {high:+.4f}), {better:.1%}"
