"""A token opens the books until it expires or is taken back, and only for whom it was issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.access.queries import admitted_by_token
from o2c_ai.core.people.actions import issue_token, revoke_token
from o2c_ai.core.people.rules import UnknownToken
from tests.books import NOON
from tests.core.plain_sql import ask, force, verbs

if TYPE_CHECKING:
    from datetime import datetime

    from tests.books import Books

SOON, EVENING = NOON + timedelta(seconds=1), NOON + timedelta(hours=8)
INSTANT = timedelta(microseconds=1)


def holder(books: Books, at: datetime, digest: str = "digest") -> str | None:
    actor = admitted_by_token(books.session, digest, at, second_factor_asked=False)
    return None if actor is None else actor.name


@pytest.fixture
def token_id(sqlite_books: Books) -> int:
    return issue_token(sqlite_books.session, sqlite_books.actor, digest="digest", expires_at=EVENING)


def test_a_token_acts_for_whom_it_was_issued(sqlite_books: Books, token_id: int) -> None:
    found = admitted_by_token(sqlite_books.session, "digest", SOON, second_factor_asked=False)

    assert found == replace(sqlite_books.actor, recorded_at=SOON)
    assert ask(sqlite_books.session, "SELECT id, user_id FROM tokens") == [(token_id, sqlite_books.actor.user_id)]


def test_a_token_expires_to_the_instant(books: Books) -> None:
    issue_token(books.session, books.actor, digest="digest", expires_at=EVENING)

    assert holder(books, EVENING - INSTANT) == "anna"
    assert holder(books, EVENING) is None
    assert holder(books, EVENING + timedelta(days=1)) is None


def test_a_token_taken_back_is_refused_from_then_on(sqlite_books: Books, token_id: int) -> None:
    revoke_token(sqlite_books.session, replace(sqlite_books.actor, recorded_at=SOON), token_id=token_id)

    assert holder(sqlite_books, NOON) == "anna"
    assert holder(sqlite_books, SOON) is None
    assert holder(sqlite_books, EVENING - INSTANT) is None
    assert verbs(sqlite_books.session, "tokens") == ["issue", "revoke"]


def test_taking_a_token_back_again_does_not_bring_it_to_life(sqlite_books: Books) -> None:
    token_id = issue_token(sqlite_books.session, sqlite_books.actor, digest="digest", expires_at=EVENING)
    for at in (SOON, SOON + timedelta(hours=1)):
        revoke_token(sqlite_books.session, replace(sqlite_books.actor, recorded_at=at), token_id=token_id)

    assert holder(sqlite_books, SOON + timedelta(minutes=1)) is None


def test_nobody_takes_back_the_token_of_somebody_else(sqlite_books: Books) -> None:
    token_id = issue_token(sqlite_books.session, sqlite_books.actor, digest="digest", expires_at=EVENING)

    with pytest.raises(UnknownToken, match=f"no token {token_id} of yours"):
        revoke_token(sqlite_books.session, sqlite_books.other, token_id=token_id)

    assert holder(sqlite_books, SOON) == "anna"


def test_a_guessed_token_opens_nothing(sqlite_books: Books) -> None:
    issue_token(sqlite_books.session, sqlite_books.actor, digest="digest", expires_at=EVENING)

    assert [holder(sqlite_books, SOON, guess) for guess in ("", "DIGEST", "digest ", "%", "d_gest")] == [None] * 5


def test_the_token_of_somebody_who_left_opens_nothing(sqlite_books: Books) -> None:
    issue_token(sqlite_books.session, sqlite_books.actor, digest="digest", expires_at=EVENING)
    force(sqlite_books.session, "UPDATE users SET active = false")

    assert holder(sqlite_books, SOON) is None
