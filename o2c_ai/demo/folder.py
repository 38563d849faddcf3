"""Writes the invented company as an exchange folder, so that anything that reads one can be tried on it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from o2c_ai.core.money import format_minor
from o2c_ai.core.payments.rules import Advice
from o2c_ai.demo.facts import Activity, Application, BankLine, Customer, Invoice, Promise
from o2c_ai.demo.world import World

Row = Sequence[object]

_HEADERS = {
    "customers.csv": "customer_id name country iban parent_customer_id email payment_terms credit_limit currency "
    "segment",
    "invoices.csv": "invoice_id customer_id kind issue_date due_date currency amount open_amount open_as_of po_number "
    "discount_percent discount_until disputed_on dispute_resolved_on cancelled_on",
    "bank_lines.csv": "line_id booking_date currency amount payer_name payer_account narrative end_to_end_id",
    "remittances.csv": "remittance_id line_id date currency total payer_name invoice_ref amount discount "
    "deduction_code",
    "applications.csv": "line_id invoice_id customer_id amount reason",
    "promises.csv": "invoice_id promised_on promised_date amount",
    "activities.csv": "customer_id date kind result note",
}


def write_folder(world: World, path: Path, *, applications_until: date) -> tuple[Path, ...]:
    """Write the whole world as exchange files and return their paths; the folder is made where it is missing.

    Only applications of lines booked up to and including `applications_until` are written: the rest is work to be done.
    The files are UTF-8 with a line feed after every row, the same bytes for the same world.
    """
    currencies = {line.line_id: line.currency for line in world.bank_lines}
    invoiced_in = {invoice.invoice_id: invoice.currency for invoice in world.invoices}
    rows: dict[str, Iterable[Row]] = {
        "customers.csv": map(_customer, world.customers),
        "invoices.csv": map(_invoice, world.invoices),
        "bank_lines.csv": map(_bank_line, world.bank_lines),
        "remittances.csv": (row for advice in world.advices for row in _advice(advice)),
        "applications.csv": (_application(a, currencies) for a in world.applications_until(applications_until)),
        "promises.csv": (_promise(promise, invoiced_in) for promise in world.promises),
        "activities.csv": map(_activity, world.activities),
    }
    path.mkdir(parents=True, exist_ok=True)
    return tuple(_write(path / name, header.split(), rows[name]) for name, header in _HEADERS.items())


def _write(path: Path, header: list[str], rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _customer(customer: Customer) -> Row:
    return (
        customer.customer_id,
        customer.name,
        customer.country,
        customer.iban,
        customer.parent_customer_id,
        customer.email,
        str(customer.terms),
        format_minor(customer.credit_limit_minor, customer.currency),
        customer.currency,
        customer.segment,
    )


def _invoice(invoice: Invoice) -> Row:
    """A row of invoices.csv; csv writes None as an empty field, and no invoice starts out partly paid."""
    return (
        invoice.invoice_id,
        invoice.customer_id,
        invoice.kind,
        invoice.issue_date,
        invoice.due_date,
        invoice.currency,
        format_minor(invoice.amount_minor, invoice.currency),
        None,
        None,
        invoice.po_number,
        invoice.discount_percent,
        invoice.discount_until,
        invoice.disputed_on,
        invoice.dispute_resolved_on,
        invoice.cancelled_on,
    )


def _bank_line(line: BankLine) -> Row:
    return (
        line.line_id,
        line.booking_date,
        line.currency,
        format_minor(line.amount_minor, line.currency),
        line.payer_name,
        line.payer_account,
        line.narrative,
        line.end_to_end_id,
    )


def _advice(advice: Advice) -> Iterator[Row]:
    total = "" if advice.total_minor is None else format_minor(advice.total_minor, advice.currency)
    for line in advice.lines:
        yield (
            advice.external_id,
            advice.line_ref,
            advice.advice_date,
            advice.currency,
            total,
            advice.payer_name,
            line.invoice_ref,
            format_minor(line.amount_minor, advice.currency),
            format_minor(line.discount_minor, advice.currency) if line.discount_minor else "",
            line.deduction_code,
        )


def _application(row: Application, currencies: dict[str, str]) -> Row:
    amount = format_minor(row.amount_minor, currencies[row.line_id])
    return (row.line_id, row.invoice_id, row.customer_id, amount, row.reason)


def _promise(promise: Promise, currencies: dict[str, str]) -> Row:
    amount = format_minor(promise.amount_minor, currencies[promise.invoice_id])
    return (promise.invoice_id, promise.promised_on, promise.promised_date, amount)


def _activity(activity: Activity) -> Row:
    return (activity.customer_id, activity.date, activity.kind, activity.result, activity.note)
