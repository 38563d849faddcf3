"""Users are created by an administrator, act in one company and are never forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.ledger.actions import open_company
from o2c_ai.core.people.actions import create_first_user, create_user
from o2c_ai.core.people.queries import count_users, find_actor, find_administrator, get_actor
from o2c_ai.core.people.rules import Role, UnknownUser, UserExists
from tests.books import NOON
from tests.core.plain_sql import ask, force

if TYPE_CHECKING:
    from tests.books import Books

LATER = NOON + timedelta(hours=1)


def test_the_first_user_needs_nobody_and_is_in_the_log(sqlite_books: Books) -> None:
    session = sqlite_books.session
    company = open_company(session, code="new", name="New", base_currency="EUR", recorded_at=NOON)

    first = create_first_user(session, company_id=company.company_id, name="eve", roles=[Role.ADMIN], recorded_at=NOON)

    assert (first.company_id, first.name, first.roles) == (company.company_id, "eve", frozenset({"admin"}))
    asked = "SELECT user_id, verb, subject, subject_id, detail FROM audit_events WHERE company_id = :c"
    expected = (first.user_id, "create", "users", first.user_id, '{"roles":["admin"]}')
    assert ask(session, asked, c=company.company_id) == [expected]


def test_there_is_no_second_first_user(sqlite_books: Books) -> None:
    with pytest.raises(UserExists, match="mallory"):
        create_first_user(
            sqlite_books.session, company_id=sqlite_books.company_id, name="mallory", roles=list(Role), recorded_at=NOON
        )

    assert count_users(sqlite_books.session, sqlite_books.company_id) == 2


def test_an_administrator_creates_a_user_with_roles(sqlite_books: Books) -> None:
    created = create_user(sqlite_books.session, sqlite_books.actor, name="carl", roles=[Role.CLERK, Role.COLLECTOR])

    assert created.roles == {"clerk", "collector"}
    assert get_actor(sqlite_books.session, sqlite_books.company_id, "carl", LATER).recorded_at == LATER
    assert count_users(sqlite_books.session, sqlite_books.company_id) == 3


def test_a_name_is_given_once(sqlite_books: Books) -> None:
    with pytest.raises(UserExists, match="'otto'"):
        create_user(sqlite_books.session, sqlite_books.actor, name="otto", roles=[])


def test_the_name_of_somebody_who_left_is_not_given_again(sqlite_books: Books) -> None:
    force(sqlite_books.session, "UPDATE users SET active = false WHERE name = 'otto'")

    with pytest.raises(UserExists, match="'otto'"):
        create_user(sqlite_books.session, sqlite_books.actor, name="otto", roles=[])


def test_who_left_acts_no_more(sqlite_books: Books) -> None:
    force(sqlite_books.session, "UPDATE users SET active = false WHERE name = 'otto'")

    assert find_actor(sqlite_books.session, sqlite_books.company_id, "otto", LATER) is None
    with pytest.raises(UnknownUser, match="no user 'otto'"):
        get_actor(sqlite_books.session, sqlite_books.company_id, "otto", LATER)


def test_the_administrator_is_the_oldest_active_one(sqlite_books: Books) -> None:
    session, company = sqlite_books.session, sqlite_books.company_id

    assert find_administrator(session, company, LATER) == get_actor(session, company, "anna", LATER)
    force(session, "UPDATE users SET active = false WHERE name = 'anna'")
    assert find_administrator(session, company, LATER) == get_actor(session, company, "otto", LATER)
    force(session, "DELETE FROM user_roles WHERE role = 'admin'")
    assert find_administrator(session, company, LATER) is None
