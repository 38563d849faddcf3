"""What a payment is made of: discounts, claims, taxes kept back, charges and money too much, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from o2c_ai.demo.dice import stream
from o2c_ai.demo.facts import Customer, Invoice, Terms
from o2c_ai.demo.habits import Habit, HabitKind
from o2c_ai.demo.payers import Payer
from o2c_ai.demo.settling import Payment, settle

ISSUED = date(2026, 3, 2)
PAID = date(2026, 3, 12)
QUIET = Habit(HabitKind.ON_TIME, 0, overpaid_permille=0)
CUSTOMER = Customer("K1", "Amselried KG", "DE", "", "", "", Terms(30, 2, 10), 0, "EUR", "standard")
INVOICE = Invoice(
    "RE-2026-000001", "K1", "invoice", ISSUED, ISSUED + timedelta(30), "EUR", 119_990, "", 2, ISSUED + timedelta(10)
)
MEMO = Invoice("GS-2026-00001", "K1", "credit_memo", ISSUED, ISSUED, "EUR", -1_000)


def paid(habit: Habit, *, day: date = PAID, left: int = 119_990, memos: tuple[Invoice, ...] = ()) -> Payment:
    payer = Payer("P1", CUSTOMER.name, "DE1", (CUSTOMER,), habit)
    still_open = {INVOICE.invoice_id: left, MEMO.invoice_id: -1_000}
    return settle(stream(3, "settling"), payer, day, batch=[INVOICE], still_open=still_open, set_off=memos)


def amounts(payment: Payment) -> list[tuple[str, int, str]]:
    return [(row.invoice_id, row.amount_minor, row.reason) for row in payment.rows("L1")]


def test_an_invoice_is_paid_in_full_by_habit() -> None:
    assert amounts(paid(QUIET)) == [("RE-2026-000001", 119_990, "")]


def test_a_discount_is_kept_on_its_last_day_and_not_after() -> None:
    taker = replace(QUIET, discount_permille=900)
    assert amounts(paid(taker)) == [("RE-2026-000001", 117_590, "discount")]
    assert amounts(paid(taker, day=PAID + timedelta(1))) == [("RE-2026-000001", 119_990, "")]


def test_tax_is_kept_back_at_the_payers_rate() -> None:
    assert amounts(paid(replace(QUIET, withholding_bp=1021))) == [("RE-2026-000001", 107_739, "withholding")]


def test_a_claim_is_a_deduction_with_a_code_and_clears_the_invoice() -> None:
    (part,) = paid(replace(QUIET, deduction_permille=1000)).parts
    assert part.reason == "deduction"
    assert part.code
    assert 0 < part.difference_minor <= 119_990 * 12 // 100
    assert part.cash_minor + part.difference_minor == 119_990


def test_an_instalment_leaves_a_rest_and_the_rest_is_paid_whole() -> None:
    splitter = replace(QUIET, partial_permille=1000)
    (first,) = paid(splitter).parts
    assert first.reason == "partial"
    assert 0 < first.cash_minor < 119_990
    assert amounts(paid(splitter, left=4_000)) == [("RE-2026-000001", 4_000, "")]


def test_a_credit_memo_is_set_off() -> None:
    payment = paid(QUIET, memos=(MEMO,))
    assert amounts(payment) == [("RE-2026-000001", 119_990, ""), ("GS-2026-00001", -1_000, "netted")]
    assert payment.booked_minor == 118_990


def test_a_bank_charge_is_a_negative_row_of_its_own() -> None:
    payment = paid(replace(QUIET, charge_permille=1000))
    assert payment.rows("L1")[-1].reason == "bank_charge"
    assert payment.booked_minor == 119_990 - payment.charge_minor < payment.sent_minor


def test_no_bank_takes_a_charge_that_eats_the_payment() -> None:
    assert paid(replace(QUIET, charge_permille=1000), left=900).charge_minor == 0


def test_money_too_much_is_an_overpayment_of_the_customer() -> None:
    payment = paid(replace(QUIET, overpaid_permille=1000))
    assert payment.overpaid_minor > 0
    assert amounts(payment)[-1] == ("", payment.overpaid_minor, "overpayment")


def test_a_duplicate_pays_no_invoice() -> None:
    assert amounts(replace(paid(QUIET), kind="duplicate")) == [("", 119_990, "duplicate")]


def test_a_returned_payment_opens_its_invoices_again() -> None:
    back = replace(paid(QUIET), kind="returned")
    assert back.booked_minor == -119_990
    assert amounts(back) == [("RE-2026-000001", -119_990, "returned")]


@pytest.mark.parametrize("kind", ["paid", "duplicate", "returned"])
def test_the_rows_of_every_kind_add_up_to_what_the_bank_books(kind: str) -> None:
    for habit in (QUIET, replace(QUIET, charge_permille=1000), replace(QUIET, overpaid_permille=1000)):
        payment = paid(habit)
        if kind == "paid" or payment.is_plain:
            turned = replace(payment, kind="returned" if kind == "returned" else payment.kind)
            assert sum(row.amount_minor for row in turned.rows("L1")) == turned.booked_minor
