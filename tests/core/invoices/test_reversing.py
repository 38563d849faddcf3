"""A wrong document is taken back whole, once, and only while nothing was paid on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.invoices.actions import reverse
from o2c_ai.core.invoices.queries import lock_invoice
from o2c_ai.core.invoices.rules import AlreadyPaidOn, InvoiceReversed, ReversedBeforeIssue, UnknownInvoice
from o2c_ai.core.invoices.tables import Invoice
from o2c_ai.core.ledger.actions import set_period
from o2c_ai.core.ledger.queries import role_balances
from o2c_ai.core.ledger.rules import AccountRole, PeriodClosed, PeriodState
from o2c_ai.core.receivables.queries import columns_open_credits, columns_open_items
from o2c_ai.core.receivables.rules import CreditKind
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.plain_sql import ask

if TYPE_CHECKING:
    from tests.books import Books

LATER = DAY + timedelta(days=14)


def take_back(books: Books, number: str, on: date = LATER) -> int:
    return reverse(books.session, books.actor, number=number, on=on, reason="wrong price")


def test_a_reversed_invoice_is_owed_until_that_day_and_no_longer(books: Books) -> None:
    books.invoice("I1")

    take_back(books, "I1")

    before = LATER - timedelta(days=1)
    assert [row.left_minor for row in columns_open_items(books.session, books.company_id, before)] == [10_000]
    assert list(columns_open_items(books.session, books.company_id, LATER)) == []
    assert set(role_balances(books.session, books.company_id, LATER).values()) == {0}
    assert lock_invoice(books.session, books.company_id, "I1").reversed_on == LATER
    asked = "SELECT verb, reason FROM audit_events WHERE subject = 'invoices' ORDER BY id"
    assert ask(books.session, asked) == [("issue", ""), ("reverse", "wrong price")]


def test_a_reversed_credit_memo_gives_the_revenue_back(books: Books) -> None:
    books.invoice("M1", "-10.00")

    take_back(books, "M1")

    memos = columns_open_credits(books.session, books.company_id, LATER, CreditKind.CREDIT_MEMO)
    assert list(memos) == []
    balances = role_balances(books.session, books.company_id, LATER)
    assert balances == {(AccountRole.RECEIVABLES, "EUR"): 0, (AccountRole.REVENUE, "EUR"): 0}


@pytest.mark.parametrize(("number", "amount"), [("I1", "100.00"), ("M1", "-10.00")])
def test_a_document_is_reversed_once(sqlite_books: Books, number: str, amount: str) -> None:
    sqlite_books.invoice(number, amount)
    take_back(sqlite_books, number)

    with pytest.raises(InvoiceReversed, match=f"document {number} was reversed on {LATER}"):
        take_back(sqlite_books, number)


def test_an_invoice_that_was_paid_on_is_not_reversed(sqlite_books: Books) -> None:
    item, line = sqlite_books.invoice("I1"), sqlite_books.line("L1", "0.01")
    book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, DAY, (Part(1, open_item_id=item),))])

    with pytest.raises(AlreadyPaidOn, match="document I1 has been paid on or used"):
        take_back(sqlite_books, "I1")

    assert [row.left_minor for row in columns_open_items(sqlite_books.session, sqlite_books.company_id, LATER)] == [
        9_999
    ]


def test_a_credit_memo_that_was_used_is_not_reversed(sqlite_books: Books) -> None:
    item, memo, line = (
        sqlite_books.invoice("I1"),
        sqlite_books.invoice("M1", "-10.00"),
        sqlite_books.line("L1", "90.00"),
    )
    parts = (Part(10_000, open_item_id=item), Part(-1_000, Reason.NETTED, credit_item_id=memo))
    book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, DAY, parts)])

    with pytest.raises(AlreadyPaidOn, match="M1"):
        take_back(sqlite_books, "M1")


def test_a_document_nobody_issued_is_not_reversed(sqlite_books: Books) -> None:
    sqlite_books.invoice("I1")

    with pytest.raises(UnknownInvoice, match="I10"):
        take_back(sqlite_books, "I10")


def test_a_document_is_not_reversed_before_it_was_issued(sqlite_books: Books) -> None:
    sqlite_books.invoice("I1")

    with pytest.raises(ReversedBeforeIssue, match="issued on 2025-06-01 and cannot be reversed on 2025-05-31"):
        take_back(sqlite_books, "I1", DAY - timedelta(days=1))
    take_back(sqlite_books, "I1", DAY)

    assert set(role_balances(sqlite_books.session, sqlite_books.company_id, DAY).values()) == {0}


def test_a_reversal_waits_for_an_open_period(sqlite_books: Books) -> None:
    sqlite_books.invoice("I1")
    set_period(sqlite_books.session, sqlite_books.actor, starts_on=LATER, ends_on=LATER, state=PeriodState.CLOSED)

    with pytest.raises(PeriodClosed):
        take_back(sqlite_books, "I1")

    assert lock_invoice(sqlite_books.session, sqlite_books.company_id, "I1").reversed_on is None


@pytest.mark.postgres
def test_a_document_reversed_meanwhile_is_not_reversed_again(postgres_books: Books) -> None:
    postgres_books.invoice("I1")
    postgres_books.session.commit()
    with postgres_books.store.session() as slow, postgres_books.store.session() as fast:
        seen = slow.query(Invoice).one()
        reverse(fast, postgres_books.other, number="I1", on=DAY, reason="")
        fast.commit()
        assert seen.reversed_on is None

        with pytest.raises(InvoiceReversed, match="was reversed on 2025-06-01"):
            reverse(slow, postgres_books.actor, number="I1", on=LATER, reason="")
