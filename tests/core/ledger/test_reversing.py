"""What was posted is corrected by its mirror, once, on a day of its own."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.database import RefusedByStore
from o2c_ai.core.errors import Conflict
from o2c_ai.core.ledger.actions import post, reverse, set_period
from o2c_ai.core.ledger.queries import get_entries, role_balances
from o2c_ai.core.ledger.rules import AlreadyReversed, EntryKind, PeriodClosed, PeriodState, UnknownEntry
from tests.books import DAY
from tests.core.ledger.postings import sale
from tests.core.plain_sql import ask, assert_refused, count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.books import Books

LATER = DAY + timedelta(days=30)


def posted(books: Books, times: int = 1) -> Sequence[int]:
    return post(books.session, books.actor, entries=[sale(books, 100 + place) for place in range(times)])


def test_a_reversal_is_the_mirror_of_its_entry(books: Books) -> None:
    (number,) = post(books.session, books.actor, entries=[sale(books, 100, currency="USD", base=91, text="INV-1")])

    (mirror_number,) = reverse(books.session, books.actor, entry_ids=[number], on=LATER)

    stored = get_entries(books.session, books.company_id, [number, mirror_number])
    original, mirror = stored[number], stored[mirror_number]
    assert (mirror.kind, mirror.posting_date, mirror.text) == (EntryKind.REVERSAL, LATER, "reversal of INV-1")
    assert [(p.account_id, p.currency, -p.amount_minor, -(p.base_minor or 0)) for p in mirror.postings] == [
        (p.account_id, p.currency, p.amount_minor, p.base_minor) for p in original.postings
    ]
    assert ask(books.session, "SELECT reverses_id FROM journal_entries ORDER BY id") == [(None,), (number,)]


def test_an_unvalued_entry_has_an_unvalued_mirror(sqlite_books: Books) -> None:
    (number,) = post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books, currency="USD")])

    (mirror,) = reverse(sqlite_books.session, sqlite_books.actor, entry_ids=[number], on=LATER)

    lines = get_entries(sqlite_books.session, sqlite_books.company_id, [mirror])[mirror].postings
    assert [(line.amount_minor, line.base_minor) for line in lines] == [(-10_000, None), (10_000, None)]


def test_before_the_reversal_the_entry_counts_and_after_it_nothing_is_left(sqlite_books: Books) -> None:
    numbers = posted(sqlite_books, 3)

    reverse(sqlite_books.session, sqlite_books.actor, entry_ids=numbers, on=LATER)

    before = role_balances(sqlite_books.session, sqlite_books.company_id, LATER - timedelta(days=1))
    after = role_balances(sqlite_books.session, sqlite_books.company_id, LATER)
    assert sorted(before.values()) == [-303, 303]
    assert set(after.values()) == {0}


def test_an_entry_is_reversed_once(books: Books) -> None:
    one, two = posted(books, 2)
    reverse(books.session, books.actor, entry_ids=[two], on=LATER)

    with pytest.raises(AlreadyReversed, match=f"entry {two} is already reversed"):
        reverse(books.session, books.actor, entry_ids=[one, two], on=LATER)

    assert count(books.session, "journal_entries") == 3


def test_an_entry_is_not_reversed_twice_in_one_breath(sqlite_books: Books) -> None:
    (number,) = posted(sqlite_books)

    with pytest.raises(AlreadyReversed):
        reverse(sqlite_books.session, sqlite_books.actor, entry_ids=[number, number], on=LATER)

    assert count(sqlite_books.session, "journal_entries") == 1


def test_the_database_refuses_a_second_mirror_by_itself(books: Books) -> None:
    (number,) = posted(books)
    reverse(books.session, books.actor, entry_ids=[number], on=LATER)
    again = """
        INSERT INTO journal_entries
            (id, company_id, kind, posting_date, document_date, recorded_at, user_id, text, reverses_id)
        SELECT 900, company_id, kind, posting_date, document_date, recorded_at, user_id, text, reverses_id
        FROM journal_entries WHERE reverses_id = :number
    """

    assert_refused(books.session, again, "(?i)unique|balance", number=number)


def test_a_reversal_can_itself_be_reversed(sqlite_books: Books) -> None:
    (number,) = posted(sqlite_books)
    (mirror,) = reverse(sqlite_books.session, sqlite_books.actor, entry_ids=[number], on=LATER)

    reverse(sqlite_books.session, sqlite_books.actor, entry_ids=[mirror], on=LATER)

    balances = role_balances(sqlite_books.session, sqlite_books.company_id, date.max)
    assert sorted(balances.values()) == [-100, 100]


def test_what_was_never_posted_is_not_reversed(sqlite_books: Books) -> None:
    with pytest.raises(UnknownEntry, match="no journal entry 7"):
        reverse(sqlite_books.session, sqlite_books.actor, entry_ids=[7], on=LATER)


def test_a_reversal_waits_for_an_open_period(sqlite_books: Books) -> None:
    (number,) = posted(sqlite_books)
    set_period(sqlite_books.session, sqlite_books.actor, starts_on=DAY, ends_on=LATER, state=PeriodState.CLOSED)

    with pytest.raises(PeriodClosed):
        reverse(sqlite_books.session, sqlite_books.actor, entry_ids=[number], on=LATER)
    (mirror,) = reverse(sqlite_books.session, sqlite_books.actor, entry_ids=[number], on=LATER + timedelta(days=1))

    assert mirror > number


@pytest.mark.postgres
def test_of_two_who_reverse_an_entry_at_once_one_is_refused(postgres_books: Books) -> None:
    (number,) = posted(postgres_books)
    postgres_books.session.commit()
    outcome: list[object] = []

    def second() -> None:
        with postgres_books.store.session() as session:
            try:
                outcome.append(reverse(session, postgres_books.other, entry_ids=[number], on=LATER))
            except Conflict as refusal:
                outcome.append(refusal)

    with postgres_books.store.session() as first:
        reverse(first, postgres_books.actor, entry_ids=[number], on=LATER)
        waiting = Thread(target=second)
        waiting.start()
        waiting.join(timeout=0.2)
        assert waiting.is_alive()
        first.commit()
    waiting.join(timeout=30)

    assert [type(found) for found in outcome] == [RefusedByStore]
    assert count(postgres_books.session, "journal_entries") == 2
