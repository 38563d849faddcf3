"""Many people on the same money at the same time: exactly one wins, the others get a clean no, and nobody hangs."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import apply_receipt, book, undo
from o2c_ai.core.cash_application.rules import Booking, BookingsRefused, NothingToUndo
from o2c_ai.core.clearings.rules import UsedBefore
from o2c_ai.core.errors import BooksError
from o2c_ai.core.invoices.actions import reverse
from o2c_ai.core.invoices.rules import AlreadyPaidOn
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import identify, receive_by_hand, transfer
from o2c_ai.core.payments.rules import LineAlreadyDecided, ReceiptMethod
from o2c_ai.core.receivables.rules import OverApplication
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.core.write_offs.actions import approve_write_off, request_write_off
from tests.books import DAY, Books, open_books
from tests.core.work import open_now, pay, receipt
from tests.laws import broken_laws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.database import Store

    Act = Callable[[Session], object]

MANY = 12


@pytest.fixture
def shared(store: Store) -> Iterator[Books]:
    """Books that others can see: what a test does here it must commit."""
    with store.session() as session:
        yield open_books(store, session)


def at_once(books: Books, acts: Sequence[Act]) -> list[BooksError | None]:
    """Do all of them, each in a session of its own; gives what each was told (None where it was done)."""
    books.session.commit()
    ready = Barrier(len(acts))

    def run(act: Act) -> BooksError | None:
        ready.wait(30)
        with books.store.session() as session:
            try:
                act(session)
                session.commit()
            except BooksError as error:
                return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        told = list(pool.map(run, acts))
    assert broken_laws(books) == []
    return told


def kinds(told: Sequence[BooksError | None]) -> Counter[type[BooksError] | None]:
    """How many were told what; a refused booking counts as the law it broke."""
    errors = [error.refusals[0][1] if isinstance(error, BookingsRefused) else error for error in told]
    return Counter(None if error is None else type(error) for error in errors)


def booking(books: Books, line: int, *parts: Part) -> Act:
    return lambda session: book(session, books.actor, bookings=[Booking(line, DAY, parts)])


def test_one_receipt_applied_by_many_is_applied_once(shared: Books) -> None:
    line = shared.line("L1", "100.00")
    items = [shared.invoice(f"INV-{n}", "100.00") for n in range(MANY)]
    told = at_once(shared, [booking(shared, line, Part(10_000, open_item_id=item)) for item in items])

    assert kinds(told) == {None: 1, LineAlreadyDecided: MANY - 1}
    assert len(open_now(shared)) == MANY - 1


def test_one_invoice_paid_by_many_receipts_is_paid_once(shared: Books) -> None:
    item = shared.invoice("INV-1", "100.00")
    lines = [shared.line(f"L{n}", "100.00") for n in range(MANY)]
    told = at_once(shared, [booking(shared, line, Part(10_000, open_item_id=item)) for line in lines])

    assert kinds(told) == {None: 1, UsedBefore: MANY - 1}
    assert open_now(shared) == {}


def test_many_part_payments_of_one_invoice_all_count(shared: Books) -> None:
    item = shared.invoice("INV-1", "100.00")
    lines = [shared.line(f"L{n}", "7.00") for n in range(MANY)]
    told = at_once(shared, [booking(shared, line, Part(700, Reason.PARTIAL, item)) for line in lines])

    assert kinds(told) == {None: MANY}
    assert open_now(shared) == {"INV-1": 10_000 - MANY * 700}


def test_a_cheque_is_not_spent_twice(shared: Books) -> None:
    items = [shared.invoice(f"INV-{n}", "50.00") for n in range(MANY)]
    facts = {"customer_id": shared.customer("C1"), "method": ReceiptMethod.CHEQUE, "on": DAY, "reference": "CHQ"}
    credit = receive_by_hand(shared.session, shared.actor, amount=Money(5_000, "EUR"), **facts)  # type: ignore[arg-type]
    told = at_once(shared, [_applying(shared, credit, item) for item in items])

    assert kinds(told) == {None: 1, UsedBefore: MANY - 1}


def _applying(books: Books, credit: int, item: int) -> Act:
    parts = [Part(5_000, open_item_id=item)]
    return lambda session: apply_receipt(session, books.actor, credit_item_id=credit, parts=parts, on=DAY)


def test_two_payers_of_the_same_items_in_opposite_order_never_wait_for_each_other(shared: Books) -> None:
    items = [shared.invoice(f"INV-{n}", "100.00") for n in range(2)]
    acts = []
    for place in range(MANY):
        line = shared.line(f"L{place}", "2.00")
        order = items if place % 2 else items[::-1]
        acts.append(booking(shared, line, *(Part(100, Reason.PARTIAL, item) for item in order)))
    told = at_once(shared, acts)

    assert kinds(told) == {None: MANY}


def test_applying_reversing_and_writing_off_the_same_invoice_leave_one_winner(shared: Books) -> None:
    item, line = shared.invoice("INV-1", "100.00"), shared.line("L1", "100.00")
    ask = {"open_item_id": item, "amount": Money(10_000, "EUR"), "reason": "?", "on": DAY}
    number = request_write_off(shared.session, shared.actor, **ask)  # type: ignore[arg-type]
    told = at_once(
        shared,
        [
            booking(shared, line, Part(10_000, open_item_id=item)),
            lambda session: reverse(session, shared.actor, number="INV-1", on=DAY, reason="?"),
            lambda session: approve_write_off(session, shared.other, approval_id=number, on=DAY),
        ],
    )

    assert kinds(told)[None] == 1
    assert set(kinds(told)) <= {None, UsedBefore, OverApplication, AlreadyPaidOn}
    assert open_now(shared) == {}


def test_a_line_is_taken_back_once(shared: Books) -> None:
    line = pay(shared, "10.00", Part(1_000, Reason.PREPAYMENT, customer_id=shared.customer("C1")))
    undo_it: Act = lambda session: undo(session, shared.actor, line_ids=[line], on=DAY, reason="?")  # noqa: E731
    told = at_once(shared, [undo_it] * 6)

    assert kinds(told) == {None: 1, NothingToUndo: 5}


def test_naming_the_payer_while_the_line_is_booked_leaves_every_cent_in_its_place(shared: Books) -> None:
    line, item = shared.line("L1", "100.00"), shared.invoice("INV-1", "60.00")
    credit, customer = receipt(shared, line), shared.customer("C1")
    parts = (Part(6_000, open_item_id=item), Part(4_000, Reason.OVERPAYMENT, customer_id=customer))
    name: Act = lambda session: identify(  # noqa: E731
        session, shared.actor, credit_item_id=credit, customer_id=customer, on=DAY
    )
    told = at_once(shared, [name, booking(shared, line, *parts), name, name])

    assert kinds(told) == {None: 4}


def test_parked_money_is_transferred_once(shared: Books) -> None:
    line = pay(shared, "10.00", Part(1_000, Reason.PREPAYMENT, customer_id=shared.customer("C1")))
    credit, sister, amount = receipt(shared, line), shared.customer("C2"), Money(600, "EUR")
    give: Act = lambda session: transfer(  # noqa: E731
        session, shared.actor, credit_item_id=credit, customer_id=sister, amount=amount, on=DAY
    )
    told = at_once(shared, [give] * 4)

    assert kinds(told) == {None: 1, UsedBefore: 3}
