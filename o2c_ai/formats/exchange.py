"""The exchange folder: plain CSV files any ERP or spreadsheet can write, read into records or named faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.rules import StatedPart
from o2c_ai.core.collections.rules import StatedActivity, StatedPromise
from o2c_ai.core.customers.rules import NewCustomer
from o2c_ai.core.errors import Problem
from o2c_ai.core.forecasts.rules import PlannedFlow
from o2c_ai.core.invoices.rules import DocumentType, StatedInvoice
from o2c_ai.core.ledger.rules import StatedRate
from o2c_ai.core.payments.rules import NewLine, StatedAdvice, StatedLine
from o2c_ai.core.suggestions.rules import Reason
from o2c_ai.formats.table import (
    BadCell,
    Columns,
    Table,
    read_currency,
    read_date,
    read_date_or_none,
    read_decimal,
    read_minor,
    read_table,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path


@dataclass
class Folder:
    """Everything read from an exchange folder."""

    customers: list[tuple[int, NewCustomer]] = field(default_factory=list)
    """With the line each stands on."""
    invoices: list[StatedInvoice] = field(default_factory=list)
    lines: list[StatedLine] = field(default_factory=list)
    advices: list[StatedAdvice] = field(default_factory=list)
    parts: list[StatedPart] = field(default_factory=list)
    rates: list[StatedRate] = field(default_factory=list)
    promises: list[StatedPromise] = field(default_factory=list)
    activities: list[StatedActivity] = field(default_factory=list)
    planned_flows: list[PlannedFlow] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    """File name to bytes, of every file that was read."""
    notes: list[str] = field(default_factory=list)
    """What was ignored, said once a file."""
    problems: list[Problem] = field(default_factory=list)
    """Every fault found; where there is one, nothing may be written."""


def _customer(line: int, cells: Sequence[str]) -> tuple[int, NewCustomer]:
    code, name, country, iban, parent, email, terms, limit, currency, segment = cells
    if currency:
        read_currency("currency", currency)
    if limit and not currency:
        raise BadCell("currency", "a credit limit needs its currency", "fill in currency; nothing was written")
    limit_minor = read_minor("credit_limit", limit, currency) if limit else None
    return line, NewCustomer(code, name, country, iban, parent, email, terms, limit_minor, currency, segment)


_KINDS = {"": DocumentType.INVOICE} | {kind.value: kind for kind in DocumentType}


def _invoice(line: int, cells: Sequence[str]) -> StatedInvoice:
    number, customer, issued, due, currency, amount, kind, opened, opened_on, po_number, percent, until, *days = cells
    if kind not in _KINDS:
        raise BadCell("kind", f"{kind!r} is no kind of document", "write invoice, credit_memo or debit_memo")
    minor = read_minor("amount", amount, read_currency("currency", currency))
    if minor == 0 or (minor > 0) == (kind == "credit_memo"):
        raise BadCell("amount", f"{amount} does not fit the kind", "credit memos are negative, all others positive")
    disputed, resolved, cancelled = days
    discount = read_decimal("discount_percent", percent)
    if discount is not None and not 0 <= discount <= 100:  # noqa: PLR2004 - percent
        raise BadCell("discount_percent", f"{percent} is no percentage", "write 2 for 2 %; nothing was written")
    found = StatedInvoice(
        line,
        number,
        customer,
        _KINDS[kind],
        read_date("issue_date", issued),
        read_date("due_date", due),
        currency,
        minor,
        _open_minor(opened, opened_on, minor, currency),
        read_date_or_none("open_as_of", opened_on),
        po_number,
        discount,
        read_date_or_none("discount_until", until),
        read_date_or_none("disputed_on", disputed),
        read_date_or_none("dispute_resolved_on", resolved),
        read_date_or_none("cancelled_on", cancelled),
    )
    _check_days(found)
    return found


def _check_days(found: StatedInvoice) -> None:
    """Days of a document that contradict each other; a due date before the issue date is odd, and common."""
    issued, began, ended = found.issue_date, found.disputed_on, found.dispute_resolved_on
    if found.open_as_of is not None and found.open_as_of < issued:
        raise _too_early("open_as_of", found.open_as_of, "issue_date", issued)
    if ended is not None and began is None:
        raise BadCell(
            "disputed_on", "a resolved dispute needs its first day", "fill in disputed_on or remove both days"
        )
    if ended is not None and began is not None and ended < began:
        raise _too_early("dispute_resolved_on", ended, "disputed_on", began)


def _too_early(column: str, day: date, other: str, first: date) -> BadCell:
    return BadCell(column, f"{day} is before the {other} {first}", "correct one of the days; nothing was written")


def _open_minor(text: str, on: str, amount_minor: int, currency: str) -> int | None:
    if not text and on:
        raise BadCell(
            "open_amount", "open_as_of without an amount says nothing", "fill in open_amount or remove the day"
        )
    if not text:
        return None
    minor = read_minor("open_amount", text, currency)
    if not on:
        raise BadCell("open_as_of", "an open amount needs its day", "fill in open_as_of; nothing was written")
    if abs(minor) > abs(amount_minor) or minor * amount_minor < 0:
        raise BadCell("open_amount", f"{text} is not between zero and the amount", "correct it and import again")
    return minor


def _line(line: int, cells: Sequence[str]) -> StatedLine:
    ref, booked, currency, amount, name, account, narrative, end_to_end = cells
    minor = read_minor("amount", amount, read_currency("currency", currency))
    if not minor:
        raise BadCell("amount", "a bank line of zero moves nothing", "remove the line and import again")
    account = account.replace(" ", "")
    day = read_date("booking_date", booked)
    return StatedLine(line, NewLine(ref, day, currency, minor, name, account, narrative, end_to_end))


def _advice(line: int, cells: Sequence[str]) -> StatedAdvice:
    external_id, ref, amount, line_ref, day, currency, total, payer, discount, code = cells
    if currency:  # else it is known from the bank line, and the amounts are read with it
        read_currency("currency", currency)
        for column, text in (("amount", amount), ("discount", discount), ("total", total)):
            if text:
                read_minor(column, text, currency)
    head = (line, external_id, line_ref, read_date_or_none("date", day), currency, total, payer)
    return StatedAdvice(*head, ref, amount, discount, code)


_REASONS = {reason.value: reason for reason in Reason}


def _part(line: int, cells: Sequence[str]) -> StatedPart:
    ref, amount, number, customer, reason = cells
    if reason not in _REASONS:
        raise BadCell(
            "reason", f"{reason!r} is no reason", f"use one of {', '.join(filter(None, _REASONS))} or nothing"
        )
    return StatedPart(line, ref, number, customer, amount, _REASONS[reason])


def _rate(line: int, cells: Sequence[str]) -> StatedRate:
    day, source, target, rate = cells
    value = read_decimal("rate", rate)
    if value is None or value <= 0:
        raise BadCell("rate", f"{rate!r} is not a positive rate", "write units of to_currency for one of from_currency")
    currencies = read_currency("from_currency", source), read_currency("to_currency", target)
    return StatedRate(line, read_date("date", day), *currencies, value)


def _promise(line: int, cells: Sequence[str]) -> StatedPromise:
    number, on, until, amount = cells
    said, promised = read_date("promised_on", on), read_date("promised_date", until)
    if promised < said:
        raise _too_early("promised_date", promised, "promised_on", said)
    return StatedPromise(line, number, said, promised, amount)


def _activity(line: int, cells: Sequence[str]) -> StatedActivity:
    customer, on, kind, result, note = cells
    return StatedActivity(line, customer, read_date("date", on), kind, result, note)


def _flow(line: int, cells: Sequence[str]) -> PlannedFlow:
    day, currency, amount, label, known_on = cells
    minor = read_minor("amount", amount, read_currency("currency", currency))
    return PlannedFlow(line, read_date("date", day), currency, minor, label, read_date_or_none("known_on", known_on))


_INVOICE_DAYS = ("disputed_on", "dispute_resolved_on", "cancelled_on")
_INVOICE_MORE = ("kind", "open_amount", "open_as_of", "po_number", "discount_percent", "discount_until", *_INVOICE_DAYS)
_CUSTOMER_MORE = (
    "country",
    "iban",
    "parent_customer_id",
    "email",
    "payment_terms",
    "credit_limit",
    "currency",
    "segment",
)
_LINE_MORE = ("payer_name", "payer_account", "narrative", "end_to_end_id")
_WORDS = ("payer_name", "narrative", "note")
_ADVICE_MORE = ("line_id", "date", "currency", "total", "payer_name", "discount", "deduction_code")

FILES: dict[str, tuple[str, Columns, Callable[[int, Sequence[str]], object]]] = {
    "customers.csv": ("customers", Columns(("customer_id", "name"), _CUSTOMER_MORE), _customer),
    "invoices.csv": (
        "invoices",
        Columns(("invoice_id", "customer_id", "issue_date", "due_date", "currency", "amount"), _INVOICE_MORE),
        _invoice,
    ),
    "bank_lines.csv": ("lines", Columns(("line_id", "booking_date", "currency", "amount"), _LINE_MORE, _WORDS), _line),
    "remittances.csv": ("advices", Columns(("remittance_id", "invoice_ref", "amount"), _ADVICE_MORE, _WORDS), _advice),
    "applications.csv": ("parts", Columns(("line_id", "amount"), ("invoice_id", "customer_id", "reason")), _part),
    "exchange_rates.csv": ("rates", Columns(("date", "from_currency", "to_currency", "rate")), _rate),
    "promises.csv": ("promises", Columns(("invoice_id", "promised_on", "promised_date"), ("amount",)), _promise),
    "activities.csv": ("activities", Columns(("customer_id", "date", "kind"), ("result", "note"), _WORDS), _activity),
    "planned_flows.csv": ("planned_flows", Columns(("date", "currency", "amount"), ("label", "known_on")), _flow),
}
"""File name → where its records go, its columns, and how a row is read."""


def read_folder(folder: Path) -> Folder:
    """Read every known file of a folder; faults are in the result's problems, never an exception for bad data."""
    found = Folder()
    if not folder.is_dir():
        found.problems.append(
            Problem(folder.name, None, None, "is not a folder", "give the folder that holds the files")
        )
        return found
    for path in sorted(folder.iterdir()):
        if path.name in FILES and path.is_file():
            found.contents[path.name] = path.read_bytes()
        elif not path.name.startswith("."):
            found.notes.append(f"{path.name}: not part of the exchange folder, ignored")
    for name, (target, columns, read) in FILES.items():
        if name in found.contents:
            records, table = read_table(name, found.contents[name], columns, read)
            getattr(found, target).extend(records)
            _report(found, table)
    if not found.contents:
        known = ", ".join(FILES)
        found.problems.append(Problem(folder.name, None, None, "holds none of the files", f"expected some of {known}"))
    return found


def read_remittances(name: str, content: bytes) -> tuple[list[StatedAdvice], list[Problem]]:
    """Rows of remittance advices of one table, and its faults."""
    _, columns, _ = FILES["remittances.csv"]
    rows, table = read_table(name, content, columns, _advice)
    return rows, table.problems


def _report(found: Folder, table: Table) -> None:
    found.problems += table.problems
    if table.ignored:
        found.notes.append(f"{table.source}: ignored {', '.join(table.ignored)}: not a column of this file")
