"""Lists as papers to be printed or sent: the columns on every page, the pages numbered, every letter in one font."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from fpdf.fonts import TTFFont

from o2c_ai.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from o2c_ai.formats.listing import Listing

ROWS_MAX = 2_000
"""Rows of one paper, which is held in memory as it is laid out: some tens of pages."""
FONT = "DejaVuSans"
"""The core fonts of PDF know no euro."""
TITLE_SIZE, SIZE, SMALLEST = 11.0, 7.0, 4.0
"""Points; a wide list is written smaller."""
LINE = 1.35
"""Height of a line, in sizes of its letters."""
PADDING, WORDS_MIN = 3.0, 18.0
"""Millimetres between two columns, and those a column of sentences keeps where the page is narrow."""
LONGEST = 20
"""Longest cells of a column that are measured."""
CHARACTERS_A_CELL = 500
"""Longer texts are cut: a row fits on a page."""
LACKING = "\N{WHITE SQUARE}"
"""What stands for a letter the font lacks, such as a Chinese one."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
for _library in ("fpdf", "fontTools"):
    # They would write the letters a paper holds, or lacks, into the log: they come out of names of people.
    logging.getLogger(_library).setLevel(logging.ERROR)


class TooLongForPaper(Invalid):
    """A paper has some tens of pages at most."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__(f"a PDF takes {ROWS_MAX:,} rows: narrow the list, or take it as XLSX or CSV")


@dataclass(frozen=True)
class _Column:
    name: str
    width: float
    figures: bool
    """Whether it holds amounts and whole numbers, which stand on the right and are never broken."""

    @property
    def align(self) -> str:
        return "R" if self.figures else "L"


class _Paper(FPDF):
    """Pages with the title and the columns' names above the rows."""

    def __init__(self, listing: Listing) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        self.listing, self.columns, self.size = listing, list[_Column](), SIZE
        self.add_font(FONT, fname=_font())
        self.set_font(FONT, size=SIZE)
        self.set_title(f"{listing.title}, {listing.as_of}")
        self.set_creation_date(datetime.combine(listing.as_of, time(), UTC))
        self.set_auto_page_break(auto=False)

    def header(self) -> None:
        """The title, the page's number, and what stands in each column."""
        self.set_font(FONT, size=TITLE_SIZE)
        self.cell(text=self.listing.title)
        self.set_font(FONT, size=SIZE)
        self.cell(w=0, text=f"as of {self.listing.as_of}, page {self.page_no()} of {{nb}}", align="R")
        self.ln(8)
        self.set_font(FONT, size=self.size)
        self.set_fill_color(230)
        for column in self.columns:
            self.cell(column.width, 5, column.name, align=column.align, fill=True)
        self.ln(6)

    def lay_out(self, rows: Sequence[Sequence[str]], figures: Sequence[bool]) -> None:
        """Give each column its width: figures and days all they need, sentences what is left; smaller where it must."""
        names = [name.replace("_", " ") for name in self.listing.columns]
        while True:
            self.set_font(FONT, size=self.size)
            needed = [
                max(self.get_string_width(text) for text in (name, *sorted(cells, key=len)[-LONGEST:])) + PADDING
                for name, *cells in zip(names, *rows, strict=True)
            ]
            over = sum(needed) - self.epw
            sentences = [place for place, width in enumerate(needed) if not figures[place] and width > WORDS_MIN]
            room = sum(needed[place] - WORDS_MIN for place in sentences)
            if over <= room or self.size <= SMALLEST:
                break
            self.size -= 0.5
        for place in sentences if over > 0 else ():
            needed[place] -= (needed[place] - WORDS_MIN) * min(over / room, 1)
        self.columns = [_Column(*one) for one in zip(names, needed, figures, strict=True)]

    def put(self, texts: Sequence[str]) -> None:
        """A row, on the next page where this one is full."""
        lines = [self._broken(text, column) for column, text in zip(self.columns, texts, strict=True)]
        step = self.font_size * LINE
        height = step * max(map(len, lines))
        if self.get_y() + height > self.h - self.b_margin:
            self.add_page()
        top, left = self.get_y(), self.l_margin
        for column, cell in zip(self.columns, lines, strict=True):
            for number, line in enumerate(cell):
                self.set_xy(left, top + number * step)
                self.cell(column.width, step, line, align=column.align)
            left += column.width
        self.set_xy(self.l_margin, top + height)

    def written(self, text: str) -> str:
        """The text with a sign for each letter the font lacks."""
        font = self.current_font
        assert isinstance(font, TTFFont), "its letters are known"
        return "".join(letter if ord(letter) in font.cmap else LACKING for letter in text)

    def note(self, text: str) -> None:
        """A sentence under the rows, on a page of its own where this one is full."""
        step = self.font_size * LINE
        if self.get_y() + 2 * step > self.h - self.b_margin:
            self.add_page()
        self.set_xy(self.l_margin, self.get_y() + step)
        self.cell(text=text)

    def _broken(self, text: str, column: _Column) -> list[str]:
        if column.figures or self.get_string_width(text) + 2 * self.c_margin <= column.width:
            return [text]
        lines = self.multi_cell(column.width, text=text, align="L", dry_run=True, output=MethodReturnValue.LINES)
        assert isinstance(lines, list), "lines were asked for"
        return lines


def pdf_bytes(listing: Listing) -> bytes:
    """The list as a PDF; letters the font lacks are shown as a box, which is said under it. Raises TooLongForPaper."""
    rows = list(islice(listing.rows, ROWS_MAX + 1))
    if len(rows) > ROWS_MAX:
        raise TooLongForPaper
    paper = _Paper(listing)
    texts = [[paper.written(_said(value)) for value in row] for row in rows]
    figures = [any(isinstance(value, Decimal | int) for value in column) for column in zip(*rows, strict=True)]
    paper.lay_out(texts, figures or [False] * len(listing.columns))
    paper.add_page()
    for row in texts:
        paper.put(row)
    if not texts:
        paper.cell(text="Nothing is on this list.")
    if any(LACKING in text for row in texts for text in row):
        paper.note(f"{LACKING} stands for a letter that this paper's font lacks: the list as XLSX or CSV has it.")
    return bytes(paper.output())


def _said(value: object) -> str:
    """A cell as a person reads it: thousands apart, instants to the second, no control characters."""
    if isinstance(value, Decimal):
        return f"{value:,}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    text = "" if value is None else str(value)
    return _UNPRINTABLE.sub(" ", text)[:CHARACTERS_A_CELL]


def _font() -> Path:
    """The font that comes with matplotlib, which is not loaded for it."""
    found = find_spec("matplotlib")
    assert found is not None, "matplotlib is a declared dependency"
    assert found.origin is not None, "matplotlib is a package of files"
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / f"{FONT}.ttf"
