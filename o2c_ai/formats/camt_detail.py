"""Reads one payment of a bank entry: who paid, what they wrote, what it is for, what the bank took.

Part of `camt`. A batch of 40,000 payments is one entry with 40,000 details (NtryDtls/TxDtls): each is read as soon as
it is complete, so that the file's elements need not stay in memory until the entry ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.money import Money
from o2c_ai.formats.camt_amounts import read_amount, read_direction
from o2c_ai.formats.xml_node import Node

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
    """What entries and details must know of the statement they stand in."""

    number: str
    """IBAN or account number, without spaces."""
    currency: str
    only_day: date | None
    """The day of a statement that covers one day, for banks that do not date their entries."""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a payment, as far as the bank tells."""

    name: str = ""
    account: str = ""
    """IBAN or account number, without spaces."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One payment of an entry."""

    size_minor: int | None
    """Unsigned amount in the account's currency, None where the bank gives none."""
    direction: int | None
    """1 came in, -1 went out, None where only the entry says."""
    is_taken_back: bool
    debtor: Party
    creditor: Party
    remittance: tuple[str, ...]
    """Unstructured lines, document numbers, creditor references and additions, in the bank's order."""
    addition: str
    """What the bank adds in its own words."""
    end_to_end_id: str
    reference: str
    """The bank's reference of this payment."""
    charges: tuple[Money, ...]
    """Charges inside the amount."""


def read_detail(node: Node, account: OwnAccount) -> Detail:
    """The facts of a TxDtls element. Raises ElementRefused."""
    parties = node.child("RltdPties")
    return Detail(
        size_minor=_size(node, account.currency),
        direction=read_direction(node),
        is_taken_back=says_taken_back(node),
        debtor=_party(parties, "Dbtr"),
        creditor=_party(parties, "Cdtr"),
        remittance=tuple(_remittance(node)),
        addition=node.text("AddtlTxInf"),
        end_to_end_id=given(node, "Refs", "EndToEndId"),
        reference=given(node, "Refs", "AcctSvcrRef"),
        charges=tuple(read_charges(node)),
    )


def given(node: Node, *path: str) -> str:
    """A reference or name, empty where the bank fills the place with a word that means none."""
    found = node.text(*path)
    return "" if found.upper() in _NOT_GIVEN else found


def says_taken_back(node: Node) -> bool:
    """An entry or detail says so by RvslInd, by a return reason (RtrInf) or by its transaction code."""
    if node.text("RvslInd") in {"true", "1"} or node.child("RtrInf") is not None:
        return True
    return node.text("BkTxCd", "Domn", "Fmly", "SubFmlyCd") in _TAKEN_BACK


def read_account_number(holder: Node | None) -> str:
    """IBAN or other number of an account element, without spaces; empty where there is none."""
    if holder is None:
        return ""
    return (given(holder, "Id", "IBAN") or given(holder, "Id", "Othr", "Id")).replace(" ", "")


def read_charges(node: Node) -> Iterator[Money]:
    """Charges inside the amount (ChrgInclInd is not false), credits negative: Rcrd since version 3, flat before."""
    for block in node.children("Chrgs"):
        for record in block.children("Rcrd") or [block]:
            written = record.child("Amt") or record.child("TtlChrgsAndTaxAmt")
            if written is None or record.text("ChrgInclInd") in {"false", "0"}:
                continue
            charge = read_amount(written)
            if charge.minor:
                yield -charge if read_direction(record) == 1 else charge


def _size(node: Node, currency: str) -> int | None:
    """A detail's amount in the account's currency: Amt (since version 3), else what was transacted or instructed."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        found = node.child(*path)
        if found is not None and found.attribute("Ccy") == currency:
            return read_amount(found).minor
    return None


def _party(parties: Node | None, role: str) -> Party:
    """Debtor or creditor; the ultimate one's name where the bank gives no other."""
    if parties is None:
        return Party()
    name = _party_name(parties, role) or _party_name(parties, f"Ultmt{role}")
    return Party(name, read_account_number(parties.child(f"{role}Acct")))


def _party_name(parties: Node, role: str) -> str:
    """A party's name: Nm until version 7, Pty/Nm or a bank's own name after."""
    party = parties.child(role)
    if party is None:
        return ""
    return given(party, "Nm") or given(party, "Pty", "Nm") or given(party, "Agt", "FinInstnId", "Nm")


def _remittance(node: Node) -> Iterator[str]:
    for information in (part for block in node.children("RmtInf") for part in block.parts()):
        if information.name == "Ustrd" and (found := given(information)):
            yield found
        elif information.name == "Strd":
            yield from _structured(information)


def _structured(information: Node) -> Iterator[str]:
    for part in information.parts():
        path = _STRUCTURED.get(part.name)
        if path is not None and (found := given(part, *path)):
            yield found
