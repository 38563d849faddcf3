"""Money that no line waits for: cheques applied by hand, money parked on account applied later, and both undone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import apply_on_account, apply_receipt, unapply
from o2c_ai.core.cash_application.rules import PartMisplaced
from o2c_ai.core.clearings.queries import standing_entries_of_credit
from o2c_ai.core.errors import BooksError
from o2c_ai.core.invoices.actions import reverse
from o2c_ai.core.ledger.actions import add_rates
from o2c_ai.core.ledger.queries import role_balances
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import receive_by_hand
from o2c_ai.core.payments.rules import HasStatementLine, NotAReceipt, ReceiptMethod
from o2c_ai.core.people.rules import NotYourDuty
from o2c_ai.core.receivables.queries import columns_parked
from o2c_ai.core.receivables.rules import (
    CreditExceeded,
    NothingToClear,
    OverApplication,
    ParkedExceeded,
    UnknownClearing,
    UnknownItem,
)
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.work import LATER, collector, open_now, pay, receipt
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books


def cheque(books: Books, minor: int, currency: str = "EUR") -> int:
    return receive_by_hand(
        books.session,
        books.actor,
        customer_id=books.customer("C1"),
        method=ReceiptMethod.CHEQUE,
        amount=Money(minor, currency),
        on=DAY,
        reference="CHQ 1",
    )


def apply(books: Books, credit: int, *parts: Part) -> int:
    return apply_receipt(books.session, books.actor, credit_item_id=credit, parts=parts, on=DAY)


def parked(books: Books, amount: str = "50.00", currency: str = "EUR") -> tuple[int, int]:
    """(credit item, customer) of money just parked."""
    customer = books.customer("C1")
    minor = int(Decimal(amount) * 100)
    line = pay(books, amount, Part(minor, Reason.PREPAYMENT, customer_id=customer), currency=currency)
    return receipt(books, line), customer


def apply_parked(books: Books, of: tuple[int, int], *parts: Part) -> int:
    credit, customer = of
    facts = {"credit_item_id": credit, "customer_id": customer, "parts": parts, "on": LATER}
    return apply_on_account(books.session, books.actor, **facts)  # type: ignore[arg-type]


def test_a_cheque_is_applied_in_steps_and_each_step_can_be_undone(books: Books) -> None:
    items = [books.invoice("INV-1", "60.00"), books.invoice("INV-2", "60.00")]
    credit = cheque(books, 10_000)
    first = apply(books, credit, Part(6_000, open_item_id=items[0]))
    apply(books, credit, Part(4_000, Reason.RESIDUAL, items[1]))
    assert open_now(books) == {"INV-2/R1": 2_000}

    unapply(books.session, books.actor, entry_id=first, on=LATER, reason="wrong")
    assert open_now(books) == {"INV-1": 6_000, "INV-2/R1": 2_000}
    assert broken_laws(books) == []


@pytest.mark.parametrize(
    ("minor", "part", "error"),
    [
        (10_001, Part(10_001, open_item_id=1), CreditExceeded),
        (5_000, Part(12_001, open_item_id=1), OverApplication),
        (5_000, Part(0, open_item_id=1), NothingToClear),
        (5_000, Part(-1, Reason.NOT_AR), NothingToClear),
        (5_000, Part(100, Reason.RETURNED, open_item_id=1), PartMisplaced),
    ],
)
def test_a_cheque_pays_no_more_than_it_is_and_no_more_than_is_open(
    sqlite_books: Books, minor: int, part: Part, error: type[BooksError]
) -> None:
    sqlite_books.invoice("INV-1", "120.00")
    credit = cheque(sqlite_books, min(minor, 10_000))
    with refused(sqlite_books, error):
        apply(sqlite_books, credit, part)


def test_money_of_a_statement_line_is_applied_by_booking_the_line(sqlite_books: Books) -> None:
    item, line = sqlite_books.invoice("INV-1"), sqlite_books.line("L1", "100.00")
    with refused(sqlite_books, HasStatementLine, match="statement line L1"):
        apply(sqlite_books, receipt(sqlite_books, line), Part(10_000, open_item_id=item))


def test_a_credit_memo_is_no_receipt(sqlite_books: Books) -> None:
    item, memo = sqlite_books.invoice("INV-1"), sqlite_books.invoice("MEMO", "-10.00")
    with refused(sqlite_books, NotAReceipt):
        apply(sqlite_books, memo, Part(1_000, Reason.PARTIAL, item))


def test_only_what_the_company_has_can_be_applied(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    with refused(sqlite_books, UnknownItem):
        apply(sqlite_books, 99, Part(1_000, Reason.PARTIAL, item))


def test_a_collector_applies_and_undoes_nothing(sqlite_books: Books) -> None:
    credit, item, carl = cheque(sqlite_books, 5_000), sqlite_books.invoice("INV-1"), collector(sqlite_books)
    parts = [Part(5_000, Reason.PARTIAL, item)]
    with refused(sqlite_books, NotYourDuty):
        apply_receipt(sqlite_books.session, carl, credit_item_id=credit, parts=parts, on=DAY)
    with refused(sqlite_books, NotYourDuty):
        unapply(sqlite_books.session, carl, entry_id=1, on=DAY, reason="?")


def test_money_on_account_pays_an_invoice_that_comes_later(books: Books) -> None:
    prepaid = parked(books, "50.00")
    item = books.invoice("INV-1", "30.00", issued=LATER)
    entry = apply_parked(books, prepaid, Part(3_000, open_item_id=item))

    assert open_now(books) == {}
    assert [row.left_minor for row in columns_parked(books.session, books.company_id, LATER)] == [2_000]
    assert [row.left_minor for row in columns_parked(books.session, books.company_id, DAY)] == [5_000]
    assert broken_laws(books) == []

    unapply(books.session, books.actor, entry_id=entry, on=LATER, reason="wrong")
    assert open_now(books) == {"INV-1": 3_000}
    assert [row.left_minor for row in columns_parked(books.session, books.company_id, LATER)] == [5_000]
    assert broken_laws(books) == []


def test_no_more_than_is_parked_for_the_customer_is_applied(sqlite_books: Books) -> None:
    prepaid, item = parked(sqlite_books, "50.00"), sqlite_books.invoice("INV-1")
    with refused(sqlite_books, ParkedExceeded) as caught:
        apply_parked(sqlite_books, prepaid, Part(5_001, Reason.PARTIAL, item))
    assert (caught.value.parked.minor, caught.value.attempted.minor) == (5_000, 5_001)
    with refused(sqlite_books, ParkedExceeded, match="0.00 EUR parked"):
        apply_parked(sqlite_books, (prepaid[0], sqlite_books.customer("C2")), Part(1, Reason.PARTIAL, item))


def test_parked_money_in_another_currency_keeps_every_cent_of_its_value(books: Books) -> None:
    add_rates(books.session, books.actor, rates={(DAY, "USD", "EUR"): Decimal("0.333")})
    prepaid = parked(books, "10.01", "USD")
    add_rates(books.session, books.actor, rates={(LATER, "USD", "EUR"): Decimal("0.5")})
    for number, minor in (("INV-1", 333), ("INV-2", 334), ("INV-3", 334)):
        item = books.invoice(number, str(Decimal(minor) / 100), currency="USD", issued=LATER)
        apply_parked(books, prepaid, Part(minor, open_item_id=item))
        assert broken_laws(books) == []

    balances = role_balances(books.session, books.company_id, LATER)
    assert balances[AccountRole.ON_ACCOUNT, "USD"] == 0
    base = books.session.connection().exec_driver_sql(
        "SELECT sum(p.base_minor) FROM postings p JOIN accounts a ON a.id = p.account_id WHERE a.role = 'on_account'"
    )
    assert base.scalar() == 0


def test_what_a_line_decided_is_undone_with_the_line(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    credit = receipt(sqlite_books, pay(sqlite_books, "100.00", Part(10_000, open_item_id=item), ref="L1"))
    (entry,) = standing_entries_of_credit(sqlite_books.session, sqlite_books.company_id, credit)
    with refused(sqlite_books, HasStatementLine, match="L1"):
        unapply(sqlite_books.session, sqlite_books.actor, entry_id=entry, on=DAY, reason="?")


def test_a_reversed_document_does_not_come_back_by_undoing_its_clearing(sqlite_books: Books) -> None:
    sqlite_books.invoice("INV-1")
    entry = reverse(sqlite_books.session, sqlite_books.actor, number="INV-1", on=DAY, reason="wrong")
    with refused(sqlite_books, UnknownClearing):
        unapply(sqlite_books.session, sqlite_books.actor, entry_id=entry, on=DAY, reason="?")


def test_an_entry_that_applied_nothing_cannot_be_undone(sqlite_books: Books) -> None:
    sqlite_books.invoice("INV-1")
    with refused(sqlite_books, UnknownClearing) as caught:
        unapply(sqlite_books.session, sqlite_books.actor, entry_id=1, on=DAY, reason="?")
    assert caught.value.entry_id == 1


def test_a_deduction_taken_from_a_cheque_is_withdrawn_with_it(sqlite_books: Books) -> None:
    item, credit = sqlite_books.invoice("INV-1"), cheque(sqlite_books, 9_000)
    entry = apply(sqlite_books, credit, Part(9_000, Reason.DEDUCTION, item))
    unapply(sqlite_books.session, sqlite_books.actor, entry_id=entry, on=DAY + timedelta(days=1), reason="wrong")

    cases = sqlite_books.session.connection().exec_driver_sql("SELECT state, entry_id FROM disputes").all()
    assert [tuple(row) for row in cases] == [("closed", None)]
