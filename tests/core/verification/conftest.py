"""Busy books whose database has been talked out of guarding itself, so that a test can break them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from tests.books import open_books
from tests.core import busy_books

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tests.books import Books
    from tests.stores import PostgresStores, SqliteStores


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def unguarded(request: pytest.FixtureRequest) -> Iterator[Books]:
    """Busy books, and beside them another company's, without triggers; a test rolls back to a savepoint."""
    stores: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_stores")
    with stores.fresh() as store, store.session() as session:
        books = open_books(store, session)
        busy_books.fill(books)
        open_books(store, session, code="other").invoice("INV-OTHER", "10.00", customer="C9")
        _drop_the_guards(session)
        yield books


def _drop_the_guards(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))
        for table in ("journal_entries", "applications", "credit_movements"):
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT uq_{table}_reverses_id"))
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_only_mirrors_negative"))
        return
    session.execute(text("PRAGMA defer_foreign_keys = ON"))
    session.execute(text("PRAGMA ignore_check_constraints = ON"))
    for (name,) in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        session.execute(text(f"DROP TRIGGER {name}"))
