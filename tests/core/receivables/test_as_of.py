"""What is open, what credit is left and what was paid, asked as of a day: nothing that happened later is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import undo
from o2c_ai.core.invoices.actions import reverse
from o2c_ai.core.receivables.queries import (
    columns_applications,
    columns_items_history,
    columns_memo_movements,
    columns_memos,
    columns_money,
    columns_open_credits,
    credit_by_customer,
    last_day,
    left_on,
    on_account_as_of,
)
from o2c_ai.core.receivables.rules import CreditKind
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.work import LATER, open_now, pay

if TYPE_CHECKING:
    from tests.books import Books

BEFORE, BETWEEN = DAY - timedelta(days=1), DAY + timedelta(days=4)


def history(books: Books, on: date) -> list[tuple[str, int, date | None, int]]:
    rows = columns_items_history(books.session, books.company_id, on)
    return [(row.number, row.left_minor, row.cleared_on, row.cash_minor) for row in rows]


def test_an_item_is_open_until_the_day_its_money_came(books: Books) -> None:
    item = books.invoice("INV-1")
    pay(books, "98.00", Part(9_800, Reason.DISCOUNT, item), on=BETWEEN)

    assert open_now(books, BEFORE) == {}
    assert open_now(books, DAY) == {"INV-1": 10_000}
    assert open_now(books, BETWEEN) == {}
    assert history(books, DAY) == [("INV-1", 10_000, None, 0)]
    assert history(books, LATER) == [("INV-1", 0, BETWEEN, 9_800)]


def test_what_was_undone_is_open_from_that_day_on(books: Books) -> None:
    item = books.invoice("INV-1")
    line = pay(books, "100.00", Part(10_000, open_item_id=item))
    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="wrong")

    assert open_now(books, BETWEEN) == {}
    assert history(books, LATER) == [("INV-1", 10_000, None, 0)]
    assert left_on(books.session, books.company_id, [(item, DAY), (item, LATER), (99, DAY)]) == {
        (item, DAY): 0,
        (item, LATER): 10_000,
    }


def test_credit_counts_for_its_customer_from_its_day(books: Books) -> None:
    books.invoice("MEMO", "-10.00")
    customer = books.customer("C1")
    pay(books, "5.00", Part(500, Reason.PREPAYMENT, customer_id=customer), on=LATER)
    books.line("L9", "7.00", customer_id=customer)
    books.line("L8", "3.00")
    session, company = books.session, books.company_id

    assert credit_by_customer(session, company, DAY) == {(customer, "EUR"): 1_700}
    assert credit_by_customer(session, company, LATER) == {(customer, "EUR"): 2_200}
    assert on_account_as_of(session, company, DAY) == {}
    memos = list(columns_open_credits(session, company, DAY, CreditKind.CREDIT_MEMO))
    assert [(row.number, row.left_minor) for row in memos] == [("MEMO", 1_000)]


def test_credit_memos_and_their_uses_are_told(books: Books) -> None:
    item, memo = books.invoice("INV-1", "100.00"), books.invoice("MEMO", "-10.00")
    gone = books.invoice("GONE", "-4.00")
    pay(books, "90.00", Part(10_000, open_item_id=item), Part(-1_000, Reason.NETTED, credit_item_id=memo), on=BETWEEN)
    reverse(books.session, books.actor, number="GONE", on=LATER, reason="wrong")
    session, company = books.session, books.company_id

    assert [row.number for row in columns_memos(session, company, LATER)] == ["MEMO", "GONE"]
    applied = [
        (row.open_item_id, row.memo_id, row.amount_minor) for row in columns_applications(session, company, LATER)
    ]
    assert applied == [(item, memo, 1_000), (item, None, 9_000)]
    assert list(columns_applications(session, company, DAY)) == []
    moved = [(row.credit_item_id, row.amount_minor) for row in columns_memo_movements(session, company, LATER)]
    assert moved == [(gone, 400)]


def test_customers_money_counts_until_it_bounced_or_proved_not_theirs(books: Books) -> None:
    pay(books, "30.00", Part(1_000, Reason.OVERPAYMENT, customer_id=books.customer("C1")), Part(2_000, Reason.NOT_AR))
    rows = [(row.currency, row.amount_minor) for row in columns_money(books.session, books.company_id, LATER)]
    assert sorted(rows) == [("EUR", -2_000), ("EUR", 3_000)]


def test_the_last_day_is_that_of_the_newest_row(sqlite_books: Books) -> None:
    assert last_day(sqlite_books.session, sqlite_books.company_id) is None
    item = sqlite_books.invoice("INV-1")
    assert last_day(sqlite_books.session, sqlite_books.company_id) == DAY
    pay(sqlite_books, "1.00", Part(100, Reason.PARTIAL, item), on=LATER)
    assert last_day(sqlite_books.session, sqlite_books.company_id) == LATER
