"""Payments that bounce: what they had paid is open again, exactly once, and undoing the return pays it again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import book, undo
from o2c_ai.core.cash_application.rules import Booking, BookingsRefused
from o2c_ai.core.disputes.queries import deductions_of_entries
from o2c_ai.core.ledger.rules import AlreadyReversed
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import receive_by_hand
from o2c_ai.core.payments.rules import NotAReceipt, ReceiptMethod
from o2c_ai.core.receivables.queries import columns_open_items, columns_parked
from o2c_ai.core.receivables.rules import AlreadyTakenBack, OverApplication, ResidualTouched, UndoneTooEarly
from o2c_ai.core.returns.actions import take_back
from o2c_ai.core.returns.rules import NothingReturned
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.work import LATER, open_now, pay, receipt
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books


def bounce(books: Books, amount: str, *rows: Part, ref: str = "BACK") -> int:
    line = books.line(ref, amount, on=LATER)
    book(books.session, books.actor, bookings=[Booking(line, LATER, rows)])
    return line


def test_a_bounced_payment_opens_what_it_had_paid(books: Books) -> None:
    items = [books.invoice("INV-1", "100.00"), books.invoice("INV-2", "50.00")]
    parts = [Part(9_700, Reason.DISCOUNT, items[0]), Part(5_000, open_item_id=items[1])]
    pay(books, "150.00", *parts, Part(300, Reason.OVERPAYMENT, customer_id=books.customer("C1")))
    bounce(books, "-150.00", Part(-10_000, Reason.RETURNED, items[0]), Part(-5_000, Reason.RETURNED, items[1]))

    assert open_now(books) == {"INV-1": 10_000, "INV-2": 5_000}
    assert columns_parked(books.session, books.company_id, LATER) == []
    assert broken_laws(books) == []


def test_undoing_a_return_pays_again_what_had_been_paid(books: Books) -> None:
    item = books.invoice("INV-1", "100.00")
    paid = pay(books, "60.00", Part(6_000, Reason.RESIDUAL, item))
    back = bounce(books, "-60.00", Part(-6_000, Reason.RETURNED, item))
    assert open_now(books) == {"INV-1": 10_000}
    undo(books.session, books.actor, line_ids=[back], on=LATER, reason="not bounced")

    assert open_now(books) == {"INV-1/R1": 4_000}
    assert broken_laws(books) == []
    undo(books.session, books.actor, line_ids=[paid], on=LATER, reason="wrong customer")
    assert open_now(books) == {"INV-1": 10_000}
    assert broken_laws(books) == []


def test_a_payment_taken_back_by_a_return_is_not_undone_as_well(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    paid = pay(sqlite_books, "100.00", Part(10_000, open_item_id=item))
    bounce(sqlite_books, "-100.00", Part(-10_000, Reason.RETURNED, item))
    with refused(sqlite_books, AlreadyReversed):
        undo(sqlite_books.session, sqlite_books.actor, line_ids=[paid], on=LATER, reason="wrong")


def test_a_return_is_not_undone_once_the_items_are_paid_again(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    pay(sqlite_books, "100.00", Part(10_000, open_item_id=item))
    back = bounce(sqlite_books, "-100.00", Part(-10_000, Reason.RETURNED, item))
    pay(sqlite_books, "100.00", Part(10_000, open_item_id=item), on=LATER)
    with refused(sqlite_books, OverApplication, match="INV-1 has 0.00 EUR open"):
        undo(sqlite_books.session, sqlite_books.actor, line_ids=[back], on=LATER, reason="wrong")


def test_of_two_fitting_receipts_the_newest_is_taken_back(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    lines = [pay(sqlite_books, "50.00", Part(5_000, Reason.PARTIAL, item)) for _ in range(2)]
    bounce(sqlite_books, "-50.00", Part(-5_000, Reason.RETURNED, item))
    with refused(sqlite_books, AlreadyReversed):
        undo(sqlite_books.session, sqlite_books.actor, line_ids=[lines[1]], on=LATER, reason="wrong")
    undo(sqlite_books.session, sqlite_books.actor, line_ids=[lines[0]], on=LATER, reason="wrong")
    assert open_now(sqlite_books) == {"INV-1": 10_000}


def test_a_return_within_a_batch_finds_what_was_paid_a_moment_ago(sqlite_books: Books) -> None:
    item, company = sqlite_books.invoice("INV-1", "100.00"), sqlite_books
    paid, back, again = (
        company.line(ref, amount) for ref, amount in [("A", "100.00"), ("B", "-100.00"), ("C", "100.00")]
    )
    bookings = [
        Booking(paid, DAY, (Part(10_000, open_item_id=item),)),
        Booking(back, DAY, (Part(-10_000, Reason.RETURNED, item),)),
        Booking(again, DAY, (Part(10_000, open_item_id=item),)),
    ]
    book(company.session, company.actor, bookings=bookings)

    assert open_now(company) == {}
    assert broken_laws(company) == []


@pytest.mark.parametrize("amount", ["-50.00", "-100.00"])
def test_a_return_that_fits_no_receipt_is_refused(sqlite_books: Books, amount: str) -> None:
    paid, other = sqlite_books.invoice("INV-1", "100.00"), sqlite_books.invoice("INV-2", "100.00")
    pay(sqlite_books, "100.00", Part(10_000, open_item_id=paid))
    rows = [Part(-5_000, Reason.RETURNED, paid)]
    if amount == "-100.00":
        rows.append(Part(-5_000, Reason.RETURNED, other))
    with refused(sqlite_books, BookingsRefused, match="none of that amount") as caught:
        bounce(sqlite_books, amount, *rows)
    assert isinstance(caught.value.refusals[0][1], NothingReturned)


def test_a_return_is_refused_while_a_residual_of_it_has_been_paid_on(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    pay(sqlite_books, "60.00", Part(6_000, Reason.RESIDUAL, item))
    (rest,) = columns_open_items(sqlite_books.session, sqlite_books.company_id, LATER)
    pay(sqlite_books, "40.00", Part(4_000, open_item_id=rest.id))
    with refused(sqlite_books, BookingsRefused) as caught:
        bounce(sqlite_books, "-60.00", Part(-6_000, Reason.RETURNED, item))
    assert isinstance(caught.value.refusals[0][1], ResidualTouched)


def test_a_cheque_that_bounced_is_taken_back_once(books: Books) -> None:
    customer = books.customer("C1")
    facts = {"customer_id": customer, "method": ReceiptMethod.CHEQUE, "on": DAY, "reference": "CHQ 1"}
    credit = receive_by_hand(books.session, books.actor, amount=Money(5_000, "EUR"), **facts)  # type: ignore[arg-type]
    take_back(books.session, books.actor, credit_item_id=credit, on=LATER, reason="no funds")

    assert broken_laws(books) == []
    with refused(books, AlreadyTakenBack, match="CHQ 1 has been taken back already"):
        take_back(books.session, books.actor, credit_item_id=credit, on=LATER, reason="no funds")


def test_a_credit_memo_does_not_bounce(sqlite_books: Books) -> None:
    memo = sqlite_books.invoice("MEMO", "-10.00")
    with refused(sqlite_books, NotAReceipt):
        take_back(sqlite_books.session, sqlite_books.actor, credit_item_id=memo, on=LATER, reason="?")


def test_nothing_is_undone_before_the_day_it_counts_from(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    line = pay(sqlite_books, "100.00", Part(10_000, open_item_id=item), on=LATER)
    with refused(sqlite_books, UndoneTooEarly) as caught:
        undo(sqlite_books.session, sqlite_books.actor, line_ids=[line], on=LATER - timedelta(days=1), reason="?")
    assert caught.value.counts_from == LATER


def test_an_accepted_deduction_is_withdrawn_with_its_payment(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    line = pay(sqlite_books, "90.00", Part(9_000, Reason.DEDUCTION, item))
    session, company = sqlite_books.session, sqlite_books.company_id
    entry = max(row[0] for row in session.connection().exec_driver_sql("SELECT entry_id FROM disputes").all())
    (case,) = deductions_of_entries(session, company, [entry])
    assert (case.amount_minor, case.state.value, case.closed_on) == (1_000, "accepted", DAY)

    undo(session, sqlite_books.actor, line_ids=[line], on=LATER, reason="wrong")
    assert (case.state.value, case.closed_on, case.entry_id) == ("closed", LATER, None)
    assert receipt(sqlite_books, line)


def test_a_return_opens_an_item_that_a_memo_had_paid_together_with_the_money(books: Books) -> None:
    small, large = books.invoice("INV-1", "20.00"), books.invoice("INV-2", "100.00")
    memo = books.invoice("MEMO", "-20.00")
    netted = Part(-2_000, Reason.NETTED, credit_item_id=memo)
    pay(books, "100.00", Part(2_000, open_item_id=small), Part(10_000, open_item_id=large), netted)
    assert open_now(books) == {}

    rows = [Part(-2_000, Reason.RETURNED, small), Part(-8_000, Reason.RETURNED, large)]
    bounce(books, "-100.00", *rows)

    assert open_now(books) == {"INV-1": 2_000, "INV-2": 10_000}
    assert broken_laws(books) == []


def test_a_return_names_all_that_it_opens(sqlite_books: Books) -> None:
    small, large = sqlite_books.invoice("INV-1", "20.00"), sqlite_books.invoice("INV-2", "100.00")
    pay(sqlite_books, "120.00", Part(2_000, open_item_id=small), Part(10_000, open_item_id=large))

    with refused(sqlite_books, BookingsRefused, match="pays exactly these items"):
        bounce(sqlite_books, "-120.00", Part(-12_000, Reason.RETURNED, large))


def test_a_prepayment_can_bounce(books: Books) -> None:
    customer = books.customer("C1")
    pay(books, "100.00", Part(10_000, Reason.PREPAYMENT, customer_id=customer))

    bounce(books, "-100.00", Part(-10_000, Reason.RETURNED, customer_id=customer))

    assert columns_parked(books.session, books.company_id, LATER) == []
    assert broken_laws(books) == []
    with refused(books, BookingsRefused, match="none of that amount"):
        bounce(books, "-100.00", Part(-10_000, Reason.RETURNED, customer_id=customer), ref="AGAIN")


def test_a_payment_and_its_return_are_taken_back_together(books: Books) -> None:
    item = books.invoice("INV-1", "100.00")
    paid = pay(books, "100.00", Part(10_000, open_item_id=item))
    back = bounce(books, "-100.00", Part(-10_000, Reason.RETURNED, item))

    undo(books.session, books.actor, line_ids=[paid, back], on=LATER, reason="neither was ours")

    assert open_now(books) == {"INV-1": 10_000}
    assert broken_laws(books) == []
