"""Writes the other world as an exchange folder, its truth and the payers that changed habits beside it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.other_world.records import AdviceRow, Customer, Line, OtherWorld, Paper, Row
from o2c_ai.core.money import format_minor

_ROWS = "line_id invoice_id customer_id amount reason"
_HEADERS = {
    "customers.csv": "customer_id name country iban parent_customer_id payment_terms currency",
    "invoices.csv": "invoice_id customer_id kind issue_date due_date currency amount po_number discount_percent "
    "discount_until",
    "bank_lines.csv": "line_id booking_date currency amount payer_name payer_account narrative end_to_end_id",
    "remittances.csv": "remittance_id line_id date currency total payer_name invoice_ref amount discount "
    "deduction_code",
    "applications.csv": _ROWS,
    "truth.csv": _ROWS,
    "changed_habits.csv": "customer_id changed_on",
}


def write_other_world(world: OtherWorld, folder: Path) -> None:
    """Write every file; applications.csv ends with the history, truth.csv holds the lines after it.

    Both have one shape. truth.csv and changed_habits.csv are unknown to the import, which says so and goes on.
    """
    booked = {line.line_id: line for line in world.lines}
    past = {line.line_id for line in world.lines if line.booked <= world.history_until}
    tables: dict[str, Iterable[Sequence[object]]] = {
        "customers.csv": map(_customer, world.customers),
        "invoices.csv": map(_paper, world.papers),
        "bank_lines.csv": map(_line, world.lines),
        "remittances.csv": map(_advice, world.advices),
        "applications.csv": [_row(row, booked) for row in world.rows if row.line_id in past],
        "truth.csv": [_row(row, booked) for row in world.rows if row.line_id not in past],
        "changed_habits.csv": world.changed,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, header in _HEADERS.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header.split())
            writer.writerows(tables[name])


def _customer(one: Customer) -> Sequence[object]:
    terms = f"{one.discount_percent}/{one.discount_days} net {one.net_days}" if one.discount_percent else one.net_days
    return one.customer_id, one.name, one.country, one.iban, one.parent_id, terms, one.currency


def _paper(one: Paper) -> Sequence[object]:
    return (
        one.number,
        one.customer_id,
        "credit_memo" if one.is_credit else "invoice",
        one.issued,
        one.due,
        one.currency,
        format_minor(one.amount, one.currency),
        one.order,
        one.discount_percent,
        one.discount_until,
    )


def _line(one: Line) -> Sequence[object]:
    amount = format_minor(one.amount, one.currency)
    return one.line_id, one.booked, one.currency, amount, one.name, one.account, one.text, one.end_to_end


def _advice(one: AdviceRow) -> Sequence[object]:
    total, amount = format_minor(one.total, one.currency), format_minor(one.amount, one.currency)
    discount = format_minor(one.discount, one.currency) if one.discount else ""
    return (
        one.advice_id,
        one.line_id,
        one.dated,
        one.currency,
        total,
        one.name,
        one.reference,
        amount,
        discount,
        one.code,
    )


def _row(one: Row, booked: dict[str, Line]) -> Sequence[object]:
    amount = format_minor(one.amount, booked[one.line_id].currency)
    return one.line_id, one.number, one.customer_id, amount, one.reason
