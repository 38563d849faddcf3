"""Write-offs: asked by one, approved by another, never beyond what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import unapply
from o2c_ai.core.clearings.rules import UsedBefore
from o2c_ai.core.errors import BooksError
from o2c_ai.core.ledger.queries import get_entries, role_balances
from o2c_ai.core.ledger.rules import AccountRole, EntryKind
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import approve_refund
from o2c_ai.core.people.rules import AlreadyDecided, NotYourDuty, OwnRequest, UnknownApproval
from o2c_ai.core.receivables.rules import NotPositive, OverApplication, UnknownItem, WrongCurrency
from o2c_ai.core.write_offs.actions import approve_write_off, request_write_off
from tests.books import DAY
from tests.core.work import LATER, collector, open_now
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books


def ask(books: Books, item: int, minor: int = 4_000, currency: str = "EUR") -> int:
    amount = Money(minor, currency)
    return request_write_off(books.session, books.actor, open_item_id=item, amount=amount, reason="insolvent", on=DAY)


def test_what_is_written_off_is_no_longer_owed(books: Books) -> None:
    item = books.invoice("INV-1", "100.00")
    entry = approve_write_off(books.session, books.other, approval_id=ask(books, item), on=LATER)

    assert open_now(books) == {"INV-1": 6_000}
    assert role_balances(books.session, books.company_id, LATER)[AccountRole.WRITE_OFFS, "EUR"] == 4_000
    assert get_entries(books.session, books.company_id, [entry])[entry].kind is EntryKind.WRITE_OFF
    assert broken_laws(books) == []

    unapply(books.session, books.actor, entry_id=entry, on=LATER, reason="paid after all")
    assert open_now(books) == {"INV-1": 10_000}
    assert broken_laws(books) == []


def test_somebody_is_told_that_a_write_off_waits(sqlite_books: Books) -> None:
    number = ask(sqlite_books, sqlite_books.invoice("INV-1"))
    told = sqlite_books.session.connection().exec_driver_sql("SELECT payload FROM outbox_messages").scalar()
    assert told == f'{{"amount":"40.00 EUR","approval_id":{number},"kind":"write_off"}}'


def test_nobody_approves_their_own_write_off(sqlite_books: Books) -> None:
    number = ask(sqlite_books, sqlite_books.invoice("INV-1"))
    with refused(sqlite_books, OwnRequest):
        approve_write_off(sqlite_books.session, sqlite_books.actor, approval_id=number, on=DAY)


def test_a_write_off_is_granted_once(sqlite_books: Books) -> None:
    number = ask(sqlite_books, sqlite_books.invoice("INV-1"))
    approve_write_off(sqlite_books.session, sqlite_books.other, approval_id=number, on=DAY)
    with refused(sqlite_books, AlreadyDecided):
        approve_write_off(sqlite_books.session, sqlite_books.other, approval_id=number, on=DAY)


@pytest.mark.parametrize(
    ("item", "minor", "currency", "error"),
    [
        (1, 10_001, "EUR", OverApplication),
        (1, 0, "EUR", NotPositive),
        (1, -5, "EUR", NotPositive),
        (1, 5, "USD", WrongCurrency),
        (9, 5, "EUR", UnknownItem),
    ],
)
def test_what_cannot_be_granted_is_not_asked_for(
    sqlite_books: Books, item: int, minor: int, currency: str, error: type[BooksError]
) -> None:
    sqlite_books.invoice("INV-1", "100.00")
    with refused(sqlite_books, error):
        ask(sqlite_books, item, minor, currency)


def test_a_write_off_asked_twice_is_granted_as_far_as_something_is_open(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    first, second = ask(sqlite_books, item, 10_000), ask(sqlite_books, item, 1)
    approve_write_off(sqlite_books.session, sqlite_books.other, approval_id=first, on=DAY)
    with refused(sqlite_books, UsedBefore, match="used by otto on 2025-06-01"):
        approve_write_off(sqlite_books.session, sqlite_books.other, approval_id=second, on=DAY)


def test_a_write_off_is_not_granted_as_a_refund(sqlite_books: Books) -> None:
    number = ask(sqlite_books, sqlite_books.invoice("INV-1"))
    with refused(sqlite_books, UnknownApproval):
        approve_refund(sqlite_books.session, sqlite_books.other, approval_id=number, on=DAY)


def test_a_collector_asks_for_no_write_off(sqlite_books: Books) -> None:
    item, carl = sqlite_books.invoice("INV-1"), collector(sqlite_books)
    with refused(sqlite_books, NotYourDuty):
        request_write_off(sqlite_books.session, carl, open_item_id=item, amount=Money(1, "EUR"), reason="?", on=DAY)
