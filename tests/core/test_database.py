"""One engine, two stores: what is written comes back the same from both, and what was not committed is gone."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from o2c_ai.core import audit, database
from o2c_ai.core.audit import AuditEvent
from o2c_ai.core.database import (
    AwareUTC,
    Base,
    EnumText,
    RefusedByStore,
    Store,
    among,
    chunks,
    insert_rows,
    reserve_ids,
    table_of,
)
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.ledger.tables import Account, CompanyRow, JournalEntry, Period
from o2c_ai.core.migrations import all_tables
from o2c_ai.core.people.rules import Role
from o2c_ai.core.people.tables import Token, User, UserRole
from tests.books import NOON, open_books
from tests.core.plain_sql import ask, count, force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from tests.books import Books

TOKYO = timezone(timedelta(hours=9))
COLUMNS = ("code", "name", "base_currency", "created_at")


def company_rows(*codes: str) -> list[tuple[object, ...]]:
    return [(code, f"Company {code}", "EUR", NOON) for code in codes]


def add_companies(session: Session, rows: Sequence[Sequence[object]]) -> None:
    insert_rows(session, table_of(CompanyRow), COLUMNS, rows)


def test_what_was_not_committed_is_gone(store: Store) -> None:
    with store.session() as session:
        add_companies(session, company_rows("kept"))
        session.commit()
        add_companies(session, company_rows("lost"))

    with store.reading() as session:
        assert ask(session, "SELECT code FROM companies") == [("kept",)]


def test_an_error_inside_a_session_leaves_nothing_behind(store: Store) -> None:
    def fail(session: Session) -> None:
        add_companies(session, company_rows("lost"))
        raise LookupError

    with pytest.raises(LookupError), store.session() as session:
        fail(session)

    with store.reading() as session:
        assert count(session, "companies") == 0


def test_a_session_for_questions_writes_nothing_even_when_told_to(store: Store) -> None:
    with store.reading() as session:
        add_companies(session, company_rows("lost"))

    with store.reading() as session:
        assert count(session, "companies") == 0


def test_questions_are_answered_while_somebody_writes(store: Store) -> None:
    with store.session() as writer, store.reading() as reader:
        add_companies(writer, company_rows("new"))

        assert count(reader, "companies") == 0
        assert count(writer, "companies") == 1


def test_a_second_writer_waits_in_line_and_sees_what_the_first_wrote(sqlite_store: Store) -> None:
    seen: list[int] = []

    def second_writer() -> None:
        with sqlite_store.session() as session:
            seen.append(count(session, "companies"))

    with sqlite_store.session() as first:
        add_companies(first, company_rows("first"))
        waiting = threading.Thread(target=second_writer)
        waiting.start()
        waiting.join(timeout=0.1)
        assert waiting.is_alive()
        first.commit()
    waiting.join(timeout=30)

    assert seen == [1]


def test_sqlite_is_durable_and_keeps_every_guard_awake(sqlite_store: Store) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 30_000,
    }

    with sqlite_store.session() as session:
        assert {name: ask(session, f"PRAGMA {name}")[0][0] for name in wanted} == wanted


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_address_is_met_with_psycopg(scheme: str) -> None:
    store = Store(f"{scheme}://clerk@localhost/books")

    assert store.url.drivername == "postgresql+psycopg"
    assert store.engine.dialect.name == "postgresql"


def test_rows_of_every_type_come_back_as_they_were_given(books: Books) -> None:
    detail: dict[str, object] = {"z": [1, None, "Ä€"], "a": {"amount": "-1.00"}}
    audit.record(books.session, books.actor, "try", "nothing", detail=detail)

    (event,) = books.session.query(AuditEvent).filter_by(verb="try")

    assert event.detail == detail
    assert event.recorded_at == NOON
    assert event.recorded_at.tzinfo is UTC
    assert (event.subject_id, event.suggestion_id) == (None, None)


def test_structured_detail_is_the_same_text_on_both_stores(books: Books) -> None:
    audit.record(books.session, books.actor, "try", "nothing", detail={"z": 1, "a": "€"})

    assert ask(books.session, "SELECT detail FROM audit_events WHERE verb = 'try'") == [('{"a":"€","z":1}',)]


def test_an_instant_is_kept_as_utc_wherever_it_was_noted(books: Books) -> None:
    token = Token(
        company_id=books.company_id,
        user_id=books.actor.user_id,
        digest="d",
        label="",
        expires_at=datetime(2025, 6, 1, 21, tzinfo=TOKYO),
    )
    books.session.add(token)
    books.session.flush()
    books.session.refresh(token)

    assert token.expires_at == NOON
    assert token.expires_at.utcoffset() == timedelta(0)
    assert token.revoked_at is None


def test_an_instant_without_its_time_zone_is_refused(sqlite_books: Books) -> None:
    with pytest.raises(ValueError, match="time zone"):
        add_companies(sqlite_books.session, [("x", "X", "EUR", datetime(2025, 6, 1, 12))])  # noqa: DTZ001 - refused


def test_an_instant_of_another_zone_is_given_back_as_utc() -> None:
    dialect = Store("postgresql://localhost/books").engine.dialect

    back = AwareUTC().process_result_value(datetime(2025, 6, 1, 21, tzinfo=TOKYO), dialect)

    assert back == NOON
    assert back.tzinfo is UTC


def test_an_enum_is_kept_as_its_readable_value(books: Books) -> None:
    stored = ask(books.session, "SELECT DISTINCT role FROM user_roles ORDER BY role")

    assert stored == sorted((role.value,) for role in Role)


def test_a_value_that_is_no_member_is_refused_on_the_way_in(sqlite_books: Books) -> None:
    stranger = UserRole(user_id=sqlite_books.actor.user_id, role="king", company_id=sqlite_books.company_id)
    sqlite_books.session.add(stranger)

    with pytest.raises(StatementError, match="'king' is not a valid Role"):
        sqlite_books.session.flush()


def test_a_value_that_is_no_member_is_refused_on_the_way_out(sqlite_books: Books) -> None:
    force(sqlite_books.session, "UPDATE accounts SET role = 'king'")

    with pytest.raises(ValueError, match="'king' is not a valid AccountRole"):
        sqlite_books.session.query(Account).all()


def test_every_member_of_every_enum_fits_its_column() -> None:
    columns = [column for table in all_tables().tables.values() for column in table.c]
    kinds: set[type[Enum]] = {column.type.kind for column in columns if isinstance(column.type, EnumText)}

    assert AccountRole in kinds
    assert [member for kind in kinds for member in kind if len(member.value) > 24] == []


def test_numbers_are_drawn_in_ascending_order_and_never_twice(books: Books) -> None:
    table = table_of(CompanyRow)
    before = ask(books.session, "SELECT max(id) FROM companies")[0][0]

    drawn = list(reserve_ids(books.session, table, 3))
    insert_rows(
        books.session, table, ("id", *COLUMNS), [(i, *row) for i, row in zip(drawn, company_rows(*"abc"), strict=True)]
    )
    more = list(reserve_ids(books.session, table, 2))

    assert len({before, *drawn, *more}) == 6
    assert [before, *drawn, *more] == sorted([before, *drawn, *more])


def test_no_numbers_are_drawn_for_no_rows(sqlite_books: Books) -> None:
    assert list(reserve_ids(sqlite_books.session, table_of(JournalEntry), 0)) == []


@pytest.mark.postgres
def test_two_writers_never_draw_the_same_number(request: pytest.FixtureRequest) -> None:
    with request.getfixturevalue("postgres_stores").fresh() as store, store.session() as one, store.session() as two:
        table = table_of(CompanyRow)

        drawn = [*reserve_ids(one, table, 5), *reserve_ids(two, table, 5), *reserve_ids(one, table, 5)]

    assert len(set(drawn)) == 15


def test_rows_are_written_whole_however_many_statements_they_take(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ROWS_A_STATEMENT", 2)
    codes = [str(number) for number in range(5)]

    with store.session() as session:
        add_companies(session, company_rows(*codes))

        assert ask(session, "SELECT code FROM companies ORDER BY code") == [(code,) for code in codes]


def test_no_rows_are_no_work(sqlite_store: Store) -> None:
    with sqlite_store.session() as session:
        add_companies(session, [])

        assert count(session, "companies") == 0


def test_a_column_left_out_is_empty(books: Books) -> None:
    columns = ("company_id", "user_id", "digest", "label", "expires_at")
    insert_rows(books.session, table_of(Token), columns, [(books.company_id, books.actor.user_id, "d", "", NOON)])

    assert ask(books.session, "SELECT digest, revoked_at FROM tokens") == [("d", None)]


def test_a_taken_number_is_a_conflict_that_names_the_table_and_repeats_no_data(store: Store) -> None:
    with store.session() as session:
        add_companies(session, company_rows("main"))

        with pytest.raises(RefusedByStore) as refusal:
            add_companies(session, [("main", "Erika Mustermann", "EUR", NOON)])

    assert refusal.value.table == "companies"
    assert "unique" in refusal.value.law.lower()
    assert "Mustermann" not in str(refusal.value)


def test_a_row_without_its_parent_is_refused(store: Store) -> None:
    with store.session() as session:
        open_books(store, session)

        with pytest.raises(RefusedByStore, match=r"^users: .*(?i:foreign key)"):
            insert_rows(session, table_of(User), ("company_id", "name", "active"), [(999, "nobody", True)])


NAMES = (
    "Müller & Söhne", "株式会社", "I\u0307stanbul İI", "\u202eeuro\u202c", "a\u200bb", "e\u0301 é",
    "tab\tand\nline", "\\N", "O'Hara",
)  # fmt: skip


def test_a_name_is_stored_letter_by_letter(books: Books) -> None:
    add_companies(books.session, [(f"named {place}", name, "EUR", NOON) for place, name in enumerate(NAMES)])

    stored = ask(books.session, "SELECT name FROM companies WHERE code LIKE 'named %' ORDER BY code")
    assert stored == [(name,) for name in NAMES]


@given(st.lists(st.integers()), st.integers(1, 20))
def test_chunks_lose_nothing_and_are_never_too_large(items: list[int], size: int) -> None:
    parts = [list(part) for part in chunks(items, size)]

    assert [item for part in parts for item in part] == items
    assert all(0 < len(part) <= size for part in parts)


def test_any_number_of_ids_is_asked_for_at_once(books: Books) -> None:
    accounts = table_of(Account)
    known = [row[0] for row in ask(books.session, "SELECT id FROM accounts ORDER BY id")]

    def found(ids: list[int]) -> list[int]:
        asked = select(accounts.c.id).where(among(books.session, accounts.c.id, ids)).order_by(accounts.c.id)
        return list(books.session.scalars(asked))

    assert found([]) == []
    assert found([known[2], known[0], known[0], -1]) == [known[0], known[2]]
    assert found(list(range(-100_000, max(known)))) == known[:-1]


def test_every_table_is_known_by_its_name() -> None:
    assert {table_of(mapper.class_).name for mapper in Base.registry.mappers} == set(all_tables().tables)


def test_dates_are_days_on_both_stores(books: Books) -> None:
    force(
        books.session,
        "INSERT INTO periods (company_id, starts_on, ends_on, state) VALUES (:c, '2024-02-29', '2025-01-31', 'open')",
        c=books.company_id,
    )

    (period,) = books.session.execute(table_of(Period).select()).all()

    assert (period.starts_on, period.ends_on) == (date(2024, 2, 29), date(2025, 1, 31))
