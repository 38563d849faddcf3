"""Reads bank statements in ISO 20022 XML: camt.053, and its siblings camt.052 (intraday) and camt.054 (advice).

All versions from 02 on, with or without an envelope around the message. The file is right or refused whole: every
problem is named with its line, and opening balance plus lines must be the closing balance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.money import UnknownCurrency, exponent
from o2c_ai.core.payments.rules import ControlTotalsDiffer, Statement, StatementLine, check_control_totals
from o2c_ai.formats.camt_amounts import read_amount, shown
from o2c_ai.formats.camt_balances import only_day, opening_and_closing, read_balances
from o2c_ai.formats.camt_detail import Detail, OwnAccount, read_account_number, read_detail
from o2c_ai.formats.camt_entry import read_entry
from o2c_ai.formats.safe_xml import outermost, stream_elements
from o2c_ai.formats.statement_file import StatementFile, StatementKind
from o2c_ai.formats.xml_node import ElementRefused, Node

# The statement's element and the one around it say which message it is; no other element may be taken for a statement.
_MESSAGES = {
    ("BkToCstmrStmt", "Stmt"): ("camt.053", StatementKind.STATEMENT),
    ("BkToCstmrAcctRpt", "Rpt"): ("camt.052", StatementKind.INTRADAY),
    ("BkToCstmrDbtCdtNtfctn", "Ntfctn"): ("camt.054", StatementKind.ADVICE),
}
_HOLDERS = tuple(holder for _, holder in _MESSAGES)
_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(camt\.05[234])(\.\d{3}\.\d{2})", re.ASCII)
_NOT_BOOKED = frozenset({"PDNG", "INFO", "FUTR"})
_PROBLEMS_MAX = 100
"""Problems after which reading stops: a file with more is of another kind altogether."""


@dataclass(slots=True)
class _Reading:
    """What has been read so far; `account` and `lines` are of the open statement, `details` of the open entry."""

    source: str
    file_format: str = ""
    kind: StatementKind = StatementKind.STATEMENT
    account: OwnAccount | None = None
    is_hopeless: bool = False
    """The open statement names no account or currency: its entries are passed over, the reason is told once."""
    details: list[Detail] = field(default_factory=list)
    lines: list[StatementLine] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    left_out: int = 0
    problems: list[Problem] = field(default_factory=list)


def read_camt(content: bytes, source: str) -> StatementFile:
    """The statements of a camt.053, .052 or .054 file; `source` is its name for messages. Raises BadInput.

    Only booked entries become lines; the others are counted. Balances are taken from camt.053 only: an intraday report
    or an advice may start and end anywhere between two balances.
    """
    reading = _Reading(source)
    for node in stream_elements(content, source, ("TxDtls", "Ntry", *_HOLDERS)):
        try:
            _take(reading, node)
        except ElementRefused as refused:
            reading.problems.append(refused.problem(source))
        if len(reading.problems) >= _PROBLEMS_MAX:
            break
    if reading.problems:
        raise BadInput(reading.problems)
    if not reading.statements:
        what = f"no bank statement in this XML file, which is a {outermost(content, source)}"
        remedy = "import a camt.053, camt.052 or camt.054 file that holds at least one statement"
        raise BadInput([Problem(source, None, None, what, remedy)])
    return StatementFile(reading.file_format, reading.kind, tuple(reading.statements), reading.left_out)


def _take(reading: _Reading, node: Node) -> None:
    """Read one finished element: a payment of the open entry, an entry of the open statement, or a whole statement."""
    if node.name == "TxDtls":
        _take_detail(reading, node)
    elif node.name == "Ntry":
        details, reading.details = reading.details, []
        _take_entry(reading, node, details)
    elif _message(node):
        _close_statement(reading, node)


def _take_detail(reading: _Reading, node: Node) -> None:
    entry = node.around("NtryDtls", "Ntry")
    account = None if entry is None else _account(reading, entry)
    if account is not None:
        reading.details.append(read_detail(node, account))


def _take_entry(reading: _Reading, entry: Node, details: list[Detail]) -> None:
    account = _account(reading, entry)
    if account is None:
        return
    if _is_booked(entry, reading.kind):
        reading.lines.extend(read_entry(entry, details, account))
    else:
        reading.left_out += 1


def _account(reading: _Reading, entry: Node) -> OwnAccount | None:
    """The account whose statement the entry stands in; None for what stands in no statement or in a hopeless one."""
    holder = entry.parent
    if holder is None or reading.is_hopeless or not _message(holder):
        return None
    return _opened(reading, holder)


def _message(holder: Node) -> tuple[str, StatementKind] | None:
    """The message a statement element stands in, None where it is no statement."""
    around = holder.parent
    return None if around is None else _MESSAGES.get((around.name, holder.name))


def _opened(reading: _Reading, holder: Node) -> OwnAccount:
    """The account of the open statement, learnt from what stands before the first entry. Raises ElementRefused."""
    if reading.account is None:
        reading.is_hopeless = True
        _read_message(reading, holder)
        number = read_account_number(holder.child("Acct"))
        if not number:
            remedy = "ask the bank for a file that names the account before its entries"
            raise ElementRefused(holder, "Acct", "the statement names no account", remedy)
        reading.account = OwnAccount(number, _currency(holder), only_day(holder))
        reading.is_hopeless = False
    return reading.account


def _read_message(reading: _Reading, holder: Node) -> None:
    """Which message this is; its namespace, where it has one, and the statements before must say the same."""
    message = _message(holder)
    assert message is not None, "only statements of a message are opened"
    name, kind = message
    said = holder.namespace
    found = _NAMESPACE.fullmatch(said)
    if said and (found is None or found.group(1) != name):
        remedy = f"import a {name} file, version 02 or later"
        raise ElementRefused(holder, holder.name, f"the namespace {shown(said)} is not that of {name}", remedy)
    if reading.statements and kind is not reading.kind:
        what = f"a {name} message in the same file as {reading.file_format}"
        raise ElementRefused(holder, holder.name, what, "import one message a file")
    reading.file_format, reading.kind = f"{name}{found.group(2)}" if found else name, kind


def _currency(holder: Node) -> str:
    """The account's currency, else that of the first balance, else of the first entry. Raises ElementRefused."""
    said = holder.text("Acct", "Ccy")
    if said:
        try:
            exponent(said)
        except UnknownCurrency as error:
            raise ElementRefused(holder, "Ccy", str(error), "ask the bank for the ISO 4217 code") from error
        return said
    for path in (("Bal", "Amt"), ("Ntry", "Amt")):
        found = holder.child(*path)
        if found is not None:
            return read_amount(found).currency
    raise ElementRefused(holder, "Ccy", "the statement names no currency", "ask the bank to fill Acct/Ccy")


def _is_booked(entry: Node, kind: StatementKind) -> bool:
    """The entry's status says so; a camt.053 carries booked entries only, so there no status means booked."""
    status = entry.text("Sts", "Cd") or entry.text("Sts") or entry.text("Sts", "Prtry")
    if status == "BOOK" or (not status and kind is StatementKind.STATEMENT):
        return True
    if status in _NOT_BOOKED:
        return False
    what = f"the entry's status {shown(status)} says neither booked nor pending"
    raise ElementRefused(entry, "Sts", what, "ask the bank which entries are booked: BOOK, PDNG, INFO or FUTR")


def _close_statement(reading: _Reading, holder: Node) -> None:
    """Make the statement, check its control totals and forget what was open, whatever the outcome."""
    try:
        if not reading.is_hopeless:
            account = _opened(reading, holder)
            reading.statements.append(_statement(reading, holder, account))
    finally:
        reading.account, reading.details, reading.lines, reading.is_hopeless = None, [], [], False


def _statement(reading: _Reading, holder: Node, account: OwnAccount) -> Statement:
    number = holder.text("Id")
    if not number:
        raise ElementRefused(holder, "Id", "the statement has no Id", "ask the bank for a complete file")
    balances = read_balances(holder) if reading.kind is StatementKind.STATEMENT else []
    opening, closing = opening_and_closing(balances)
    for balance in (opening, closing):
        if balance and balance.amount.currency != account.currency:
            what = f"a balance in {balance.amount.currency} on an account in {account.currency}"
            raise ElementRefused(balance.node, "Bal", what, "ask the bank for one statement a currency")
    before, after = (balance.amount if balance else None for balance in (opening, closing))
    closed_on = closing.day if closing else None
    statement = Statement(account.number, account.currency, number, before, after, tuple(reading.lines), closed_on)
    if not reading.problems:  # a refused entry is missing from the sum: one problem, not two
        _check_totals(statement, closing.node if closing else holder)
    return statement


def _check_totals(statement: Statement, place: Node) -> None:
    try:
        check_control_totals(statement)
    except ControlTotalsDiffer as error:
        remedy = "fetch the statement again; if it stays so, ask the bank for a corrected one"
        raise ElementRefused(place, "Bal", str(error), remedy) from error
