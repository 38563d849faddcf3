"""A CSV table as people hand it in: header checked, every cell read or its fault named with file, line and column."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, NoReturn, TypeVar

from o2c_ai.core.errors import Problem
from o2c_ai.core.money import NotAnAmount, UnknownCurrency, exponent, parse_minor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
_DECIMAL = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?", re.ASCII)
_REMEDY_CELL = "correct the cell and import again; nothing was written"
FIELD_LIMIT = 100_000
"""Characters one cell may have; longer ones are an attack or a lost quote."""
FAULTS_MAX = 1_000
"""Faults of one file that are told: whoever has more has the wrong file, or one made to fill our memory."""
YEARS = range(1900, 3000)
"""Years a date of the business may lie in; 9999-12-31 and its like stand for "no date"."""


class BadCell(Exception):
    """A cell that cannot be read: its column, what is wrong and what to do."""

    def __init__(self, column: str, what: str, remedy: str) -> None:
        """Keep the three parts of the problem that the reader of a row does not know."""
        self.column, self.what, self.remedy = column, what, remedy
        super().__init__(what)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file: those that must be there and filled, and those that may."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()
    """Those whose words are somebody else's and are kept to the letter; of all others blanks around a cell are none."""

    @property
    def names(self) -> tuple[str, ...]:
        """All columns in the order cells are handed to the row reader."""
        return self.required + self.optional


@dataclass
class Table:
    """A parsed file: its problems, and the columns nobody asked for."""

    source: str
    problems: list[Problem] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    def problem(self, line: int | None, column: str | None, what: str, remedy: str) -> None:
        """Add a fault."""
        self.problems.append(Problem(self.source, line, column, what, remedy))


def read_table(
    source: str, content: bytes, columns: Columns, read: Callable[[int, Sequence[str]], T]
) -> tuple[list[T], Table]:
    """Every row as a record; rows with a fault are left out and named in the table's problems.

    `read` gets the line number and the cells in the order of `columns.names` (empty text for a missing optional
    column; blanks around a cell are left out unless its column is verbatim) and may raise BadCell.
    """
    table = Table(source)
    records: list[T] = []
    required = len(columns.required)
    kept = [(place, name in columns.verbatim) for place, name in enumerate(columns.names)]
    for line, found in _cells(content, columns, table):
        cells = [found[place] if verbatim else found[place].strip() for place, verbatim in kept]
        try:
            if not all(cells[:required]):
                _refuse_empty(columns.required, cells)
            records.append(read(line, cells))
        except BadCell as bad:
            table.problem(line, bad.column, bad.what, bad.remedy)
    return records, table


def _refuse_empty(required: Sequence[str], cells: Sequence[str]) -> NoReturn:
    column = next(name for name, cell in zip(required, cells, strict=False) if not cell)
    raise BadCell(column, "the cell is empty", f"fill in {column}; nothing was written")


def _cells(content: bytes, columns: Columns, table: Table) -> Iterator[tuple[int, tuple[str, ...]]]:
    text = _decode(content, table)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(FIELD_LIMIT)
    try:
        header = [name.strip() for name in next(reader, [])]
        pick = _picker(header, columns, table)
        if pick is None:
            return
        for row in reader:
            if len(table.problems) >= FAULTS_MAX:
                table.problem(reader.line_num, None, "further faults were not looked for", "correct those before first")
                return
            if len(row) != len(header):
                if row:
                    what = f"{len(row)} cells where the header has {len(header)}"
                    table.problem(reader.line_num, None, what, "check quotes and separators of this line")
                continue
            row.append("")
            yield reader.line_num, pick(row)
    except csv.Error as error:
        table.problem(reader.line_num, None, f"not readable as CSV: {error}", "check quotes of this line")


def _decode(content: bytes, table: Table) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        table.problem(line, None, "not UTF-8 text", "save the file as UTF-8 and import again")
        return None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        table.problem(line, None, "holds a null character", "save the file as plain UTF-8 text and import again")
        return None
    return text


def _picker(header: list[str], columns: Columns, table: Table) -> Callable[[list[str]], tuple[str, ...]] | None:
    missing = [name for name in columns.required if name not in header]
    for name in missing:
        table.problem(1, name, "the required column is missing", f"add a column {name!r} to the header and its rows")
    twice = {name for name in columns.names if header.count(name) > 1}
    for name in sorted(twice):
        table.problem(1, name, "the column appears twice", "keep one of them")
    if missing or twice:
        return None
    table.ignored = tuple(name for name in header if name and name not in columns.names)
    places = [header.index(name) if name in header else len(header) for name in columns.names]
    return itemgetter(*places) if len(places) > 1 else lambda row: (row[places[0]],)


@lru_cache(maxsize=20_000)
def _iso_date(text: str) -> date | None:
    if len(text) != 10 or text[4] != "-" or text[7] != "-":  # noqa: PLR2004 - YYYY-MM-DD
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_date(column: str, text: str) -> date:
    """An ISO date of the years 1900 to 2999; raises BadCell."""
    day = _iso_date(text)
    if day is None:
        raise BadCell(column, f"{text!r} is not a date", "write dates as 2025-12-31; nothing was written")
    if day.year not in YEARS:
        what = f"{text} is not in the years {YEARS[0]} to {YEARS[-1]}"
        raise BadCell(column, what, "write the true day, or leave the cell empty where it may be; nothing was written")
    return day


def read_date_or_none(column: str, text: str) -> date | None:
    """An ISO date, or None for an empty cell; raises BadCell."""
    return read_date(column, text) if text else None


def read_minor(column: str, text: str, currency: str) -> int:
    """Minor units of an amount in a known currency; raises BadCell."""
    try:
        return parse_minor(text, currency)
    except NotAnAmount as bad:
        raise BadCell(column, str(bad), _REMEDY_CELL) from bad


def read_currency(column: str, text: str) -> str:
    """A currency code; raises BadCell."""
    try:
        exponent(text)
    except UnknownCurrency as bad:
        raise BadCell(column, str(bad), "use the ISO 4217 code, such as EUR; nothing was written") from bad
    return text


def read_decimal(column: str, text: str) -> Decimal | None:
    """A plain decimal number, or None for an empty cell; raises BadCell."""
    if not text:
        return None
    if not _DECIMAL.fullmatch(text):
        raise BadCell(column, f"{text!r} is not a plain number", _REMEDY_CELL)
    return Decimal(text)
