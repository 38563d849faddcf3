"""A company's books open with their chart of accounts; bank accounts follow as they appear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.ledger.actions import open_bank_ledger_account, open_company
from o2c_ai.core.ledger.queries import account_roles, accounts_by_role, base_currency, find_company, get_company
from o2c_ai.core.ledger.rules import CHART, AccountRole, CompanyExists, UnknownCompany
from o2c_ai.core.money import UnknownCurrency
from tests.books import NOON
from tests.core.plain_sql import ask, count, force, verbs

if TYPE_CHECKING:
    from tests.books import Books


def test_a_company_opens_with_an_account_for_every_purpose(books: Books) -> None:
    company = open_company(books.session, code="jp", name="Nihon", base_currency="JPY", recorded_at=NOON)

    assert get_company(books.session, "jp") == company
    assert base_currency(books.session, company.company_id) == "JPY"
    assert set(accounts_by_role(books.session, company.company_id)) == set(CHART)
    asked = "SELECT number, name FROM accounts WHERE company_id = :c ORDER BY number"
    assert ask(books.session, asked, c=company.company_id) == sorted(CHART.values())


def test_a_company_code_is_given_once(sqlite_books: Books) -> None:
    with pytest.raises(CompanyExists, match="'main'"):
        open_company(sqlite_books.session, code="main", name="Again", base_currency="EUR", recorded_at=NOON)

    assert count(sqlite_books.session, "companies") == 1


def test_books_are_kept_in_a_currency_that_exists(sqlite_books: Books) -> None:
    with pytest.raises(UnknownCurrency, match="'QQQ'"):
        open_company(sqlite_books.session, code="new", name="New", base_currency="QQQ", recorded_at=NOON)

    assert find_company(sqlite_books.session, "new") is None


def test_a_company_nobody_opened_is_unknown(sqlite_books: Books) -> None:
    with pytest.raises(UnknownCompany, match="no company 'MAIN'"):
        get_company(sqlite_books.session, "MAIN")


def test_bank_accounts_are_numbered_from_1000_up(sqlite_books: Books) -> None:
    for name in ("Giro", "Savings"):
        open_bank_ledger_account(sqlite_books.session, sqlite_books.actor, name=name)

    asked = "SELECT number, name FROM accounts WHERE role = 'bank' ORDER BY number"
    assert ask(sqlite_books.session, asked) == [("1000", "Giro"), ("1001", "Savings")]
    assert verbs(sqlite_books.session, "accounts") == ["open", "open"]
    assert AccountRole.BANK not in accounts_by_role(sqlite_books.session, sqlite_books.company_id)


def test_a_bank_account_never_takes_the_number_of_another_account(sqlite_books: Books) -> None:
    rows = ", ".join(f"(1, '{number}', 'Bank', 'bank')" for number in range(1000, 1200))
    force(sqlite_books.session, f"INSERT INTO accounts (company_id, number, name, role) VALUES {rows}")

    account = open_bank_ledger_account(sqlite_books.session, sqlite_books.actor, name="One more")

    assert ask(sqlite_books.session, "SELECT number FROM accounts WHERE id = :i", i=account) == [("1201",)]


def test_every_account_number_leads_to_what_the_account_is_for(sqlite_books: Books) -> None:
    open_bank_ledger_account(sqlite_books.session, sqlite_books.actor, name="Giro")

    found = account_roles(sqlite_books.session, sqlite_books.company_id)

    assert found == {number: role for role, (number, _) in CHART.items()} | {"1000": AccountRole.BANK}
