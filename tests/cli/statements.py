"""Bank statement files for the tests, as a bank would send them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.money import Money
from o2c_ai.core.payments.rules import Statement, StatementLine
from o2c_ai.formats.camt_writer import write_camt053

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "DE89370400440532013000"
PAYER = "NL91ABNA0417164300"
JULY = date(2025, 7, 1)


def entry(minor: int, day: int, narrative: str = "", reference: str = "") -> StatementLine:
    """A line of July in euro cents."""
    on = JULY.replace(day=day)
    return StatementLine(on, on, Money(minor, "EUR"), "Payer B.V.", PAYER, narrative, "", reference, is_reversal=False)


def write_statement(path: Path, *lines: StatementLine, account: str = ACCOUNT) -> Path:
    """A camt.053 file of these lines whose balances tie."""
    opening, total = Money(100_000, "EUR"), sum(line.amount.minor for line in lines)
    closing = replace(opening, minor=opening.minor + total)
    path.write_bytes(write_camt053(Statement(account, "EUR", path.stem, opening, closing, lines), created_on=JULY))
    return path
