"""Customers are added once, amended with the old value in the log, and linked whatever the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.customers.actions import take_customers
from o2c_ai.core.customers.queries import codes, get_customer, list_customers, payer_accounts, strangers
from o2c_ai.core.customers.rules import NewCustomer, Taken, UnknownCustomer
from o2c_ai.core.database import RefusedByStore
from tests.core.plain_sql import ask, count, force, verbs

if TYPE_CHECKING:
    from tests.books import Books

FULL = NewCustomer(
    "C1", "Muster GmbH", "DE", "DE89 3704 0044 0532 0130 00", "", "a@b.example", "30 days", 500_000, "EUR", "retail"
)


def take(books: Books, *customers: NewCustomer) -> Taken:
    return take_customers(books.session, books.actor, customers=customers)


def accounts(books: Books) -> list[tuple[str, str]]:
    names = {number: code for code, number in codes(books.session, books.company_id).items()}
    return sorted((names[customer], account) for account, customer in payer_accounts(books.session, books.company_id))


def test_a_customer_is_known_with_everything_the_leading_system_says(books: Books) -> None:
    assert take(books, FULL) == Taken(added=1)

    known = get_customer(books.session, books.company_id, "C1")

    assert (known.name, known.country, known.email) == ("Muster GmbH", "DE", "a@b.example")
    assert (known.payment_terms, known.segment, known.parent_id) == ("30 days", "retail", None)
    assert (known.credit_limit_minor, known.currency) == (500_000, "EUR")
    assert accounts(books) == [("C1", "DE89370400440532013000")]


def test_taking_the_same_again_changes_nothing(sqlite_books: Books) -> None:
    take(sqlite_books, FULL)
    before = ask(sqlite_books.session, "SELECT verb FROM audit_events")

    assert take(sqlite_books, FULL) == Taken(unchanged=1)

    assert ask(sqlite_books.session, "SELECT verb FROM audit_events") == before
    assert (count(sqlite_books.session, "customers"), count(sqlite_books.session, "payer_accounts")) == (1, 1)


def test_what_changed_is_amended_and_the_old_value_stays_in_the_log(books: Books) -> None:
    take(books, FULL, NewCustomer("C2", "Same"))

    changed = NewCustomer("C1", "Muster AG", "DE", FULL.iban, "", "a@b.example", "30 days", None, "EUR", "retail")
    assert take(books, changed, NewCustomer("C2", "Same"), NewCustomer("C3", "New")) == Taken(1, 1, 1)

    known = get_customer(books.session, books.company_id, "C1")
    assert (known.name, known.credit_limit_minor) == ("Muster AG", None)
    asked = "SELECT subject_id, detail FROM audit_events WHERE verb = 'amend'"
    new, old = '{"credit_limit_minor":null,"name":"Muster AG"}', '{"credit_limit_minor":500000,"name":"Muster GmbH"}'
    detail = f'{{"new":{new},"old":{old}}}'
    assert ask(books.session, asked) == [(known.customer_id, detail)]


def test_a_parent_may_follow_its_child_in_the_file(sqlite_books: Books) -> None:
    take(sqlite_books, NewCustomer("CHILD", "Filiale", parent_code="PARENT"), NewCustomer("PARENT", "Zentrale"))

    child, parent = list_customers(sqlite_books.session, sqlite_books.company_id)

    assert (child.code, child.parent_id) == ("CHILD", parent.customer_id)
    assert parent.parent_id is None


def test_a_child_finds_another_parent_or_none(sqlite_books: Books) -> None:
    take(sqlite_books, NewCustomer("A", "A"), NewCustomer("B", "B"), NewCustomer("C", "C", parent_code="A"))
    numbers = codes(sqlite_books.session, sqlite_books.company_id)

    for parent in ("B", ""):
        assert take(sqlite_books, NewCustomer("C", "C", parent_code=parent)) == Taken(amended=1)
        child = get_customer(sqlite_books.session, sqlite_books.company_id, "C")
        assert child.parent_id == numbers.get(parent)


@pytest.mark.parametrize("known", [True, False])
def test_a_parent_nobody_knows_is_refused(sqlite_books: Books, known: bool) -> None:
    if known:
        take(sqlite_books, NewCustomer("C", "C"))

    with pytest.raises(UnknownCustomer, match="no customer 'NOBODY'"):
        take(sqlite_books, NewCustomer("C", "C", parent_code="NOBODY"))


def test_a_customer_stated_twice_in_one_batch_is_refused(sqlite_books: Books) -> None:
    with pytest.raises(RefusedByStore, match="customers"):
        take(sqlite_books, NewCustomer("C", "One"), NewCustomer("C", "Other"))


def test_a_new_account_joins_the_known_ones(sqlite_books: Books) -> None:
    take(sqlite_books, NewCustomer("C1", "One", iban="DE1"), NewCustomer("C2", "Two", iban="  "))
    take(sqlite_books, NewCustomer("C1", "One", iban="DE2"), NewCustomer("C2", "Two", iban="DE1"))

    assert accounts(sqlite_books) == [("C1", "DE1"), ("C1", "DE2"), ("C2", "DE1")]
    assert verbs(sqlite_books.session, "payer_accounts") == ["add", "add"]


def test_an_account_found_to_be_wrong_is_not_brought_back_by_the_next_import(sqlite_books: Books) -> None:
    take(sqlite_books, FULL)
    force(sqlite_books.session, "UPDATE payer_accounts SET withdrawn_on = '2025-06-01'")

    assert take(sqlite_books, FULL) == Taken(unchanged=1)

    assert accounts(sqlite_books) == []
    assert count(sqlite_books.session, "payer_accounts") == 1


def test_customers_are_listed_by_their_number(sqlite_books: Books) -> None:
    take(sqlite_books, *(NewCustomer(code, code) for code in ("B", "A", "10", "9")))

    listed = [customer.code for customer in list_customers(sqlite_books.session, sqlite_books.company_id)]

    assert listed == ["10", "9", "A", "B"]


def test_a_customer_nobody_stated_is_unknown(sqlite_books: Books) -> None:
    take(sqlite_books, FULL)

    for guess in ("c1", "C", "C1 ", "%"):
        with pytest.raises(UnknownCustomer):
            get_customer(sqlite_books.session, sqlite_books.company_id, guess)


def test_more_customers_than_fit_one_question_are_amended_all(sqlite_books: Books) -> None:
    take(sqlite_books, *(NewCustomer(f"C{number}", "old") for number in range(1_201)))

    taken = take(sqlite_books, *(NewCustomer(f"C{number}", "new") for number in range(1_201)))

    assert taken == Taken(amended=1_201)
    assert ask(sqlite_books.session, "SELECT name, count(*) FROM customers GROUP BY name") == [("new", 1_201)]


def test_strangers_are_told_from_customers(sqlite_books: Books) -> None:
    take(sqlite_books, FULL)
    known = codes(sqlite_books.session, sqlite_books.company_id)["C1"]

    assert strangers(sqlite_books.session, sqlite_books.company_id, [known, 998, 999, 999]) == {998, 999}
    assert strangers(sqlite_books.session, sqlite_books.company_id, []) == set()
