"""Turns one booked entry of a camt statement into lines: one, or one for each payment of a batch.

Part of `camt`. An entry (Ntry) has one amount; below it stand details (NtryDtls/TxDtls), one a payment. Where every
detail has an amount and they add up to the entry, each becomes a line; otherwise the entry is one line that carries
what all its details say together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.money import Money
from o2c_ai.core.payments.rules import StatementLine
from o2c_ai.formats.camt_amounts import read_amount, read_date, read_direction
from o2c_ai.formats.xml_node import ElementRefused, Node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

# Bank transaction sub-families (an ISO 20022 external code set) named reversal, return, unpaid or dishonoured:
# credit transfers, direct debits, cheques, cards and drafts, ACH.
_TAKEN_BACK = frozenset(
    {"RRTN", "RPCR", "RCDD", "UPDD", "PRDD", "UPCQ", "CQRV", "XPCQ", "UPCT", "UDFT", "ARET", "AREV"}
)
_NOT_GIVEN = frozenset({"NOTPROVIDED", "NOT PROVIDED"})
_STRUCTURED = {"RfrdDocInf": ("Nb",), "CdtrRefInf": ("Ref",), "AddtlRmtInf": ()}
"""The parts of structured remittance that are words to read, and where in them the words stand."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What an entry must know of the statement it stands in."""

    number: str
    """IBAN or account number, without spaces."""
    currency: str
    only_day: date | None
    """The day of a statement that covers one day, for banks that do not date their entries."""


def read_entry(entry: Node, account: OwnAccount) -> list[StatementLine]:
    """The lines of a booked entry; their amounts add up to the entry's. Raises ElementRefused.

    The booking date is BookgDt, else the statement's only day, else the value date.
    """
    amount = _entry_amount(entry, account)
    booked = read_date(entry, "BookgDt") or account.only_day or read_date(entry, "ValDt")
    if booked is None:
        raise ElementRefused(entry, "BookgDt", "the entry has no booking date", "ask the bank to fill BookgDt")
    details = entry.children("NtryDtls", "TxDtls")
    shares = _shares(details, amount) if len(details) > 1 else None
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


def _shares(details: list[Node], whole: Money) -> list[int] | None:
    """The signed minor units of each detail where all are given and tie to the entry, else None.

    Some banks repeat on the details the direction of the payment that is taken back; so where the details' own
    directions do not tie, the entry's direction is tried for all of them.
    """
    sizes: list[int] = []
    own_signs: list[int] = []
    sign = -1 if whole.minor < 0 else 1
    for detail in details:
        size = _detail_size(detail, whole.currency)
        if size is None:
            return None
        sizes.append(size)
        own_signs.append(read_direction(detail) or sign)
    for signs in (own_signs, [sign] * len(sizes)):
        shares = [size * one for size, one in zip(sizes, signs, strict=True)]
        if sum(shares) == whole.minor:
            return shares
    return None


def _detail_size(detail: Node, currency: str) -> int | None:
    """A detail's amount in the entry's currency: Amt (since version 3), else what was transacted or instructed."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        found = detail.child(*path)
        if found is not None and found.attribute("Ccy") == currency:
            return read_amount(found).minor
    return None


def _line(
    entry: Node, details: list[Node], account: OwnAccount, *, booked: date, amount: Money, number: int | None = None
) -> StatementLine:
    """One line for `details` of the entry; `number` is the detail's place in a batch that was divided."""
    all_back = _says_taken_back(entry)
    back = [all_back or _says_taken_back(detail) for detail in details]
    came_in = amount.minor >= 0
    others = [
        _other_side(detail, account, came_in=came_in is not is_back)
        for detail, is_back in zip(details, back, strict=True)
    ]
    return StatementLine(
        booking_date=booked,
        value_date=read_date(entry, "ValDt"),
        amount=amount,
        payer_name=_unanimous([name for name, _ in others]),
        payer_account=_unanimous([account_number for _, account_number in others]),
        narrative=_narrative(entry, details, divided=number is not None),
        end_to_end_id=_unanimous([_given(detail, "Refs", "EndToEndId") for detail in details]),
        entry_reference=_reference(entry, details, number),
        is_reversal=all_back or (bool(back) and all(back)),
        charges=_charges(entry, details, divided=number is not None),
    )


def _unanimous(values: list[str]) -> str:
    """The value all details agree on, else nothing: a batch of several payers has no payer."""
    return values[0] if values and values.count(values[0]) == len(values) else ""


def _given(node: Node, *path: str) -> str:
    """A reference or name, empty where the bank fills the place with a word that means none."""
    found = node.text(*path)
    return "" if found.upper() in _NOT_GIVEN else found


def _says_taken_back(node: Node) -> bool:
    """An entry or detail says so by RvslInd, by a return reason (RtrInf) or by its transaction code."""
    if node.text("RvslInd") in {"true", "1"} or node.child("RtrInf") is not None:
        return True
    return node.text("BkTxCd", "Domn", "Fmly", "SubFmlyCd") in _TAKEN_BACK


def _other_side(detail: Node, account: OwnAccount, *, came_in: bool) -> tuple[str, str]:
    """Name and account of the other side: the debtor of money that came in, the creditor of money that went out.

    A payment that is taken back keeps the parties of the original, so its `came_in` is the original's. Where the side
    so chosen is our own account, the bank has turned the parties round, and the other one is meant.
    """
    parties = detail.child("RltdPties")
    if parties is None:
        return "", ""
    near, far = ("Cdtr", "Dbtr") if came_in else ("Dbtr", "Cdtr")
    number = read_account_number(parties.child(f"{far}Acct"))
    if number == account.number:
        far, number = near, read_account_number(parties.child(f"{near}Acct"))
    return _party_name(parties, far) or _party_name(parties, f"Ultmt{far}"), number


def _party_name(parties: Node, role: str) -> str:
    """A party's name: Nm until version 7, Pty/Nm or the bank's own name after."""
    party = parties.child(role)
    if party is None:
        return ""
    return _given(party, "Nm") or _given(party, "Pty", "Nm") or _given(party, "Agt", "FinInstnId", "Nm")


def read_account_number(holder: Node | None) -> str:
    """IBAN or other number of an account element, without spaces; empty where there is none."""
    if holder is None:
        return ""
    return (_given(holder, "Id", "IBAN") or _given(holder, "Id", "Othr", "Id")).replace(" ", "")


def _narrative(entry: Node, details: list[Node], *, divided: bool) -> str:
    """Remittance text of all details; where there is none, what the bank adds in its own words."""
    words = [part for detail in details for part in _remittance(detail)]
    words = words or [found for detail in details if (found := detail.text("AddtlTxInf"))]
    if not words and not divided:
        return entry.text("AddtlNtryInf")
    return " ".join(words)


def _remittance(detail: Node) -> Iterator[str]:
    """Unstructured lines, document numbers, creditor references and additions of a detail, in the bank's order."""
    for information in (part for block in detail.children("RmtInf") for part in block.parts()):
        if information.name == "Ustrd" and (found := _given(information)):
            yield found
        elif information.name == "Strd":
            for part in information.parts():
                path = _STRUCTURED.get(part.name)
                if path is not None and (found := _given(part, *path)):
                    yield found


def _reference(entry: Node, details: list[Node], number: int | None) -> str:
    """The bank's reference of the entry, else of its detail; AcctSvcrRef first, since NtryRef may be an account's."""
    found = _given(entry, "AcctSvcrRef") or _given(entry, "NtryRef")
    if not found and len(details) == 1:
        found = _given(details[0], "Refs", "AcctSvcrRef")
    return f"{found}/{number}" if found and number else found


def _charges(entry: Node, details: list[Node], *, divided: bool) -> tuple[Money, ...]:
    """Charges taken from the payment: the details' own; where they tell none, the entry's, if it is one line.

    The entry's charges of a divided batch belong to no single payment and are not told.
    """
    of_details = [charge for detail in details for charge in _charges_at(detail)]
    if of_details or divided:
        return tuple(of_details)
    return tuple(_charges_at(entry))


def _charges_at(node: Node) -> Iterator[Money]:
    """Charges inside the amount (ChrgInclInd is not false), credits negative: Rcrd since version 3, flat before."""
    for block in node.children("Chrgs"):
        for record in block.children("Rcrd") or [block]:
            written = record.child("Amt") or record.child("TtlChrgsAndTaxAmt")
            if written is None or record.text("ChrgInclInd") in {"false", "0"}:
                continue
            charge = read_amount(written)
            if charge.minor:
                yield -charge if read_direction(record) == 1 else charge
