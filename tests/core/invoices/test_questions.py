"""What can be asked about the documents issued."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.invoices.actions import reverse
from o2c_ai.core.invoices.queries import columns_stored, count_by_kind, lock_invoice, owners, taken_numbers
from o2c_ai.core.invoices.rules import DocumentType, UnknownInvoice
from tests.books import DAY

if TYPE_CHECKING:
    from tests.books import Books

BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def test_documents_are_described_as_a_leading_system_would(books: Books) -> None:
    item = books.invoice("I1", "100.00", due=AFTER)
    memo = books.invoice("M1", "-10.00", customer="C2", currency="USD")
    reverse(books.session, books.actor, number="I1", on=AFTER, reason="")

    invoice, credit = (row._asdict() for row in columns_stored(books.session, books.company_id))

    assert (invoice["number"], invoice["customer_code"], invoice["kind"]) == ("I1", "C1", DocumentType.INVOICE)
    assert (invoice["issue_date"], invoice["due_date"], invoice["reversed_on"]) == (DAY, AFTER, AFTER)
    assert (invoice["open_item_id"], invoice["credit_item_id"]) == (item, None)
    assert (credit["currency"], credit["amount_minor"], credit["due_date"]) == ("USD", -1_000, None)
    assert (credit["open_item_id"], credit["credit_item_id"]) == (None, memo)


def test_documents_are_counted_by_kind(sqlite_books: Books) -> None:
    sqlite_books.invoice("I1")
    sqlite_books.invoice("I2")
    sqlite_books.invoice("M1", "-1.00")

    counted = count_by_kind(sqlite_books.session, sqlite_books.company_id)

    assert counted == {DocumentType.INVOICE: 2, DocumentType.CREDIT_MEMO: 1}


def test_a_number_leads_to_who_was_billed(sqlite_books: Books) -> None:
    sqlite_books.invoice("I1", customer="C1")
    sqlite_books.invoice("M1", "-1.00", customer="C2")

    found = owners(sqlite_books.session, sqlite_books.company_id)

    assert found == {"I1": sqlite_books.customer("C1"), "M1": sqlite_books.customer("C2")}


def test_taken_numbers_are_told_from_free_ones(sqlite_books: Books) -> None:
    sqlite_books.invoice("I1")

    assert taken_numbers(sqlite_books.session, sqlite_books.company_id, ["I1", "I10", "i1"]) == {"I1"}


def test_a_document_nobody_issued_is_unknown(sqlite_books: Books) -> None:
    with pytest.raises(UnknownInvoice):
        lock_invoice(sqlite_books.session, sqlite_books.company_id, "I1")
