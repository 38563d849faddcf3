"""Turns one booked entry of a camt statement into lines: one, or one for each payment of a batch.

Part of `camt`. An entry (Ntry) has one amount; its details say which payments are in it. Where every detail has an
amount and they add up to the entry, each becomes a line; otherwise the entry is one line that carries what all its
details say together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.money import Money
from o2c_ai.core.payments.rules import StatementLine
from o2c_ai.formats.camt_amounts import read_amount, read_date, read_direction
from o2c_ai.formats.camt_detail import Detail, OwnAccount, Party, given, read_charges, says_taken_back
from o2c_ai.formats.xml_node import ElementRefused, Node

if TYPE_CHECKING:
    from datetime import date


def read_entry(entry: Node, details: list[Detail], account: OwnAccount) -> list[StatementLine]:
    """The lines of a booked entry; their amounts add up to the entry's. Raises ElementRefused.

    The booking date is BookgDt, else the statement's only day, else the value date.
    """
    amount = _entry_amount(entry, account)
    booked = read_date(entry, "BookgDt") or account.only_day or read_date(entry, "ValDt")
    if booked is None:
        raise ElementRefused(entry, "BookgDt", "the entry has no booking date", "ask the bank to fill BookgDt")
    shares = _shares(details, amount.minor) if len(details) > 1 else None
    if shares is None:
        return [_line(entry, details, account, booked=booked, amount=amount)]
    return [
        _line(entry, [detail], account, booked=booked, amount=Money(share, amount.currency), number=number)
        for number, (detail, share) in enumerate(zip(details, shares, strict=True), 1)
    ]


def _entry_amount(entry: Node, account: OwnAccount) -> Money:
    """The entry's signed amount, in the account's currency."""
    written, direction = entry.child("Amt"), read_direction(entry)
    if written is None or direction is None:
        missing = "Amt" if written is None else "CdtDbtInd"
        raise ElementRefused(entry, missing, f"the entry has no {missing}", "ask the bank for a complete file")
    amount = read_amount(written)
    if amount.currency != account.currency:
        what = f"an entry in {amount.currency} on an account in {account.currency}"
        raise ElementRefused(written, "Amt", what, "ask the bank for one statement a currency")
    return amount if direction > 0 else -amount


def _shares(details: list[Detail], whole_minor: int) -> list[int] | None:
    """The signed minor units of each detail where all are given and tie to the entry, else None.

    Some banks repeat on the details the direction of the payment that is taken back; so where the details' own
    directions do not tie, the entry's direction is tried for all of them.
    """
    sign = -1 if whole_minor < 0 else 1
    sizes = [detail.size_minor for detail in details if detail.size_minor is not None]
    if len(sizes) < len(details):
        return None
    for signs in ([detail.direction or sign for detail in details], [sign] * len(details)):
        shares = [size * one for size, one in zip(sizes, signs, strict=True)]
        if sum(shares) == whole_minor:
            return shares
    return None


def _line(
    entry: Node, details: list[Detail], account: OwnAccount, *, booked: date, amount: Money, number: int | None = None
) -> StatementLine:
    """One line for `details` of the entry; `number` is the detail's place in a batch that was divided."""
    all_back = says_taken_back(entry)
    back = [all_back or detail.is_taken_back for detail in details]
    came_in = amount.minor >= 0
    others = [
        _other_side(detail, account, came_in=came_in is not is_back)
        for detail, is_back in zip(details, back, strict=True)
    ]
    charges = [charge for detail in details for charge in detail.charges]
    if not charges and number is None:  # the entry's charges of a divided batch belong to no single payment
        charges = list(read_charges(entry))
    return StatementLine(
        booking_date=booked,
        value_date=read_date(entry, "ValDt"),
        amount=amount,
        payer_name=_unanimous([other.name for other in others]),
        payer_account=_unanimous([other.account for other in others]),
        narrative=_narrative(entry, details, divided=number is not None),
        end_to_end_id=_unanimous([detail.end_to_end_id for detail in details]),
        entry_reference=_reference(entry, details, number),
        is_reversal=all_back or (bool(back) and all(back)),
        charges=tuple(charges),
    )


def _unanimous(values: list[str]) -> str:
    """The value all details agree on, else nothing: a batch of several payers has no payer."""
    return values[0] if values and values.count(values[0]) == len(values) else ""


def _other_side(detail: Detail, account: OwnAccount, *, came_in: bool) -> Party:
    """The other side: the debtor of money that came in, the creditor of money that went out.

    A payment that is taken back keeps the parties of the original, so its `came_in` is the original's. Where the side
    so chosen is our own account, the bank has turned the parties round, and the other one is meant.
    """
    near, far = (detail.creditor, detail.debtor) if came_in else (detail.debtor, detail.creditor)
    return near if far.account == account.number else far


def _narrative(entry: Node, details: list[Detail], *, divided: bool) -> str:
    """Remittance text of all details; where there is none, what the bank adds in its own words."""
    words = [word for detail in details for word in detail.remittance]
    words = words or [detail.addition for detail in details if detail.addition]
    if not words and not divided:
        return entry.text("AddtlNtryInf")
    return " ".join(words)


def _reference(entry: Node, details: list[Detail], number: int | None) -> str:
    """The bank's reference of the entry, else of its detail; AcctSvcrRef first, since NtryRef may be an account's."""
    found = given(entry, "AcctSvcrRef") or given(entry, "NtryRef")
    if not found and len(details) == 1:
        found = details[0].reference
    return f"{found}/{number}" if found and number else found
