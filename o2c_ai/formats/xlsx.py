"""Lists as workbooks: amounts and days can be summed and sorted, and text of strangers never runs as a formula."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from o2c_ai.formats.outputs import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from o2c_ai.formats.listing import Listing

ROWS_A_SHEET = 1_000_000
"""A sheet takes 1,048,576 rows; longer lists go on with the next sheet."""
CHARACTERS_A_CELL = 32_000
"""A cell takes 32,767 characters."""
DIGITS_MAX = 15
"""Digits a spreadsheet keeps of a number; a longer one is written as text, to the last cent."""
CHUNK = 1 << 16
WIDTHS = {"name": 32, "reasons": 60, "narrative": 60, "detail": 60, "text": 40, "note": 40}
"""Columns that hold sentences, in characters; others take WIDTH."""
WIDTH = 15
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xlsx_chunks(listing: Listing, *, rows_a_sheet: int = ROWS_A_SHEET) -> Iterator[bytes]:
    """The list as a workbook, piece by piece: written to a file as it is read, so that memory stays small."""
    book = Workbook(write_only=True)
    sheet = _sheet(book, listing)
    for number, row in enumerate(listing.rows):
        if number and number % rows_a_sheet == 0:
            sheet = _sheet(book, listing)
        sheet.append([_cell(sheet, value) for value in row])
    return _written(book)


def _sheet(book: Workbook, listing: Listing) -> Any:  # noqa: ANN401 - openpyxl's write-only sheet
    sheet = book.create_sheet(f"{listing.name[:24]} {len(book.worksheets) + 1}")
    sheet.freeze_panes = "A2"
    for place, column in enumerate(listing.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(column, WIDTH)
    heads = [WriteOnlyCell(sheet, column) for column in listing.columns]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    return sheet


def _written(book: Workbook) -> Iterator[bytes]:
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    """A cell of the kind its value has: nothing is guessed from what a text looks like."""
    if isinstance(value, str):
        return _text(sheet, value)
    if isinstance(value, Decimal):
        if len(value.as_tuple().digits) > DIGITS_MAX:
            return _text(sheet, str(value))
        cell = WriteOnlyCell(sheet, value)  # type: ignore[arg-type] # openpyxl takes a Decimal, its stubs do not say so
        places = -int(value.as_tuple().exponent)
        cell.number_format = f"#,##0.{'0' * places}" if places > 0 else "#,##0"
        return cell
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None)
    return value if value is None or isinstance(value, int | date) else _text(sheet, str(value))


def _text(sheet: WriteOnlyWorksheet, text: str) -> object:
    text = _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:CHARACTERS_A_CELL]
    if text == safe_text(text) and not text.startswith("#"):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    # Should somebody edit the cell, or copy it elsewhere, it stays a text.
    cell.quotePrefix = True
    return cell
