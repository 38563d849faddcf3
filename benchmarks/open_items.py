"""What was truly open when each line of the truth was booked: the books replayed from history and truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from benchmarks.papers import CLEARING, Invoice, Line, Papers, Row


class Moment(NamedTuple):
    """A line of the truth with what was open before it: lines of a day follow each other as the file has them."""

    line: Line
    rows: tuple[Row, ...]
    open_items: Mapping[str, Mapping[str, int]]
    """Open minor units by invoice, by customer; changes with the next moment."""
    begun: frozenset[str]
    """Invoices of this line that had been paid in part before."""


def moments(papers: Papers) -> Iterator[Moment]:
    """Every line of the truth in order of booking. Invoices appear on the day they are issued."""
    coming = sorted(papers.invoices.values(), key=lambda one: (one.issued, one.number), reverse=True)
    owed: dict[str, dict[str, int]] = defaultdict(dict)
    for line in papers.lines.values():
        while coming and coming[-1].issued <= line.booked:
            _add(owed, coming.pop())
        rows = papers.truth.get(line.line_id) or papers.history.get(line.line_id, ())
        if line.line_id in papers.truth:
            _drop_cancelled(papers, owed, line, rows)
            yield Moment(line, rows, owed, frozenset(_begun(papers, owed, rows)))
        for row in rows:
            if row.number:
                _take(papers.invoices[row.number], owed, row)


def _add(owed: dict[str, dict[str, int]], invoice: Invoice) -> None:
    owed[invoice.customer_id].setdefault(invoice.number, invoice.amount)


def _drop_cancelled(papers: Papers, owed: dict[str, dict[str, int]], line: Line, rows: tuple[Row, ...]) -> None:
    for customer_id in {row.customer_id for row in rows}:
        for number in list(owed[customer_id]):
            cancelled = papers.invoices[number].cancelled
            if cancelled is not None and cancelled <= line.booked:
                del owed[customer_id][number]


def _begun(papers: Papers, owed: Mapping[str, Mapping[str, int]], rows: tuple[Row, ...]) -> Iterator[str]:
    for row in rows:
        if row.number:
            invoice = papers.invoices[row.number]
            left = owed[invoice.customer_id].get(row.number, invoice.amount)
            if left != invoice.amount and row.reason != "returned":
                yield row.number


def _take(invoice: Invoice, owed: dict[str, dict[str, int]], row: Row) -> None:
    """Cash reduces an item; a discount, deduction or withholding clears its rest; a return opens it again."""
    items = owed[invoice.customer_id]
    left = 0 if row.reason in CLEARING else items.get(row.number, 0) - row.amount
    if left:
        items[row.number] = left
    else:
        items.pop(row.number, None)
