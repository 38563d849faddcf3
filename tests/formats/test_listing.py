"""Lists as files: the same cells in each, amounts as numbers, days as days, and nothing that runs."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from o2c_ai.formats.listing import Listing, json_lines
from o2c_ai.formats.pdf import ROWS_MAX, TooLongForPaper, pdf_bytes
from o2c_ai.formats.spreadsheet import csv_lines
from o2c_ai.formats.xlsx import xlsx_chunks

DAY = date(2025, 6, 30)
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0", "#REF!", "0012", "a\x00b\x1b")


def listing(*rows: tuple[object, ...], columns: tuple[str, ...] = ("name", "open")) -> Listing:
    return Listing("open-items", "Open items", DAY, columns, iter(rows))


def sheets(made: Listing, **how: int) -> list[Any]:
    return list(openpyxl.load_workbook(io.BytesIO(b"".join(xlsx_chunks(made, **how)))))


def words(paper: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(paper)).pages)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_of_strangers_stays_a_text_in_a_workbook(text: str) -> None:
    (cell, _) = sheets(listing((text, None)))[0][2]

    assert cell.data_type == "s"
    assert cell.value.split() == re.sub("[\x00\x1b]", "\N{REPLACEMENT CHARACTER}", text).split()
    assert cell.quotePrefix or text[0] not in "=+-@\t\r"


def test_amounts_days_and_instants_are_such_in_a_workbook() -> None:
    noon = datetime(2025, 6, 30, 12, tzinfo=UTC)
    row = sheets(listing((Decimal("-1234.50"), DAY, noon, 7, None), columns=tuple("abcde")))[0][2]

    assert [cell.value for cell in row] == [-1234.5, datetime(2025, 6, 30), datetime(2025, 6, 30, 12), 7, None]  # noqa: DTZ001 - as a spreadsheet keeps them
    assert [cell.data_type for cell in row[:4]] == ["n", "d", "d", "n"]
    assert row[0].number_format == "#,##0.00"


def test_an_amount_no_spreadsheet_keeps_exactly_is_written_out() -> None:
    (cell, _) = sheets(listing((Decimal("12345678901234.56"), None)))[0][2]

    assert (cell.data_type, cell.value) == ("s", "12345678901234.56")


def test_a_long_list_goes_on_with_the_next_sheet() -> None:
    made = sheets(listing(*((f"C{number}", number) for number in range(25))), rows_a_sheet=10)

    assert [sheet.max_row for sheet in made] == [11, 11, 6]
    assert [sheet["A2"].value for sheet in made] == ["C0", "C10", "C20"]


def test_a_paper_shows_every_row_with_euros_and_repeats_its_head() -> None:
    rows = [(f"Müller {number} €", Decimal(number) * 1000) for number in range(1, 121)]
    shown = words(pdf_bytes(listing(*rows)))

    assert all(f"Müller {number} €" in shown for number in range(1, 121))
    assert "120,000" in shown
    assert shown.count("Open items") == shown.count("as of 2025-06-30") > 1


def test_a_paper_breaks_sentences_and_never_figures(caplog: pytest.LogCaptureFixture) -> None:
    sentence = " ".join(f"word{number}" for number in range(60))
    columns = ("reasons", *(f"amount_{number}" for number in range(9)))
    with caplog.at_level(logging.DEBUG):
        shown = words(pdf_bytes(listing((f"{sentence} 株式会社", *[Decimal("-1234567.89")] * 9), columns=columns)))

    assert shown.count("-1,234,567.89") == 9
    assert "word0" in shown
    assert "word59" in shown
    assert "株" not in caplog.text


def test_a_paper_says_which_sign_stands_for_letters_it_lacks() -> None:
    lacking, whole = (words(pdf_bytes(listing((name, Decimal(1))))) for name in ("株式会社 Müller", "Müller"))

    assert "□□□□ Müller" in lacking
    assert "□ stands for a letter that this paper's font lacks" in lacking
    assert "□" not in whole


def test_a_list_too_long_for_paper_is_refused() -> None:
    with pytest.raises(TooLongForPaper, match="take it as XLSX"):
        pdf_bytes(listing(*((f"C{number}", number) for number in range(ROWS_MAX + 1))))


def test_an_empty_list_is_said_to_be_empty() -> None:
    assert "Nothing is on this list" in words(pdf_bytes(listing()))
    assert json.loads("".join(json_lines(listing()))) == []
    assert sheets(listing())[0].max_row == 1


def test_programs_get_the_same_cells() -> None:
    made = (("=1+1", Decimal("-2.50")), ("C2", Decimal("0.10")))

    assert json.loads("".join(json_lines(listing(*made)))) == [
        {"name": "=1+1", "open": "-2.50"},
        {"name": "C2", "open": "0.10"},
    ]
    assert "".join(csv_lines(("name", "open"), made)) == "name,open\n'=1+1,-2.50\nC2,0.10\n"


def test_a_paper_takes_the_font_without_loading_what_it_comes_with() -> None:
    code = "import sys, o2c_ai.formats.pdf as p; p._font().stat(); sys.exit('matplotlib' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
