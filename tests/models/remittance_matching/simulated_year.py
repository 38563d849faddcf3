"""Reads the simulated year of receipts beside the repository into papers, and counts how many proposals are right."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.money import Rounding, divide, parse_minor
from o2c_ai.models.remittance_matching.records import (
    Advice,
    AdviceRow,
    BankLine,
    Booking,
    Customer,
    Decision,
    Item,
    Papers,
    Proposal,
    Reason,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Row = dict[str, str]
NO_ITEMS = {"not_ar", "duplicate", "prepayment", "returned"}


@dataclass(frozen=True)
class Year:
    """The papers, and for every line to decide the cash that truly reached each item (None: it pays no item)."""

    papers: Papers
    truth: dict[int, dict[int, int] | None]


def read_year(folder: Path) -> Year:
    customers = {row["customer_id"]: place for place, row in enumerate(_rows(folder, "customers"))}
    invoices = {row["invoice_id"]: place for place, row in enumerate(_rows(folder, "invoices"))}
    bank = {row["line_id"]: place for place, row in enumerate(_rows(folder, "bank_lines"))}
    items = [_item(row, invoices, customers) for row in _rows(folder, "invoices")]
    lines = [_line(row, bank) for row in _rows(folder, "bank_lines")]
    papers = Papers(
        [Customer(customers[row["customer_id"]], row["name"], row["iban"]) for row in _rows(folder, "customers")],
        items,
        lines,
        _advices(folder, bank),
        _bookings(_rows(folder, "applications"), items, lines, (invoices, customers, bank)),
    )
    truth: dict[int, dict[int, int] | None] = {}
    for row in _rows(folder, "truth"):
        line = lines[bank[row["line_id"]]]
        cash = truth.setdefault(line.line_id, {})
        if row["reason"] in NO_ITEMS:
            truth[line.line_id] = None
        elif row["invoice_id"] and cash is not None:
            cash[invoices[row["invoice_id"]]] = parse_minor(row["amount"], line.currency)
    return Year(papers, truth)


def applied(year: Year, proposals: Sequence[Proposal]) -> tuple[int, int, int]:
    """How many lines were applied untouched, how many of these rightly, and how many lines pay items at all."""
    untouched = [made for made in proposals if made.decision is Decision.AUTO]
    right = sum(_is_right(made, year.truth[made.line_id]) for made in untouched)
    return len(untouched), right, sum(truth is not None for truth in year.truth.values())


def _is_right(made: Proposal, truth: dict[int, int] | None) -> bool:
    said = {row.item_id: row.amount_minor for row in made.rows if row.item_id is not None}
    return truth is not None and said.keys() == truth.keys() and all(abs(said[key] - truth[key]) <= 1 for key in truth)


def _rows(folder: Path, name: str) -> list[Row]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _item(row: Row, invoices: dict[str, int], customers: dict[str, int]) -> Item:
    amount = parse_minor(row["amount"], row["currency"])
    return Item(
        invoices[row["invoice_id"]],
        row["invoice_id"],
        customers[row["customer_id"]],
        date.fromisoformat(row["issue_date"]),
        date.fromisoformat(row["due_date"]),
        row["currency"],
        amount,
        row["po_number"],
        divide(amount * int(row["discount_percent"] or 0), 100, Rounding.HALF_EVEN),
        date.fromisoformat(row["discount_until"]) if row["discount_until"] else None,
    )


def _line(row: Row, bank: dict[str, int]) -> BankLine:
    return BankLine(
        bank[row["line_id"]],
        date.fromisoformat(row["booking_date"]),
        row["currency"],
        parse_minor(row["amount"], row["currency"]),
        row["payer_name"],
        row["payer_account"],
        row["narrative"],
    )


def _advices(folder: Path, bank: dict[str, int]) -> list[Advice]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in _rows(folder, "remittances"):
        grouped[row["remittance_id"]].append(row)
    return [
        Advice(
            place,
            bank.get(rows[0]["line_id"]),
            date.fromisoformat(rows[0]["date"]),
            rows[0]["currency"],
            parse_minor(rows[0]["total"], rows[0]["currency"]),
            rows[0]["payer_name"],
            tuple(AdviceRow(row["invoice_ref"], parse_minor(row["amount"], row["currency"])) for row in rows),
        )
        for place, rows in enumerate(grouped.values())
    ]


def _bookings(
    rows: Sequence[Row], items: Sequence[Item], lines: Sequence[BankLine], places: tuple[dict[str, int], ...]
) -> list[Booking]:
    """History in order of days, each row clearing what its reason says; `places` are of invoices, customers, lines."""
    invoices, customers, bank = places
    opened = [item.amount_minor for item in items]
    bookings = []
    for row in sorted(rows, key=lambda row: (lines[bank[row["line_id"]]].booking_date, bank[row["line_id"]])):
        line, item = lines[bank[row["line_id"]]], invoices.get(row["invoice_id"])
        cash, reason, cleared = parse_minor(row["amount"], line.currency), Reason(row["reason"]), 0
        if item is not None:
            cleared = cash if reason in (Reason.PARTIAL, Reason.RETURNED) else opened[item]
            opened[item] -= cleared
        bookings.append(Booking(line.line_id, item, customers.get(row["customer_id"]), cash, cleared, reason))
    return bookings
