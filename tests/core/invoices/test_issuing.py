"""An issued document is booked once: its entry, its open or credit item, and what was settled before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.clearings.queries import lock_credit_balances, lock_open_balances
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.errors import BooksError
from o2c_ai.core.invoices.actions import issue
from o2c_ai.core.invoices.queries import item_ids
from o2c_ai.core.invoices.rules import DocumentType, DuplicateNumber, NewInvoice, WrongSign
from o2c_ai.core.ledger.actions import set_period
from o2c_ai.core.ledger.queries import columns_postings, role_balances
from o2c_ai.core.ledger.rules import AccountRole, PeriodClosed, PeriodState
from o2c_ai.core.money import UnknownCurrency
from o2c_ai.core.receivables.queries import columns_open_items
from o2c_ai.core.receivables.rules import CreditExceeded, OverApplication
from tests.books import DAY
from tests.core.plain_sql import ask, count, verbs

if TYPE_CHECKING:
    from tests.books import Books

DUE = DAY + timedelta(days=30)


def draft(books: Books, number: str = "I1", minor: int = 10_000, **more: object) -> NewInvoice:
    """An invoice (a negative amount is a credit memo) to customer C1."""
    kind = DocumentType.INVOICE if minor > 0 else DocumentType.CREDIT_MEMO
    plain = NewInvoice(number, books.customer("C1"), kind, DAY, DUE, "EUR", minor)
    return plain._replace(**more)  # type: ignore[arg-type]  # each test names the fields it changes


def issued(books: Books, *drafts: NewInvoice) -> None:
    issue(books.session, books.actor, invoices=drafts)


def test_an_invoice_is_owed_from_its_issue_date_and_due_as_printed(books: Books) -> None:
    issued(books, draft(books, po_number="PO-7", discount_until=DAY))

    (item,) = columns_open_items(books.session, books.company_id, DAY)

    assert (item.number, item.customer_code, item.kind.value, item.po_number) == ("I1", "C1", "invoice", "PO-7")
    assert (item.document_date, item.due_date, item.discount_until) == (DAY, DUE, DAY)
    assert (item.currency, item.amount_minor, item.left_minor) == ("EUR", 10_000, 10_000)
    assert list(columns_open_items(books.session, books.company_id, DAY - timedelta(days=1))) == []


@pytest.mark.parametrize(
    ("kind", "minor"),
    [(DocumentType.INVOICE, 10_000), (DocumentType.DEBIT_MEMO, 10_000), (DocumentType.CREDIT_MEMO, -10_000)],
)
def test_a_document_is_posted_to_receivables_and_revenue(sqlite_books: Books, kind: DocumentType, minor: int) -> None:
    issued(sqlite_books, draft(sqlite_books, minor=minor, kind=kind))

    posted = columns_postings(sqlite_books.session, sqlite_books.company_id)

    facts = [(row.kind.value, row.posting_date, row.text, row.number, row.amount_minor) for row in posted]
    head = (kind.value, DAY, "I1")
    assert facts == [(*head, "1200", minor), (*head, "4000", -minor)]
    open_item, credit_item = item_ids(sqlite_books.session, sqlite_books.company_id)["I1"]
    assert (open_item is None) == (kind is DocumentType.CREDIT_MEMO)
    assert (credit_item is None) != (kind is DocumentType.CREDIT_MEMO)


def test_a_batch_is_booked_in_one_act_with_one_line_in_the_log(books: Books) -> None:
    issued(books, draft(books, "I1"), draft(books, "M1", -500), draft(books, "I2", 300))

    balances = role_balances(books.session, books.company_id, DAY)
    assert balances == {(AccountRole.RECEIVABLES, "EUR"): 9_800, (AccountRole.REVENUE, "EUR"): -9_800}
    asked = "SELECT verb, detail FROM audit_events WHERE subject = 'invoices'"
    assert ask(books.session, asked) == [("issue", '{"count":3,"first":"I1"}')]
    ids = item_ids(books.session, books.company_id)
    assert [ids[number][1] is not None for number in ("I1", "M1", "I2")] == [False, True, False]


def test_an_empty_batch_leaves_no_trace(sqlite_books: Books) -> None:
    issued(sqlite_books)

    assert verbs(sqlite_books.session, "invoices") == []
    assert count(sqlite_books.session, "journal_entries") == 0


@pytest.mark.parametrize(
    ("kind", "minor"),
    [
        (DocumentType.INVOICE, -1),
        (DocumentType.INVOICE, 0),
        (DocumentType.DEBIT_MEMO, -1),
        (DocumentType.DEBIT_MEMO, 0),
        (DocumentType.CREDIT_MEMO, 1),
        (DocumentType.CREDIT_MEMO, 0),
    ],
)
def test_a_document_of_the_wrong_sign_or_of_nothing_is_refused(
    sqlite_books: Books, kind: DocumentType, minor: int
) -> None:
    with pytest.raises(WrongSign, match=r"document I1: .* has the wrong sign") as refusal:
        issued(sqlite_books, draft(sqlite_books, minor=minor, kind=kind))

    assert refusal.value.amount.minor == minor


def test_a_number_is_issued_once(books: Books) -> None:
    issued(books, draft(books, "I1"))

    with pytest.raises(DuplicateNumber, match="document number I1 is taken"):
        issued(books, draft(books, "I2"), draft(books, "I1", -1))

    assert count(books.session, "invoices") == 1


def test_a_number_is_issued_once_in_a_batch_too(sqlite_books: Books) -> None:
    with pytest.raises(DuplicateNumber, match="I1"):
        issued(sqlite_books, draft(sqlite_books, "I1"), draft(sqlite_books, "I1", 5))


def test_numbers_that_only_look_alike_are_two(sqlite_books: Books) -> None:
    issued(sqlite_books, *(draft(sqlite_books, number) for number in ("INV-1", "INV-10", "inv-1", "INV-1 ", "ΙNV-1")))

    assert count(sqlite_books.session, "invoices") == 5


@pytest.mark.parametrize(
    ("change", "law"),
    [
        ({"currency": "QQQ"}, UnknownCurrency),
        ({"customer_id": 999}, UnknownCustomer),
        ({"amount_minor": -1}, WrongSign),
        ({"opening_minor": 10_001}, OverApplication),
        ({"issue_date": date(2024, 1, 31)}, PeriodClosed),
    ],
)
def test_one_bad_document_keeps_the_whole_batch_out(
    sqlite_books: Books, change: dict[str, object], law: type[BooksError]
) -> None:
    january = {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 1, 31)}
    set_period(sqlite_books.session, sqlite_books.actor, **january, state=PeriodState.CLOSED)
    good, bad = draft(sqlite_books, "GOOD"), draft(sqlite_books, "BAD")._replace(**change)  # type: ignore[arg-type]  # any field

    with pytest.raises(law), sqlite_books.session.begin_nested():
        issued(sqlite_books, good, bad)

    assert (count(sqlite_books.session, "invoices"), count(sqlite_books.session, "postings")) == (0, 0)


@pytest.mark.parametrize(("opened_on", "known_on"), [(DUE, DUE), (None, DAY), (date(2024, 1, 1), DAY)])
def test_what_was_paid_before_the_books_began_is_an_opening_balance(
    sqlite_books: Books, opened_on: date | None, known_on: date
) -> None:
    issued(sqlite_books, draft(sqlite_books, opening_minor=4_000, opening_on=opened_on))

    (item,) = columns_open_items(sqlite_books.session, sqlite_books.company_id, known_on)
    assert item.left_minor == 6_000
    balances = role_balances(sqlite_books.session, sqlite_books.company_id, known_on)
    assert balances == {
        (AccountRole.RECEIVABLES, "EUR"): 6_000,
        (AccountRole.REVENUE, "EUR"): -10_000,
        (AccountRole.OPENING_BALANCES, "EUR"): 4_000,
    }


def test_until_the_opening_day_the_whole_document_was_open(sqlite_books: Books) -> None:
    issued(sqlite_books, draft(sqlite_books, opening_minor=4_000, opening_on=DUE))

    (item,) = columns_open_items(sqlite_books.session, sqlite_books.company_id, DUE - timedelta(days=1))

    assert item.left_minor == 10_000


def test_a_document_settled_whole_before_the_books_began_is_not_open(sqlite_books: Books) -> None:
    issued(sqlite_books, draft(sqlite_books, opening_minor=10_000))

    assert list(columns_open_items(sqlite_books.session, sqlite_books.company_id, DAY)) == []


def test_a_credit_memo_used_before_the_books_began_has_only_the_rest_left(books: Books) -> None:
    issued(books, draft(books, "M1", -10_000, opening_minor=4_000))

    memo = item_ids(books.session, books.company_id)["M1"][1]
    assert memo is not None
    assert lock_credit_balances(books.session, books.company_id, [memo])[memo].left_minor == 6_000
    balances = role_balances(books.session, books.company_id, DAY)
    assert balances[AccountRole.RECEIVABLES, "EUR"] == -6_000
    assert balances[AccountRole.OPENING_BALANCES, "EUR"] == -4_000


def test_no_more_of_a_credit_memo_was_used_than_there_is(sqlite_books: Books) -> None:
    with pytest.raises(CreditExceeded):
        issued(sqlite_books, draft(sqlite_books, "M1", -10_000, opening_minor=10_001))


@pytest.mark.parametrize(("currency", "minor"), [("JPY", 1), ("KWD", 1_234), ("CLF", 12_345), ("EUR", 10**18)])
def test_amounts_of_every_kind_of_currency_are_owed_exactly(sqlite_books: Books, currency: str, minor: int) -> None:
    issued(sqlite_books, draft(sqlite_books, minor=minor, currency=currency))

    item = item_ids(sqlite_books.session, sqlite_books.company_id)["I1"][0]
    assert item is not None
    balance = lock_open_balances(sqlite_books.session, sqlite_books.company_id, [item])[item]
    assert (balance.left_minor, balance.currency) == (minor, currency)
