"""News waits in the order of the acts until it was told, and only where the act was committed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.outbox.actions import post_message
from o2c_ai.core.outbox.queries import list_undelivered
from o2c_ai.core.outbox.rules import MessageKind
from tests.books import NOON, open_books
from tests.core.plain_sql import force

if TYPE_CHECKING:
    from tests.books import Books

KIND = MessageKind.NEW_BANK_ACCOUNT


def post(books: Books, account: str) -> int:
    return post_message(books.session, books.actor, kind=KIND, payload={"account": account})


def waiting(books: Books, limit: int = 100) -> list[str]:
    return [payload["account"] for _, _, payload in list_undelivered(books.session, books.company_id, limit)]


def test_news_waits_with_its_facts(books: Books) -> None:
    number = post(books, "DE00 Ä")

    assert list_undelivered(books.session, books.company_id) == [(number, KIND, {"account": "DE00 Ä"})]


def test_news_is_told_oldest_first_and_no_more_at_once_than_asked(sqlite_books: Books) -> None:
    for account in "abc":
        post(sqlite_books, account)

    assert waiting(sqlite_books) == ["a", "b", "c"]
    assert waiting(sqlite_books, limit=2) == ["a", "b"]


def test_what_was_told_waits_no_more(sqlite_books: Books) -> None:
    told = post(sqlite_books, "told")
    post(sqlite_books, "untold")

    force(sqlite_books.session, "UPDATE outbox_messages SET delivered_at = recorded_at WHERE id = :i", i=told)

    assert waiting(sqlite_books) == ["untold"]


def test_news_of_an_act_that_was_taken_back_is_never_told(sqlite_books: Books) -> None:
    with sqlite_books.session.begin_nested() as act:
        post(sqlite_books, "never")
        act.rollback()

    assert waiting(sqlite_books) == []


def test_news_carries_the_instant_of_the_act(sqlite_books: Books) -> None:
    later = replace(sqlite_books.actor, recorded_at=NOON + timedelta(hours=1))
    post_message(sqlite_books.session, later, kind=MessageKind.APPROVAL_REQUESTED, payload={})

    found = sqlite_books.session.connection().exec_driver_sql("SELECT recorded_at FROM outbox_messages").scalar_one()

    assert str(found).startswith("2025-06-01 13:00:00")


def test_one_company_does_not_hear_another_s_news(sqlite_books: Books) -> None:
    other = open_books(sqlite_books.store, sqlite_books.session, code="other")
    post(sqlite_books, "ours")

    assert waiting(other) == []
