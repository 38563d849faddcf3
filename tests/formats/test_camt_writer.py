"""A statement written as camt.053 is read back as the same statement."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.money import Money
from o2c_ai.core.payments.rules import Statement, StatementLine
from o2c_ai.formats.camt import read_camt
from o2c_ai.formats.camt_writer import write_camt053
from tests.formats.camt_samples import OWN, PAYER

DAY = date(2025, 3, 31)


def line(minor: int, currency: str = "EUR", narrative: str = "R-1", *, is_reversal: bool = False) -> StatementLine:
    return StatementLine(DAY, None, Money(minor, currency), "Huber", PAYER, narrative, "E1", "REF", is_reversal)


def statement(*lines: StatementLine, currency: str = "EUR", opening: int = 0) -> Statement:
    closing = opening + sum(each.amount.minor for each in lines)
    last = max(each.booking_date for each in lines)
    return Statement(OWN, currency, "S1", Money(opening, currency), Money(closing, currency), lines, closing_on=last)


def test_a_written_statement_is_read_back_as_it_was() -> None:
    written = statement(line(12345), line(-500), line(-12345, is_reversal=True), opening=-700)

    read = read_camt(write_camt053(written), "demo.xml")

    assert (read.file_format, read.statements) == ("camt.053.001.08", (written,))


def test_several_statements_share_a_file() -> None:
    written = (
        statement(line(1)),
        statement(line(1500, "JPY"), currency="JPY"),
        statement(line(1, "KWD"), currency="KWD"),
    )

    assert read_camt(write_camt053(*written), "demo.xml").statements == written


def test_a_statement_without_lines_or_balances_needs_a_date() -> None:
    bare = Statement("123-456", "EUR", "S1", None, None, ())

    assert read_camt(write_camt053(bare, created_on=DAY), "demo.xml").statements == (bare,)
    with pytest.raises(ValueError, match="needs a statement, and a date"):
        write_camt053(bare)
    with pytest.raises(ValueError, match="needs a statement, and a date"):
        write_camt053(created_on=DAY)


def test_long_remittance_is_broken_between_words_into_lines_of_140_characters() -> None:
    narrative = " ".join(f"RE-2025-{number:05}" for number in range(200))

    content = write_camt053(statement(line(1, narrative=narrative)))

    rows = [row.partition("</")[0] for row in content.decode().split("<Ustrd>")[1:]]
    assert max(len(row) for row in rows) <= 140
    assert read_camt(content, "demo.xml").statements[0].lines[0].narrative == narrative


def test_a_character_that_xml_forbids_is_not_written() -> None:
    with pytest.raises(ValueError, match="XML compatible"):
        write_camt053(statement(line(1, narrative="a\x00b")))


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=160).filter(
    lambda word: word.upper() != "NOTPROVIDED"
)
_TEXTS = st.lists(_WORDS, max_size=6).map(" ".join)
_DAYS = st.dates(date(1999, 1, 1), date(2099, 12, 31))
_LINES = st.builds(
    StatementLine,
    booking_date=_DAYS,
    value_date=st.none() | _DAYS,
    amount=st.integers(-(10**14), 10**14).map(lambda minor: Money(minor, "EUR")),
    payer_name=_TEXTS,
    payer_account=st.sampled_from(["", PAYER, "12-345-6", "NO9386011117947"]),
    narrative=_TEXTS,
    end_to_end_id=_TEXTS,
    entry_reference=_TEXTS,
    is_reversal=st.booleans(),
    charges=st.lists(st.integers(-(10**6), 10**6).filter(bool).map(lambda minor: Money(minor, "USD")), max_size=2).map(
        tuple
    ),
)


@given(st.lists(_LINES, min_size=1, max_size=5), st.integers(-(10**14), 10**14))
def test_any_statement_comes_back_unchanged(lines: list[StatementLine], opening: int) -> None:
    written = statement(*lines, opening=opening)

    assert read_camt(write_camt053(written), "demo.xml").statements == (written,)
