"""Two companies in one database: whatever one does or asks, nothing of the other is seen, counted or changed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.access import queries as access_queries
from o2c_ai.core.balances.queries import bank_balances
from o2c_ai.core.customers import queries as customer_queries
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.errors import BooksError
from o2c_ai.core.forecasts.queries import told_weeks
from o2c_ai.core.invoices import actions as invoice_actions
from o2c_ai.core.invoices import queries as invoice_queries
from o2c_ai.core.invoices.rules import Amendment, DocumentType, NewInvoice, UnknownInvoice
from o2c_ai.core.ledger import actions as ledger_actions
from o2c_ai.core.ledger import queries as ledger_queries
from o2c_ai.core.ledger.rules import PeriodState, UnknownEntry
from o2c_ai.core.migrations import all_tables
from o2c_ai.core.money import Money
from o2c_ai.core.people import actions as people_actions
from o2c_ai.core.people import queries as people_queries
from o2c_ai.core.people.rules import ApprovalKind, ApprovalState, UnknownApproval, UnknownToken, UnknownUser
from o2c_ai.core.receivables.rules import UnknownItem
from tests.books import DAY, NOON, Books, open_books
from tests.core.full_books import fill
from tests.core.plain_sql import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

EVENING = NOON + timedelta(hours=8)


@dataclass
class Neighbours:
    """A company with everything in its books, and one beside it with nothing."""

    full: Books
    empty: Books
    customer_id: int
    item_id: int
    entry_id: int
    approval_id: int
    token_id: int


@pytest.fixture
def neighbours(sqlite_books: Books) -> Neighbours:
    fill(sqlite_books)
    session, actor = sqlite_books.session, sqlite_books.actor
    ledger_actions.add_rates(session, actor, rates={(DAY, "USD", "EUR"): Decimal("0.9")})
    approval = people_actions.request_approval(
        session, actor, kind=ApprovalKind.REFUND, subject_id=1, amount=Money(1, "EUR"), reason="", on=DAY
    )
    token = people_actions.issue_token(session, actor, digest="digest", expires_at=EVENING)
    item = invoice_queries.item_ids(session, sqlite_books.company_id)["OWED"][0] or 0
    (entry,) = ask(session, "SELECT min(id) FROM journal_entries")[0]
    empty = open_books(sqlite_books.store, session, code="empty", base_currency="USD")
    return Neighbours(sqlite_books, empty, sqlite_books.customer("C1"), item, entry, approval, token)


QUESTIONS: dict[str, Callable[[Session, int], object]] = {
    "customers": customer_queries.list_customers,
    "customer codes": customer_queries.codes,
    "customers locked": lambda s, c: customer_queries.lock_customers(s, c, ["C1"]),
    "payer accounts": customer_queries.payer_accounts,
    "payer accounts ever stated": customer_queries.stated_accounts,
    "documents": lambda s, c: list(invoice_queries.columns_stored(s, c)),
    "items of documents": invoice_queries.item_ids,
    "owners of documents": invoice_queries.owners,
    "taken numbers": lambda s, c: invoice_queries.taken_numbers(s, c, ["PAID", "OWED", "MEMO"]),
    "documents by kind": invoice_queries.count_by_kind,
    "trial balance": lambda s, c: ledger_queries.trial_balance(s, c, date.max),
    "postings": lambda s, c: list(ledger_queries.columns_postings(s, c)),
    "balances": lambda s, c: ledger_queries.role_balances(s, c, date.max),
    "bank balances": lambda s, c: bank_balances(s, c, date.max),
    "forecasts": lambda s, c: told_weeks(s, c, date.max),
    "rates": ledger_queries.stored_rates,
    "rate series": lambda s, c: ledger_queries.rate_book(s, c).series,
    "reversed entries": lambda s, c: ledger_queries.reversed_ids(s, c, range(1, 100)),
    "approvals": lambda s, c: people_queries.list_approvals(s, c, ApprovalState.REQUESTED),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_one_company_is_never_answered_from_the_other(neighbours: Neighbours, question: str) -> None:
    session = neighbours.full.session

    if question != "reversed entries":
        ours = QUESTIONS[question](session, neighbours.full.company_id)
        assert ours or question.startswith("payer accounts")
    assert not QUESTIONS[question](session, neighbours.empty.company_id)


ACTS: dict[str, tuple[type[BooksError], Callable[[Neighbours], object]]] = {
    "bill their customer": (
        UnknownCustomer,
        lambda n: invoice_actions.issue(
            n.empty.session,
            n.empty.actor,
            invoices=[NewInvoice("I", n.customer_id, DocumentType.INVOICE, DAY, DAY, "EUR", 1)],
        ),
    ),
    "amend their item": (
        UnknownItem,
        lambda n: invoice_actions.amend(
            n.empty.session, n.empty.actor, amendments=[(n.item_id, Amendment("", date.max, "ours"))]
        ),
    ),
    "reverse their document": (
        UnknownInvoice,
        lambda n: invoice_actions.reverse(n.empty.session, n.empty.actor, number="OWED", on=DAY, reason=""),
    ),
    "reverse their entry": (
        UnknownEntry,
        lambda n: ledger_actions.reverse(n.empty.session, n.empty.actor, entry_ids=[n.entry_id], on=DAY),
    ),
    "read their entry": (
        UnknownEntry,
        lambda n: ledger_queries.get_entries(n.empty.session, n.empty.company_id, [n.entry_id]),
    ),
    "decide their request": (
        UnknownApproval,
        lambda n: people_actions.decide_approval(
            n.empty.session, n.empty.actor, approval_id=n.approval_id, approve=True, on=DAY
        ),
    ),
    "take their token back": (
        UnknownToken,
        lambda n: people_actions.revoke_token(n.empty.session, n.empty.actor, token_id=n.token_id),
    ),
    "act as their user": (
        UnknownUser,
        lambda n: people_queries.get_actor(n.empty.session, n.empty.company_id, "carl", NOON),
    ),
    "find their customer": (
        UnknownCustomer,
        lambda n: customer_queries.get_customer(n.empty.session, n.empty.company_id, "C1"),
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_an_act_on_what_belongs_to_the_other_company_is_refused_and_changes_nothing(
    neighbours: Neighbours, act: str
) -> None:
    law, do = ACTS[act]
    people_actions.create_user(neighbours.full.session, neighbours.full.actor, name="carl", roles=[])
    before = contents(neighbours.full)

    with pytest.raises(law):
        do(neighbours)

    assert contents(neighbours.full) == before


def test_an_entry_that_was_reversed_is_not_betrayed_to_the_neighbour(neighbours: Neighbours) -> None:
    full, empty = neighbours.full, neighbours.empty
    ledger_actions.reverse(full.session, full.actor, entry_ids=[neighbours.entry_id], on=DAY)

    with pytest.raises(UnknownEntry):
        ledger_actions.reverse(empty.session, empty.actor, entry_ids=[neighbours.entry_id], on=DAY)


def test_everything_may_exist_twice_with_the_same_names(neighbours: Neighbours) -> None:
    before = contents(neighbours.full)

    fill(neighbours.empty)

    assert contents(neighbours.full) == before
    numbers = [invoice_queries.item_ids(b.session, b.company_id).keys() for b in (neighbours.full, neighbours.empty)]
    assert numbers[0] == numbers[1] == {"PAID", "OWED", "MEMO"}


def test_a_period_closed_here_is_open_there(neighbours: Neighbours) -> None:
    full, empty = neighbours.full, neighbours.empty
    ledger_actions.set_period(full.session, full.actor, starts_on=DAY, ends_on=DAY, state=PeriodState.CLOSED)

    empty.invoice("I1")
    with suppress(BooksError):
        full.invoice("I1")

    stored = ask(full.session, "SELECT company_id FROM invoices WHERE number = 'I1'")
    assert stored == [(empty.company_id,)]


def test_a_token_opens_the_books_of_its_own_company(neighbours: Neighbours) -> None:
    found = access_queries.admitted_by_token(neighbours.empty.session, "digest", NOON, second_factor_asked=False)

    assert found is not None
    assert found.company_id == neighbours.full.company_id


def test_every_table_says_whose_rows_it_holds() -> None:
    tables = all_tables().tables

    assert [name for name, table in tables.items() if "company_id" not in table.c] == ["companies"]


def contents(books: Books) -> dict[str, list[tuple[object, ...]]]:
    """Every row of a company, table by table."""
    tables = [name for name, table in all_tables().tables.items() if "company_id" in table.c]
    asked = "SELECT * FROM {} WHERE company_id = :company ORDER BY 1, 2"
    return {name: ask(books.session, asked.format(name), company=books.company_id) for name in tables}
