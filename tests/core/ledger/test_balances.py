"""What the ledger says of itself as of a day, in every currency apart."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_ai.core.ledger.actions import post
from o2c_ai.core.ledger.queries import columns_postings, role_balances, trial_balance
from o2c_ai.core.ledger.rules import AccountRole, EntryKind
from tests.books import DAY
from tests.core.ledger.postings import sale
from tests.core.plain_sql import ask

if TYPE_CHECKING:
    from tests.books import Books

TOMORROW = DAY + timedelta(days=1)


def test_the_trial_balance_shows_both_sides_per_account_and_currency(books: Books) -> None:
    entries = [
        sale(books, 100),
        sale(books, -30),
        sale(books, 500, currency="USD"),
        sale(books, 700, currency="USD", base=650),
        sale(books, 1, on=TOMORROW),
    ]
    post(books.session, books.actor, entries=entries)

    rows = [tuple(row) for row in trial_balance(books.session, books.company_id, DAY)]

    assert rows == [
        ("1200", "Trade receivables", "EUR", 100, 30, 0),
        ("1200", "Trade receivables", "USD", 1_200, 0, 1),
        ("4000", "Revenue", "EUR", 30, 100, 0),
        ("4000", "Revenue", "USD", 0, 1_200, 1),
    ]


def test_before_the_first_entry_there_is_nothing(sqlite_books: Books) -> None:
    post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books, on=TOMORROW)])

    assert list(trial_balance(sqlite_books.session, sqlite_books.company_id, DAY)) == []
    assert role_balances(sqlite_books.session, sqlite_books.company_id, DAY) == {}


def test_the_largest_amounts_add_up_exactly(books: Books) -> None:
    post(books.session, books.actor, entries=[sale(books, 10**18), sale(books, 10**18), sale(books, -1)])

    balances = role_balances(books.session, books.company_id, DAY)

    total = 2 * 10**18 - 1
    assert balances == {(AccountRole.RECEIVABLES, "EUR"): total, (AccountRole.REVENUE, "EUR"): -total}


days = st.dates(date(2024, 1, 1), date(2024, 1, 31))
sales = st.lists(
    st.tuples(st.integers(-(10**12), 10**12).filter(bool), st.sampled_from(["EUR", "USD"]), days), max_size=8
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sales, days)
def test_balances_are_the_sum_of_the_postings_of_the_days_before(
    sqlite_books: Books, sold: list[tuple[int, str, date]], as_of: date
) -> None:
    with sqlite_books.session.begin_nested() as attempt:
        entries = [sale(sqlite_books, minor, currency=currency, on=on) for minor, currency, on in sold]
        post(sqlite_books.session, sqlite_books.actor, entries=entries)
        balances = role_balances(sqlite_books.session, sqlite_books.company_id, as_of)
        rows = trial_balance(sqlite_books.session, sqlite_books.company_id, as_of)
        attempt.rollback()

    expected: dict[tuple[AccountRole, str], int] = defaultdict(int)
    for minor, currency, on in sold:
        if on <= as_of:
            expected[AccountRole.RECEIVABLES, currency] += minor
            expected[AccountRole.REVENUE, currency] -= minor
    assert balances == expected
    for currency in ("EUR", "USD"):
        assert sum(row[3] - row[4] for row in rows if row[2] == currency) == 0


def test_postings_are_listed_by_day_and_entry_with_their_accounts(sqlite_books: Books) -> None:
    post(
        sqlite_books.session,
        sqlite_books.actor,
        entries=[sale(sqlite_books, 2, on=TOMORROW, text="second"), sale(sqlite_books, 1, text="first")],
    )

    listed = [tuple(row)[1:] for row in columns_postings(sqlite_books.session, sqlite_books.company_id)]

    invoice = EntryKind.INVOICE
    assert listed == [
        (DAY, invoice, "first", "1200", "Trade receivables", "EUR", 1, 1),
        (DAY, invoice, "first", "4000", "Revenue", "EUR", -1, -1),
        (TOMORROW, invoice, "second", "1200", "Trade receivables", "EUR", 2, 2),
        (TOMORROW, invoice, "second", "4000", "Revenue", "EUR", -2, -2),
    ]


def test_postings_can_be_listed_from_a_day_on(sqlite_books: Books) -> None:
    entries = [sale(sqlite_books, text="old"), sale(sqlite_books, on=TOMORROW, text="new")]
    post(sqlite_books.session, sqlite_books.actor, entries=entries)

    listed = columns_postings(sqlite_books.session, sqlite_books.company_id, since=TOMORROW)

    assert [row.text for row in listed] == ["new", "new"]
    assert len(ask(sqlite_books.session, "SELECT id FROM postings")) == 4
