"""DSO and its relatives, gathered from the books and once more in plain SQL."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.reporting.queries import measures
from tests.core.busy_books import DUE, LAST, LATER, MAY
from tests.core.reporting import oracles

if TYPE_CHECKING:
    from tests.books import Books

END = date(2025, 3, 31)


def counted_back(books: Books, receivables: int, currency: str, day: date) -> Fraction | None:
    """Countback DSO, each month's sales asked for by itself."""
    days, last = Fraction(0), day
    while receivables > 0 and last.year > 2023:
        first = last.replace(day=1)
        sold = oracles.sales(books, first - timedelta(days=1), last, day).get(currency, 0)
        length = (last - first).days + 1
        if sold >= receivables:
            return days + Fraction(receivables, sold) * length
        receivables, days, last = receivables - sold, days + length, first - timedelta(days=1)
    return days if receivables <= 0 else None


@pytest.mark.parametrize("days", [30, 90])
@pytest.mark.parametrize("day", [MAY, DUE, LATER, LAST, date(2025, 9, 30)], ids=str)
def test_measures_are_what_plain_sql_finds(busy: Books, day: date, days: int) -> None:
    before = day - timedelta(days=days)
    opening, closing = oracles.receivables(busy, before), oracles.receivables(busy, day)
    sold = oracles.sales(busy, before, day, day)

    found = measures(busy.session, busy.company_id, day, days=days)

    assert {row.currency for row in found} >= opening.keys() | closing.keys() | sold.keys()
    for row in found:
        due_later = [i.left for i in oracles.open_items(busy, day) if i.currency == row.currency and i.days <= 0]
        start, end, sale = (figures.get(row.currency, 0) for figures in (opening, closing, sold))
        assert (row.opening_minor, row.closing_minor, row.sales_minor) == (start, end, sale)
        assert row.current_minor == sum(due_later)
        assert row.dso == (Fraction(end, sale) * days if sale else None)
        collectable = start + sale - row.current_minor
        assert row.cei == (Fraction(start + sale - end, collectable) * 100 if collectable > 0 else None)
        assert row.countback == counted_back(busy, end, row.currency, day)


def test_a_quarter_of_known_figures(books: Books) -> None:
    books.invoice("OLD", "400000.00", issued=date(2024, 12, 1), due=date(2024, 12, 31))
    books.invoice("NEW", "600000.00", issued=date(2025, 1, 15), due=date(2025, 4, 30))
    books.invoice("MEMO", "-10000.00", issued=date(2025, 2, 1))

    (row,) = measures(books.session, books.company_id, END)

    assert (row.opening_minor, row.sales_minor, row.closing_minor) == (40_000_000, 59_000_000, 99_000_000)
    assert row.current_minor == 60_000_000
    assert row.dso == Fraction(99 * 90, 59)
    assert row.best_possible_dso == Fraction(60 * 90, 59)
    assert row.cei == 0


def test_receivables_older_than_all_sales_on_record_have_no_countback(sqlite_books: Books) -> None:
    sqlite_books.invoice("INV-1", "100.00", issued=date(2025, 3, 1))
    sqlite_books.invoice("MEMO", "-20.00", issued=date(2025, 3, 2))

    (row,) = measures(sqlite_books.session, sqlite_books.company_id, END)

    assert row.countback == 31
    assert measures(sqlite_books.session, sqlite_books.company_id, date(2025, 2, 28)) == []
