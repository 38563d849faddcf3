"""Reports and exports: exact figures as texts, and rows another system can take in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.payments.rules import UnknownLine
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Reason
from o2c_ai.jobs.export_ledger import WRITERS, ledger_text
from o2c_ai.jobs.export_rows import application_rows, posting_rows
from o2c_ai.jobs.names import read_names
from o2c_ai.jobs.report import REPORTS
from o2c_ai.jobs.unapply import DecidedLater, unapply
from tests.books import DAY
from tests.laws import broken_laws

if TYPE_CHECKING:
    from tests.books import Books

NEXT, LATER = DAY + timedelta(days=1), DAY + timedelta(days=9)


def pay(books: Books, ref: str, amount: str, *parts: Part, suggestion_id: int | None = None) -> int:
    line = books.line(ref, amount, on=NEXT)
    book(books.session, books.actor, bookings=[Booking(line, NEXT, parts, suggestion_id)])
    return line


def by_currency(books: Books, name: str) -> dict[str, dict[str, object]]:
    made = REPORTS[name](books.session, books.company_id, LATER)
    return {str(row[made.columns.index("currency")]): dict(zip(made.columns, row, strict=True)) for row in made.rows}


def test_measures_are_told_with_two_decimals_and_empty_where_nothing_divides(books: Books) -> None:
    books.invoice("INV-1", "100.00", issued=DAY, due=LATER)
    pay(books, "L1", "10.00", Part(1_000, Reason.PARTIAL, books.invoice("INV-2", "30.00", due=DAY)))

    dso, cei = by_currency(books, "dso")["EUR"], by_currency(books, "cei")["EUR"]

    # 120 of 130 sold in 90 days are open, 100 of them not due: 83.08 days, of which 69.23 cannot be helped.
    assert (dso["closing_ar"], dso["sales"], dso["dso"]) == ("120.00", "130.00", "83.08")
    assert (dso["best_possible_dso"], dso["add"]) == ("69.23", "13.85")
    # Of the 30 that could have been collected, 10 were.
    assert (cei["opening_ar"], cei["cei_percent"]) == ("0.00", "33.33")


def test_measures_without_sales_are_empty_and_negative_ones_keep_their_sign(books: Books) -> None:
    books.invoice("OLD", "10.00", issued=LATER - timedelta(days=200), due=DAY)
    books.invoice("CM", "-20.00", issued=LATER - timedelta(days=200), currency="USD")
    books.invoice("NEW", "10.00", issued=DAY, due=DAY, currency="USD")

    found = by_currency(books, "dso")

    assert (found["EUR"]["sales"], found["EUR"]["dso"]) == ("0.00", "")
    assert found["USD"]["dso"] == "-90.00"


def test_money_of_nobody_is_aged_under_its_own_heading(books: Books) -> None:
    books.line("L1", "12.34")

    made = REPORTS["aging"](books.session, books.company_id, DAY)

    assert [row[:2] for row in made.rows] == [("(payer unknown)", "EUR"), ("TOTAL", "EUR")]
    assert [row[made.columns.index("unapplied")] for row in made.rows] == ["12.34", "12.34"]


def test_match_rates_are_percentages_with_both_counts(books: Books) -> None:
    item, line = books.invoice("INV-1"), books.line("L1", "100.00", on=NEXT)
    parts = (Part(10_000, open_item_id=item),)
    customer = books.customer("C1")
    made = MatchSuggestion(line, parts, Decision.AUTO, 999_000, customer, (), "rules", NEXT)
    (number,) = suggest(books.session, books.actor, suggestions=[made])
    book(books.session, books.actor, bookings=[Booking(line, NEXT, parts, number)])
    books.line("L2", "5.00", on=NEXT)

    rows = {row[0]: row[1:] for row in REPORTS["match-rates"](books.session, books.company_id, LATER).rows}

    assert rows["right customer suggested"] == ("100.00 %", 1, 1, "", "")
    assert rows["untouched and never taken back"] == ("100.00 %", 1, 1, "20.65 %", "100.00 %")
    assert rows["untouched and right by spot check"] == ("", 0, 0, "", "")
    assert rows["unidentified cash EUR"] == ("5.00", "", "", "", "")
    assert rows["lines booked from history"] == ("", 0, "", "", "")


def test_the_trial_balance_counts_postings_without_a_rate(books: Books) -> None:
    books.invoice("INV-1", "100.00", currency="USD")

    found = by_currency(books, "trial-balance")

    assert (found["USD"]["balance"], found["USD"]["unvalued_postings"]) in {("-100.00", 1), ("100.00", 1)}


def test_applications_go_out_in_the_shape_they_come_in(books: Books) -> None:
    item, memo = books.invoice("INV-1"), books.invoice("CM-1", "-20.00")
    pay(books, "L1", "80.00", Part(10_000, open_item_id=item), Part(-2_000, Reason.NETTED, credit_item_id=memo))
    pay(books, "L2", "9.00", Part(900, Reason.PREPAYMENT, customer_id=books.customer("C1")))
    pay(books, "L3", "-3.00", Part(-300, Reason.NOT_AR))

    rows = list(application_rows(books.session, books.company_id, None))

    assert rows == [
        ("L1", "INV-1", "C1", "100.00", ""),
        ("L1", "CM-1", "C1", "-20.00", "netted"),
        ("L2", "", "C1", "9.00", "prepayment"),
        ("L3", "", "", "-3.00", "not_ar"),
    ]
    assert list(application_rows(books.session, books.company_id, LATER)) == []


def test_postings_go_out_with_base_amounts_where_they_are_known(books: Books) -> None:
    books.invoice("=HYPERLINK(1)", "100.00")
    books.invoice("INV-2", "50.00", currency="USD", issued=NEXT)

    rows = list(posting_rows(books.session, books.company_id, None))

    assert [row[1:4] for row in rows[:2]] == [("2025-06-01", "invoice", "'=HYPERLINK(1)")] * 2
    assert [row[4:] for row in rows] == [
        ("1200", "Trade receivables", "EUR", "100.00", "100.00"),
        ("4000", "Revenue", "EUR", "-100.00", "-100.00"),
        ("1200", "Trade receivables", "USD", "50.00", ""),
        ("4000", "Revenue", "USD", "-50.00", ""),
    ]
    assert len(list(posting_rows(books.session, books.company_id, NEXT))) == 2


@pytest.mark.parametrize("language", WRITERS)
def test_the_ledger_goes_out_in_every_language(books: Books, language: str) -> None:
    books.invoice("INV-1")

    text = "".join(ledger_text(books.session, books.company_id, "main", language))

    assert "INV-1" in text
    assert "100.00" in text


def test_names_are_those_of_the_day(books: Books) -> None:
    item, memo = books.invoice("INV-1"), books.invoice("CM-1", "-20.00", issued=NEXT)
    line, customer = books.line("L1", "80.00", on=NEXT), books.customer("C1")

    early, late = (read_names(books.session, books.company_id, day) for day in (DAY, NEXT))

    assert (early.lines, early.memos) == ({}, {})
    assert late.lines == {line: ("L1", "EUR", 8_000)}
    assert late.of(Part(1, open_item_id=item)) == ("INV-1", "C1")
    assert late.of(Part(-1, credit_item_id=memo)) == ("CM-1", "C1")
    assert late.of(Part(1, customer_id=customer)) == ("", "C1")
    assert late.of(Part(1)) == ("", "")


def test_what_followed_a_suggestion_is_taken_back_and_history_is_left(books: Books) -> None:
    history = pay(books, "L1", "100.00", Part(10_000, open_item_id=books.invoice("INV-1")))
    item, line = books.invoice("INV-2"), books.line("L2", "100.00", on=NEXT)
    parts = (Part(10_000, open_item_id=item),)
    made = MatchSuggestion(line, parts, Decision.AUTO, 999_000, None, (), "rules", NEXT)
    (number,) = suggest(books.session, books.actor, suggestions=[made])
    book(books.session, books.actor, bookings=[Booking(line, NEXT, parts, number)])
    session, actor = books.session, books.actor

    assert unapply(session, actor, since=LATER, on=LATER, reason="wrong", refs=[]) == 0
    assert unapply(session, actor, since=DAY, on=LATER, reason="wrong", refs=[]) == 1
    assert [row[0] for row in application_rows(session, books.company_id, None)] == ["L1"]
    assert unapply(session, actor, since=DAY, on=LATER, reason="wrong", refs=["L1"]) == 1
    assert history
    assert list(application_rows(session, books.company_id, None)) == []
    assert broken_laws(books) == []


def test_nothing_is_taken_back_on_a_day_before_it_was_decided(books: Books) -> None:
    pay(books, "L1", "-3.00", Part(-300, Reason.NOT_AR))

    with pytest.raises(DecidedLater, match="1 of these lines were decided after 2025-06-01"):
        unapply(books.session, books.actor, since=DAY, on=DAY, reason="wrong", refs=["L1"])
    with pytest.raises(UnknownLine):
        unapply(books.session, books.actor, since=DAY, on=LATER, reason="wrong", refs=["L1", "L9"])
