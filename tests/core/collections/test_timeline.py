"""A customer's timeline: contacts, promises, payments and what came back, newest first, as of a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import undo
from o2c_ai.core.cash_application.queries import find_decided
from o2c_ai.core.collections.actions import contact, promise
from o2c_ai.core.collections.queries import timeline
from o2c_ai.core.collections.rules import EventKind, NewActivity, NewPromise
from o2c_ai.core.suggestions.rules import Part
from tests.books import DAY
from tests.core.work import LATER, pay

if TYPE_CHECKING:
    from tests.books import Books


def test_what_happened_with_a_customer_is_told_newest_first(books: Books) -> None:
    customer, item = books.customer("C1"), books.invoice("INV-1")
    contact(books.session, books.actor, activities=[NewActivity(customer, DAY, "phone", "reached", "asks for a copy")])
    promised = NewPromise(item, DAY + timedelta(days=1), LATER, 10_000, "EUR")
    promise(books.session, books.actor, promises=[promised])
    line = pay(books, "100.00", Part(10_000, open_item_id=item), on=LATER)
    undo(books.session, books.actor, line_ids=[line], on=LATER + timedelta(days=1), reason="bounced")

    told = timeline(books.session, books.company_id, customer, LATER + timedelta(days=9))
    kinds = [EventKind.RETURN, EventKind.PAYMENT, EventKind.PROMISE, EventKind.CONTACT]
    assert [event.kind for event in told] == kinds
    assert [event.amount_minor for event in told] == [-10_000, 10_000, 10_000, None]
    assert told[-1].note == "asks for a copy"
    assert [event.kind for event in timeline(books.session, books.company_id, customer, DAY)] == [EventKind.CONTACT]


def test_who_decided_a_line_is_known_until_it_is_taken_back(books: Books) -> None:
    item = books.invoice("INV-1")
    line = pay(books, "100.00", Part(10_000, open_item_id=item), on=LATER)

    decided = find_decided(books.session, books.company_id, line)
    assert decided is not None
    assert (decided.by, decided.on, decided.suggestion_id) == ("anna", LATER, None)
    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="")
    assert find_decided(books.session, books.company_id, line) is None
