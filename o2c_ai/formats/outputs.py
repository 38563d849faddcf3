"""The tables the commands write: proposals, options, predictions, forecast, worklist; whole or not at all."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

PROPOSALS = (
    "line_id",
    "decision",
    "probability",
    "invoice_id",
    "amount",
    "reason",
    "customer_id",
    "explanation",
)
OPTIONS = ("line_id", "rank", "probability", "invoice_id", "amount")
PREDICTIONS = (
    "invoice_id",
    "customer_id",
    "p_late",
    "p_late_7",
    "p_late_30",
    "p10",
    "p50",
    "p90",
    "expected_days_late",
    "reasons",
    "model_version",
)
FORECAST = (
    "week_start",
    "currency",
    "expected",
    "p10",
    "p90",
    "from_open_items",
    "from_new_business",
    "other_in",
    "outflow",
    "closing_cash",
    "closing_p10",
)
WORKLIST = (
    "rank",
    "customer_id",
    "priority",
    "open_amount",
    "overdue_amount",
    "currency",
    "expected_value",
    "action",
    "reasons",
)
APPLICATIONS = ("line_id", "invoice_id", "customer_id", "amount", "reason")
POSTINGS = ("entry_id", "posting_date", "kind", "text", "account", "account_name", "currency", "amount", "base_amount")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A draft beside the place of a file, moved there when the block ends well and thrown away when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a CSV table, whole or not at all; gives the number of rows."""
    count = 0
    with whole_file(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def safe_text(text: str) -> str:
    """Text of strangers for a cell: what a spreadsheet would run as a formula is marked as text."""
    return f"'{text}" if text.lstrip(" \n").startswith(_FORMULA_STARTS) else text


def probability(ppm: int) -> str:
    """Millionths as a decimal number."""
    return f"{ppm // 1_000_000}.{ppm % 1_000_000:06d}"
