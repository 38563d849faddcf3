"""A due date or order number may be amended, with the old value in the log; nothing else on a document may."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.invoices.actions import amend
from o2c_ai.core.invoices.rules import Amendment
from o2c_ai.core.receivables.queries import columns_open_items
from o2c_ai.core.receivables.rules import UnknownItem
from tests.books import DAY
from tests.core.plain_sql import ask

if TYPE_CHECKING:
    from tests.books import Books

LATER = DAY + timedelta(days=14)


def test_a_new_due_date_and_order_number_are_taken_over_with_the_old_ones_in_the_log(books: Books) -> None:
    item = books.invoice("I1")
    other = books.invoice("I2")

    amend(books.session, books.actor, amendments=[(item, Amendment("I1", LATER, "PO-1"))])

    owed = {row.id: (row.due_date, row.po_number) for row in columns_open_items(books.session, books.company_id, DAY)}
    assert owed == {item: (LATER, "PO-1"), other: (DAY, "")}
    old, new = '{"due_date":"2025-06-01","po_number":""}', '{"due_date":"2025-06-15","po_number":"PO-1"}'
    asked = "SELECT subject_id, detail FROM audit_events WHERE verb = 'amend'"
    assert ask(books.session, asked) == [(item, f'{{"new":{new},"old":{old}}}')]


def test_many_documents_are_amended_at_once(sqlite_books: Books) -> None:
    items = [sqlite_books.invoice(f"I{number}") for number in range(3)]

    amend(sqlite_books.session, sqlite_books.actor, amendments=[(item, Amendment("", LATER, "")) for item in items])

    assert ask(sqlite_books.session, "SELECT DISTINCT due_date FROM open_items") == [("2025-06-15",)]


def test_an_item_that_does_not_exist_is_not_amended_silently(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("I1")

    with pytest.raises(UnknownItem, match="no item 999"):
        amend(
            sqlite_books.session,
            sqlite_books.actor,
            amendments=[(999, Amendment("", LATER, "")), (item, Amendment("I1", LATER, ""))],
        )

    assert ask(sqlite_books.session, "SELECT due_date FROM open_items") == [("2025-06-01",)]


def test_no_amendments_are_no_work(sqlite_books: Books) -> None:
    amend(sqlite_books.session, sqlite_books.actor, amendments=[])

    assert ask(sqlite_books.session, "SELECT id FROM audit_events WHERE verb = 'amend'") == []
