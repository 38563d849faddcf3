"""What the learners read of the books: every paper as it was known on the evening of a day, and nothing later."""

from __future__ import annotations

from dataclasses import astuple
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from o2c_ai.core.cash_application.actions import book, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.collections.actions import promise
from o2c_ai.core.collections.rules import NewPromise
from o2c_ai.core.disputes.actions import record
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.forecasts.actions import plan_flows
from o2c_ai.core.forecasts.rules import PlannedFlow
from o2c_ai.core.invoices.actions import reverse
from o2c_ai.core.payments.actions import take_advices
from o2c_ai.core.payments.rules import Advice, AdviceLine
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Reason
from o2c_ai.models.payment_timing.days import NEVER, date_of
from o2c_ai.models.payment_timing.features import (
    credits_frame,
    items_frame,
    other_lines_frame,
    planned_frame,
    receipts_frame,
)
from o2c_ai.models.remittance_matching import records
from o2c_ai.models.remittance_matching.books import read_papers
from tests.books import DAY

if TYPE_CHECKING:
    from tests.books import Books

EVE, NEXT, LATER = DAY - timedelta(days=1), DAY + timedelta(days=1), DAY + timedelta(days=9)


def items(books: Books, on: date) -> dict[str, dict[str, object]]:
    """Number → the item's row, days as dates and None where they never came."""
    found: dict[str, dict[str, object]] = {}
    for row in items_frame(books.session, books.company_id, on).to_dict("records"):
        days = {name: None if row[name] == NEVER else date_of(row[name]) for name in row if _is_day(str(name))}
        found[str(row["number"])] = {str(name): value for name, value in row.items()} | {
            str(name): day for name, day in days.items()
        }
    return found


def _is_day(name: str) -> bool:
    return name.endswith(("_date", "_on"))


def dated(frame: pd.DataFrame, day: str) -> list[tuple[date, str, int]]:
    """Rows of a frame of money."""
    return list(zip(frame[day].map(date_of), frame["currency"], frame["amount_minor"], strict=True))


def pay(books: Books, ref: str, amount: str, *parts: Part, on: date = NEXT) -> int:
    line = books.line(ref, amount, on=on)
    book(books.session, books.actor, bookings=[Booking(line, on, parts)])
    return line


def test_an_item_is_open_until_the_evening_it_is_paid(books: Books) -> None:
    item = books.invoice("INV-1", due=LATER)
    pay(books, "L1", "100.00", Part(10_000, open_item_id=item))

    before, after = items(books, DAY)["INV-1"], items(books, NEXT)["INV-1"]

    assert (before["open_minor"], before["cleared_on"]) == (10_000, None)
    assert (after["open_minor"], after["cleared_on"], after["withdrawn_on"]) == (0, NEXT, None)
    assert (after["issue_date"], after["due_date"], after["customer_code"]) == (DAY, LATER, "C1")
    assert items(books, EVE) == {}


def test_a_part_paid_item_stays_open_with_the_rest(books: Books) -> None:
    item = books.invoice("INV-1")
    pay(books, "L1", "40.00", Part(4_000, Reason.PARTIAL, item))

    found = items(books, LATER)["INV-1"]

    assert (found["amount_minor"], found["open_minor"], found["cleared_on"]) == (10_000, 6_000, None)


def test_an_item_closed_without_money_was_withdrawn_and_not_paid(books: Books) -> None:
    books.invoice("INV-1")
    reverse(books.session, books.actor, number="INV-1", on=NEXT, reason="wrong customer")

    found = items(books, LATER)["INV-1"]

    assert (found["cleared_on"], found["withdrawn_on"]) == (None, NEXT)
    assert items(books, DAY)["INV-1"]["withdrawn_on"] is None


def test_a_payment_taken_back_opens_the_item_again(books: Books) -> None:
    item = books.invoice("INV-1")
    line = pay(books, "L1", "100.00", Part(10_000, open_item_id=item))
    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="wrong")

    assert items(books, NEXT)["INV-1"]["cleared_on"] == NEXT
    assert (items(books, LATER)["INV-1"]["open_minor"], items(books, LATER)["INV-1"]["cleared_on"]) == (10_000, None)


def test_disputes_and_promises_are_known_from_their_day(books: Books) -> None:
    item, customer = books.invoice("INV-1"), books.customer("C1")
    case = NewDispute(
        customer, item, DisputeKind.DISPUTE, DisputeReason.UNKNOWN, 10_000, "EUR", NEXT, DisputeState.CLOSED, LATER
    )
    record(books.session, books.actor, disputes=[case])
    promise(books.session, books.actor, promises=[NewPromise(item, NEXT, LATER, 10_000, "EUR")])
    names = ("disputed_on", "dispute_resolved_on", "promised_on", "promised_date")

    seen = {on: tuple(items(books, on)["INV-1"][name] for name in names) for on in (DAY, NEXT, LATER)}

    assert seen == {
        DAY: (None, None, None, None),
        NEXT: (NEXT, None, NEXT, LATER),
        LATER: (NEXT, LATER, NEXT, LATER),
    }


def test_an_empty_book_has_a_frame_with_all_its_columns(books: Books) -> None:
    frame = items_frame(books.session, books.company_id, DAY)

    assert frame.empty
    assert {"item_id", "open_minor", "cleared_on", "promised_date"} <= set(frame.columns)


def test_money_that_came_and_bounced_is_counted_on_both_days(books: Books) -> None:
    item = books.invoice("INV-1")
    pay(books, "L1", "100.00", Part(10_000, open_item_id=item))
    pay(books, "BACK", "-100.00", Part(-10_000, Reason.RETURNED, item), on=LATER)

    frame = receipts_frame(books.session, books.company_id, LATER)

    assert sorted(dated(frame, "received_on")) == [(NEXT, "EUR", 10_000), (LATER, "EUR", -10_000)]
    assert receipts_frame(books.session, books.company_id, DAY).empty


def test_credit_left_is_told_by_customer(books: Books) -> None:
    memo, customer = books.invoice("CM-1", "-30.00"), books.customer("C1")
    pay(books, "EARLY", "50.00", Part(5_000, Reason.PREPAYMENT, customer_id=customer))

    frame = credits_frame(books.session, books.company_id, NEXT)

    assert memo
    assert frame.to_dict("list") == {"customer_id": [customer], "currency": ["EUR"], "open_minor": [8_000]}
    assert credits_frame(books.session, books.company_id, DAY)["open_minor"].tolist() == [3_000]


def test_other_money_counts_from_the_day_somebody_said_so(books: Books) -> None:
    rent = books.line("RENT", "-25.00", on=DAY)
    books.line("SALE", "100.00", on=DAY)
    book(books.session, books.actor, bookings=[Booking(rent, LATER, (Part(-2_500, Reason.NOT_AR),))])

    early, first = other_lines_frame(books.session, books.company_id, NEXT)
    late, _ = other_lines_frame(books.session, books.company_id, LATER)

    assert (early.empty, first) == (True, DAY)
    assert dated(late, "booked_on") == [(DAY, "EUR", -2_500)]
    assert other_lines_frame(books.session, books.company_id, EVE)[1] is None


def test_planned_flows_are_told_with_their_day_once_somebody_plans_them(books: Books) -> None:
    plan_flows(books.session, books.actor, flows=[PlannedFlow(2, LATER, "EUR", -90_000, "rent", DAY)])

    early, known, over = (planned_frame(books.session, books.company_id, on) for on in (EVE, DAY, LATER))

    assert dated(known, "on") == [(LATER, "EUR", -90_000)]
    assert (early.empty, over.empty) == (True, True)


def papers(books: Books, on: date) -> records.Papers:
    return read_papers(books.session, books.company_id, on)


def test_papers_hold_invoices_and_credit_memos_under_numbers_that_tell_them_apart(books: Books) -> None:
    customer = books.customer("C1", "Muster GmbH", iban="DE89 3704 0044 0532 0130 00")
    books.customer("C2", "Muster Tochter", parent_code="C1")
    item, memo = books.invoice("INV-1", due=LATER), books.invoice("CM-1", "-20.00")

    found = papers(books, DAY)

    parents = {one.name: (one.iban, one.parent_id) for one in found.customers}
    assert parents == {"Muster GmbH": ("DE89370400440532013000", None), "Muster Tochter": ("", customer)}
    kept = {one.number: (one.item_id, one.amount_minor, one.due_date) for one in found.items}
    assert kept == {"INV-1": (item, 10_000, LATER), "CM-1": (-memo, -2_000, DAY)}
    assert papers(books, EVE).items == []


def test_what_people_booked_says_what_it_cleared(books: Books) -> None:
    item, memo = books.invoice("INV-1"), books.invoice("CM-1", "-20.00")
    line = pay(
        books, "L1", "75.00", Part(9_500, Reason.DEDUCTION, item), Part(-2_000, Reason.NETTED, credit_item_id=memo)
    )

    found = papers(books, NEXT)

    rows = [(row.line_id, row.item_id, row.cash_minor, row.cleared_minor, row.reason) for row in found.bookings]
    assert rows == [
        (line, item, 9_500, 10_000, records.Reason.DEDUCTION),
        (line, -memo, -2_000, -2_000, records.Reason.NETTED),
    ]
    assert found.clearings == []
    assert (papers(books, DAY).bookings, papers(books, DAY).lines) == ([], [])


def test_what_was_cleared_without_a_bank_line_is_a_clearing(books: Books) -> None:
    item = books.invoice("INV-1")
    reverse(books.session, books.actor, number="INV-1", on=NEXT, reason="wrong")
    memo = books.invoice("CM-1", "-20.00")
    reverse(books.session, books.actor, number="CM-1", on=NEXT, reason="wrong")

    found = {astuple(clearing) for clearing in papers(books, LATER).clearings}

    assert found == {(item, NEXT, 10_000), (-memo, NEXT, -2_000)}
    assert papers(books, DAY).clearings == []


def test_reasons_only_the_books_know_read_as_deductions(books: Books) -> None:
    item = books.invoice("INV-1")
    pay(books, "L1", "99.50", Part(9_950, Reason.TOLERANCE, item))

    assert [row.reason for row in papers(books, NEXT).bookings] == [records.Reason.DEDUCTION]


@pytest.mark.parametrize(("decision", "untouched"), [(Decision.AUTO, True), (Decision.REVIEW, False)])
def test_what_nobody_looked_at_is_marked(books: Books, decision: Decision, untouched: bool) -> None:
    item, line = books.invoice("INV-1"), books.line("L1", "100.00", on=NEXT)
    parts = (Part(10_000, open_item_id=item),)
    made = MatchSuggestion(line, parts, decision, 990_000, None, (), "rules", NEXT)
    (number,) = suggest(books.session, books.actor, suggestions=[made])
    book(books.session, books.actor, bookings=[Booking(line, NEXT, parts, number)])

    assert [row.untouched for row in papers(books, NEXT).bookings] == [untouched]


def test_advices_name_the_line_they_belong_to_and_keep_their_rows(books: Books) -> None:
    line = books.line("L1", "150.00", on=NEXT)
    rows = (AdviceLine("INV-1", 10_000, 200, ""), AdviceLine("CLAIM", -500, 0, "D1"))
    take_advices(
        books.session,
        books.actor,
        advices=[
            Advice("A1", "L1", NEXT, "EUR", 9_500, "MUSTER", rows),
            Advice("A2", "", LATER, "EUR", None, "MUSTER", rows[:1]),
        ],
    )

    (first, second) = papers(books, LATER).advices

    assert (first.line_id, first.advice_date, first.total_minor, first.payer_name) == (line, NEXT, 9_500, "MUSTER")
    assert [astuple(row) for row in first.rows] == [("INV-1", 10_000, 200), ("CLAIM", -500, 0)]
    assert (second.line_id, second.total_minor, len(second.rows)) == (None, None, 1)
    assert len(papers(books, NEXT).advices) == 1
    assert papers(books, DAY).advices == []


def test_what_happens_later_changes_no_paper_and_no_frame_of_a_day(books: Books) -> None:
    item = books.invoice("INV-1", due=LATER)
    books.line("L1", "100.00", on=NEXT, narrative="INV-1")
    before = papers(books, NEXT), items_frame(books.session, books.company_id, NEXT)

    books.invoice("INV-2", issued=LATER)
    pay(books, "L2", "100.00", Part(10_000, open_item_id=item), on=LATER)
    promise(books.session, books.actor, promises=[NewPromise(item, LATER, LATER, 10_000, "EUR")])

    assert papers(books, NEXT) == before[0]
    pd.testing.assert_frame_equal(items_frame(books.session, books.company_id, NEXT), before[1])
