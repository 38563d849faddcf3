"""Disputes as they are recorded, closed and asked for as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.disputes.actions import record, settle
from o2c_ai.core.disputes.queries import disputed_as_of, disputes_of_items
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.people.actions import create_user
from o2c_ai.core.people.rules import NotYourDuty, Role
from tests.books import DAY
from tests.core.work import LATER
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books


def case(books: Books, item: int, minor: int) -> NewDispute:
    head = (books.customer("C1"), item, DisputeKind.DISPUTE, DisputeReason.PRICING, minor)
    return NewDispute(*head, "EUR", DAY, DisputeState.NEW)


def test_what_is_disputed_adds_up_per_item_until_it_is_settled(books: Books) -> None:
    item, session, company = books.invoice("INV-1"), books.session, books.company_id
    record(session, books.actor, disputes=[case(books, item, 1_000), case(books, item, 500)])
    assert disputed_as_of(session, company, DAY) == {item: 1_500}

    newest = disputes_of_items(session, company)[item]
    settle(session, books.actor, dispute=newest, state=DisputeState.CLOSED, on=LATER)
    assert disputed_as_of(session, company, DAY) == {item: 1_500}
    assert disputed_as_of(session, company, LATER) == {item: 1_000}
    settle(session, books.actor, dispute=newest, state=DisputeState.NEW, on=None)
    assert disputed_as_of(session, company, LATER) == {item: 1_500}
    assert broken_laws(books) == []


def test_an_auditor_records_and_settles_no_dispute(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    record(sqlite_books.session, sqlite_books.actor, disputes=[case(sqlite_books, item, 1)])
    stored = disputes_of_items(sqlite_books.session, sqlite_books.company_id)[item]
    auditor = create_user(sqlite_books.session, sqlite_books.actor, name="ada", roles=[Role.AUDITOR])
    with refused(sqlite_books, NotYourDuty):
        record(sqlite_books.session, auditor, disputes=[])
    with refused(sqlite_books, NotYourDuty):
        settle(sqlite_books.session, auditor, dispute=stored, state=DisputeState.CLOSED, on=DAY)
