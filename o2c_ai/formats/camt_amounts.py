"""Reads amounts, directions and dates as bank files in XML write them: no sign, a point, a currency beside.

ISO 20022 keeps the direction of money apart from its amount, in CdtDbtInd: CRDT came in, DBIT went out.
"""

from __future__ import annotations

import re
from datetime import date

from o2c_ai.core.errors import Invalid
from o2c_ai.core.money import Money
from o2c_ai.formats.xml_node import ElementRefused, Node

_DIRECTIONS = {"CRDT": 1, "DBIT": -1}
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T[0-9:.,]+)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_SHOWN_MAX = 40
_AS_ISO = "ask the bank for a file that keeps to ISO 20022"


def shown(found: str) -> str:
    """A text from the file as a message may quote it: in quotes, never long."""
    return repr(found if len(found) <= _SHOWN_MAX else f"{found[:_SHOWN_MAX]}…")


def read_amount(node: Node) -> Money:
    """The unsigned amount in an Amt element and its Ccy. Raises ElementRefused.

    Written as xs:decimal, so "10.", ".5" and more zeros than the currency has decimals are right; a minus never is.
    """
    written, currency = node.text(), node.attribute("Ccy")
    plain = written.removeprefix("+").removesuffix(".")
    plain = f"0{plain}" if plain.startswith(".") else plain
    try:
        amount = Money.parse(plain, currency)
    except Invalid as error:
        what = f"{shown(written)} {shown(currency)} is not an amount: {_cause(error)}"
        raise ElementRefused(node, node.name, what, _AS_ISO) from error
    if plain.startswith("-"):
        raise ElementRefused(node, node.name, f"{shown(written)} has a sign, which belongs into CdtDbtInd", _AS_ISO)
    return amount


def _cause(error: Invalid) -> str:
    """Why money refused the text, without quoting it again."""
    return str(getattr(error, "why", "the currency is not in ISO 4217"))


def read_direction(node: Node) -> int | None:
    """1 where the element's CdtDbtInd says that money came in, -1 out, None where it does not say."""
    written = node.text("CdtDbtInd")
    if not written:
        return None
    if written not in _DIRECTIONS:
        raise ElementRefused(node, "CdtDbtInd", f"{shown(written)} is neither CRDT nor DBIT", _AS_ISO)
    return _DIRECTIONS[written]


def read_date(node: Node, name: str) -> date | None:
    """The day in a child that holds Dt or DtTm, as the bank wrote it, whatever its time zone; None where there is none.

    The bank's own day is the one its books count: 2024-05-22T23:30:00Z stays 22 May. Raises ElementRefused.
    """
    holder = node.child(name)
    if holder is None:
        return None
    written = holder.text("Dt") or holder.text("DtTm")
    return parse_day(holder, written) if written else None


def parse_day(node: Node, written: str) -> date:
    """The day of an ISO 8601 date or date and time that stands in `node`. Raises ElementRefused."""
    found = _DAY.fullmatch(written)
    try:
        if found:
            return date.fromisoformat(found.group(1))
    except ValueError:
        found = None  # a month 13 or a 30 February: refused below like any other text
    raise ElementRefused(node, node.name, f"{shown(written)} is not a date", _AS_ISO)
