"""How well cash was applied: every rate with its denominator, lines from history apart."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import accept, book, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.payments.actions import identify
from o2c_ai.core.payments.queries import lock_lines
from o2c_ai.core.reporting.queries import match_rates
from o2c_ai.core.reporting.rules import MatchRates, Rate
from o2c_ai.core.spot_checks.actions import draw, judge
from o2c_ai.core.spot_checks.rules import Verdict
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import ONE_PPM, Decision, MatchSuggestion, Part, Reason, Undoing
from tests.books import DAY

if TYPE_CHECKING:
    from tests.books import Books

NEXT = DAY + timedelta(days=1)


class Desk:
    """Lines that are suggested, booked and undone, one call each."""

    def __init__(self, books: Books) -> None:
        self.books, self.count = books, 0
        self.customer = books.customer("C1")

    def line(self, rows: int = 1, *, customer: str = "C1") -> tuple[int, tuple[Part, ...]]:
        """A line of 10.00 a row, and the rows that pay as many invoices."""
        self.count += 1
        items = [self.books.invoice(f"INV-{self.count}-{row}", "10.00", customer=customer) for row in range(rows)]
        parts = tuple(Part(1_000, open_item_id=item) for item in items)
        return self.books.line(f"L{self.count}", f"{rows}0.00"), parts

    def suggested(
        self, line: int, parts: tuple[Part, ...], decision: Decision = Decision.AUTO, customer: int | None = None
    ) -> int:
        """A suggestion for the line; gives its number."""
        payer = customer or self.customer
        made = MatchSuggestion(line, parts, decision, 999_000, payer, (), "rules", DAY)
        return suggest(self.books.session, self.books.actor, suggestions=[made])[0]

    def accepted(self, rows: int = 1, decision: Decision = Decision.AUTO, *, customer: str = "C1") -> int:
        """A line booked as suggested."""
        line, parts = self.line(rows, customer=customer)
        accept(self.books.session, self.books.actor, suggestion_id=self.suggested(line, parts, decision), on=DAY)
        return line

    def booked(self, line: int, parts: tuple[Part, ...]) -> None:
        """A line booked by hand."""
        book(self.books.session, self.books.actor, bookings=[Booking(line, DAY, parts)])

    def rates(self) -> MatchRates:
        """As of the day."""
        self.books.session.flush()
        return match_rates(self.books.session, self.books.company_id, NEXT)


def test_a_line_booked_untouched_counts_in_every_rate(books: Books) -> None:
    desk = Desk(books)
    desk.accepted(rows=3)

    rates = desk.rates()

    assert rates.line_item == Rate(3, 3)
    assert rates.account == rates.envelope == rates.straight_through == rates.auto_precision == Rate(1, 1)
    assert rates.history_lines == 0


def test_a_reviewed_suggestion_is_touched(sqlite_books: Books) -> None:
    desk = Desk(sqlite_books)
    desk.accepted(rows=2)
    desk.accepted(decision=Decision.REVIEW)

    rates = desk.rates()

    assert rates.account == Rate(2, 2)
    assert rates.line_item == Rate(2, 3)
    assert rates.envelope == rates.straight_through == Rate(1, 2)
    assert rates.auto_precision == Rate(1, 1)


def test_a_line_booked_otherwise_than_suggested_counts_against_the_suggestion(sqlite_books: Books) -> None:
    desk, other = Desk(sqlite_books), sqlite_books.customer("C2", "Andere GmbH")
    line, parts = desk.line()
    desk.suggested(line, parts, Decision.REVIEW, customer=other)
    desk.booked(line, parts)

    rates = desk.rates()

    assert rates.account == Rate(0, 1)
    assert rates.line_item == rates.envelope == rates.straight_through == Rate(0, 1)
    assert rates.auto_precision == Rate(0, 0)


def test_an_automatic_act_taken_back_was_wrong(books: Books) -> None:
    desk = Desk(books)
    desk.accepted()
    line = desk.accepted()
    undo(books.session, books.actor, line_ids=[line], on=NEXT, reason="another customer's")

    rates = desk.rates()

    assert rates.auto_precision == Rate(1, 2)
    assert rates.straight_through == Rate(1, 2)
    assert rates.envelope == Rate(1, 1)


def test_what_is_taken_back_later_was_not_known_on_the_day(sqlite_books: Books) -> None:
    desk = Desk(sqlite_books)
    line = desk.accepted()
    undo(sqlite_books.session, sqlite_books.actor, line_ids=[line], on=NEXT, reason="wrong")

    before = match_rates(sqlite_books.session, sqlite_books.company_id, DAY)

    assert before.auto_precision == before.straight_through == Rate(1, 1)


def test_a_run_recalled_proves_nothing(books: Books) -> None:
    desk = Desk(books)
    desk.accepted()
    line = desk.accepted()
    undo(books.session, books.actor, line_ids=[line], on=NEXT, reason="only trying", verdict=Undoing.RECALLED)

    assert desk.rates().auto_precision == Rate(1, 1)
    assert match_rates(books.session, books.company_id, DAY).auto_precision == Rate(2, 2)


def test_precision_is_audited_by_spot_checks(books: Books) -> None:
    desk = Desk(books)
    lines = [desk.accepted() for _ in range(5)]
    drawn = draw(books.session, books.actor, first=DAY, last=DAY, on=DAY, seed="", share_ppm=ONE_PPM)
    verdicts = (Verdict.RIGHT, Verdict.RIGHT, Verdict.WRONG)
    for check, verdict in zip(drawn, verdicts, strict=False):
        judge(books.session, books.actor, check_id=check, verdict=verdict, on=NEXT)
    undo(books.session, books.actor, line_ids=[lines[0], lines[3]], on=NEXT, reason="wrong")

    rates, before = desk.rates(), match_rates(books.session, books.company_id, DAY)

    assert rates.audited_precision == Rate(1, 4)  # two taken back, one found wrong, one right
    assert rates.unaudited == Rate(1, 5)
    assert rates.auto_precision == Rate(3, 5)
    assert (before.audited_precision, before.unaudited) == (Rate(0, 0), Rate(5, 5))


def test_an_interval_says_how_little_few_lines_prove() -> None:
    assert Rate(10, 10).interval_ppm == (722_467, 1_000_000)
    assert Rate(0, 0).interval_ppm is None


def test_spot_checks_count_in_the_span_of_what_they_looked_at(sqlite_books: Books) -> None:
    desk = Desk(sqlite_books)
    desk.accepted()
    draw(sqlite_books.session, sqlite_books.actor, first=DAY, last=DAY, on=NEXT, seed="", share_ppm=ONE_PPM)

    later = match_rates(sqlite_books.session, sqlite_books.company_id, NEXT, since=NEXT)

    assert later.unaudited == Rate(0, 0)
    assert desk.rates().unaudited == Rate(1, 1)


def test_lines_without_a_suggestion_are_history(sqlite_books: Books) -> None:
    desk = Desk(sqlite_books)
    desk.booked(*desk.line(rows=2))
    desk.accepted()

    rates = desk.rates()

    assert rates.history_lines == 1
    assert rates.line_item == Rate(1, 1)


def test_a_line_that_a_run_left_to_people_counts_although_its_proposal_was_not_kept(books: Books) -> None:
    desk = Desk(books)
    desk.accepted()
    line, parts = desk.line(rows=3)
    late = books.line("LATE", "10.00", on=NEXT)
    assert desk.rates().straight_through == Rate(1, 2)  # no run could see the late one yet

    book(books.session, books.actor, bookings=[Booking(line, NEXT, parts)])

    rates = desk.rates()
    assert rates.straight_through == rates.envelope == Rate(1, 2)
    assert rates.line_item == Rate(1, 4)
    assert rates.account == Rate(1, 1)
    assert rates.history_lines == 0
    book(books.session, books.actor, bookings=[Booking(late, NEXT, (Part(1_000, Reason.NOT_AR),))])
    assert desk.rates().history_lines == 1


def test_a_line_nobody_decided_lowers_the_straight_through_rate_only(sqlite_books: Books) -> None:
    desk = Desk(sqlite_books)
    desk.accepted()
    desk.suggested(*desk.line(), Decision.EXCEPTION)

    rates = desk.rates()

    assert rates.straight_through == Rate(1, 2)
    assert rates.envelope == rates.account == Rate(1, 1)


def test_money_that_pays_no_item_is_no_envelope(sqlite_books: Books) -> None:
    desk = Desk(sqlite_books)
    line = sqlite_books.line("RENT", "10.00")
    parts = (Part(1_000, Reason.NOT_AR),)
    desk.suggested(line, parts, Decision.NOT_AR)
    desk.booked(line, parts)

    rates = desk.rates()

    assert rates.envelope == rates.line_item == rates.account == Rate(0, 0)
    assert rates.straight_through == Rate(0, 1)


def test_the_newest_suggestion_of_a_line_counts(sqlite_books: Books) -> None:
    desk, other = Desk(sqlite_books), sqlite_books.customer("C2", "Andere GmbH")
    line, parts = desk.line()
    desk.suggested(line, parts, Decision.REVIEW, customer=other)
    desk.suggested(line, parts, Decision.REVIEW)
    desk.booked(line, parts)

    assert desk.rates().account == Rate(1, 1)


def test_rates_can_be_asked_for_a_span_of_days(sqlite_books: Books) -> None:
    desk = Desk(sqlite_books)
    desk.accepted()

    later = match_rates(sqlite_books.session, sqlite_books.company_id, NEXT, since=NEXT)

    assert later.envelope == later.auto_precision == Rate(0, 0)
    assert later.since == NEXT


def test_cash_not_applied_is_shown_by_currency_and_by_whether_the_payer_is_known(books: Books) -> None:
    payer = books.customer("C1")
    line = books.line("L1", "70.00")
    books.line("L2", "30.00")
    books.line("L3", "5", currency="JPY")
    credit = lock_lines(books.session, books.company_id, [line])[line].credit_item_id or 0
    identify(books.session, books.actor, credit_item_id=credit, customer_id=payer, on=DAY)

    rates = match_rates(books.session, books.company_id, DAY)

    assert rates.unapplied_minor == {"EUR": 7_000}
    assert rates.unidentified_minor == {"EUR": 3_000, "JPY": 5}


def test_another_companys_lines_are_not_ours(busy: Books) -> None:
    rates = match_rates(busy.session, busy.company_id, NEXT.replace(year=2026))

    assert rates.unidentified_minor == {"EUR": 4_000 + 7_500}
    assert rates.history_lines == 12
