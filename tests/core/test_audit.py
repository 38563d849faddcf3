"""The log of acts says who did what, when, why and on whose suggestion, in the transaction of the act."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core import audit
from tests.books import NOON
from tests.core.plain_sql import ask, count

if TYPE_CHECKING:
    from tests.books import Books

FACTS = "verb, subject, subject_id, suggestion_id, reason, detail"


def test_an_act_is_recorded_with_all_its_facts(books: Books) -> None:
    audit.record(
        books.session,
        books.actor,
        "apply",
        "journal_entries",
        7,
        suggestion_id=3,
        reason="the customer called",
        detail={"amount": "1.00 EUR"},
    )

    (event,) = ask(books.session, f"SELECT {FACTS} FROM audit_events WHERE verb = 'apply'")

    assert event == ("apply", "journal_entries", 7, 3, "the customer called", '{"amount":"1.00 EUR"}')


def test_an_act_that_explains_itself_needs_no_reason_and_no_detail(sqlite_books: Books) -> None:
    audit.record(sqlite_books.session, sqlite_books.actor, "close", "periods")

    (event,) = ask(sqlite_books.session, f"SELECT {FACTS} FROM audit_events WHERE verb = 'close'")

    assert event == ("close", "periods", None, None, "", "{}")


def test_an_act_is_recorded_under_its_actor_company_and_instant(sqlite_books: Books) -> None:
    audit.record(sqlite_books.session, sqlite_books.other, "close", "periods")

    (event,) = sqlite_books.session.query(audit.AuditEvent).filter_by(verb="close")

    assert (event.company_id, event.user_id) == (sqlite_books.company_id, sqlite_books.other.user_id)
    assert event.recorded_at == NOON


def test_many_like_acts_have_a_row_each_in_order(books: Books) -> None:
    acts = [(11, 5, "agreed"), (12, None, "")]

    audit.record_many(books.session, books.actor, "unapply", "journal_entries", acts)

    asked = "SELECT subject_id, suggestion_id, reason, detail FROM audit_events WHERE verb = 'unapply' ORDER BY id"
    assert ask(books.session, asked) == [(11, 5, "agreed", "{}"), (12, None, "", "{}")]


def test_an_act_that_is_taken_back_leaves_no_trace_in_the_log(sqlite_books: Books) -> None:
    before = count(sqlite_books.session, "audit_events")

    with sqlite_books.session.begin_nested() as act:
        audit.record(sqlite_books.session, sqlite_books.actor, "close", "periods")
        act.rollback()

    assert count(sqlite_books.session, "audit_events") == before


def test_a_day_is_written_the_same_in_every_detail() -> None:
    assert audit.plain(date(2024, 2, 29)) == "2024-02-29"
    assert audit.plain(None) is None
