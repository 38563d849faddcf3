"""The act of clearing itself: what it refuses, how it values, and which clearings stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.clearings.actions import clear, settle_elsewhere, unapply
from o2c_ai.core.clearings.queries import lock_credit_balances, lock_credit_item, redone, standing_entries_of_credit
from o2c_ai.core.clearings.rules import Parked
from o2c_ai.core.errors import BooksError
from o2c_ai.core.ledger.actions import add_rates, set_period
from o2c_ai.core.ledger.queries import get_entries, role_balances
from o2c_ai.core.ledger.rules import AccountRole, AlreadyReversed, PeriodClosed, PeriodState
from o2c_ai.core.people.rules import NotYourDuty
from o2c_ai.core.receivables.rules import (
    ApplicationKind,
    Balance,
    Clearing,
    CreditExceeded,
    MovementKind,
    NewApplication,
    NewMovement,
    NothingToClear,
    ParkedExceeded,
    UndoneTooEarly,
    UnknownClearing,
    UnknownItem,
    WrongCurrency,
    give_back_credit,
)
from tests.books import DAY
from tests.core.work import LATER, collector, open_now, receipt
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books


def pays(item: int, credit: int, minor: int, currency: str = "EUR") -> Clearing:
    return Clearing(DAY, currency, "test", (NewApplication(item, ApplicationKind.RECEIPT, minor, credit),))


def moves(credit: int, kind: MovementKind, minor: int, currency: str = "EUR") -> Clearing:
    return Clearing(DAY, currency, "test", (), (NewMovement(credit, kind, minor, None, "test"),))


def do(books: Books, *clearings: Clearing) -> list[int]:
    return list(clear(books.session, books.actor, clearings=clearings))


@pytest.mark.parametrize(
    ("clearing", "error"),
    [
        (Clearing(DAY, "EUR", "empty"), NothingToClear),
        (pays(1, 1, 0), NothingToClear),
        (pays(1, 1, -1), NothingToClear),
        (moves(1, MovementKind.NOT_AR, 0), NothingToClear),
        (moves(1, MovementKind.REFUNDED, -1), NothingToClear),
        (moves(1, MovementKind.ON_ACCOUNT, -1), ParkedExceeded),
        (moves(1, MovementKind.ON_ACCOUNT, -1, "USD"), WrongCurrency),
        (moves(1, MovementKind.NOT_AR, 5_001), CreditExceeded),
        (moves(1, MovementKind.NOT_AR, 1, "USD"), WrongCurrency),
        (pays(1, 1, 1, "USD"), WrongCurrency),
        (pays(7, 1, 1), UnknownItem),
        (pays(1, 7, 1), UnknownItem),
    ],
)
def test_a_clearing_that_breaks_a_law_clears_nothing(
    sqlite_books: Books, clearing: Clearing, error: type[BooksError]
) -> None:
    sqlite_books.invoice("INV-1", "100.00")
    sqlite_books.line("L1", "50.00")
    with refused(sqlite_books, error):
        do(sqlite_books, clearing)


def test_the_rate_between_invoice_and_money_is_a_realised_result(books: Books) -> None:
    add_rates(books.session, books.actor, rates={(DAY, "USD", "EUR"): Decimal("0.90")})
    item = books.invoice("INV-1", "100.00", currency="USD")
    add_rates(books.session, books.actor, rates={(LATER, "USD", "EUR"): Decimal("0.95")})
    credit = receipt(books, books.line("L1", "100.00", currency="USD", on=LATER))
    (entry,) = do(books, replace(pays(item, credit, 10_000, "USD"), on=LATER))

    result = next(
        p for p in get_entries(books.session, books.company_id, [entry])[entry].postings if not p.amount_minor
    )
    assert (result.currency, result.base_minor) == ("USD", -500)
    assert broken_laws(books) == []


def test_without_a_rate_the_clearing_is_marked_unvalued_never_one_to_one(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00", currency="USD")
    credit = receipt(sqlite_books, sqlite_books.line("L1", "100.00", currency="USD"))
    (entry,) = do(sqlite_books, pays(item, credit, 10_000, "USD"))

    postings = get_entries(sqlite_books.session, sqlite_books.company_id, [entry])[entry].postings
    assert {posting.base_minor for posting in postings} == {None}
    assert broken_laws(sqlite_books) == []


def test_thirds_of_an_item_add_up_to_its_value(sqlite_books: Books) -> None:
    add_rates(sqlite_books.session, sqlite_books.actor, rates={(DAY, "USD", "EUR"): Decimal("0.3333")})
    item = sqlite_books.invoice("INV-1", "1.00", currency="USD")
    credit = receipt(sqlite_books, sqlite_books.line("L1", "1.00", currency="USD"))
    entries = [do(sqlite_books, pays(item, credit, minor, "USD"))[0] for minor in (33, 33, 34)]
    assert broken_laws(sqlite_books) == []

    unapply(sqlite_books.session, sqlite_books.actor, entry_ids=[entries[1]], on=DAY)
    do(sqlite_books, pays(item, credit, 33, "USD"))
    assert open_now(sqlite_books) == {}
    assert broken_laws(sqlite_books) == []


def test_nothing_is_cleared_or_undone_in_a_closed_period(sqlite_books: Books) -> None:
    item, credit = sqlite_books.invoice("INV-1"), receipt(sqlite_books, sqlite_books.line("L1", "50.00"))
    (entry,) = do(sqlite_books, pays(item, credit, 1_000))
    closed = {"starts_on": DAY, "ends_on": DAY, "state": PeriodState.CLOSED}
    set_period(sqlite_books.session, sqlite_books.actor, **closed)  # type: ignore[arg-type]

    with refused(sqlite_books, PeriodClosed):
        do(sqlite_books, pays(item, credit, 1_000))
    with refused(sqlite_books, PeriodClosed):
        unapply(sqlite_books.session, sqlite_books.actor, entry_ids=[entry], on=DAY)


def test_a_clearing_is_undone_once_and_not_before_its_day(sqlite_books: Books) -> None:
    item, credit = sqlite_books.invoice("INV-1"), receipt(sqlite_books, sqlite_books.line("L1", "50.00"))
    (entry,) = do(sqlite_books, pays(item, credit, 1_000))
    session, actor = sqlite_books.session, sqlite_books.actor
    with refused(sqlite_books, UndoneTooEarly, match="2025-06-01 cannot be undone on 2025-05-31"):
        unapply(session, actor, entry_ids=[entry], on=DAY - timedelta(days=1))
    unapply(session, actor, entry_ids=[entry], on=DAY)
    with refused(sqlite_books, AlreadyReversed):
        unapply(session, actor, entry_ids=[entry], on=DAY)
    with refused(sqlite_books, UnknownClearing):
        unapply(session, actor, entry_ids=[entry, 99], on=DAY)


def test_money_parked_and_taken_back_in_one_batch_is_counted_in_order(sqlite_books: Books) -> None:
    credit = receipt(sqlite_books, sqlite_books.line("L1", "50.00"))
    parked = do(sqlite_books, moves(credit, MovementKind.ON_ACCOUNT, 5_000))
    back = do(sqlite_books, moves(credit, MovementKind.ON_ACCOUNT, -2_000), moves(credit, MovementKind.NOT_AR, 2_000))
    assert broken_laws(sqlite_books) == []
    assert standing_entries_of_credit(sqlite_books.session, sqlite_books.company_id, credit) == [*parked, *back]

    unapply(sqlite_books.session, sqlite_books.actor, entry_ids=[*parked, *back], on=DAY)
    assert broken_laws(sqlite_books) == []
    assert standing_entries_of_credit(sqlite_books.session, sqlite_books.company_id, credit) == []
    balances = role_balances(sqlite_books.session, sqlite_books.company_id, DAY)
    assert balances[AccountRole.UNIDENTIFIED_CASH, "EUR"] == -5_000


def test_what_was_undone_and_redone_stands_by_its_last_entry(sqlite_books: Books) -> None:
    credit = receipt(sqlite_books, sqlite_books.line("L1", "50.00"))
    session, actor, company = sqlite_books.session, sqlite_books.actor, sqlite_books.company_id
    (entry,) = do(sqlite_books, moves(credit, MovementKind.NOT_AR, 5_000))
    chain = [entry]
    for _ in range(4):
        chain += unapply(session, actor, entry_ids=chain[-1:], on=DAY)
        assert broken_laws(sqlite_books) == []

    assert redone(session, company, [entry]) == {entry: chain[4]}
    assert standing_entries_of_credit(session, company, credit) == [chain[4]]


def test_redoing_what_has_been_used_since_is_refused(sqlite_books: Books) -> None:
    credit = receipt(sqlite_books, sqlite_books.line("L1", "50.00"))
    (entry,) = do(sqlite_books, moves(credit, MovementKind.NOT_AR, 5_000))
    (mirror,) = unapply(sqlite_books.session, sqlite_books.actor, entry_ids=[entry], on=DAY)
    do(sqlite_books, moves(credit, MovementKind.ON_ACCOUNT, 1))
    with refused(sqlite_books, CreditExceeded, match="49.99 EUR left"):
        unapply(sqlite_books.session, sqlite_books.actor, entry_ids=[mirror], on=DAY)


def test_items_settled_elsewhere_leave_and_come_back(books: Books) -> None:
    item = books.invoice("INV-1", "100.00")
    (entry,) = settle_elsewhere(books.session, books.actor, items=[(item, "INV-1", "EUR", 10_000)], on=DAY)
    assert open_now(books) == {}
    unapply(books.session, books.actor, entry_ids=[entry], on=LATER)
    assert open_now(books) == {"INV-1": 10_000}
    assert broken_laws(books) == []
    with refused(books, NotYourDuty):
        settle_elsewhere(books.session, collector(books), items=[], on=DAY)


def test_undoing_nothing_does_nothing(sqlite_books: Books) -> None:
    assert unapply(sqlite_books.session, sqlite_books.actor, entry_ids=[], on=DAY) == []


def test_a_foreign_or_missing_credit_is_named(sqlite_books: Books) -> None:
    for ask in (lock_credit_item, lambda s, c, i: lock_credit_balances(s, c, [i])):
        with refused(sqlite_books, UnknownItem) as caught:
            ask(sqlite_books.session, sqlite_books.company_id, 5)
        assert caught.value.item_id == 5


def test_parts_of_parked_money_share_its_value_to_the_cent() -> None:
    parked = Parked("L1", "USD", 3, 100)
    assert [parked.take_back(1) for _ in range(3)] == [33, 34, 33]
    assert Parked("L1", "JPY", 3, None).take_back(2) is None


def test_giving_back_more_than_was_used_is_refused() -> None:
    with pytest.raises(CreditExceeded):
        give_back_credit(Balance("L1", "EUR", 100, 40, None, 0, None), 41, None)
