"""Entries are written whole, sealed by their header, and refused three times over where they do not balance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_ai.core.database import RefusedByStore, insert_rows, table_of
from o2c_ai.core.ledger.actions import post
from o2c_ai.core.ledger.queries import accounts_by_role, get_entries
from o2c_ai.core.ledger.rules import (
    AccountRole,
    EntryKind,
    NewEntry,
    NewPosting,
    PartlyValued,
    TooFewPostings,
    Unbalanced,
    UnknownEntry,
)
from o2c_ai.core.ledger.tables import Posting
from tests.books import DAY
from tests.core.ledger.postings import sale
from tests.core.plain_sql import ask, assert_refused, count, force

if TYPE_CHECKING:
    from tests.books import Books

POSTING = """
    INSERT INTO postings (company_id, entry_id, account_id, currency, amount_minor, base_minor)
    VALUES (:company, :entry, :account, :currency, :minor, :base)
"""
HEADER = """
    INSERT INTO journal_entries (id, company_id, kind, posting_date, document_date, recorded_at, user_id, text)
    VALUES (:entry, :company, 'invoice', :day, :day, '2025-06-01 12:00:00', :user, 'by hand')
"""
OFF_BALANCE = """
    SELECT entry_id, currency, sum(amount_minor), sum(base_minor) FROM postings GROUP BY entry_id, currency
    HAVING sum(amount_minor) <> 0 OR sum(base_minor) <> 0 OR count(base_minor) NOT IN (0, count(*))
"""


def by_hand(books: Books, *lines: tuple[str, int, int | None], entry: int = 900, company: int | None = None) -> None:
    """Postings typed into the database, without a header."""
    account = accounts_by_role(books.session, books.company_id)[AccountRole.REVENUE]
    for currency, minor, base in lines:
        values = {"entry": entry, "account": account, "currency": currency, "minor": minor, "base": base}
        force(books.session, POSTING, company=company or books.company_id, **values)


def header(books: Books, entry: int = 900, day: str = "2025-06-01") -> dict[str, object]:
    return {"entry": entry, "company": books.company_id, "user": books.actor.user_id, "day": day}


def test_an_entry_is_stored_as_it_was_given(books: Books) -> None:
    entries = [sale(books, 100, text="one"), sale(books, 200, text="two", on=DAY + timedelta(days=1))]

    numbers = post(books.session, books.actor, entries=entries)

    stored = get_entries(books.session, books.company_id, numbers)
    assert [stored[number] for number in numbers] == entries
    assert list(numbers) == sorted(numbers)


def test_an_entry_says_who_posted_it_when_and_the_date_on_the_paper(sqlite_books: Books) -> None:
    paper = DAY - timedelta(days=9)

    post(
        sqlite_books.session,
        sqlite_books.other,
        entries=[sale(sqlite_books)._replace(document_date=paper), sale(sqlite_books)],
    )

    asked = "SELECT user_id, posting_date, document_date, substr(recorded_at, 1, 19) FROM journal_entries ORDER BY id"
    row = (sqlite_books.other.user_id, "2025-06-01")
    noon = "2025-06-01 12:00:00"
    assert ask(sqlite_books.session, asked) == [(*row, "2025-05-23", noon), (*row, "2025-06-01", noon)]


def test_no_entries_are_no_work(sqlite_books: Books) -> None:
    assert list(post(sqlite_books.session, sqlite_books.actor, entries=[])) == []
    assert count(sqlite_books.session, "journal_entries") == 0


def test_an_entry_nobody_posted_is_unknown(sqlite_books: Books) -> None:
    (number,) = post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books)])

    with pytest.raises(UnknownEntry, match="no journal entry 999"):
        get_entries(sqlite_books.session, sqlite_books.company_id, [number, 999])


def test_one_bad_entry_keeps_the_whole_batch_out(sqlite_books: Books) -> None:
    good = sale(sqlite_books)
    one_sided = good._replace(postings=good.postings[:1])
    off = good._replace(postings=(good.postings[0], good.postings[1]._replace(amount_minor=-9_999)))
    partly = good._replace(postings=(good.postings[0], good.postings[1]._replace(base_minor=None)))

    for bad, law in ((one_sided, TooFewPostings), (off, Unbalanced), (partly, PartlyValued)):
        with pytest.raises(law):
            post(sqlite_books.session, sqlite_books.actor, entries=[good, bad])

    assert count(sqlite_books.session, "postings") == 0


amounts = st.integers(-(10**15), 10**15).filter(bool)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["EUR", "USD", "KWD"]), amounts, amounts), min_size=1, max_size=4))
def test_what_was_posted_balances_in_the_store_too(sqlite_books: Books, lines: list[tuple[str, int, int]]) -> None:
    accounts = list(accounts_by_role(sqlite_books.session, sqlite_books.company_id).values())
    debits = [NewPosting(accounts[0], *line) for line in lines]
    credits_ = [NewPosting(accounts[1], currency, -minor, -base) for currency, minor, base in lines]
    entry = NewEntry(EntryKind.INVOICE, DAY, "any", (*debits, *credits_))

    (number,) = post(sqlite_books.session, sqlite_books.actor, entries=[entry])

    assert ask(sqlite_books.session, OFF_BALANCE) == []
    assert get_entries(sqlite_books.session, sqlite_books.company_id, [number])[number] == entry


UNSOUND: dict[str, tuple[tuple[str, int, int | None], ...]] = {
    "one side only": (("EUR", 100, 100),),
    "off in a currency": (("EUR", 100, 100), ("EUR", -99, -100)),
    "two currencies that cover each other": (("EUR", 100, 100), ("USD", -100, -100)),
    "off in base": (("USD", 100, 91), ("USD", -100, -90)),
    "valued in part": (("USD", 100, 91), ("USD", -100, None)),
    "no postings at all": (),
}


def test_the_database_refuses_an_entry_that_does_not_balance(books: Books) -> None:
    for entry, lines in enumerate(UNSOUND.values(), start=900):
        by_hand(books, *lines, entry=entry)
        assert_refused(books.session, HEADER, "journal_entries: an entry must balance", **header(books, entry))

    assert count(books.session, "journal_entries") == 0


def test_the_database_takes_an_entry_that_balances(books: Books) -> None:
    by_hand(books, ("USD", 100, 91), ("USD", -100, -90), ("USD", 0, -1), ("EUR", 5, 5), ("EUR", -5, -5))

    force(books.session, HEADER, **header(books))
    books.session.commit()

    assert count(books.session, "journal_entries") == 1


def test_the_database_refuses_an_entry_over_two_companies(books: Books) -> None:
    other = "INSERT INTO companies (id, code, name, base_currency, created_at) VALUES (99, 'x', 'X', 'EUR', :noon)"
    force(books.session, other, noon="2025-06-01 12:00:00")
    by_hand(books, ("EUR", 100, 100), ("EUR", -100, -100))
    by_hand(books, ("EUR", 1, 1), ("EUR", -1, -1), company=99)

    assert_refused(books.session, HEADER, "an entry must balance", **header(books))


def test_a_sealed_entry_takes_no_more_postings(sqlite_books: Books) -> None:
    (number,) = post(sqlite_books.session, sqlite_books.actor, entries=[sale(sqlite_books)])
    account = accounts_by_role(sqlite_books.session, sqlite_books.company_id)[AccountRole.REVENUE]
    row = {"company": sqlite_books.company_id, "entry": number, "account": account, "currency": "EUR", "base": 0}

    assert_refused(sqlite_books.session, POSTING, "postings: the entry is sealed", minor=1, **row)

    assert count(sqlite_books.session, "postings") == 2


def test_a_sealed_entry_takes_no_more_postings_in_bulk_either(books: Books) -> None:
    (number,) = post(books.session, books.actor, entries=[sale(books)])
    account = accounts_by_role(books.session, books.company_id)[AccountRole.REVENUE]
    columns = ("company_id", "entry_id", "account_id", "currency", "amount_minor", "base_minor")
    rows = [(books.company_id, number, account, "EUR", minor, minor) for minor in (1, -1)]

    with pytest.raises(RefusedByStore) as refusal:
        insert_rows(books.session, table_of(Posting), columns, rows)

    assert (refusal.value.table, refusal.value.law) == ("postings", "the entry is sealed")


def test_an_empty_posting_is_refused_by_the_database(books: Books) -> None:
    account = accounts_by_role(books.session, books.company_id)[AccountRole.REVENUE]
    row = {"company": books.company_id, "entry": 900, "account": account, "currency": "EUR", "minor": 0}

    assert_refused(books.session, POSTING, "not_empty", base=0, **row)
    assert_refused(books.session, POSTING, "not_empty", base=None, **row)


def test_postings_without_their_header_are_never_committed(books: Books) -> None:
    by_hand(books, ("EUR", 100, 100), ("EUR", -100, -100))

    with pytest.raises(Exception, match=r"(?i)foreign key"):
        books.session.commit()
    books.session.rollback()

    assert count(books.session, "postings") == 0
