"""Two months of work in which everything happens that a company does with its receivables, made by the verbs alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import apply_on_account, book, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.invoices.actions import reverse
from o2c_ai.core.ledger.actions import add_rates
from o2c_ai.core.money import Money, parse_minor
from o2c_ai.core.payments.actions import approve_refund, identify, receive_by_hand, request_refund, transfer
from o2c_ai.core.payments.queries import lock_lines
from o2c_ai.core.payments.rules import ReceiptMethod
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.core.write_offs.actions import approve_write_off, request_write_off

if TYPE_CHECKING:
    from tests.books import Books

MAY, DUE = date(2025, 5, 12), date(2025, 6, 11)
JUNE, LATER, LAST = date(2025, 6, 5), date(2025, 6, 16), date(2025, 7, 2)


def fill(books: Books) -> None:
    """Invoices paid in full, in part, short, in dollars, with a memo; money parked, refunded, bounced, undone."""
    rates = {(MAY, "USD", "EUR"): Decimal("0.9"), (LATER, "USD", "EUR"): Decimal("0.7777")}
    add_rates(books.session, books.actor, rates=rates)
    books.customer("C2", "Muster & Söhne KG")
    _pay(books, "PAID", "119.00", Part(11_900, open_item_id=_bill(books, "INV-PAID", "119.00")))
    _pay(books, "PART", "100.00", Part(10_000, Reason.PARTIAL, _bill(books, "INV-PART", "300.00")))
    _pay(books, "SHORT", "190.00", Part(19_000, Reason.DEDUCTION, _bill(books, "INV-SHORT", "200.00")))
    _pay(books, "SKONTO", "98.00", Part(9_800, Reason.DISCOUNT, _bill(books, "INV-SKONTO", "100.00")))
    _pay(books, "REST", "95.00", Part(9_500, Reason.RESIDUAL, _bill(books, "INV-REST", "100.00")))
    _net_a_memo(books)
    _pay_in_dollars(books)
    books.invoice("INV-YEN", "5000", currency="JPY", customer="C2", issued=MAY, due=DUE)
    _park_and_use(books)
    _leave_open(books)
    _undo_and_bounce(books)
    _pay(books, "RENT", "-25.00", Part(-2_500, Reason.NOT_AR))
    _give_up(books)
    books.session.flush()


def _bill(books: Books, number: str, amount: str, currency: str = "EUR") -> int:
    return books.invoice(number, amount, currency=currency, issued=MAY, due=DUE)


def _pay(books: Books, ref: str, amount: str, *parts: Part, on: date = JUNE, currency: str = "EUR") -> int:
    line = books.line(ref, amount, on=on, currency=currency)
    book(books.session, books.actor, bookings=[Booking(line, on, parts)], tolerance=None)
    return line


def _net_a_memo(books: Books) -> None:
    item, memo = _bill(books, "INV-NET", "80.00"), _bill(books, "MEMO", "-70.00")
    _pay(books, "NET", "30.00", Part(8_000, open_item_id=item), Part(-5_000, Reason.NETTED, credit_item_id=memo))


def _pay_in_dollars(books: Books) -> None:
    item = _bill(books, "INV-USD", "100.01", "USD")
    _pay(books, "USD-1", "33.34", Part(3_334, Reason.PARTIAL, item), currency="USD")
    _pay(books, "USD-2", "66.67", Part(6_667, open_item_id=item), currency="USD", on=LATER)


def _credit_of(books: Books, line: int) -> int:
    return lock_lines(books.session, books.company_id, [line])[line].credit_item_id or 0


def _park_and_use(books: Books) -> None:
    payer, other = books.customer("C1"), books.customer("C2", "Muster & Söhne KG")
    line = _pay(books, "EARLY", "60.00", Part(6_000, Reason.PREPAYMENT, customer_id=payer))
    credit, use = _credit_of(books, line), Part(1_500, open_item_id=_bill(books, "INV-EARLY", "15.00"))
    facts = {"credit_item_id": credit, "customer_id": payer, "parts": [use], "on": LATER}
    apply_on_account(books.session, books.actor, **facts)  # type: ignore[arg-type]  # a test's own bag
    identify(books.session, books.actor, credit_item_id=credit, customer_id=payer, on=LATER)
    moved = Money(500, "EUR")
    transfer(books.session, books.actor, credit_item_id=credit, customer_id=other, amount=moved, on=LATER)


def _leave_open(books: Books) -> None:
    books.line("UNKNOWN", "40.00", on=JUNE)
    named = _credit_of(books, books.line("KNOWN", "45.00", on=JUNE))
    identify(books.session, books.actor, credit_item_id=named, customer_id=books.customer("C1"), on=LATER)
    cheque = receive_by_hand(
        books.session,
        books.actor,
        customer_id=books.customer("C1"),
        method=ReceiptMethod.CHEQUE,
        amount=Money(3_300, "EUR"),
        on=LATER,
        reference="CHEQUE",
    )
    back = Money(1_000, "EUR")
    asked = request_refund(books.session, books.actor, credit_item_id=cheque, amount=back, reason="twice", on=LATER)
    approve_refund(books.session, books.other, approval_id=asked, on=LAST)


def _undo_and_bounce(books: Books) -> None:
    wrong = _bill(books, "INV-WRONG", "70.00")
    over = Part(500, Reason.OVERPAYMENT, customer_id=books.customer("C1"))
    line = _pay(books, "WRONG", "75.00", Part(7_000, open_item_id=wrong), over)
    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="another customer's")
    bounced = _bill(books, "INV-BOUNCED", "90.00")
    _pay(books, "BOUNCES", "90.00", Part(9_000, open_item_id=bounced))
    _pay(books, "BOUNCED", "-90.00", Part(-9_000, Reason.RETURNED, bounced), on=LATER)


def _give_up(books: Books) -> None:
    item, amount = _bill(books, "INV-LOST", "55.00"), Money(parse_minor("55.00", "EUR"), "EUR")
    ask = {"open_item_id": item, "amount": amount, "reason": "bankrupt", "on": LATER}
    asked = request_write_off(books.session, books.actor, **ask)  # type: ignore[arg-type]  # a test's own bag
    approve_write_off(books.session, books.other, approval_id=asked, on=LATER)
    _bill(books, "INV-CANCELLED", "12.00")
    reverse(books.session, books.actor, number="INV-CANCELLED", on=LATER, reason="never ordered")
