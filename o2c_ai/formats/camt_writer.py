"""Writes bank statements as camt.053 files, as a bank would send them: for the demo company and for trying imports.

`read_camt` gives back the same records; only white space inside texts comes back as single spaces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from datetime import date

    from lxml.etree import _Element as Element

    from o2c_ai.core.money import Money
    from o2c_ai.core.payments.rules import Statement, StatementLine

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)
_USTRD_MAX = 140  # characters of one line of remittance in ISO 20022


def write_camt053(*statements: Statement, created_on: date | None = None) -> bytes:
    """A camt.053.001.08 file in UTF-8 with one entry a line.

    `created_on` dates the file and the balances; where it is left out, the latest booking date of all lines does.
    Raises ValueError where there is neither, or where a text holds a character that XML forbids.
    """
    day = created_on or max((line.booking_date for each in statements for line in each.lines), default=None)
    if day is None or not statements:
        raise ValueError("a statement file needs a statement, and a date where no line has one")
    document = etree.XML(f'<Document xmlns="{NAMESPACE}"/>')
    message = _put(document, "BkToCstmrStmt")
    header = _put(message, "GrpHdr")
    _put(header, "MsgId", statements[0].statement_id)
    _put(header, "CreDtTm", f"{day.isoformat()}T00:00:00")
    for statement in statements:
        _write_statement(message, statement, day)
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _put(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """A new last child."""
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    element.text = text or None
    return element


def _put_path(parent: Element, *path: str, text: str) -> None:
    """One child in the other, the last with the text."""
    for name in path:
        parent = _put(parent, name)
    parent.text = text


def _write_statement(message: Element, statement: Statement, day: date) -> None:
    holder = _put(message, "Stmt")
    _put(holder, "Id", statement.statement_id)
    _put(holder, "CreDtTm", f"{day.isoformat()}T00:00:00")
    account = _put(holder, "Acct")
    _write_account_number(account, statement.account)
    _put(account, "Ccy", statement.currency)
    for code, amount in (("OPBD", statement.opening), ("CLBD", statement.closing)):
        if amount is not None:
            balance = _put(holder, "Bal")
            _put_path(balance, "Tp", "CdOrPrtry", "Cd", text=code)
            _write_amount(balance, amount)
            _put_path(balance, "Dt", "Dt", text=day.isoformat())
    for line in statement.lines:
        _write_entry(holder, line)


def _write_amount(parent: Element, amount: Money, *, is_charge: bool = False) -> None:
    """Amt and CdtDbtInd: the size, and the direction beside it. A charge takes money, so its sign is turned round."""
    minus = amount.minor < 0
    _put(parent, "Amt", amount.decimal.removeprefix("-"), Ccy=amount.currency)
    _put(parent, "CdtDbtInd", "DBIT" if minus is not is_charge else "CRDT")


def _write_account_number(parent: Element, number: str) -> None:
    kind = ("Id", "IBAN") if _IBAN.fullmatch(number) else ("Id", "Othr", "Id")
    _put_path(parent, *kind, text=number)


def _write_entry(holder: Element, line: StatementLine) -> None:
    entry = _put(holder, "Ntry")
    _write_amount(entry, line.amount)
    if line.is_reversal:
        _put(entry, "RvslInd", "true")
    _put_path(entry, "Sts", "Cd", text="BOOK")
    _put_path(entry, "BookgDt", "Dt", text=line.booking_date.isoformat())
    if line.value_date is not None:
        _put_path(entry, "ValDt", "Dt", text=line.value_date.isoformat())
    if line.entry_reference:
        _put(entry, "AcctSvcrRef", line.entry_reference)
    _put_path(entry, "BkTxCd", "Prtry", "Cd", text="NTRF")
    detail = _put(_put(entry, "NtryDtls"), "TxDtls")
    if line.end_to_end_id:
        _put_path(detail, "Refs", "EndToEndId", text=line.end_to_end_id)
    _write_amount(detail, line.amount)
    _write_charges(detail, line.charges)
    _write_other_side(detail, line)
    _write_remittance(detail, line.narrative)


def _write_charges(detail: Element, charges: tuple[Money, ...]) -> None:
    if charges:
        block = _put(detail, "Chrgs")
        for charge in charges:
            record = _put(block, "Rcrd")
            _write_amount(record, charge, is_charge=True)
            _put(record, "ChrgInclInd", "true")


def _write_other_side(detail: Element, line: StatementLine) -> None:
    """The payer as debtor of money that came in, creditor of money that went out; a reversal keeps the original's."""
    if not line.payer_name and not line.payer_account:
        return
    parties = _put(detail, "RltdPties")
    role = "Dbtr" if (line.amount.minor >= 0) is not line.is_reversal else "Cdtr"
    if line.payer_name:
        _put_path(parties, role, "Pty", "Nm", text=line.payer_name)
    if line.payer_account:
        _write_account_number(_put(parties, f"{role}Acct"), line.payer_account)


def _write_remittance(detail: Element, narrative: str) -> None:
    """The narrative in lines of at most 140 characters, broken between words; a longer word stays whole."""
    if not narrative:
        return
    block = _put(detail, "RmtInf")
    row = ""
    for word in narrative.split():
        if row and len(row) + 1 + len(word) > _USTRD_MAX:
            _put(block, "Ustrd", row)
            row = word
        else:
            row = f"{row} {word}".strip()
    _put(block, "Ustrd", row)
