"""The command line as a person or a script sees it, without a new process for every command."""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from o2c_ai.cli import app, main
from o2c_ai.core.database import Store
from o2c_ai.core.migrations import all_tables

if TYPE_CHECKING:
    from pathlib import Path

Rows = list[dict[str, str]]
EITHER = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
"""Names of the stores, for fixtures that give a test both."""
COMMANDS = get_command(app)
"""The commands as typer reads them, which takes longer than most of them take to run."""
COUNTS = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in all_tables().tables)
"""Asks for every table and its rows."""


@dataclass(frozen=True)
class Answer:
    """What a command said and the status it ended with."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """What was printed on standard output, as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Terminal:
    """A terminal in an empty folder, whose settings name one database and nothing else."""

    url: str
    folder: Path
    known: dict[tuple[str, ...], Rows] = field(default_factory=dict, repr=False)
    """Tables written before, by the words that asked for them."""

    def run(self, *words: object, **settings: str) -> Answer:
        """Run a command; settings are environment variables beside the database's address."""
        out, err, status = io.StringIO(), io.StringIO(), 0
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            patch.chdir(self.folder)
            patch.setattr("o2c_ai.cli.app", COMMANDS)
            for name in (
                "O2C_DATA_DIR",
                "O2C_COMPANY",
                "O2C_USER",
                "O2C_DEMO_DIR",
                "O2C_AUTO_PRECISION",
                "O2C_MINIMUM_CASH",
            ):
                patch.delenv(name, raising=False)
            for name, value in ({"O2C_DATABASE_URL": self.url, "O2C_TRACKING_URI": "off"} | settings).items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main([str(word) for word in words])
            status = int(ended.value.code or 0)
        return Answer(status, out.getvalue(), err.getvalue())

    def ok(self, *words: object) -> Answer:
        """Run a command that must go well."""
        answer = self.run(*words)
        assert answer.status == 0, answer
        return answer

    def said(self, *words: object) -> Any:  # noqa: ANN401 - any JSON value
        """What a command that goes well says with --json."""
        return self.ok(*words, "--json").json

    def refused(self, *words: object, **settings: str) -> str:
        """Run a command that must be refused, and leave the books as they were; gives what was said."""
        before = self.row_counts() if not settings else {}
        answer = self.run(*words, **settings)
        assert answer.status != 0, answer
        assert settings or self.row_counts() == before
        return " ".join((answer.err or answer.out).split())

    def table(self, *words: object) -> Rows:
        """The table a command writes."""
        path = self.folder / "table.csv"
        self.ok(*words, "--out", path)
        return read_rows(path)

    def once(self, *words: object) -> Rows:
        """The table of a command that answers the same however often it is asked: run for the first asker only."""
        key = tuple(map(str, words))
        if key not in self.known:
            self.known[key] = self.table(*words)
        return self.known[key]

    def written(self, *words: object) -> bytes:
        """The bytes of the file a command writes."""
        path = self.folder / "written"
        self.ok(*words, "--out", path)
        return path.read_bytes()

    def row_counts(self) -> dict[str, int]:
        """Table of the database → its rows."""
        return {str(name): int(str(rows)) for name, rows in self.ask(COUNTS)}

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Rows of a plain SQL question."""
        store = Store(self.url)
        with store.reading() as session:
            rows = [tuple(row) for row in session.connection().exec_driver_sql(question)]
        store.dispose()
        return rows


def on(store: Store, folder: Path) -> Terminal:
    """A terminal in a folder whose database is this store."""
    return Terminal(store.url.render_as_string(hide_password=False), folder)


def read_rows(path: Path) -> Rows:
    """The rows of a CSV file as texts by column."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
