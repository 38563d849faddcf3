"""A closed period takes no postings until it is opened again, whoever tries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.ledger.actions import post, set_period
from o2c_ai.core.ledger.queries import accounts_by_role, closed_periods
from o2c_ai.core.ledger.rules import AccountRole, EndsBeforeStart, PeriodClosed, PeriodState
from tests.core.ledger.postings import sale
from tests.core.plain_sql import ask, assert_refused, count, force, verbs

if TYPE_CHECKING:
    from tests.books import Books

FIRST, LAST = date(2024, 2, 1), date(2024, 2, 29)
ONE_DAY = timedelta(days=1)
POSTING = """
    INSERT INTO postings (company_id, entry_id, account_id, currency, amount_minor) VALUES (:c, 9, :a, 'EUR', :m)
"""


def close(books: Books, first: date = FIRST, last: date = LAST) -> None:
    set_period(books.session, books.actor, starts_on=first, ends_on=last, state=PeriodState.CLOSED)


def reopen(books: Books, first: date = FIRST, last: date = LAST) -> None:
    set_period(books.session, books.actor, starts_on=first, ends_on=last, state=PeriodState.OPEN)


@pytest.mark.parametrize("day", [FIRST, date(2024, 2, 15), LAST])
def test_no_day_of_a_closed_period_takes_postings(sqlite_books: Books, day: date) -> None:
    close(sqlite_books)

    with pytest.raises(PeriodClosed, match=f"{day} lies in a period closed up to {LAST}"):
        post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books, on=day)])

    assert count(sqlite_books.session, "journal_entries") == 0


def test_the_days_around_a_closed_period_stay_open(sqlite_books: Books) -> None:
    close(sqlite_books)

    entries = [sale(sqlite_books, on=day) for day in (FIRST - ONE_DAY, LAST + ONE_DAY)]
    post(sqlite_books.session, sqlite_books.actor, entries=entries)

    assert count(sqlite_books.session, "journal_entries") == 2


def test_a_batch_with_one_day_in_a_closed_period_is_refused_whole(sqlite_books: Books) -> None:
    close(sqlite_books)
    entries = [sale(sqlite_books, on=day) for day in (FIRST - ONE_DAY, FIRST, LAST + ONE_DAY)]

    with pytest.raises(PeriodClosed) as refusal:
        post(sqlite_books.session, sqlite_books.actor, entries=entries)

    assert (refusal.value.posting_date, refusal.value.ends_on) == (FIRST, LAST)
    assert count(sqlite_books.session, "postings") == 0


def test_the_database_keeps_the_period_closed_by_itself(books: Books) -> None:
    close(books)
    accounts = accounts_by_role(books.session, books.company_id)
    for role, minor in ((AccountRole.RECEIVABLES, 1), (AccountRole.REVENUE, -1)):
        force(
            books.session,
            POSTING,
            c=books.company_id,
            a=accounts[role],
            m=minor,
        )
    header = """
        INSERT INTO journal_entries (id, company_id, kind, posting_date, document_date, recorded_at, user_id, text)
        VALUES (9, :c, 'invoice', :day, :day, '2024-02-01 12:00:00', :u, 'by hand')
    """
    values = {"c": books.company_id, "u": books.actor.user_id}

    assert_refused(books.session, header, "journal_entries: the period is closed", day="2024-02-29", **values)
    force(books.session, header, day="2024-03-01", **values)

    assert count(books.session, "journal_entries") == 1


def test_a_reopened_period_takes_postings_again(sqlite_books: Books) -> None:
    close(sqlite_books)
    reopen(sqlite_books)

    post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books, on=LAST)])

    assert count(sqlite_books.session, "journal_entries") == 1
    assert verbs(sqlite_books.session, "periods") == ["close", "reopen"]
    assert ask(sqlite_books.session, "SELECT state FROM periods") == [("open",)]


def test_days_that_are_open_may_be_said_to_be_open(sqlite_books: Books) -> None:
    reopen(sqlite_books)
    reopen(sqlite_books)

    post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books, on=FIRST)])

    assert ask(sqlite_books.session, "SELECT state FROM periods") == [("open",)]
    assert count(sqlite_books.session, "journal_entries") == 1


def test_closing_twice_is_closing_once(sqlite_books: Books) -> None:
    close(sqlite_books)
    close(sqlite_books)

    assert closed_periods(sqlite_books.session, sqlite_books.company_id, date.min, date.max) == [(FIRST, LAST)]


def test_days_that_another_period_keeps_closed_are_not_said_to_be_open(sqlite_books: Books) -> None:
    close(sqlite_books)

    with pytest.raises(PeriodClosed, match=f"2024-02-10 lies in a period closed up to {LAST}"):
        reopen(sqlite_books, date(2024, 2, 10), date(2024, 3, 31))


def test_a_day_closed_twice_is_open_once_both_periods_are(sqlite_books: Books) -> None:
    quarter = (date(2024, 1, 1), date(2024, 3, 31))
    close(sqlite_books)
    close(sqlite_books, *quarter)

    reopen(sqlite_books)
    with pytest.raises(PeriodClosed):
        post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books, on=LAST)])
    reopen(sqlite_books, *quarter)
    post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books, on=LAST)])

    assert count(sqlite_books.session, "journal_entries") == 1


def test_a_period_ends_on_or_after_its_start(books: Books) -> None:
    with pytest.raises(EndsBeforeStart, match="cannot start on 2024-02-29 and end on 2024-02-01"):
        close(books, LAST, FIRST)
    close(books, LAST, LAST)

    by_hand = "UPDATE periods SET ends_on = '2024-02-01'"
    assert_refused(books.session, by_hand, "ordered")


@pytest.mark.parametrize(
    ("first", "last", "touched"),
    [
        (FIRST - ONE_DAY, FIRST - ONE_DAY, False),
        (FIRST - ONE_DAY, FIRST, True),
        (FIRST + ONE_DAY, LAST - ONE_DAY, True),
        (LAST, LAST + ONE_DAY, True),
        (LAST + ONE_DAY, date.max, False),
    ],
)
def test_closed_periods_are_found_by_any_day_they_touch(
    sqlite_books: Books, first: date, last: date, touched: bool
) -> None:
    close(sqlite_books)

    found = closed_periods(sqlite_books.session, sqlite_books.company_id, first, last)

    assert found == ([(FIRST, LAST)] if touched else [])
