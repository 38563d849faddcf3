"""Two real-sized exchange folders: every figure in the books, all laws kept, and a second import adds nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.receivables.queries import columns_open_credits, columns_open_items
from o2c_ai.core.receivables.rules import CreditKind
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.import_folder import import_folder
from tests.books import Books, open_books
from tests.laws import broken_laws, row_counts

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_ai.core.database import Store

END = date(2099, 12, 31)


@dataclass(frozen=True)
class Expected:
    """What a folder must become; open items net of credit memos, in minor units."""

    customers: int
    invoices: int
    lines: int
    parts: int
    to_work: int
    items: int
    memos: int
    open_minor: dict[str, int]


FOLDERS = {
    "highradius-2019-11-01": Expected(
        868, 29_780, 10_819, 28_031, 0, 1_749, 0, {"USD": 4_976_335_623, "CAD": 711_096_285}
    ),
    "cashapp-dev": Expected(
        1_500,
        45_772,
        26_167,
        35_362,
        4_917,
        13_552,
        304,
        {
            "EUR": 1_954_063_798,
            "USD": 746_593_115,
            "GBP": 477_942_494,
            "PLN": 182_773_465,
            "SEK": 120_397_435,
            "DKK": 119_705_455,
        },
    ),
}


def take_twice(store: Store, shared_data: Path, name: str) -> None:
    expected = FOLDERS[name]
    with store.session() as session:
        books = open_books(store, session)
        folder = read_folder(shared_data / name)
        report = import_folder(session, books.actor, folder)
        added = (report.customers.added, report.invoices.added, report.lines.added, report.applications.added)
        assert added == (expected.customers, expected.invoices, expected.lines, expected.parts)
        assert report.lines_to_work == expected.to_work
        assert what_is_open(books) == (expected.items, expected.memos, expected.open_minor)
        assert broken_laws(books) == []

        counts = row_counts(session)
        import_folder(session, books.actor, folder)
        assert row_counts(session) == counts


def what_is_open(books: Books) -> tuple[int, int, dict[str, int]]:
    """(open items, open credit memos, their net amount by currency)."""
    items = list(columns_open_items(books.session, books.company_id, END))
    memos = list(columns_open_credits(books.session, books.company_id, END, CreditKind.CREDIT_MEMO))
    net: Counter[str] = Counter()
    for row in items:
        net[row.currency] += row.left_minor
    for row in memos:
        net[row.currency] -= row.left_minor
    return len(items), len(memos), dict(net)


@pytest.mark.shared
def test_a_year_of_real_invoices_is_in_the_books_to_the_cent(sqlite_store: Store, shared_data: Path) -> None:
    take_twice(sqlite_store, shared_data, "highradius-2019-11-01")


@pytest.mark.shared
@pytest.mark.slow
def test_a_simulated_year_is_in_the_books_to_the_cent(sqlite_store: Store, shared_data: Path) -> None:
    take_twice(sqlite_store, shared_data, "cashapp-dev")


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", FOLDERS)
def test_both_sets_are_the_same_on_postgresql(request: pytest.FixtureRequest, shared_data: Path, name: str) -> None:
    with request.getfixturevalue("postgres_stores").fresh() as store:
        take_twice(store, shared_data, name)
