"""Papers of a few lines, written by hand for tests of the judge, the kinds and what nobody could decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from benchmarks.papers import Advice, Invoice, Line, Papers, Row

DAY = date(2025, 6, 10)


def invoice(number: str, amount: int, *, customer: str = "C1", order: str = "") -> Invoice:
    return Invoice(number, customer, date(2025, 5, 1), date(2025, 5, 31), "EUR", amount, order, None)


def line(line_id: str, amount: int, text: str = "", *, name: str = "Moulin", booked: date = DAY) -> Line:
    return Line(line_id, booked, "EUR", amount, name, f"ACC {name}" if name else "", text)


def advice(line_id: str, total: int, *references: str) -> Advice:
    return Advice(line_id, DAY, "EUR", total, references)


def pays(number: str, amount: int, reason: str = "", *, customer: str = "C1") -> Row:
    return Row(number, customer, amount, reason)


def papers(
    invoices: list[Invoice],
    lines: list[Line],
    *,
    truth: Mapping[str, tuple[Row, ...]],
    history: Mapping[str, tuple[Row, ...]] | None = None,
    advices: tuple[Advice, ...] = (),
    changed: Mapping[str, date] | None = None,
) -> Papers:
    return Papers(
        invoices={one.number: one for one in invoices},
        lines={one.line_id: one for one in sorted(lines, key=lambda one: one.booked)},
        advices=advices,
        history=history or {},
        truth=truth,
        changed=changed or {},
    )
