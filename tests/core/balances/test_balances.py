"""What stands on the bank accounts: the last balance said and the lines since, unknown where it cannot be told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.balances.actions import state_balance
from o2c_ai.core.balances.queries import balance_said, bank_balances
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import bank_account, record_lines
from o2c_ai.core.payments.rules import NewLine
from o2c_ai.core.people.rules import NotYourDuty
from tests.books import DAY
from tests.core.work import LATER, collector
from tests.laws import refused

if TYPE_CHECKING:
    from datetime import date

    from tests.books import Books

EVE = DAY - timedelta(days=1)


def said(books: Books, minor: int, *, on: date, account: str = "DE00", currency: str = "EUR") -> bool:
    number, _ = bank_account(books.session, books.actor, account=account)
    stated = Money(minor, currency)
    return state_balance(books.session, books.actor, bank_account_id=number, balance=stated, on=on)


def moved(books: Books, minor: int, *, on: date, account: str = "DE00", currency: str = "EUR") -> None:
    ours = bank_account(books.session, books.actor, account=account)
    line = NewLine(f"{account} {on} {minor} {currency}", on, currency, minor)
    record_lines(books.session, books.actor, account=ours, lines=[line])


def balances(books: Books, on: date) -> dict[str, int]:
    return bank_balances(books.session, books.company_id, on)


def test_lines_since_the_balance_are_added_and_those_before_are_in_it(books: Books) -> None:
    moved(books, 700, on=DAY)
    said(books, 5_000, on=DAY)
    moved(books, -1_000, on=LATER)

    assert balances(books, EVE) == {}
    assert balances(books, DAY) == {"EUR": 5_000}
    assert balances(books, LATER) == {"EUR": 4_000}


def test_accounts_of_a_currency_add_up_and_currencies_never_do(books: Books) -> None:
    said(books, 100, on=DAY)
    said(books, 20, on=EVE, account="DE11")
    said(books, -3, on=DAY, account="DE11", currency="USD")

    assert balances(books, DAY) == {"EUR": 120, "USD": -3}


def test_an_account_with_lines_and_no_balance_leaves_its_currency_unknown(books: Books) -> None:
    said(books, 100, on=DAY)
    said(books, 7, on=DAY, currency="USD")
    moved(books, 50, on=LATER, account="DE11")

    assert balances(books, DAY) == {"EUR": 100, "USD": 7}
    assert balances(books, LATER) == {"USD": 7}


def test_the_newest_word_on_an_evening_counts_and_the_same_word_is_noted_once(books: Books) -> None:
    assert said(books, 100, on=DAY)
    assert not said(books, 100, on=DAY)
    assert said(books, 90, on=DAY)

    number, _ = bank_account(books.session, books.actor, account="DE00")
    assert balance_said(books.session, books.company_id, number, "EUR", DAY) == 90
    assert balances(books, DAY) == {"EUR": 90}


def test_a_collector_states_no_balance(sqlite_books: Books) -> None:
    number, _ = bank_account(sqlite_books.session, sqlite_books.actor, account="DE00")
    with refused(sqlite_books, NotYourDuty):
        state_balance(
            sqlite_books.session, collector(sqlite_books), bank_account_id=number, balance=Money(1, "EUR"), on=DAY
        )
