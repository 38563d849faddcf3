"""Receipts: taken by hand, named after their payer, transferred and refunded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import apply_on_account, apply_receipt, unapply, undo
from o2c_ai.core.clearings.rules import UsedBefore
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.errors import BooksError
from o2c_ai.core.ledger.queries import role_balances
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import approve_refund, identify, receive_by_hand, request_refund, transfer
from o2c_ai.core.payments.rules import LineNotDecided, NotAReceipt, ReceiptMethod
from o2c_ai.core.people.rules import NotYourDuty, OwnRequest, UnknownApproval
from o2c_ai.core.receivables.queries import columns_parked, credit_as_of
from o2c_ai.core.receivables.rules import CreditExceeded, NotPositive, ParkedExceeded, UnknownItem, WrongCurrency
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.core.write_offs.actions import approve_write_off
from tests.books import DAY
from tests.core.work import LATER, collector, open_now, pay, receipt
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books


def cheque(books: Books, minor: int = 5_000, customer: int | None = None) -> int:
    return receive_by_hand(
        books.session,
        books.actor,
        customer_id=customer or books.customer("C1"),
        method=ReceiptMethod.CASH,
        amount=Money(minor, "EUR"),
        on=DAY,
        reference="CASH 1",
    )


def refund(books: Books, credit: int, minor: int, currency: str = "EUR") -> int:
    return request_refund(
        books.session,
        books.actor,
        credit_item_id=credit,
        amount=Money(minor, currency),
        reason="paid twice",
        on=DAY,
    )


def move(books: Books, credit: int, to: int, minor: int) -> int:
    amount = Money(minor, "EUR")
    return transfer(books.session, books.actor, credit_item_id=credit, customer_id=to, amount=amount, on=DAY)


def balances(books: Books) -> dict[str, int]:
    kept = {
        AccountRole.UNIDENTIFIED_CASH,
        AccountRole.UNAPPLIED_CASH,
        AccountRole.ON_ACCOUNT,
        AccountRole.REFUNDS_PAYABLE,
    }
    found = role_balances(books.session, books.company_id, LATER)
    return {role.value: minor for (role, _), minor in found.items() if role in kept and minor}


def parked(books: Books) -> list[tuple[int, int]]:
    return [(row.customer_id, row.left_minor) for row in columns_parked(books.session, books.company_id, LATER)]


def test_cash_taken_by_hand_is_the_customers_credit(books: Books) -> None:
    cheque(books, 5_000)
    assert balances(books) == {"unapplied_cash": -5_000}
    assert broken_laws(books) == []


@pytest.mark.parametrize("minor", [0, -1])
def test_no_less_than_a_cent_is_received(sqlite_books: Books, minor: int) -> None:
    with refused(sqlite_books, NotPositive) as caught:
        cheque(sqlite_books, minor)
    assert (caught.value.what, caught.value.amount) == ("CASH 1", Money(minor, "EUR"))


def test_money_is_received_only_from_own_customers(sqlite_books: Books) -> None:
    with refused(sqlite_books, UnknownCustomer):
        cheque(sqlite_books, 5, customer=99)


def test_naming_the_payer_moves_the_money_to_unapplied_cash_and_back(books: Books) -> None:
    credit, customer = receipt(books, books.line("L1", "10.00")), books.customer("C1")
    session, actor = books.session, books.actor
    assert identify(session, actor, credit_item_id=credit, customer_id=customer, on=LATER)
    assert balances(books) == {"unapplied_cash": -1_000}
    payers = {on: [row.payer_id for row in session.execute(credit_as_of(books.company_id, on))] for on in (DAY, LATER)}
    assert payers == {DAY: [None], LATER: [customer]}
    assert broken_laws(books) == []

    assert identify(session, actor, credit_item_id=credit, customer_id=None, on=LATER)
    assert balances(books) == {"unidentified_cash": -1_000}
    assert broken_laws(books) == []


def test_correcting_the_payer_moves_no_money(sqlite_books: Books) -> None:
    credit = cheque(sqlite_books)
    other = sqlite_books.customer("C2")
    facts = {"credit_item_id": credit, "customer_id": other, "on": DAY}
    assert identify(sqlite_books.session, sqlite_books.actor, **facts) is None  # type: ignore[arg-type]
    assert balances(sqlite_books) == {"unapplied_cash": -5_000}
    assert broken_laws(sqlite_books) == []


def test_a_receipt_that_is_used_up_can_still_be_named(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1", "10.00")
    line = pay(sqlite_books, "10.00", Part(1_000, open_item_id=item))
    facts = {"credit_item_id": receipt(sqlite_books, line), "customer_id": sqlite_books.customer("C1"), "on": DAY}
    assert identify(sqlite_books.session, sqlite_books.actor, **facts) is None  # type: ignore[arg-type]
    assert broken_laws(sqlite_books) == []


def test_money_freed_later_follows_the_payer_named_meanwhile(books: Books) -> None:
    item = books.invoice("INV-1", "10.00")
    line = pay(books, "10.00", Part(1_000, open_item_id=item))
    credit, customer = receipt(books, line), books.customer("C1")
    identify(books.session, books.actor, credit_item_id=credit, customer_id=customer, on=DAY)
    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="wrong")

    assert balances(books) == {"unapplied_cash": -1_000}
    assert broken_laws(books) == []


def test_parked_money_that_was_applied_stays_parked_when_that_is_undone_after_its_payer_was_named(books: Books) -> None:
    item, customer = books.invoice("INV-1", "10.00"), books.customer("C1")
    line = pay(books, "10.00", Part(1_000, Reason.PREPAYMENT, customer_id=customer))
    credit = receipt(books, line)
    facts = {"credit_item_id": credit, "customer_id": customer, "parts": [Part(1_000, open_item_id=item)], "on": DAY}
    entry = apply_on_account(books.session, books.actor, **facts)  # type: ignore[arg-type]
    identify(books.session, books.actor, credit_item_id=credit, customer_id=customer, on=DAY)
    unapply(books.session, books.actor, entry_id=entry, on=LATER, reason="wrong")

    assert balances(books) == {"on_account": -1_000}
    assert parked(books) == [(customer, 1_000)]
    assert broken_laws(books) == []


@pytest.mark.parametrize(
    ("number", "error"), [("memo", NotAReceipt), ("none", UnknownItem), ("whose", UnknownCustomer)]
)
def test_only_a_receipt_is_named_and_only_after_a_customer(
    sqlite_books: Books, number: str, error: type[BooksError]
) -> None:
    memo, customer = sqlite_books.invoice("MEMO", "-10.00"), sqlite_books.customer("C1")
    credit = {"memo": memo, "none": 99, "whose": cheque(sqlite_books)}[number]
    payer = 99 if number == "whose" else customer
    with refused(sqlite_books, error):
        identify(sqlite_books.session, sqlite_books.actor, credit_item_id=credit, customer_id=payer, on=DAY)


def test_unapplied_cash_is_transferred_to_another_customer_and_back(books: Books) -> None:
    credit, other = cheque(books, 5_000), books.customer("C2")
    entry = move(books, credit, other, 3_000)
    assert parked(books) == [(other, 3_000)]
    assert balances(books) == {"unapplied_cash": -2_000, "on_account": -3_000}
    assert broken_laws(books) == []

    unapply(books.session, books.actor, entry_id=entry, on=LATER, reason="wrong")
    assert (parked(books), balances(books)) == ([], {"unapplied_cash": -5_000})
    assert broken_laws(books) == []


def test_a_transfer_used_since_is_not_undone_first(sqlite_books: Books) -> None:
    credit, other = cheque(sqlite_books, 5_000), sqlite_books.customer("C2")
    item = sqlite_books.invoice("INV-1", "30.00", customer="C2")
    entry = move(sqlite_books, credit, other, 3_000)
    facts = {"credit_item_id": credit, "customer_id": other, "parts": [Part(3_000, open_item_id=item)], "on": DAY}
    apply_on_account(sqlite_books.session, sqlite_books.actor, **facts)  # type: ignore[arg-type]
    with refused(sqlite_books, ParkedExceeded):
        unapply(sqlite_books.session, sqlite_books.actor, entry_id=entry, on=DAY, reason="wrong")
    assert open_now(sqlite_books) == {}


def test_parked_money_of_a_booked_line_can_go_to_a_sister_company(sqlite_books: Books) -> None:
    customer, sister = sqlite_books.customer("C1"), sqlite_books.customer("C2")
    line = pay(sqlite_books, "10.00", Part(1_000, Reason.OVERPAYMENT, customer_id=customer))
    move(sqlite_books, receipt(sqlite_books, line), sister, 400)

    assert parked(sqlite_books) == [(customer, 600), (sister, 400)]
    assert broken_laws(sqlite_books) == []


def test_money_of_an_undecided_line_waits_for_its_line(sqlite_books: Books) -> None:
    credit, customer = receipt(sqlite_books, sqlite_books.line("L1", "10.00")), sqlite_books.customer("C1")
    with refused(sqlite_books, LineNotDecided, match="L1 is not booked yet"):
        move(sqlite_books, credit, customer, 1)
    with refused(sqlite_books, LineNotDecided) as caught:
        refund(sqlite_books, credit, 1)
    assert caught.value.line_ref == "L1"


def test_a_refund_asked_by_one_and_granted_by_another_is_owed_to_the_customer(books: Books) -> None:
    credit = cheque(books, 5_000)
    number = refund(books, credit, 5_000)
    with refused(books, OwnRequest):
        approve_refund(books.session, books.actor, approval_id=number, on=DAY)
    entry = approve_refund(books.session, books.other, approval_id=number, on=DAY)
    assert balances(books) == {"refunds_payable": -5_000}
    assert broken_laws(books) == []

    unapply(books.session, books.actor, entry_id=entry, on=LATER, reason="wrong account")
    assert balances(books) == {"unapplied_cash": -5_000}
    assert broken_laws(books) == []


def test_a_refund_takes_what_is_left_first_and_then_what_is_parked(sqlite_books: Books) -> None:
    credit, customer = cheque(sqlite_books, 5_000), sqlite_books.customer("C1")
    move(sqlite_books, credit, customer, 3_000)
    number = refund(sqlite_books, credit, 4_000)
    approve_refund(sqlite_books.session, sqlite_books.other, approval_id=number, on=DAY)

    assert parked(sqlite_books) == [(customer, 1_000)]
    assert balances(sqlite_books) == {"on_account": -1_000, "refunds_payable": -4_000}
    assert broken_laws(sqlite_books) == []


def test_parked_money_of_an_unknown_payer_goes_back_for_the_customer_it_was_parked_for(sqlite_books: Books) -> None:
    customer = sqlite_books.customer("C1")
    line = pay(sqlite_books, "10.00", Part(1_000, Reason.DUPLICATE, customer_id=customer))
    number = refund(sqlite_books, receipt(sqlite_books, line), 1_000)
    approve_refund(sqlite_books.session, sqlite_books.other, approval_id=number, on=DAY)

    rows = sqlite_books.session.connection().exec_driver_sql("SELECT customer_id FROM credit_movements").all()
    assert {row[0] for row in rows} == {customer}
    assert broken_laws(sqlite_books) == []


def test_money_parked_for_two_customers_is_refunded_to_neither_unasked(sqlite_books: Books) -> None:
    first, second = sqlite_books.customer("C1"), sqlite_books.customer("C2")
    halves = [Part(500, Reason.OVERPAYMENT, customer_id=customer) for customer in (first, second)]
    line = pay(sqlite_books, "10.00", *halves)
    with refused(sqlite_books, UsedBefore, match="0.00 EUR left"):
        refund(sqlite_books, receipt(sqlite_books, line), 100)


@pytest.mark.parametrize(
    ("minor", "currency", "error"),
    [(5_001, "EUR", CreditExceeded), (0, "EUR", NotPositive), (-50, "EUR", NotPositive), (5, "USD", WrongCurrency)],
)
def test_a_refund_that_cannot_be_paid_is_not_asked_for(
    sqlite_books: Books, minor: int, currency: str, error: type[BooksError]
) -> None:
    credit = cheque(sqlite_books, 5_000)
    with refused(sqlite_books, error):
        refund(sqlite_books, credit, minor, currency)


def test_a_refund_is_refused_once_the_money_is_applied(sqlite_books: Books) -> None:
    credit, item = cheque(sqlite_books, 5_000), sqlite_books.invoice("INV-1", "50.00")
    number = refund(sqlite_books, credit, 5_000)
    parts = [Part(5_000, open_item_id=item)]
    apply_receipt(sqlite_books.session, sqlite_books.actor, credit_item_id=credit, parts=parts, on=DAY)
    with refused(sqlite_books, UsedBefore, match="used by anna on 2025-06-01"):
        approve_refund(sqlite_books.session, sqlite_books.other, approval_id=number, on=DAY)


def test_a_refund_is_not_granted_as_a_write_off(sqlite_books: Books) -> None:
    number = refund(sqlite_books, cheque(sqlite_books, 5_000), 5_000)
    with refused(sqlite_books, UnknownApproval):
        approve_write_off(sqlite_books.session, sqlite_books.other, approval_id=number, on=DAY)


def test_an_unknown_request_grants_nothing(sqlite_books: Books) -> None:
    with refused(sqlite_books, UnknownApproval):
        approve_refund(sqlite_books.session, sqlite_books.other, approval_id=9, on=DAY)


def test_a_collector_moves_no_money(sqlite_books: Books) -> None:
    credit, carl, customer = cheque(sqlite_books), collector(sqlite_books), sqlite_books.customer("C1")
    amount, session = Money(1, "EUR"), sqlite_books.session
    with refused(sqlite_books, NotYourDuty):
        transfer(session, carl, credit_item_id=credit, customer_id=customer, amount=amount, on=DAY)
    with refused(sqlite_books, NotYourDuty):
        identify(session, carl, credit_item_id=credit, customer_id=customer, on=DAY)
    with refused(sqlite_books, NotYourDuty):
        request_refund(session, carl, credit_item_id=credit, amount=amount, reason="?", on=DAY)
    with refused(sqlite_books, NotYourDuty):
        receive_by_hand(
            session, carl, customer_id=customer, method=ReceiptMethod.CASH, amount=amount, on=DAY, reference="?"
        )
