"""What an exchange folder becomes in the books, that importing it again changes nothing, and what may be amended."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import undo
from o2c_ai.core.customers.rules import Taken
from o2c_ai.core.ledger.queries import role_balances
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.payments.queries import line_ids_of_refs
from o2c_ai.core.receivables.queries import columns_open_items, columns_parked
from o2c_ai.formats.exchange import Folder, read_folder
from o2c_ai.jobs.import_folder import commonest_currency, import_folder
from tests.jobs.folders import INVOICES, LINES, PARTS
from tests.laws import row_counts

if TYPE_CHECKING:
    from tests.jobs.folders import Desk

END = date(2025, 12, 31)
LINE = "line_id,booking_date,currency,amount\n"
PART = "line_id,invoice_id,customer_id,amount,reason\n"


def left(desk: Desk, on: date = END) -> dict[str, int]:
    return {row.number: row.left_minor for row in columns_open_items(desk.books.session, desk.books.company_id, on)}


def balance(desk: Desk, role: AccountRole, currency: str = "EUR") -> int:
    return role_balances(desk.books.session, desk.books.company_id, END).get((role, currency), 0)


def test_a_folder_becomes_customers_invoices_money_and_applications(either_desk: Desk) -> None:
    report = either_desk.standard().take()

    counts = (report.customers.added, report.invoices.added, report.lines.added, report.applications.added)
    assert counts == (2, 4, 1, 3)
    assert left(either_desk) == {"INV-3": 3_000}
    assert report.lines_to_work == 0


def test_importing_again_changes_nothing(either_desk: Desk) -> None:
    extra = {
        "exchange_rates": "date,from_currency,to_currency,rate\n2025-06-01,USD,EUR,0.9\n",
        "promises": "invoice_id,promised_on,promised_date\nINV-3,2025-06-20,2025-06-30\n",
        "activities": "customer_id,date,kind,result,note\nC2,2025-06-20,call,promised,will pay\n",
        "planned_flows": "date,currency,amount,label\n2025-07-01,EUR,-900.00,rent\n",
        "remittances": "remittance_id,invoice_ref,amount,line_id\nRA1,INV-1,100.00,L1\nRA1,SKONTO,-1.00,L1\n",
    }
    first = either_desk.standard(**extra).take()
    counts = row_counts(either_desk.books.session)
    assert (first.advices, first.followups.promises, first.followups.activities, first.followups.planned_flows) == (
        1,
        1,
        1,
        1,
    )
    second = either_desk.take()

    assert row_counts(either_desk.books.session) == counts
    assert second.invoices == Taken(0, 0, 4)
    assert second.applications == Taken(0, 0, 3)


def test_two_genuine_equal_payments_are_two(desk: Desk) -> None:
    lines = LINE + "L1,2025-06-10,EUR,50.00\nL2,2025-06-10,EUR,50.00\n"
    report = desk.standard(bank_lines=lines, applications=PART).take()
    assert (report.lines.added, report.lines_to_work) == (2, 2)


def test_a_changed_due_date_and_order_number_are_amended_with_audit(desk: Desk) -> None:
    desk.standard().take()
    head = "invoice_id,customer_id,kind,issue_date,due_date,currency,amount,po_number\n"
    report = desk.write(invoices=head + "INV-3,C2,debit_memo,2025-06-03,2025-08-03,EUR,30.00,PO 7\n").take()

    assert report.invoices == Taken(0, 1, 0)
    (row,) = columns_open_items(desk.books.session, desk.books.company_id, END)
    assert (row.due_date, row.po_number) == (date(2025, 8, 3), "PO 7")
    ((detail,),) = desk.ask("SELECT detail FROM audit_events WHERE verb = 'amend'")
    assert detail == (
        '{"new":{"due_date":"2025-08-03","po_number":"PO 7"},"old":{"due_date":"2025-07-03","po_number":""}}'
    )


def test_customers_are_amended_too(desk: Desk) -> None:
    desk.standard().take()
    assert desk.write(customers="customer_id,name\nC1,Muster SE\nC2,Beispiel AG\n").take().customers == Taken(0, 1, 1)


@pytest.mark.parametrize(
    ("reason", "role"),
    [("discount", AccountRole.DISCOUNTS), ("deduction", AccountRole.DEDUCTIONS), ("tolerance", AccountRole.TOLERANCE)],
)
def test_history_is_booked_as_it_was_without_eligibility_checks(desk: Desk, reason: str, role: AccountRole) -> None:
    lines, parts = LINE + "L1,2025-06-10,EUR,60.00\n", PART + f"L1,INV-1,,60.00,{reason}\n"
    desk.standard(bank_lines=lines, applications=parts).take()
    assert "INV-1" not in left(desk)
    assert balance(desk, role) == 4_000


def test_an_imported_deduction_is_a_closed_case_and_leaves_no_open_item(desk: Desk) -> None:
    desk.standard(
        bank_lines=LINE + "L1,2025-06-10,EUR,90.00\n", applications=PART + "L1,INV-1,,90.00,deduction\n"
    ).take()
    assert desk.ask("SELECT kind, state, amount_minor, closed_on FROM disputes") == [
        ("deduction", "accepted", 1_000, "2025-06-10")
    ]


@pytest.mark.parametrize("reason", ["prepayment", "duplicate", "overpayment"])
def test_credit_of_a_customer_is_parked_under_its_reason(desk: Desk, reason: str) -> None:
    lines, parts = LINE + "L1,2025-06-10,EUR,60.00\n", PART + f"L1,,C2,60.00,{reason}\n"
    desk.standard(bank_lines=lines, applications=parts).take()
    (row,) = columns_parked(desk.books.session, desk.books.company_id, END)
    assert (row.number, row.left_minor) == ("L1", 6_000)
    assert desk.ask("SELECT reason FROM credit_movements") == [(reason,)]


def test_money_that_is_not_about_receivables_goes_to_suspense_with_either_sign(desk: Desk) -> None:
    lines = LINE + "L1,2025-06-10,EUR,60.00\nL2,2025-06-11,EUR,-10.00\n"
    report = desk.standard(bank_lines=lines, applications=PART + "L1,,,60.00,not_ar\nL2,,,-10.00,not_ar\n").take()

    assert report.lines_to_work == 0
    assert balance(desk, AccountRole.SUSPENSE) == -5_000
    assert desk.ask("SELECT count(*) FROM receipts") == [(0,)]
    assert desk.ask("SELECT DISTINCT state FROM statement_lines") == [("not_ar",)]


def test_a_line_found_not_to_be_about_receivables_later_gives_its_receipt_up(desk: Desk) -> None:
    desk.standard(bank_lines=LINE + "L1,2025-06-10,EUR,60.00\n", applications=PART).take()
    desk.write(applications=PART + "L1,,,60.00,not_ar\n").take()
    assert balance(desk, AccountRole.SUSPENSE) == -6_000


def test_a_returned_payment_opens_its_invoices_again(either_desk: Desk) -> None:
    lines = LINE + "L1,2025-06-10,EUR,150.00\nL2,2025-06-20,EUR,-150.00\n"
    parts = "L1,INV-1,,100.00,\nL1,INV-2,,50.00,\nL2,INV-1,,-100.00,returned\nL2,INV-2,,-50.00,returned\n"
    either_desk.standard(bank_lines=lines, applications=PART + parts).take()

    assert left(either_desk, date(2025, 6, 19)) == {"INV-3": 3_000}
    assert left(either_desk) == {"INV-1": 10_000, "INV-2": 5_000, "INV-3": 3_000}
    assert either_desk.take().applications == Taken(0, 0, 4)


def test_lines_without_applications_are_the_work_to_be_done(desk: Desk) -> None:
    lines = LINE + "L1,2025-06-10,EUR,150.00\nL2,2025-06-20,EUR,-150.00\n"
    report = desk.standard(bank_lines=lines, applications=PART).take()
    assert report.lines_to_work == 2
    assert desk.ask("SELECT count(*) FROM receipts") == [(1,)]


def test_a_booking_taken_back_here_may_be_imported_anew(desk: Desk) -> None:
    desk.standard().take()
    books = desk.books
    lines = list(line_ids_of_refs(books.session, books.company_id, ["L1"]).values())
    undo(books.session, books.actor, line_ids=lines, on=END, reason="wrong")
    other = PART + "L1,INV-1,,100.00,\nL1,INV-3,,30.00,\n"
    assert desk.write(applications=other).take().applications == Taken(2, 0, 0)


def test_the_rate_of_the_day_values_money_and_leaves_a_realised_result(either_desk: Desk) -> None:
    invoices = INVOICES.splitlines()[0] + "\nINV-9,C1,,2025-06-01,2025-07-01,USD,100.00\n"
    rates = "date,from_currency,to_currency,rate\n2025-06-01,USD,EUR,0.90\n2025-06-05,EUR,USD,1.25\n"
    either_desk.standard(
        invoices=invoices,
        bank_lines=LINE + "L1,2025-06-10,USD,100.00\n",
        applications=PART + "L1,INV-9,,100.00,\n",
        exchange_rates=rates,
    ).take()

    asked = "SELECT p.base_minor FROM postings p JOIN accounts a ON a.id = p.account_id WHERE a.role = 'fx_result'"
    assert either_desk.ask(asked) == [(1_000,)]


def test_without_a_rate_nothing_is_valued_one_to_one(desk: Desk) -> None:
    invoices = INVOICES.splitlines()[0] + "\nINV-9,C1,,2025-06-01,2025-07-01,USD,100.00\n"
    desk.standard(invoices=invoices, bank_lines=LINE, applications=PART).take()
    assert desk.ask("SELECT DISTINCT base_minor FROM postings") == [(None,)]


def test_a_partly_paid_item_opens_with_what_was_left_of_it(either_desk: Desk) -> None:
    head = "invoice_id,customer_id,kind,issue_date,due_date,currency,amount,open_amount,open_as_of\n"
    rows = (
        "INV-1,C1,,2025-05-01,2025-06-01,EUR,100.00,40.00,2025-06-15\n"
        "CM-1,C1,credit_memo,2025-05-01,2025-06-01,EUR,-20.00,-5.00,2025-06-15\n"
        "INV-2,C1,,2025-05-01,2025-06-01,EUR,9.00,9.00,2025-06-15\n"
    )
    either_desk.write(customers="customer_id,name\nC1,A\n", invoices=head + rows).take()

    assert left(either_desk) == {"INV-1": 4_000, "INV-2": 900}
    assert left(either_desk, date(2025, 6, 14))["INV-1"] == 10_000
    assert balance(either_desk, AccountRole.OPENING_BALANCES) == 6_000 - 1_500


def test_extra_columns_and_files_are_ignored_with_one_note(desk: Desk) -> None:
    lines = LINE.strip() + ",colour\nL1,2025-06-10,EUR,60.00,red\n"
    report = desk.standard(bank_lines=lines, applications=PART, weather="sun\n").take()
    assert report.notes == [
        "weather.csv: not part of the exchange folder, ignored",
        "bank_lines.csv: ignored colour: not a column of this file",
    ]


def test_progress_is_told_step_by_step(desk: Desk) -> None:
    desk.standard()
    told: list[str] = []
    session, actor, folder = desk.books.session, desk.books.actor, read_folder(desk.folder)
    import_folder(session, actor, folder, progress=told.append)
    assert told == [
        "checking",
        "customers and invoices",
        "bank lines",
        "cash applications",
        "disputes, promises and contacts",
    ]


def test_the_commonest_currency_is_the_alphabets_first_of_equals(desk: Desk) -> None:
    assert commonest_currency(read_folder(desk.standard().folder)) == "EUR"
    rows = "A,C1,,2025-06-01,2025-07-01,USD,1.00\nB,C1,,2025-06-01,2025-07-01,CAD,1.00\n"
    desk.write(invoices=INVOICES.splitlines()[0] + "\n" + rows)
    assert commonest_currency(read_folder(desk.folder)) == "CAD"
    assert commonest_currency(Folder()) is None


def test_the_papers_themselves_are_kept(desk: Desk) -> None:
    desk.standard().take()
    assert desk.ask("SELECT name FROM documents ORDER BY name") == [
        ("applications.csv",),
        ("bank_lines.csv",),
        ("customers.csv",),
        ("invoices.csv",),
    ]


def test_parts_come_with_their_lines_or_after_them(desk: Desk) -> None:
    desk.standard(applications=PART).take()
    report = desk.write(bank_lines=LINES, applications=PARTS).take()
    assert (report.lines, report.applications) == (Taken(0, 0, 1), Taken(3, 0, 0))
    assert left(desk) == {"INV-3": 3_000}
