"""A small invented company, imported by the command line once a store, and copies of its database to work on."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from o2c_ai.demo.folder import write_folder
from o2c_ai.models.remittance_matching import training
from tests.cli.little_history import learnt_on, with_little_history
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


@pytest.fixture(scope="session")
def taught(
    sqlite_copies: SqliteStores, world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SqliteStores, Path]]:
    """Maker of the company with two versions of payment timing, of which the worse does not serve; and their folder."""
    folder = tmp_path_factory.mktemp("taught")
    with sqlite_copies.fresh() as store:
        for trees in (10, 1):
            with pytest.MonkeyPatch.context() as patch:
                with_little_history(patch, beats_rules=True, trees=trees)
                on(store, folder).ok("train", "payment-timing", "--as-of", learnt_on(world))
        copies = copy.copy(sqlite_copies)
        assert store.url.database is not None
        copies.folder, copies.template = tmp_path_factory.mktemp("taught_copies"), Path(store.url.database)
        yield copies, folder


@pytest.fixture
def challenged(
    taught: tuple[SqliteStores, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    """The company with a first version of payment timing that serves, and a worse one that nobody let serve."""
    copies, folder = taught
    with_little_history(monkeypatch, beats_rules=True)
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    with copies.fresh() as store:
        yield on(store, tmp_path)


@pytest.fixture
def foreseeing(challenged: Terminal) -> Terminal:
    """The company with a version of payment timing that serves, and no other."""
    (index,) = challenged.folder.rglob("versions.json")
    index.write_text(json.dumps(json.loads(index.read_text("utf-8"))[:1]), "utf-8")
    shutil.rmtree(next(path for path in index.parent.iterdir() if path.name.endswith(".2")))
    return challenged


@pytest.fixture
def trained(sqlite_o2c: Terminal, world: World, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A company so small that the matcher learns from less than it otherwise asks for, with a first version."""
    monkeypatch.setattr(training, "LINES_MIN", 60)
    monkeypatch.setattr(training, "JUDGED_MIN", 60)
    # So little history cannot show that a learner beats the rules; here it has to serve all the same.
    monkeypatch.setattr(training.Trained, "beats_rules", True)
    sqlite_o2c.said("train", "remittance-matching", "--as-of", world.history_until)
    return sqlite_o2c
