"""The whole way of one payment: invoice, money, application, undo, on both stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import book, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.receivables.queries import columns_open_items
from o2c_ai.core.suggestions.rules import Part
from tests.books import DAY

if TYPE_CHECKING:
    from tests.books import Books


def test_a_payment_clears_its_invoice_and_undoing_it_opens_it_again(books: Books) -> None:
    item = books.invoice("INV-1", "119.00")
    line = books.line("L1", "119.00")

    book(books.session, books.actor, bookings=[Booking(line, DAY, (Part(11_900, open_item_id=item),))])
    assert list(columns_open_items(books.session, books.company_id, DAY)) == []

    undo(books.session, books.actor, line_ids=[line], on=DAY, reason="wrong customer")
    assert [row.left_minor for row in columns_open_items(books.session, books.company_id, DAY)] == [11_900]
