"""Suggestions: stored as made, accepted, rejected and taken back by people, and decided by the policy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import accept, undo
from o2c_ai.core.cash_application.queries import line_ids_applied
from o2c_ai.core.payments.rules import LineAlreadyDecided
from o2c_ai.core.people.rules import NotYourDuty
from o2c_ai.core.suggestions.actions import reject, suggest
from o2c_ai.core.suggestions.queries import count_decisions, get_suggestion, lines_suggested, newest_of_lines
from o2c_ai.core.suggestions.rules import Decision, Facts, MatchSuggestion, Part, Policy, Reason, UnknownSuggestion
from tests.books import DAY
from tests.core.work import LATER, collector, open_now
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from tests.books import Books

SURE = Facts(999_000, 10_000, 1, residual_explained=True, amount_minor=10_000)


def made(books: Books) -> tuple[int, int, MatchSuggestion]:
    """(line, suggestion, what was suggested)."""
    item, line = books.invoice("INV-1"), books.line("L1", "103.00")
    parts = (Part(10_000, open_item_id=item), Part(300, Reason.OVERPAYMENT, customer_id=books.customer("C1")))
    suggestion = MatchSuggestion(line, parts, Decision.REVIEW, 900_000, None, ("number found",), "rules", DAY)
    (number,) = suggest(books.session, books.actor, suggestions=[suggestion])
    return line, number, suggestion


def outcomes(books: Books) -> list[str]:
    asked = "SELECT outcome FROM suggestion_outcomes ORDER BY id"
    return [row[0] for row in books.session.connection().exec_driver_sql(asked)]


def test_a_suggestion_is_read_as_it_was_made(books: Books) -> None:
    line, number, suggestion = made(books)
    session, company = books.session, books.company_id

    assert get_suggestion(session, company, number) == suggestion
    assert {key: one.number for key, one in newest_of_lines(session, company, [line]).items()} == {line: number}
    assert lines_suggested(session, company, DAY) == {line}
    assert lines_suggested(session, company, LATER) == set()
    assert count_decisions(session, company, DAY) == {Decision.REVIEW: 1}


def test_an_accepted_suggestion_is_booked_and_says_so(books: Books) -> None:
    line, number, _ = made(books)
    accept(books.session, books.actor, suggestion_id=number, on=DAY)
    assert open_now(books) == {}
    assert line_ids_applied(books.session, books.company_id, DAY, suggested_only=True) == [line]
    with refused(books, LineAlreadyDecided):
        accept(books.session, books.actor, suggestion_id=number, on=DAY)

    undo(books.session, books.actor, line_ids=[line], on=LATER, reason="wrong")
    assert outcomes(books) == ["accepted", "undone"]
    assert broken_laws(books) == []


def test_a_rejected_suggestion_books_nothing(sqlite_books: Books) -> None:
    _, number, _ = made(sqlite_books)
    reject(sqlite_books.session, sqlite_books.actor, suggestion_id=number, on=DAY, reason="wrong invoice")

    assert outcomes(sqlite_books) == ["rejected"]
    assert open_now(sqlite_books) == {"INV-1": 10_000}


def test_an_unknown_suggestion_is_named(sqlite_books: Books) -> None:
    with refused(sqlite_books, UnknownSuggestion, match="no suggestion 7"):
        reject(sqlite_books.session, sqlite_books.actor, suggestion_id=7, on=DAY, reason="?")


def test_a_collector_neither_suggests_nor_rejects(sqlite_books: Books) -> None:
    carl = collector(sqlite_books)
    with refused(sqlite_books, NotYourDuty):
        suggest(sqlite_books.session, carl, suggestions=[])
    with refused(sqlite_books, NotYourDuty):
        reject(sqlite_books.session, carl, suggestion_id=1, on=DAY, reason="?")


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (SURE, Decision.AUTO),
        (Facts(996_999, 0, 1, residual_explained=True, amount_minor=1), Decision.REVIEW),
        (Facts(999_000, 799_001, 1, residual_explained=True, amount_minor=1), Decision.REVIEW),
        (Facts(999_000, 799_000, 1, residual_explained=True, amount_minor=1), Decision.AUTO),
        (Facts(999_000, 0, 2, residual_explained=True, amount_minor=1), Decision.REVIEW),
        (Facts(999_000, 0, 1, residual_explained=False, amount_minor=1), Decision.REVIEW),
        (Facts(300_000, 0, 1, residual_explained=True, amount_minor=1), Decision.REVIEW),
        (Facts(299_999, 0, 1, residual_explained=True, amount_minor=1), Decision.EXCEPTION),
    ],
)
def test_every_condition_must_hold_before_money_is_applied_untouched(facts: Facts, decision: Decision) -> None:
    assert Policy().decide(facts) is decision


def test_large_amounts_are_never_applied_untouched() -> None:
    assert Policy(auto_limit_minor=10_000).decide(SURE) is Decision.AUTO
    assert Policy(auto_limit_minor=9_999).decide(SURE) is Decision.REVIEW
