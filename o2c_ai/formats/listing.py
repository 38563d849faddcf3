"""A list as it is handed out: its title, its columns and its rows, whatever kind of file it becomes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True)
class Listing:
    """A titled list; cells are texts, whole numbers, amounts as Decimal, days, instants, or None."""

    name: str
    """What its file is called, in small letters."""
    title: str
    as_of: date
    columns: tuple[str, ...]
    rows: Iterable[Sequence[object]]
    """Read once, as the file is written."""


def json_lines(listing: Listing) -> Iterator[str]:
    """The rows as one JSON array of objects, a row at a time; amounts are decimal texts, days ISO."""
    start = "[\n"
    for row in listing.rows:
        told = dict(zip(listing.columns, map(_plain, row), strict=True))
        yield start + json.dumps(told, ensure_ascii=False)
        start = ",\n"
    yield "[]\n" if start == "[\n" else "\n]\n"


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
