"""Tables for spreadsheets: text of strangers never runs as a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from o2c_ai.formats.outputs import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def safe_cell(value: object) -> str:
    """A cell as a spreadsheet may show it: a number as it is, and text of others marked where it would be run."""
    text = "" if value is None else str(value)
    return text if _NUMBER.fullmatch(text) else safe_text(text)


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A CSV table line by line, so that memory stays small however long it is."""
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        yield _taken(line)
        writer.writerow([safe_cell(value) for value in row])
    yield _taken(line)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text
