"""What a folder says about items in the books: disputes, cancellations, promises, contacts, and full snapshots."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.collections.queries import promises_as_of
from o2c_ai.core.collections.rules import PromiseState
from o2c_ai.core.disputes.queries import columns_disputes, disputed_as_of
from o2c_ai.core.receivables.queries import columns_open_items
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.jobs.folders import INVOICES, LINES, PARTS

if TYPE_CHECKING:
    from tests.jobs.folders import Desk

END = date(2025, 12, 31)
HEAD = "invoice_id,customer_id,issue_date,due_date,currency,amount,disputed_on,dispute_resolved_on,cancelled_on\n"
PROMISES = "invoice_id,promised_on,promised_date,amount\n"


def invoice(*days: str, number: str = "INV-1") -> str:
    return f"{HEAD}{number},C1,2025-06-01,2025-07-01,EUR,100.00,{','.join(days)}\n"


def left(desk: Desk) -> dict[str, int]:
    return {row.number: row.left_minor for row in columns_open_items(desk.books.session, desk.books.company_id, END)}


def cases(desk: Desk) -> list[tuple[str, str | None, str]]:
    asked = "SELECT opened_on, closed_on, state FROM disputes ORDER BY id"
    return [(str(a), None if b is None else str(b), str(c)) for a, b, c in desk.ask(asked)]


def test_a_dispute_is_open_until_the_leading_system_says_it_is_resolved(desk: Desk) -> None:
    desk.write(customers="customer_id,name\nC1,A\n", invoices=invoice("2025-06-10", "", "")).take()
    session, company = desk.books.session, desk.books.company_id
    assert list(disputed_as_of(session, company, date(2025, 6, 10)).values()) == [10_000]
    assert disputed_as_of(session, company, date(2025, 6, 9)) == {}

    report = desk.write(invoices=invoice("2025-06-10", "2025-06-20", "")).take()
    assert report.followups.disputes == 1
    assert cases(desk) == [("2025-06-10", "2025-06-20", "closed")]
    assert disputed_as_of(session, company, END) == {}
    assert [row[1:] for row in columns_disputes(session, company, date(2025, 6, 15))] == [(date(2025, 6, 10), None)]
    assert [row[2] for row in columns_disputes(session, company, END)] == [date(2025, 6, 20)]


def test_a_dispute_that_is_told_again_is_one(desk: Desk) -> None:
    desk.write(customers="customer_id,name\nC1,A\n", invoices=invoice("2025-06-10", "", "")).take()
    assert desk.take().followups.disputes == 0


def test_a_corrected_day_of_a_dispute_is_amended_with_audit(desk: Desk) -> None:
    desk.write(customers="customer_id,name\nC1,A\n", invoices=invoice("2025-06-10", "", "")).take()
    desk.write(invoices=invoice("2025-06-08", "", "")).take()
    assert cases(desk) == [("2025-06-08", None, "new")]
    ((detail,),) = desk.ask("SELECT detail FROM audit_events WHERE verb = 'resolve'")
    assert '"old":{"closed_on":null,"opened_on":"2025-06-10"}' in str(detail)


def test_a_dispute_after_a_resolved_one_is_a_new_case(desk: Desk) -> None:
    desk.write(customers="customer_id,name\nC1,A\n", invoices=invoice("2025-06-10", "2025-06-20", "")).take()
    desk.write(invoices=invoice("2025-06-25", "", "")).take()
    assert cases(desk) == [("2025-06-10", "2025-06-20", "closed"), ("2025-06-25", None, "new")]


def test_a_disputed_credit_memo_is_no_case(desk: Desk) -> None:
    memo = invoice("2025-06-10", "", "").replace("100.00", "-100.00").replace("invoice_id", "kind,invoice_id")
    desk.write(customers="customer_id,name\nC1,A\n", invoices=memo.replace("INV-1,", "credit_memo,CM-1,")).take()
    assert cases(desk) == []


def test_a_cancelled_invoice_is_owed_no_longer(desk: Desk) -> None:
    desk.write(customers="customer_id,name\nC1,A\n", invoices=invoice("", "", "")).take()
    report = desk.write(invoices=invoice("", "", "2025-06-15")).take()
    assert report.followups.cancelled == 1
    assert left(desk) == {}
    assert desk.take().followups.cancelled == 0


def test_a_promise_is_for_what_was_open_on_its_day(desk: Desk) -> None:
    lines = "line_id,booking_date,currency,amount\nL1,2025-06-10,EUR,60.00\nL2,2025-06-28,EUR,40.00\n"
    parts = "line_id,invoice_id,amount,reason\nL1,INV-1,60.00,partial\nL2,INV-1,40.00,\n"
    promises = PROMISES + "INV-1,2025-06-20,2025-06-30,\nINV-2,2025-06-20,2025-06-30,12.50\n"
    desk.standard(bank_lines=lines, applications=parts, promises=promises).take()

    assert desk.ask("SELECT amount_minor FROM promises ORDER BY id") == [(4_000,), (1_250,)]
    session, company = desk.books.session, desk.books.company_id
    states = promises_as_of(session, company, date(2025, 7, 5), tolerance_days=2)
    assert [state for state, _ in states.values()] == [PromiseState.KEPT, PromiseState.BROKEN]


def test_a_full_snapshot_settles_what_it_no_longer_holds_and_opens_what_it_holds_again(either_desk: Desk) -> None:
    either_desk.standard(bank_lines=LINES, applications=PARTS).take()
    without = INVOICES.replace("INV-3,C2,debit_memo,2025-06-03,2025-07-03,EUR,30.00\n", "")
    report = either_desk.write(invoices=without).take(mirror=True)
    assert (report.followups.settled_elsewhere, report.followups.reopened) == (1, 0)
    assert left(either_desk) == {}
    assert either_desk.take(mirror=True).followups.settled_elsewhere == 0

    report = either_desk.write(invoices=INVOICES).take(mirror=True)
    assert (report.followups.settled_elsewhere, report.followups.reopened) == (0, 1)
    assert left(either_desk) == {"INV-3": 3_000}


def test_without_mirror_what_is_missing_stays_open(desk: Desk) -> None:
    desk.standard().take()
    desk.write(invoices=INVOICES.splitlines()[0] + "\n").take()
    assert left(desk) == {"INV-3": 3_000}


def test_a_snapshot_holds_the_rest_of_an_invoice_with_the_invoice(desk: Desk) -> None:
    desk.standard().take()
    books = desk.books
    line, item = books.line("L9", "10.00"), next(columns_open_items(books.session, books.company_id, END)).id
    rest = Booking(line, date(2025, 6, 20), (Part(1_000, Reason.RESIDUAL, item),))
    book(books.session, books.actor, bookings=[rest])

    assert desk.take(mirror=True).followups.settled_elsewhere == 0
    assert left(desk) == {"INV-3/R1": 2_000}
    desk.write(invoices=INVOICES.replace("INV-3,", "INV-4,")).take(mirror=True)
    assert left(desk) == {"INV-4": 3_000}


def test_a_snapshot_of_empty_books_settles_nothing(desk: Desk) -> None:
    report = desk.write(customers="customer_id,name\nC1,A\n", invoices=INVOICES.splitlines()[0] + "\n").take(
        mirror=True
    )
    assert report.followups.settled_elsewhere == 0


@pytest.mark.parametrize(("amount", "shown"), [("0.00", "0.00"), ("-5", "-5")])
def test_a_promise_of_nothing_is_refused(desk: Desk, amount: str, shown: str) -> None:
    faults = desk.standard(promises=PROMISES + f"INV-3,2025-06-20,2025-06-30,{amount}\n").faults()
    assert faults == [f"promises.csv:2 [amount]: {shown} promises nothing; leave it empty for all that is open"]


@pytest.mark.parametrize(("name", "rows"), [("activities", "C1,2025-06-20,call,,\nC1,2025-06-20,call,,\n")])
def test_the_same_contact_told_twice_is_one(desk: Desk, name: str, rows: str) -> None:
    head = "customer_id,date,kind,result,note\n"
    assert desk.standard(**{name: head + rows}).take().followups.activities == 1
