"""An exchange folder on disk and the company that takes it in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.books import Books, open_books
from tests.jobs.folders import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from o2c_ai.core.database import Store


@pytest.fixture
def desk(sqlite_store: Store, tmp_path: Path) -> Iterator[Desk]:
    """A company on SQLite and an empty folder."""
    with sqlite_store.session() as session:
        yield Desk(open_books(sqlite_store, session), tmp_path / "folder")


@pytest.fixture
def either_desk(books: Books, tmp_path: Path) -> Desk:
    """A company on either store and an empty folder."""
    return Desk(books, tmp_path / "folder")
