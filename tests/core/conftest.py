"""Open books on SQLite alone, for what the store makes no difference to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.books import Books, open_books

if TYPE_CHECKING:
    from collections.abc import Iterator

    from o2c_ai.core.database import Store


@pytest.fixture
def sqlite_books(sqlite_store: Store) -> Iterator[Books]:
    """A company with open books on SQLite."""
    with sqlite_store.session() as session:
        yield open_books(sqlite_store, session)


@pytest.fixture
def postgres_books(request: pytest.FixtureRequest) -> Iterator[Books]:
    """A company with open books, committed, on PostgreSQL: there two may write at once."""
    with request.getfixturevalue("postgres_stores").fresh() as store, store.session() as session:
        books = open_books(store, session)
        session.commit()
        yield books
