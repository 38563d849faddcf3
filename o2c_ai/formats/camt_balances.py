"""Reads the balances of a camt statement: what stood on the account before the first line and after the last.

Part of `camt`. ISO 20022 codes: OPBD opening booked, PRCD previously closed booked, CLBD closing booked, OPAV and CLAV
the same for available money.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from o2c_ai.core.money import Money
from o2c_ai.formats.camt_amounts import parse_day, read_amount, read_date, read_direction
from o2c_ai.formats.xml_node import ElementRefused, Node

# Opening and closing codes: booked balances, else, where the bank gives no booked one at all, the available ones.
_BOOKED = ("OPBD", "PRCD"), ("CLBD",)
_AVAILABLE = ("OPAV",), ("CLAV",)


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance of a statement."""

    code: str
    day: date | None
    amount: Money
    """Credits positive."""
    node: Node
    """Where it stands in the file."""


def read_balances(holder: Node) -> list[Balance]:
    """All balances of a statement, in the order of the file. Raises ElementRefused.

    A balance without CdtDbtInd counts as a credit: some banks leave it out, and the control totals judge it.
    """
    found = []
    for node in holder.children("Bal"):
        written = node.child("Amt")
        if written is None:
            raise ElementRefused(node, "Amt", "the balance has no amount", "ask the bank for a complete file")
        amount = read_amount(written)
        signed = -amount if read_direction(node) == -1 else amount
        found.append(Balance(node.text("Tp", "CdOrPrtry", "Cd"), read_date(node, "Dt"), signed, node))
    return found


def opening_and_closing(balances: list[Balance]) -> tuple[Balance | None, Balance | None]:
    """The first opening and the last closing balance: a statement over several days may carry a pair for each."""
    codes = {balance.code for balance in balances}
    is_booked = not codes.isdisjoint({*_BOOKED[0], *_BOOKED[1]})
    opening_codes, closing_codes = _BOOKED if is_booked else _AVAILABLE
    openings = [balance for balance in balances if balance.code in opening_codes]
    closings = [balance for balance in balances if balance.code in closing_codes]
    return min(openings, key=_opening_rank, default=None), max(closings, key=_day, default=None)


def _opening_rank(balance: Balance) -> tuple[bool, date]:
    """OPBD before PRCD, which may be of the day before; then by day."""
    return balance.code == "PRCD", _day(balance)


def _day(balance: Balance) -> date:
    return balance.day or date.min


def only_day(holder: Node) -> date | None:
    """The day of a one-day statement: both balances are of that day, or the period begins and ends on it."""
    opening, closing = opening_and_closing(read_balances(holder))
    if opening and closing and opening.day == closing.day:
        return closing.day
    span = holder.child("FrToDt")
    if span is None:
        return None
    first, last = span.text("FrDtTm"), span.text("ToDtTm")
    if not first or not last:
        return None
    day = parse_day(span, first)
    return day if parse_day(span, last) == day else None
