"""Booking decided lines: what a row may say, what it clears, and that a refused batch books nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import apply_on_account, book, undo
from o2c_ai.core.cash_application.queries import columns_parts, line_ids_applied, line_of_entry
from o2c_ai.core.cash_application.rules import (
    Booking,
    BookingsRefused,
    NothingToUndo,
    PartMisplaced,
    PartsDiffer,
    Tolerance,
    TolerancePassed,
)
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.ledger.queries import role_balances
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.payments.queries import open_line_ids
from o2c_ai.core.payments.rules import LineAlreadyDecided, UnknownLine
from o2c_ai.core.people.rules import NotYourDuty
from o2c_ai.core.receivables.queries import columns_open_items, columns_parked, credit_by_customer
from o2c_ai.core.receivables.rules import CreditExceeded, OverApplication, ParkedExceeded, ResidualTouched, UnknownItem
from o2c_ai.core.suggestions.queries import count_decisions
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.work import LATER, collector, open_now, pay, receipt
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books


def balance(books: Books, role: AccountRole) -> int:
    return role_balances(books.session, books.company_id, LATER).get((role, "EUR"), 0)


def test_a_partial_payment_leaves_the_rest_open_on_the_old_item(books: Books) -> None:
    item = books.invoice("INV-1", "100.00")
    pay(books, "60.00", Part(6_000, Reason.PARTIAL, item))

    assert open_now(books) == {"INV-1": 4_000}
    assert broken_laws(books) == []


@pytest.mark.parametrize(
    ("reason", "role"),
    [
        (Reason.DISCOUNT, AccountRole.DISCOUNTS),
        (Reason.DEDUCTION, AccountRole.DEDUCTIONS),
        (Reason.WITHHOLDING, AccountRole.WITHHOLDING_TAX),
        (Reason.TOLERANCE, AccountRole.TOLERANCE),
    ],
)
def test_a_difference_with_a_reason_clears_the_item_and_goes_to_its_account(
    sqlite_books: Books, reason: Reason, role: AccountRole
) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    pay(sqlite_books, "99.00", Part(9_900, reason, item))

    assert open_now(sqlite_books) == {}
    assert balance(sqlite_books, role) == 100
    assert broken_laws(sqlite_books) == []


def test_a_discount_reason_without_a_difference_just_pays_the_item(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    pay(sqlite_books, "100.00", Part(10_000, Reason.DISCOUNT, item))

    assert open_now(sqlite_books) == {}
    assert balance(sqlite_books, AccountRole.DISCOUNTS) == 0


def test_more_than_the_tolerance_is_not_let_go(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    with refused(sqlite_books, BookingsRefused) as caught:
        pay(sqlite_books, "98.99", Part(9_899, Reason.TOLERANCE, item))

    ((_, error),) = caught.value.refusals
    assert isinstance(error, TolerancePassed)
    assert (error.number, error.limit.minor, error.missing.minor) == ("INV-1", 100, 101)


def test_of_the_absolute_tolerance_and_the_share_the_stricter_counts() -> None:
    tolerance = Tolerance(absolute_minor=500, share_ppm=10_000)

    assert [tolerance.limit_minor(size) for size in (99, 10_000, 50_000, 90_000)] == [0, 100, 500, 500]


def test_history_is_booked_without_a_tolerance(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    line = sqlite_books.line("L1", "10.00")
    booking = Booking(line, DAY, (Part(1_000, Reason.TOLERANCE, item),))
    book(sqlite_books.session, sqlite_books.actor, bookings=[booking], tolerance=None)

    assert open_now(sqlite_books) == {}


def test_a_short_payment_leaves_a_residual_item(books: Books) -> None:
    item = books.invoice("INV-1", "100.00", due=LATER)
    pay(books, "60.00", Part(6_000, Reason.RESIDUAL, item))

    (rest,) = columns_open_items(books.session, books.company_id, DAY)
    assert (rest.number, rest.left_minor, rest.due_date, rest.kind.value) == ("INV-1/R1", 4_000, LATER, "residual")
    assert broken_laws(books) == []


def test_the_rest_of_a_residual_item_gets_the_next_number(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("A/R", "100.00")
    pay(sqlite_books, "60.00", Part(6_000, Reason.RESIDUAL, item))
    (rest,) = columns_open_items(sqlite_books.session, sqlite_books.company_id, DAY)
    pay(sqlite_books, "10.00", Part(1_000, Reason.RESIDUAL, rest.id))

    assert open_now(sqlite_books) == {"A/R/R2": 3_000}


def test_two_residuals_of_one_payment_get_their_own_numbers(sqlite_books: Books) -> None:
    parts = [Part(1_000, Reason.RESIDUAL, sqlite_books.invoice(number, "100.00")) for number in ("INV-1", "INV-2")]
    pay(sqlite_books, "20.00", *parts)

    assert open_now(sqlite_books) == {"INV-1/R1": 9_000, "INV-2/R1": 9_000}


def test_undoing_a_residual_closes_it_and_opens_the_old_item(books: Books) -> None:
    line = pay(books, "60.00", Part(6_000, Reason.RESIDUAL, books.invoice("INV-1", "100.00")))
    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="wrong")

    assert open_now(books) == {"INV-1": 10_000}
    assert broken_laws(books) == []


def test_a_residual_paid_since_keeps_its_origin_from_being_undone(sqlite_books: Books) -> None:
    first = pay(sqlite_books, "60.00", Part(6_000, Reason.RESIDUAL, sqlite_books.invoice("INV-1", "100.00")))
    (rest,) = columns_open_items(sqlite_books.session, sqlite_books.company_id, DAY)
    second = pay(sqlite_books, "40.00", Part(4_000, open_item_id=rest.id))

    with refused(sqlite_books, ResidualTouched, match="INV-1/R1 has been paid on"):
        undo(sqlite_books.session, sqlite_books.actor, line_ids=[first], on=LATER, reason="wrong")
    undo(sqlite_books.session, sqlite_books.actor, line_ids=[first, second], on=LATER, reason="wrong")
    assert open_now(sqlite_books) == {"INV-1": 10_000}


def test_a_netted_credit_memo_and_a_bank_charge_pay_with_the_money(books: Books) -> None:
    items = [books.invoice("INV-1", "100.00"), books.invoice("INV-2", "50.00")]
    memo = books.invoice("MEMO", "-30.00")
    pay(
        books,
        "115.00",
        Part(10_000, open_item_id=items[0]),
        Part(-3_000, Reason.NETTED, credit_item_id=memo),
        Part(5_000, open_item_id=items[1]),
        Part(-500, Reason.BANK_CHARGE),
    )

    assert open_now(books) == {}
    assert balance(books, AccountRole.BANK_CHARGES) == 500
    assert balance(books, AccountRole.RECEIVABLES) == 0
    assert broken_laws(books) == []


@pytest.mark.parametrize("reason", [Reason.OVERPAYMENT, Reason.PREPAYMENT, Reason.DUPLICATE])
def test_money_without_an_invoice_is_parked_for_its_customer(sqlite_books: Books, reason: Reason) -> None:
    customer = sqlite_books.customer("C1")
    pay(sqlite_books, "20.00", Part(2_000, reason, customer_id=customer))

    (parked,) = columns_parked(sqlite_books.session, sqlite_books.company_id, DAY)
    assert (parked.customer_id, parked.left_minor) == (customer, 2_000)
    assert credit_by_customer(sqlite_books.session, sqlite_books.company_id, DAY) == {(customer, "EUR"): 2_000}
    assert balance(sqlite_books, AccountRole.ON_ACCOUNT) == -2_000


def test_part_of_the_money_may_be_set_aside_as_not_about_receivables(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    pay(sqlite_books, "130.00", Part(10_000, open_item_id=item), Part(3_000, Reason.NOT_AR))

    assert balance(sqlite_books, AccountRole.SUSPENSE) == -3_000
    assert broken_laws(sqlite_books) == []


def test_money_that_went_out_is_not_about_receivables(books: Books) -> None:
    pay(books, "-12.00", Part(-1_200, Reason.NOT_AR))

    assert balance(books, AccountRole.SUSPENSE) == 1_200
    assert broken_laws(books) == []


@pytest.mark.parametrize(
    ("amount", "part", "error"),
    [
        ("100.00", Part(9_999, open_item_id=1), PartsDiffer),
        ("100.00", Part(10_000), PartMisplaced),
        ("100.00", Part(10_000, Reason.NETTED, credit_item_id=1), PartMisplaced),
        ("100.00", Part(10_000, Reason.BANK_CHARGE), PartMisplaced),
        ("100.00", Part(10_000, Reason.OVERPAYMENT), PartMisplaced),
        ("100.00", Part(10_000, Reason.NOT_AR, open_item_id=1), PartMisplaced),
        ("100.01", Part(10_001, open_item_id=1), OverApplication),
        ("-5.00", Part(-400, Reason.NOT_AR), PartsDiffer),
        ("-5.00", Part(-500, Reason.PARTIAL, open_item_id=1), PartMisplaced),
        ("5.00", Part(500, Reason.RETURNED, open_item_id=1), PartMisplaced),
        ("-5.00", Part(-500, Reason.RETURNED, open_item_id=1), BookingsRefused),
    ],
)
def test_a_row_that_breaks_a_law_is_named_and_nothing_is_booked(
    sqlite_books: Books, amount: str, part: Part, error: type[Exception]
) -> None:
    sqlite_books.invoice("INV-1", "100.00")
    line = sqlite_books.line("L1", amount)
    with refused(sqlite_books, BookingsRefused) as caught:
        book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, DAY, (part,))])

    ((booking, found),) = caught.value.refusals
    assert booking.line_id == line
    assert isinstance(found, error) or error is BookingsRefused


def test_no_more_can_be_parked_than_came_in(sqlite_books: Books) -> None:
    memo, customer = sqlite_books.invoice("MEMO", "-30.00"), sqlite_books.customer("C1")
    with refused(sqlite_books, BookingsRefused) as caught:
        pay(
            sqlite_books,
            "10.00",
            Part(4_000, Reason.OVERPAYMENT, customer_id=customer),
            Part(-3_000, Reason.NETTED, credit_item_id=memo),
        )
    assert isinstance(caught.value.refusals[0][1], CreditExceeded)


def test_a_credit_memo_is_not_netted_beyond_its_amount(sqlite_books: Books) -> None:
    item, memo = sqlite_books.invoice("INV-1", "100.00"), sqlite_books.invoice("MEMO", "-30.00")
    with refused(sqlite_books, BookingsRefused, match="MEMO has 30.00 EUR left"):
        pay(
            sqlite_books,
            "69.99",
            Part(10_000, open_item_id=item),
            Part(-3_001, Reason.NETTED, credit_item_id=memo),
        )


def test_an_invoice_in_another_currency_is_refused(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00", currency="USD")
    with refused(sqlite_books, BookingsRefused, match="INV-1 is in USD, not EUR"):
        pay(sqlite_books, "100.00", Part(10_000, open_item_id=item))


def test_every_refused_booking_of_a_batch_is_named_and_innocent_ones_are_not(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    lines = [sqlite_books.line(ref, "100.00") for ref in ("L1", "L2", "L3")]
    wrong = (Part(10_000, open_item_id=item), Part(0, Reason.BANK_CHARGE))
    right = (Part(10_000, open_item_id=item),)
    bookings = [Booking(lines[0], DAY, wrong), Booking(lines[1], DAY, right), Booking(lines[2], DAY, right)]
    with refused(sqlite_books, BookingsRefused) as caught:
        book(sqlite_books.session, sqlite_books.actor, bookings=bookings)

    refusals = caught.value.refusals
    assert [(booking.line_id, type(error)) for booking, error in refusals] == [
        (lines[0], PartMisplaced),
        (lines[2], OverApplication),
    ]


def test_a_line_is_decided_once(sqlite_books: Books) -> None:
    customer = sqlite_books.customer("C1")
    kept = (Part(1_000, Reason.PREPAYMENT, customer_id=customer),)
    line = pay(sqlite_books, "10.00", *kept)
    with refused(sqlite_books, LineAlreadyDecided, match="already booked"):
        book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, DAY, kept)])
    twice = Booking(sqlite_books.line("L2", "-1.00"), DAY, (Part(-100, Reason.NOT_AR),))
    with refused(sqlite_books, LineAlreadyDecided):
        book(sqlite_books.session, sqlite_books.actor, bookings=[twice, twice])


def test_only_lines_of_the_company_can_be_booked(sqlite_books: Books) -> None:
    with refused(sqlite_books, UnknownLine):
        book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(77, DAY, (Part(1, Reason.NOT_AR),))])


def test_money_is_parked_only_for_the_companys_own_customers(sqlite_books: Books) -> None:
    with refused(sqlite_books, UnknownCustomer):
        pay(sqlite_books, "10.00", Part(1_000, Reason.PREPAYMENT, customer_id=99))


def test_a_collector_books_nothing(sqlite_books: Books) -> None:
    with refused(sqlite_books, NotYourDuty):
        book(sqlite_books.session, collector(sqlite_books), bookings=[])


def test_undoing_takes_back_what_the_line_did_and_opens_it_again(sqlite_books: Books) -> None:
    line = pay(sqlite_books, "-12.00", Part(-1_200, Reason.NOT_AR))
    undo(sqlite_books.session, sqlite_books.actor, line_ids=[line], on=LATER, reason="wrong")

    assert broken_laws(sqlite_books) == []
    with refused(sqlite_books, NothingToUndo):
        undo(sqlite_books.session, sqlite_books.actor, line_ids=[line], on=LATER, reason="again")


def test_parked_money_used_since_keeps_its_line_from_being_undone(sqlite_books: Books) -> None:
    customer, item = sqlite_books.customer("C1"), sqlite_books.invoice("INV-1", "5.00")
    line = pay(sqlite_books, "10.00", Part(1_000, Reason.PREPAYMENT, customer_id=customer))
    (parked,) = columns_parked(sqlite_books.session, sqlite_books.company_id, DAY)
    apply_on_account(
        sqlite_books.session,
        sqlite_books.actor,
        credit_item_id=parked.credit_item_id,
        customer_id=customer,
        parts=[Part(500, open_item_id=item)],
        on=DAY,
    )
    with refused(sqlite_books, ParkedExceeded, match="5.00 EUR parked"):
        undo(sqlite_books.session, sqlite_books.actor, line_ids=[line], on=LATER, reason="wrong")


def test_what_was_decided_is_told_in_the_exchange_folders_shape(sqlite_books: Books) -> None:
    item, memo = sqlite_books.invoice("INV-1", "100.00"), sqlite_books.invoice("MEMO", "-30.00")
    parts = (Part(10_000, open_item_id=item), Part(-3_000, Reason.NETTED, credit_item_id=memo))
    line = pay(sqlite_books, "70.00", *parts)
    session, company = sqlite_books.session, sqlite_books.company_id

    rows = [(r.number, r.amount_minor, r.reason, r.customer_code) for r in columns_parts(session, company, DAY)]
    assert rows == [("INV-1", 10_000, Reason.FULL, "C1"), ("MEMO", -3_000, Reason.NETTED, "C1")]
    assert list(columns_parts(session, company, LATER, since=LATER)) == []
    assert set(line_of_entry(session, company, DAY).values()) == {line}
    assert line_ids_applied(session, company, DAY, suggested_only=False) == [line]
    assert line_ids_applied(session, company, DAY, suggested_only=True) == []
    assert count_decisions(session, company, DAY) == {}


def test_what_was_taken_back_cannot_be_used_from_a_day_on_which_it_was_in_use(books: Books) -> None:
    item = books.invoice("INV-1", "100.00")
    line = books.line("L1", "100.00")
    paid = [Booking(line, DAY + timedelta(days=5), (Part(10_000, open_item_id=item),))]
    book(books.session, books.actor, bookings=paid)
    undo(books.session, books.actor, line_ids=[line], on=DAY + timedelta(days=9), reason="wrong")

    early = Booking(line, DAY + timedelta(days=7), (Part(10_000, open_item_id=item),))
    with refused(books, BookingsRefused, match="can be used from 2025-06-10 on, not from 2025-06-08"):
        book(books.session, books.actor, bookings=[early])
    book(books.session, books.actor, bookings=[replace(early, on=DAY + timedelta(days=9))])

    assert broken_laws(books) == []


def test_money_is_not_applied_before_it_came_in(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "100.00")
    line = sqlite_books.line("L1", "100.00", on=LATER)

    with refused(sqlite_books, BookingsRefused, match="L1 can be used from"):
        book(
            sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, DAY, (Part(10_000, open_item_id=item),))]
        )


def test_history_that_paid_before_the_invoice_is_applied_when_it_was_issued(books: Books) -> None:
    item = books.invoice("INV-1", "100.00", issued=LATER)
    line = books.line("L1", "100.00", on=DAY)
    history = [Booking(line, DAY, (Part(10_000, open_item_id=item),))]

    book(books.session, books.actor, bookings=history, tolerance=None)

    assert broken_laws(books) == []
    assert open_line_ids(books.session, books.company_id, DAY) == [line]
    assert open_line_ids(books.session, books.company_id, LATER) == []


def test_money_first_set_aside_becomes_a_receipt_when_it_pays_something(books: Books) -> None:
    item = books.invoice("INV-1", "100.00")
    line = books.line("L1", "100.00", no_receipt=True)
    aside = [Booking(line, DAY, (Part(10_000, Reason.NOT_AR),))]
    book(books.session, books.actor, bookings=aside)
    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="it was a customer's")

    book(books.session, books.actor, bookings=[Booking(line, LATER, (Part(10_000, open_item_id=item),))])

    assert open_now(books) == {}
    assert broken_laws(books) == []
    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="and it was not")
    assert open_now(books) == {"INV-1": 10_000}
    assert broken_laws(books) == []


def test_the_receipt_of_another_line_is_no_credit_memo(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "160.00")
    line, other = sqlite_books.line("L1", "100.00"), sqlite_books.line("L2", "60.00")
    parts = (Part(16_000, open_item_id=item), Part(-6_000, Reason.NETTED, credit_item_id=receipt(sqlite_books, other)))

    with refused(sqlite_books, BookingsRefused) as caught:
        book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, DAY, parts)])
    assert isinstance(caught.value.refusals[0][1], UnknownItem)
