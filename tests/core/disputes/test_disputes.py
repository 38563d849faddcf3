"""Disputes as they are recorded, closed and asked for as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import apply_receipt, undo
from o2c_ai.core.disputes.actions import charge_back, explain, record, settle, withdraw_charge_back
from o2c_ai.core.disputes.queries import (
    count_cases,
    disputed_as_of,
    disputes_of_items,
    get_case,
    lock_dispute,
    page_disputes,
    page_short_payments,
)
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute, NotToChargeBack
from o2c_ai.core.invoices.queries import get_invoice, item_ids
from o2c_ai.core.invoices.rules import AlreadyPaidOn
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import receive_by_hand
from o2c_ai.core.payments.rules import ReceiptMethod
from o2c_ai.core.people.actions import create_user
from o2c_ai.core.people.rules import NotYourDuty, Role
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.work import LATER, open_now, pay
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from o2c_ai.core.disputes.tables import Dispute
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


def deducted(books: Books) -> tuple[int, Dispute]:
    """INV-1 of 100 euro paid with 90, the rest a deduction; gives the bank line and the case."""
    line = pay(books, "90.00", Part(9_000, Reason.DEDUCTION, books.invoice("INV-1", "100.00")))
    (row,), _ = page_disputes(books.session, books.company_id, LATER)
    return line, lock_dispute(books.session, books.company_id, row.id)


def test_a_deduction_charged_back_is_billed_again_until_it_is_allowed(sqlite_books: Books) -> None:
    session, actor = sqlite_books.session, sqlite_books.actor
    _, stored = deducted(sqlite_books)

    number = charge_back(session, actor, dispute=stored, on=LATER, due=LATER)
    assert number == f"INV-1/CB{stored.id}"
    assert open_now(sqlite_books) == {number: 1_000}
    with refused(sqlite_books, NotToChargeBack):
        charge_back(session, actor, dispute=stored, on=LATER, due=LATER)
    with refused(sqlite_books, NotToChargeBack):
        settle(session, actor, dispute=stored, state=DisputeState.CLOSED, on=LATER)

    withdraw_charge_back(session, actor, dispute=stored, on=LATER, reason="proof came")
    assert open_now(sqlite_books) == {}
    assert get_case(session, sqlite_books.company_id, stored.id).state is DisputeState.ACCEPTED
    assert broken_laws(sqlite_books) == []


def test_taking_the_payment_back_takes_back_what_was_charged_for_it(sqlite_books: Books) -> None:
    session, actor = sqlite_books.session, sqlite_books.actor
    line, stored = deducted(sqlite_books)
    number = charge_back(session, actor, dispute=stored, on=LATER, due=LATER)

    undo(session, actor, line_ids=[line], on=LATER, reason="wrong")

    assert open_now(sqlite_books) == {"INV-1": 10_000}
    assert get_invoice(session, sqlite_books.company_id, number).reversed_on == LATER
    assert broken_laws(sqlite_books) == []


def test_a_payment_stands_while_what_was_charged_for_it_is_paid(sqlite_books: Books) -> None:
    session, actor, company = sqlite_books.session, sqlite_books.actor, sqlite_books.company_id
    line, stored = deducted(sqlite_books)
    number = charge_back(session, actor, dispute=stored, on=LATER, due=LATER)
    bill = item_ids(session, company)[number][0]
    facts = {"customer_id": stored.customer_id, "method": ReceiptMethod.CASH, "on": LATER, "reference": "till"}
    credit = receive_by_hand(session, actor, amount=Money(1_000, "EUR"), **facts)  # type: ignore[arg-type]
    apply_receipt(session, actor, credit_item_id=credit, parts=[Part(1_000, open_item_id=bill)], on=LATER)

    with refused(sqlite_books, AlreadyPaidOn):
        undo(session, actor, line_ids=[line], on=LATER, reason="wrong")


def test_only_deductions_that_stand_are_charged_back(sqlite_books: Books) -> None:
    session, actor = sqlite_books.session, sqlite_books.actor
    item = sqlite_books.invoice("INV-1")
    record(session, actor, disputes=[case(sqlite_books, item, 500)])
    stored = disputes_of_items(session, sqlite_books.company_id)[item]

    with refused(sqlite_books, NotToChargeBack):
        charge_back(session, actor, dispute=stored, on=LATER, due=LATER)
    with refused(sqlite_books, NotToChargeBack):
        withdraw_charge_back(session, actor, dispute=stored, on=LATER, reason="?")


def test_cases_are_counted_by_the_reason_somebody_noted(books: Books) -> None:
    session, company = books.session, books.company_id
    _, stored = deducted(books)

    explain(session, books.actor, dispute=stored, reason=DisputeReason.FREIGHT)

    (counted,) = count_cases(session, company, LATER)
    assert (counted.reason, counted.cases, counted.amount_minor) == (DisputeReason.FREIGHT, 1, 1_000)
    assert page_disputes(session, company, LATER, reason=DisputeReason.PRICING)[0] == []
    assert len(page_disputes(session, company, LATER, state=DisputeState.ACCEPTED)[0]) == 1


def test_short_payments_are_the_items_paid_in_part_and_the_rests_of_others(books: Books) -> None:
    part, rest = books.invoice("INV-1", "100.00"), books.invoice("INV-2", "100.00")
    books.invoice("INV-3", "100.00")
    pay(books, "90.00", Part(9_000, Reason.PARTIAL, part))
    pay(books, "80.00", Part(8_000, Reason.RESIDUAL, rest))

    rows, _ = page_short_payments(books.session, books.company_id, LATER)
    assert {row.number: row.left_minor for row in rows} == {"INV-1": 1_000, "INV-2/R1": 2_000}
    rows, _ = page_short_payments(books.session, books.company_id, LATER, words="/R1")
    assert [row.number for row in rows] == ["INV-2/R1"]
