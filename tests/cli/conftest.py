"""A small invented company, imported by the command line once a store, and copies of its database to work on."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from o2c_ai.demo.folder import write_folder
from tests.cli.terminal import EITHER, Terminal, on
from tests.demo.small_world import small_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from o2c_ai.core.database import Store
    from o2c_ai.demo.world import World
    from tests.stores import PostgresStores, SqliteStores


@pytest.fixture(scope="session")
def world() -> World:
    """Twenty customers over a hundred and fifty days, the last thirty of them still to be worked."""
    return small_world()


@pytest.fixture(scope="session")
def papers(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's exchange folder."""
    folder = tmp_path_factory.mktemp("company") / "papers"
    write_folder(world, folder, applications_until=world.history_until)
    return folder


@pytest.fixture(scope="session")
def sqlite_copies(
    sqlite_stores: SqliteStores, papers: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SqliteStores]:
    """Maker of SQLite databases that hold the company."""
    with sqlite_stores.fresh() as store:
        on(store, papers.parent).ok("import", papers)
        copies = copy.copy(sqlite_stores)
        assert store.url.database is not None
        copies.folder = tmp_path_factory.mktemp("copies")
        copies.template = Path(store.url.database)
        yield copies


@pytest.fixture(scope="session")
def postgres_copies(postgres_stores: PostgresStores, papers: Path) -> Iterator[PostgresStores]:
    """Maker of PostgreSQL databases that hold the company."""
    with postgres_stores.fresh() as store:
        on(store, papers.parent).ok("import", papers)
        copies = copy.copy(postgres_stores)
        assert store.url.database is not None
        copies.template, copies.worker = store.url.database, f"{postgres_stores.worker}_copy"
        yield copies


def _shared(copies: SqliteStores | PostgresStores, folder: Path) -> Iterator[Terminal]:
    with copies.fresh() as store:
        terminal = on(store, folder)
        before = terminal.row_counts()
        yield terminal
        assert terminal.row_counts() == before, "a command that was thought to ask only wrote something"


@pytest.fixture(scope="session")
def sqlite_seen(sqlite_copies: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The company on SQLite, for commands that only ask."""
    yield from _shared(sqlite_copies, tmp_path_factory.mktemp("seen"))


@pytest.fixture(scope="session")
def postgres_seen(postgres_copies: PostgresStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The company on PostgreSQL, for commands that only ask."""
    yield from _shared(postgres_copies, tmp_path_factory.mktemp("seen"))


@pytest.fixture(params=EITHER)
def seen(request: pytest.FixtureRequest) -> Terminal:
    """The company on either store, shared by all tests: only for commands that write nothing."""
    terminal: Terminal = request.getfixturevalue(f"{request.param}_seen")
    return terminal


@pytest.fixture(scope="session")
def sqlite_told(sqlite_copies: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The company on SQLite, for commands that keep what they say."""
    with sqlite_copies.fresh() as store:
        yield on(store, tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="session")
def postgres_told(postgres_copies: PostgresStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """The company on PostgreSQL, for commands that keep what they say."""
    with postgres_copies.fresh() as store:
        yield on(store, tmp_path_factory.mktemp("told"))


@pytest.fixture(params=EITHER)
def told(request: pytest.FixtureRequest) -> Terminal:
    """The company on either store, shared by all tests: for commands that keep predictions and forecasts."""
    terminal: Terminal = request.getfixturevalue(f"{request.param}_told")
    return terminal


@pytest.fixture(params=EITHER)
def o2c(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """The company on either store, a copy for one test."""
    copies: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_copies")
    with copies.fresh() as store:
        yield on(store, tmp_path)


@pytest.fixture
def sqlite_o2c(sqlite_copies: SqliteStores, tmp_path: Path) -> Iterator[Terminal]:
    """The company on SQLite, a copy for one test, where the store makes no difference."""
    with sqlite_copies.fresh() as store:
        yield on(store, tmp_path)


@pytest.fixture(params=EITHER)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """A database without companies, on either store."""
    stores: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_stores")
    with stores.fresh() as store:
        yield on(store, tmp_path)


@pytest.fixture
def sqlite_empty(sqlite_store: Store, tmp_path: Path) -> Terminal:
    """A database without companies, on SQLite."""
    return on(sqlite_store, tmp_path)
