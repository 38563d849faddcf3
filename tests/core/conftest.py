"""Open books on PostgreSQL alone, for what two do at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.books import Books, open_books

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def postgres_books(request: pytest.FixtureRequest) -> Iterator[Books]:
    """A company with open books, committed, on PostgreSQL: there two may write at once."""
    with request.getfixturevalue("postgres_stores").fresh() as store, store.session() as session:
        books = open_books(store, session)
        session.commit()
        yield books
