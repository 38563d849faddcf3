"""Books for all of the core: on PostgreSQL alone, for what two do at once, and busy ones on either store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.books import Books, open_books
from tests.core import busy_books

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stores import PostgresStores, SqliteStores


@pytest.fixture
def postgres_books(request: pytest.FixtureRequest) -> Iterator[Books]:
    """A company with open books, committed, on PostgreSQL: there two may write at once."""
    with request.getfixturevalue("postgres_stores").fresh() as store, store.session() as session:
        books = open_books(store, session)
        session.commit()
        yield books


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def busy(request: pytest.FixtureRequest) -> Iterator[Books]:
    """Books in which everything happened, and another company's beside them."""
    stores: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_stores")
    with stores.fresh() as store, store.session() as session:
        books = open_books(store, session)
        busy_books.fill(books)
        other = open_books(store, session, code="other")
        other.invoice("INV-OTHER", "10.00", customer="C9")
        other.line("OTHER", "10.00")
        yield books
