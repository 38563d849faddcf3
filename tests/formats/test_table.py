"""CSV as people hand it in: what is read, and how each fault is named."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.formats.table import (
    FIELD_LIMIT,
    BadCell,
    Columns,
    read_currency,
    read_date,
    read_date_or_none,
    read_decimal,
    read_minor,
    read_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMNS = Columns(("name", "size"), ("colour",))


def row(line: int, cells: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    if cells[1] == "broken":
        raise BadCell("size", "is broken", "mend it")
    return line, tuple(cells)


def read(text: str | bytes) -> tuple[list[tuple[int, tuple[str, ...]]], list[str], tuple[str, ...]]:
    content = text if isinstance(text, bytes) else text.encode()
    records, table = read_table("t.csv", content, COLUMNS, row)
    return records, [str(problem) for problem in table.problems], table.ignored


def test_cells_come_in_the_order_of_the_columns_and_missing_ones_are_empty() -> None:
    assert read("size,name\n1,a\n") == ([(2, ("a", "1", ""))], [], ())


def test_a_byte_order_mark_quotes_and_blank_lines_are_no_fault() -> None:
    assert read(b'\xef\xbb\xbfname,size\r\n"a, ""b""",1\r\n\r\nc,2\r\n')[:2] == (
        [(2, ('a, "b"', "1", "")), (4, ("c", "2", ""))],
        [],
    )


def test_blanks_around_a_cell_are_left_out_unless_its_words_are_somebody_elses() -> None:
    columns = Columns(("name", "size"), ("colour",), ("colour",))
    records, _ = read_table("t.csv", b"name,size,colour\n a\t, 1 , red \n", columns, row)
    assert records == [(2, ("a", "1", " red "))]


@pytest.mark.parametrize(
    ("text", "sound"), [("1900-01-01", True), ("2999-12-31", True), ("1899-12-31", False), ("3000-01-01", False)]
)
def test_dates_of_the_business_lie_in_eleven_centuries(text: str, sound: bool) -> None:
    if sound:
        assert read_date("d", text).isoformat() == text
    else:
        with pytest.raises(BadCell, match="is not in the years 1900 to 2999"):
            read_date("d", text)


def test_a_cell_over_several_lines_is_one_cell() -> None:
    assert read('name,size\n"a\nb",1\n')[0] == [(3, ("a\nb", "1", ""))]


def test_columns_nobody_asked_for_are_ignored_and_told() -> None:
    assert read("name,size,weight,\na,1,9,\n") == ([(2, ("a", "1", ""))], [], ("weight",))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "t.csv:1 [name]: the required column is missing; add a column 'name' to the header and its rows"),
        ("name\na\n", "t.csv:1 [size]: the required column is missing; add a column 'size' to the header and its rows"),
        ("name,size,size\n", "t.csv:1 [size]: the column appears twice; keep one of them"),
        ("name,size\n,1\n", "t.csv:2 [name]: the cell is empty; fill in name; nothing was written"),
        ("name,size\na,  \n", "t.csv:2 [size]: the cell is empty; fill in size; nothing was written"),
        ("name,size\na,broken\n", "t.csv:2 [size]: is broken; mend it"),
        ("name,size\na\n", "t.csv:2: 1 cells where the header has 2; check quotes and separators of this line"),
        ('name,size\n"a"b,1\n', "t.csv:2: not readable as CSV: ',' expected after '\"'; check quotes of this line"),
        ('name,size\n"a,1\n', "t.csv:2: not readable as CSV: unexpected end of data; check quotes of this line"),
        ("name,size\na,\0\n", "t.csv:2: holds a null character; save the file as plain UTF-8 text and import again"),
        (b"name,size\na,1\n\xff,1\n", "t.csv:3: not UTF-8 text; save the file as UTF-8 and import again"),
    ],
)
def test_a_fault_is_named_with_line_and_remedy(text: str | bytes, problem: str) -> None:
    assert problem in read(text)[1]


def test_rows_beside_a_faulty_one_are_read() -> None:
    records, problems, _ = read("name,size\na,broken\nb,2\n")
    assert (records, len(problems)) == ([(3, ("b", "2", ""))], 1)


def test_a_cell_beyond_all_measure_is_refused() -> None:
    _, (problem,), _ = read(f"name,size\n{'a' * (FIELD_LIMIT + 1)},1\n")
    assert "field larger than field limit" in problem


def test_a_file_of_one_column_is_read() -> None:
    records, table = read_table("t.csv", b"name\na\n", Columns(("name",)), lambda line, cells: (line, *cells))
    assert (records, table.problems) == ([(2, "a")], [])


@given(st.binary(max_size=300))
def test_any_bytes_give_records_or_problems_never_a_crash(content: bytes) -> None:
    records, problems, _ = read(b"name,size\n" + content)
    assert all(len(cells) == 3 for _, cells in records)
    assert all(problem.startswith("t.csv:") for problem in problems)


@pytest.mark.parametrize("text", ["2025-2-1", "20250201", "2025-02-30", "01.02.2025", "2025-W01-1", "2025-02-1x", ""])
def test_only_iso_dates_are_dates(text: str) -> None:
    with pytest.raises(BadCell, match="is not a date"):
        read_date("due_date", text)


def test_cells_are_read_as_what_they_are() -> None:
    assert read_date("d", "2024-02-29") == date(2024, 2, 29)
    assert (read_date_or_none("d", ""), read_date_or_none("d", "2025-01-31")) == (None, date(2025, 1, 31))
    assert (read_minor("a", "1.5", "EUR"), read_minor("a", "1", "JPY")) == (150, 1)
    assert (read_decimal("p", ""), read_decimal("p", "-2.50")) == (None, Decimal("-2.50"))
    assert read_currency("c", "KWD") == "KWD"


@pytest.mark.parametrize("text", ["1,5", "1e3", "NaN", "(1.00)", "1.005", "", "１"])
def test_only_plain_amounts_are_amounts(text: str) -> None:
    with pytest.raises(BadCell):
        read_minor("amount", text, "EUR")


@pytest.mark.parametrize("text", ["1,5", "2 %", "NaN", "1e3"])
def test_only_plain_numbers_are_numbers(text: str) -> None:
    with pytest.raises(BadCell, match="is not a plain number"):
        read_decimal("discount_percent", text)


def test_only_iso_currencies_are_currencies() -> None:
    with pytest.raises(BadCell, match="unknown currency 'eur'"):
        read_currency("currency", "eur")
