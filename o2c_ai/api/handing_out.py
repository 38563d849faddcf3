"""Lists as files to be taken away: for spreadsheets, for programs, for paper."""

from __future__ import annotations

import enum
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query
from fastapi.responses import StreamingResponse

from o2c_ai.formats.listing import json_lines
from o2c_ai.formats.spreadsheet import csv_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from o2c_ai.formats.listing import Listing


class Shape(enum.Enum):
    """How a list is written."""

    JSON = "json"
    """For programs."""
    CSV = "csv"
    """For spreadsheets and programs: no cell of it runs as a formula."""
    XLSX = "xlsx"
    """For spreadsheets: amounts and days as such, and no cell of it runs as a formula."""
    PDF = "pdf"
    """For paper; lists of some tens of pages."""


KINDS = {
    Shape.JSON: "application/json",
    Shape.CSV: "text/csv; charset=utf-8",
    Shape.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Shape.PDF: "application/pdf",
}
_ROWS = {KINDS[Shape.JSON]: {"schema": {"type": "array", "items": {"type": "object"}}}}
_FILES = {kind.partition(";")[0]: {"schema": {"type": "string"}} for kind in KINDS.values() if kind not in _ROWS}
FILE: dict[int | str, dict[str, Any]] = {200: {"description": "The list as a file.", "content": _ROWS | _FILES}}
"""What the interface says of a route that hands a list out."""
REPORT: dict[int | str, dict[str, Any]] = {200: {"content": _FILES}}
"""The same of a route whose JSON has a shape of its own."""
AsShape = Annotated[Shape, Query(description="The kind of file.")]


def handed_out(listing: Listing, shape: Shape) -> StreamingResponse:
    """The list as a file, written as it is read; refused, where it is, before anything of it is sent."""
    rows = iter(listing.rows)
    begun = list(islice(rows, 1))
    pieces = _pieces(replace(listing, rows=chain(begun, rows)), shape)
    first = next(pieces, b"")
    name = f"{listing.name}-{listing.as_of}.{shape.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(chain([first], pieces), media_type=KINDS[shape], headers=headers)


def _pieces(listing: Listing, shape: Shape) -> Iterator[str | bytes]:
    # Both libraries take their time to load, which only those who ask for such a file wait for.
    if shape is Shape.XLSX:
        from o2c_ai.formats.xlsx import xlsx_chunks

        yield from xlsx_chunks(listing)
    elif shape is Shape.PDF:
        from o2c_ai.formats.pdf import pdf_bytes

        yield pdf_bytes(listing)
    else:
        yield from json_lines(listing) if shape is Shape.JSON else csv_lines(listing.columns, listing.rows)
