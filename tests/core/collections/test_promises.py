"""Promises to pay and contacts: told once, and kept, partly kept or broken by what was paid in time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import undo
from o2c_ai.core.collections.actions import contact, promise
from o2c_ai.core.collections.queries import columns_promises, last_contacts, promises_as_of
from o2c_ai.core.collections.rules import NewActivity, NewPromise, PromiseState, promise_state
from o2c_ai.core.people.actions import create_user
from o2c_ai.core.people.rules import NotYourDuty, Role
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.work import LATER, pay
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books

TOLERANCE = 2


def promised(books: Books, item: int, minor: int = 10_000, on: date = DAY, until: date = LATER) -> int:
    return promise(books.session, books.actor, promises=[NewPromise(item, on, until, minor, "EUR")])


def state(books: Books, on: date) -> PromiseState:
    ((found, _),) = promises_as_of(books.session, books.company_id, on, TOLERANCE).values()
    return found


@pytest.mark.parametrize(
    ("paid", "days", "expected"),
    [
        (100, 9, PromiseState.KEPT),
        (99, 2, PromiseState.OPEN),
        (99, 3, PromiseState.PARTIALLY_KEPT),
        (0, 3, PromiseState.BROKEN),
        (0, -5, PromiseState.OPEN),
    ],
)
def test_a_promise_is_kept_by_all_of_it_and_broken_once_its_tolerance_has_passed(
    paid: int, days: int, expected: PromiseState
) -> None:
    facts = {"paid_minor": paid, "days_since_promised": days, "tolerance_days": 2}
    assert promise_state(promised_minor=100, **facts) is expected


def test_money_that_comes_in_time_keeps_a_promise(books: Books) -> None:
    item = books.invoice("INV-1")
    promised(books, item)
    pay(books, "100.00", Part(10_000, open_item_id=item), on=LATER + timedelta(days=TOLERANCE))
    assert state(books, LATER) is PromiseState.OPEN
    assert state(books, LATER + timedelta(days=9)) is PromiseState.KEPT
    assert broken_laws(books) == []


def test_money_that_comes_too_late_does_not_mend_a_broken_promise(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    promised(sqlite_books, item)
    pay(sqlite_books, "40.00", Part(4_000, Reason.PARTIAL, item), on=LATER)
    pay(sqlite_books, "60.00", Part(6_000, open_item_id=item), on=LATER + timedelta(days=TOLERANCE + 1))
    assert state(sqlite_books, LATER + timedelta(days=30)) is PromiseState.PARTIALLY_KEPT


def test_money_that_bounced_keeps_no_promise(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    promised(sqlite_books, item)
    line = pay(sqlite_books, "100.00", Part(10_000, open_item_id=item), on=LATER)
    assert state(sqlite_books, LATER) is PromiseState.KEPT
    undo(sqlite_books.session, sqlite_books.actor, line_ids=[line], on=LATER + timedelta(days=20), reason="bounced")
    assert state(sqlite_books, LATER + timedelta(days=10)) is PromiseState.KEPT
    assert state(sqlite_books, LATER + timedelta(days=20)) is PromiseState.BROKEN


def test_what_goes_over_to_a_residual_item_is_not_paid(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    promised(sqlite_books, item)
    pay(sqlite_books, "40.00", Part(4_000, Reason.RESIDUAL, item), on=LATER)
    assert state(sqlite_books, LATER + timedelta(days=20)) is PromiseState.PARTIALLY_KEPT


def test_money_from_before_the_promise_does_not_count(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    pay(sqlite_books, "40.00", Part(4_000, Reason.PARTIAL, item), on=DAY)
    promised(sqlite_books, item, 6_000, on=DAY + timedelta(days=1))
    assert state(sqlite_books, LATER + timedelta(days=20)) is PromiseState.BROKEN


def test_the_newest_promise_of_an_item_counts_and_each_is_told_once(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    second = DAY + timedelta(days=5)
    assert [promised(sqlite_books, item), promised(sqlite_books, item), promised(sqlite_books, item, on=second)] == [
        1,
        0,
        1,
    ]

    session, company = sqlite_books.session, sqlite_books.company_id
    assert columns_promises(session, company, LATER) == [(item, DAY, LATER), (item, second, LATER)]
    assert len(promises_as_of(session, company, LATER, TOLERANCE)) == 1
    assert promises_as_of(session, company, DAY - timedelta(days=1), TOLERANCE) == {}


def test_the_last_contact_is_known_as_of_a_day(books: Books) -> None:
    customer = books.customer("C1")
    calls = [NewActivity(customer, on, "call", "", "") for on in (DAY, LATER, DAY)]
    assert contact(books.session, books.actor, activities=calls) == 2
    assert contact(books.session, books.actor, activities=calls) == 0
    assert last_contacts(books.session, books.company_id, LATER) == {customer: LATER}
    assert last_contacts(books.session, books.company_id, LATER - timedelta(days=1)) == {customer: DAY}


def test_an_auditor_neither_calls_nor_takes_promises(sqlite_books: Books) -> None:
    auditor = create_user(sqlite_books.session, sqlite_books.actor, name="ada", roles=[Role.AUDITOR])
    with refused(sqlite_books, NotYourDuty):
        promise(sqlite_books.session, auditor, promises=[])
    with refused(sqlite_books, NotYourDuty):
        contact(sqlite_books.session, auditor, activities=[])
