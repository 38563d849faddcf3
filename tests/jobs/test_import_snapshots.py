"""Full snapshots: what they no longer hold is settled elsewhere, and what is spoken of again is open in time for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.errors import BadInput
from o2c_ai.core.receivables.queries import columns_open_credits, columns_open_items
from o2c_ai.core.receivables.rules import CreditKind
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.import_folder import import_folder
from tests.jobs.folders import CUSTOMERS, INVOICES
from tests.laws import broken_laws, row_counts

if TYPE_CHECKING:
    from tests.jobs.folders import Desk

END = date(2025, 12, 31)
HEAD = "invoice_id,customer_id,issue_date,due_date,currency,amount,cancelled_on\n"
I1, I2 = "I1,C1,2025-06-01,2025-07-01,EUR,100.00,\n", "I2,C1,2025-06-02,2025-07-02,EUR,50.00,\n"
LINE = "line_id,booking_date,currency,amount\n"
PART = "line_id,invoice_id,amount,reason\n"


def left(desk: Desk, on: date = END) -> dict[str, int]:
    return {row.number: row.left_minor for row in columns_open_items(desk.books.session, desk.books.company_id, on)}


def settled(desk: Desk) -> Desk:
    """I2 was open, and settled elsewhere on 20 June, the newest day of the books."""
    desk.write(customers=CUSTOMERS, invoices=HEAD + I1 + I2, bank_lines=LINE + "L1,2025-06-20,EUR,10.00\n").take()
    assert desk.write(invoices=HEAD + I1).take(mirror=True).followups.settled_elsewhere == 1
    assert left(desk) == {"I1": 10_000}
    return desk


def test_a_snapshot_without_invoices_is_refused_before_it_settles_everything(desk: Desk) -> None:
    desk.standard().take()
    (desk.folder / "invoices.csv").unlink()
    before = row_counts(desk.books.session)

    with pytest.raises(BadInput) as caught:
        import_folder(desk.books.session, desk.books.actor, read_folder(desk.folder), mirror=True)

    assert [str(problem) for problem in caught.value.problems] == [
        (
            "invoices.csv: --mirror says that it is a full snapshot, and it is not there; "
            "add invoices.csv to the folder, or import without --mirror; nothing was written"
        )
    ]
    assert row_counts(desk.books.session) == before


@pytest.mark.parametrize("mirror", [True, False])
@pytest.mark.parametrize("day", ["2025-06-20", "2025-06-25"])
def test_an_item_settled_elsewhere_is_open_again_for_its_payment(either_desk: Desk, day: str, mirror: bool) -> None:
    desk = settled(either_desk).write(
        invoices=HEAD + I1 + I2, bank_lines=LINE + f"L2,{day},EUR,50.00\n", applications=PART + "L2,I2,50.00,\n"
    )
    report = desk.take(mirror=mirror)

    assert (report.followups.reopened, report.followups.settled_elsewhere) == (1, 0)
    assert left(desk) == {"I1": 10_000}
    assert desk.ask("SELECT sum(amount_minor) FROM applications WHERE kind = 'settled_elsewhere'") == [(0,)]
    counts = row_counts(desk.books.session)
    assert desk.take(mirror=mirror).followups.reopened == 0
    assert row_counts(desk.books.session) == counts


def test_a_payment_of_the_days_before_it_was_settled_finds_it_open(either_desk: Desk) -> None:
    desk = settled(either_desk).write(
        bank_lines=LINE + "L2,2025-06-10,EUR,30.00\n", applications=PART + "L2,I2,30.00,partial\n"
    )
    assert desk.take().followups.reopened == 1
    assert left(desk, date(2025, 6, 9))["I2"] == 5_000
    assert left(desk, date(2025, 6, 20)) == left(desk) == {"I1": 10_000, "I2": 2_000}


def test_what_a_payment_leaves_of_an_item_no_snapshot_holds_is_settled_elsewhere_again(desk: Desk) -> None:
    settled(desk).write(bank_lines=LINE + "L2,2025-06-25,EUR,30.00\n", applications=PART + "L2,I2,30.00,partial\n")
    report = desk.take(mirror=True)
    assert (report.followups.reopened, report.followups.settled_elsewhere) == (1, 1)
    assert left(desk) == {"I1": 10_000}


@pytest.mark.parametrize("mirror", [True, False])
@pytest.mark.parametrize("day", ["2025-06-10", "2025-06-25"])
def test_an_item_settled_elsewhere_may_be_cancelled(desk: Desk, day: str, mirror: bool) -> None:
    settled(desk).write(invoices=HEAD + I1 + I2.replace(",\n", f",{day}\n"))
    report = desk.take(mirror=mirror)
    assert (report.followups.reopened, report.followups.cancelled) == (1, 1)
    assert left(desk) == {"I1": 10_000}


def test_rows_that_are_booked_already_open_nothing_again(desk: Desk) -> None:
    parts = PART + "L1,I2,10.00,partial\n"
    settled(desk.write(applications=parts))
    assert desk.take().followups.reopened == 0
    assert left(desk) == {"I1": 10_000}


def test_the_rest_of_an_invoice_is_open_again_with_the_invoice(desk: Desk) -> None:
    desk.standard().take()
    books = desk.books
    line, item = books.line("L9", "10.00"), next(columns_open_items(books.session, books.company_id, END)).id
    rest = Booking(line, date(2025, 6, 20), (Part(1_000, Reason.RESIDUAL, item),))
    book(books.session, books.actor, bookings=[rest])
    desk.write(invoices=INVOICES.replace("INV-3,", "INV-4,")).take(mirror=True)

    assert desk.write(invoices=INVOICES).take(mirror=True).followups.reopened == 1
    assert left(desk) == {"INV-3/R1": 2_000}
    assert broken_laws(books) == []


def test_a_credit_memo_missing_from_a_snapshot_is_settled_elsewhere_until_it_is_back(either_desk: Desk) -> None:
    desk = either_desk
    head, memo = HEAD.replace("issue_date", "kind,issue_date"), "M1,C1,credit_memo,2025-06-03,2025-06-03,EUR,-20.00,\n"
    first = I1.replace("C1,", "C1,,")
    desk.write(customers=CUSTOMERS, invoices=head + first + memo, bank_lines=LINE + "L1,2025-06-20,EUR,10.00\n").take()

    assert desk.write(invoices=head + first).take(mirror=True).followups.settled_elsewhere == 1
    assert memos_left(desk) == {}
    assert broken_laws(desk.books) == []

    desk.write(invoices=head + first + memo).take(mirror=True)
    assert memos_left(desk) == {"M1": 2_000}
    assert broken_laws(desk.books) == []


def memos_left(desk: Desk) -> dict[str, int]:
    session, company = desk.books.session, desk.books.company_id
    return {row.number: row.left_minor for row in columns_open_credits(session, company, END, CreditKind.CREDIT_MEMO)}
