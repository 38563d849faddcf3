"""What must hold after every act of every test, and proof that a refused act left nothing behind."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest
from sqlalchemy import func, select

from o2c_ai.core.errors import BooksError
from o2c_ai.core.migrations import all_tables
from o2c_ai.core.verification.queries import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tests.books import Books

E = TypeVar("E", bound=BooksError)


def broken_laws(books: Books) -> list[str]:
    """Every law of the books that does not hold, in words; empty in sound books."""
    books.session.flush()
    return [str(finding) for finding in verify(books.session, books.company_id)]


def row_counts(session: Session) -> dict[str, int]:
    """Table → number of its rows, of every table of the books."""
    return {
        table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in all_tables().sorted_tables
    }


@contextmanager
def refused(books: Books, error: type[E], match: str | None = None) -> Iterator[pytest.ExceptionInfo[E]]:
    """The act is refused by this error, and once it is rolled back the books are as they were."""
    books.session.flush()
    before = row_counts(books.session)
    with pytest.raises(error, match=match) as caught, books.session.begin_nested():
        yield caught
    assert row_counts(books.session) == before
    assert broken_laws(books) == []
