"""Bank lines, bank accounts and remittance advices as they are recorded and asked for as of a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import bank_account, mark_lines, record_lines, take_advices
from o2c_ai.core.payments.queries import (
    columns_advices,
    columns_lines,
    columns_stored,
    count_lines,
    known_customers,
    last_booking,
    line_facts,
    line_ids_of_refs,
    lock_lines,
    open_line_ids,
    worked_until,
)
from o2c_ai.core.payments.rules import (
    Advice,
    AdviceLine,
    ControlTotalsDiffer,
    LineState,
    NewLine,
    NotAReceipt,
    Statement,
    StatementLine,
    UnknownLine,
    check_control_totals,
    last_worked,
)
from o2c_ai.core.people.rules import NotYourDuty
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.work import LATER, collector, pay, receipt
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books


def statement(opening: int | None, closing: int | None, *amounts: int) -> Statement:
    lines = tuple(StatementLine(DAY, None, Money(n, "EUR"), "", "", "", "", "", is_reversal=False) for n in amounts)
    ends = [None if end is None else Money(end, "EUR") for end in (opening, closing)]
    return Statement("DE00", "EUR", "S1", ends[0], ends[1], lines)


def test_lines_become_receipts_when_money_came_in(books: Books) -> None:
    came, went = books.line("IN", "10.00"), books.line("OUT", "-4.00")
    none = books.line("OTHER", "3.00", no_receipt=True)

    lines = lock_lines(books.session, books.company_id, [none, went, came])
    assert lines[came].credit_item_id == receipt(books, came) != 0
    assert [lines[line].credit_item_id for line in (went, none)] == [None, None]
    assert broken_laws(books) == []


def test_a_new_bank_account_is_opened_once_and_somebody_is_told(books: Books) -> None:
    first = bank_account(books.session, books.actor, account="DE01")
    assert bank_account(books.session, books.actor, account="DE01") == first
    told = books.session.connection().exec_driver_sql("SELECT payload FROM outbox_messages").all()
    assert [row[0] for row in told] == ['{"account":"DE01"}']


def test_lines_are_known_from_their_booking_date_and_open_until_decided(books: Books) -> None:
    early, late = books.line("L1", "10.00"), books.line("L2", "20.00", on=LATER)
    session, company = books.session, books.company_id
    assert open_line_ids(session, company, DAY) == [early]
    assert open_line_ids(session, company, LATER, first=LATER) == [late]
    assert [row.id for row in columns_lines(session, company, LATER, first=LATER)] == [late]
    assert [row.line_ref for row in columns_lines(session, company, DAY)] == ["L1"]

    mark_lines(session, books.actor, marks=[(early, LineState.NOT_AR, LATER)])
    assert open_line_ids(session, company, DAY) == [early]
    assert open_line_ids(session, company, LATER) == [late]
    assert count_lines(session, company, LATER) == {LineState.NOT_AR: 1, LineState.OPEN: 1}
    assert last_booking(session, company) == LATER
    mark_lines(session, books.actor, marks=[])


def test_lines_are_found_by_their_references(books: Books) -> None:
    line, session, company = books.line("L1", "10.00", currency="USD"), books.session, books.company_id
    assert line_ids_of_refs(session, company, ["L1", "L2"]) == {"L1": line}
    assert line_facts(session, company, ["L1", "L2"]) == {"L1": (DAY, "USD")}
    stored = [
        (r.line_ref, r.booking_date, r.currency, r.amount_minor, r.state) for r in columns_stored(session, company)
    ]
    assert stored == [("L1", DAY, "USD", 1_000, LineState.OPEN)]
    assert last_booking(session, company + 1) is None
    with refused(books, UnknownLine, match="no statement line 99"):
        lock_lines(session, company, [99])


def test_only_own_customers_are_known(sqlite_books: Books) -> None:
    customer = sqlite_books.customer("C1")
    assert known_customers(sqlite_books.session, sqlite_books.company_id, [customer, 99]) == {customer}


def test_a_collector_records_nothing(sqlite_books: Books) -> None:
    carl = collector(sqlite_books)
    with refused(sqlite_books, NotYourDuty):
        record_lines(sqlite_books.session, carl, account=(1, 1), lines=[])
    with refused(sqlite_books, NotYourDuty):
        bank_account(sqlite_books.session, carl, account="DE01")
    with refused(sqlite_books, NotYourDuty):
        take_advices(sqlite_books.session, carl, advices=[])


def test_recording_no_lines_writes_nothing(sqlite_books: Books) -> None:
    account = bank_account(sqlite_books.session, sqlite_books.actor, account="DE01")
    assert record_lines(sqlite_books.session, sqlite_books.actor, account=account, lines=[]) == {}


def test_a_value_date_is_kept_beside_the_booking_date(sqlite_books: Books) -> None:
    account = bank_account(sqlite_books.session, sqlite_books.actor, account="DE01")
    line = NewLine("L1", LATER, "EUR", 100, value_date=DAY)
    record_lines(sqlite_books.session, sqlite_books.actor, account=account, lines=[line])
    asked = "SELECT e.posting_date, e.document_date FROM journal_entries e"
    assert sqlite_books.session.connection().exec_driver_sql(asked).all() == [(str(LATER), str(DAY))]


def test_an_advice_is_taken_in_once_and_known_from_its_date(books: Books) -> None:
    rows = (AdviceLine("INV-1", 9_800, 200, ""), AdviceLine("CLAIM", -300, 0, "77"))
    advice = Advice("RA1", "L1", DAY, "EUR", 9_500, "MUSTER", rows)
    later = Advice("RA2", "", LATER, "EUR", None, "", (AdviceLine("INV-2", 1, 0, ""),))
    assert take_advices(books.session, books.actor, advices=[advice, later]) == 2
    assert take_advices(books.session, books.actor, advices=[advice]) == 0

    found = list(columns_advices(books.session, books.company_id, DAY))
    assert [(row.invoice_ref, row.amount_minor, row.discount_minor, row.deduction_code) for row in found] == [
        ("INV-1", 9_800, 200, ""),
        ("CLAIM", -300, 0, "77"),
    ]
    assert len(list(columns_advices(books.session, books.company_id, LATER))) == 3


def test_a_statement_ties_from_its_opening_to_its_closing_balance() -> None:
    check_control_totals(statement(100, 130, 50, -20))
    check_control_totals(statement(None, 130, 50))
    check_control_totals(statement(100, None, 50))
    with pytest.raises(ControlTotalsDiffer) as caught:
        check_control_totals(statement(100, 131, 50, -20))
    assert (caught.value.statement_id, caught.value.difference) == ("S1", Money(-1, "EUR"))


def test_money_that_went_out_is_named_as_no_receipt() -> None:
    assert str(NotAReceipt("L1")) == "L1 is not a receipt"


def test_money_applied_is_no_longer_waiting(sqlite_books: Books) -> None:
    pay(sqlite_books, "10.00", Part(1_000, Reason.NOT_AR))
    assert open_line_ids(sqlite_books.session, sqlite_books.company_id, LATER) == []


def test_lines_are_worked_up_to_the_day_before_a_backlog_begins() -> None:
    day, quiet = date(2026, 3, 2), timedelta(days=30)
    worked = {day + timedelta(days=after): (10, 0) for after in range(20)}
    backlog = {day + timedelta(days=20 + after): (10, 10) for after in range(10)}

    assert last_worked(worked | backlog, day + timedelta(days=29)) == day + timedelta(days=19)
    assert last_worked(worked, day + quiet) == day + quiet
    assert last_worked({day: (10, 10)}, day) == day
    assert last_worked({}, day) == day


def test_a_line_that_waits_is_not_worked(books: Books) -> None:
    books.line("L1", "100.00", on=DAY)

    assert worked_until(books.session, books.company_id, DAY + timedelta(days=40)) == DAY + timedelta(days=40)
    assert worked_until(books.session, books.company_id, DAY + timedelta(days=1)) == DAY + timedelta(days=1)
