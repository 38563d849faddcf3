"""An exchange folder with its truth, read for scoring: what was owed, what came in, what was advised, what it was."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from o2c_ai.core.money import parse_minor

OTHERS = frozenset({"not_ar", "duplicate", "prepayment", "returned"})
"""Reasons of lines that pay no open invoice."""
CLEARING = frozenset({"discount", "deduction", "withholding"})
"""Reasons whose cash and a difference together clear the whole paper."""


class Invoice(NamedTuple):
    """An invoice or credit memo, its amount in minor units."""

    number: str
    customer_id: str
    issued: date
    due: date
    currency: str
    amount: int
    order: str
    cancelled: date | None


class Line(NamedTuple):
    """A bank line, its amount in minor units and its text as one."""

    line_id: str
    booked: date
    currency: str
    amount: int
    name: str
    account: str
    text: str


class Row(NamedTuple):
    """A part of a line: the shape of applications.csv and truth.csv."""

    number: str
    customer_id: str
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A remittance advice: the line it names, if any, its day, total and references."""

    line_id: str
    dated: date | None
    currency: str
    total: int
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Papers:
    """One set: everything the matcher could read, and the truth it could not."""

    invoices: Mapping[str, Invoice]
    lines: Mapping[str, Line]
    """By id, in order of booking."""
    advices: tuple[Advice, ...]
    history: Mapping[str, tuple[Row, ...]]
    truth: Mapping[str, tuple[Row, ...]]
    changed: Mapping[str, date]
    """Customers whose payer changed its habits on a day, where the set says so."""

    def paying(self) -> list[str]:
        """Lines of the truth that pay open invoices."""
        return [line_id for line_id, rows in self.truth.items() if not any(row.reason in OTHERS for row in rows)]

    def paid(self, line_id: str) -> list[Row]:
        """The rows of a line of the truth that name an invoice."""
        return [row for row in self.truth[line_id] if row.number]


def read_papers(folder: Path) -> Papers:
    """Read a folder that holds truth.csv beside the exchange files. Raises FileNotFoundError without a truth."""
    lines = {
        line.line_id: line for line in sorted(map(_line, _rows(folder / "bank_lines.csv")), key=lambda one: one.booked)
    }
    history = _parts(folder / "applications.csv", lines)
    truth = _parts(folder / "truth.csv", lines)
    changed = folder / "changed_habits.csv"
    return Papers(
        invoices={one.number: one for one in map(_invoice, _rows(folder / "invoices.csv"))},
        lines=lines,
        advices=tuple(_advices(folder / "remittances.csv")),
        history=history,
        truth=truth,
        changed={row["customer_id"]: date.fromisoformat(row["changed_on"]) for row in _rows(changed)}
        if changed.exists()
        else {},
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _invoice(row: dict[str, str]) -> Invoice:
    return Invoice(
        number=row["invoice_id"],
        customer_id=row["customer_id"],
        issued=date.fromisoformat(row["issue_date"]),
        due=date.fromisoformat(row["due_date"]),
        currency=row["currency"],
        amount=parse_minor(row["amount"], row["currency"]),
        order=row.get("po_number") or "",
        cancelled=_day(row.get("cancelled_on")),
    )


def _line(row: dict[str, str]) -> Line:
    return Line(
        line_id=row["line_id"],
        booked=date.fromisoformat(row["booking_date"]),
        currency=row["currency"],
        amount=parse_minor(row["amount"], row["currency"]),
        name=row["payer_name"],
        account=row["payer_account"],
        text=f"{row['narrative']} {row.get('end_to_end_id') or ''}".strip(),
    )


def _parts(path: Path, lines: Mapping[str, Line]) -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in _rows(path):
        minor = parse_minor(row["amount"], lines[row["line_id"]].currency)
        found[row["line_id"]].append(Row(row["invoice_id"], row["customer_id"], minor, row["reason"]))
    return {line_id: tuple(rows) for line_id, rows in found.items()}


def _advices(path: Path) -> Iterator[Advice]:
    by_id: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in _rows(path):
        by_id[row["remittance_id"]].append(row)
    for rows in by_id.values():
        first = rows[0]
        said = first["total"]
        yield Advice(
            line_id=first["line_id"],
            dated=_day(first["date"]),
            currency=first["currency"],
            total=sum(parse_minor(row["amount"], row["currency"]) for row in rows)
            if not said
            else parse_minor(said, first["currency"]),
            references=tuple(row["invoice_ref"] for row in rows),
        )
