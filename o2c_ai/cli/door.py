"""What every command needs: the database, who acts, progress while it works, and one way to say the result."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from o2c_ai.core.database import Store
from o2c_ai.core.errors import BadInput, BooksError
from o2c_ai.core.ledger.actions import open_company
from o2c_ai.core.ledger.queries import find_company, get_company
from o2c_ai.core.migrations import upgrade
from o2c_ai.core.people.actions import create_first_user, create_user
from o2c_ai.core.people.queries import find_actor, find_administrator
from o2c_ai.core.people.rules import Actor, Role
from o2c_ai.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

Company = Annotated[str | None, typer.Option("--company", help="Company code (default: O2C_COMPANY, else main).")]
User = Annotated[str | None, typer.Option("--user", help="Who acts (default: O2C_USER, else cli).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AsOf = Annotated[
    datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day whose knowledge is used, as 2025-12-31.")
]
Out = Annotated[Path, typer.Option("--out", help="Where the table is written.")]

error_console = Console(stderr=True)


@dataclass(frozen=True)
class Door:
    """An open database with the company and user a command works for."""

    settings: Settings
    store: Store
    company: str
    user: str
    as_json: bool

    @contextmanager
    def acting(self, *, base_currency: str | None = None) -> Iterator[tuple[Session, Actor]]:
        """A session and who acts in it; committed when the block ends well. A base currency opens new books."""
        now = datetime.now(UTC)
        with self.store.session() as session:
            yield session, _actor(session, self.company, self.user, base_currency, now)
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, int]]:
        """A session for questions and the company's number."""
        with self.store.reading() as session:
            yield session, get_company(session, self.company).company_id

    @contextmanager
    def progress(self, title: str) -> Iterator[_Progress]:
        """Say what is being done while it is, on the terminal only."""
        with error_console.status(title) as status:
            yield lambda stage: status.update(f"{title}: {stage}")

    def say(self, title: str, facts: Mapping[str, object], notes: Sequence[str] = ()) -> None:
        """Print a short summary, or the same facts as JSON."""
        if self.as_json:
            print_json({**facts, "notes": list(notes)} if notes else dict(facts))
            return
        console = output()
        console.print(f"[bold]{title}[/bold]")
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, value in facts.items():
            table.add_row(f"  {name.replace('_', ' ')}", _shown(value))
        console.print(table)
        for note in notes:
            console.print(f"  note: {note}", style="dim", markup=False)


if TYPE_CHECKING:
    from collections.abc import Callable

    _Progress = Callable[[str], object]


def output() -> Console:
    """Where results are printed: as wide as the terminal, and wide enough for any table when piped."""
    return Console(highlight=False) if sys.stdout.isatty() else Console(highlight=False, width=200)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items()) or "-"
    return f"{value:,}" if type(value) is int else str(value)


def open_door(company: str | None, user: str | None, *, as_json: bool) -> Door:
    """Settings read, database there and up to date."""
    settings = Settings()
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.url())
    upgrade(store)
    return Door(settings, store, company or settings.company, user or settings.user, as_json)


def _actor(session: Session, code: str, name: str, base_currency: str | None, now: datetime) -> Actor:
    """Who acts. Whoever may run commands on this machine may act: a name not seen before becomes a user of all roles."""
    company = find_company(session, code)
    if company is None:
        if base_currency is None:
            get_company(session, code)
        company = open_company(session, code=code, name=code, base_currency=base_currency or "", recorded_at=now)
        return create_first_user(session, company_id=company.company_id, name=name, roles=list(Role), recorded_at=now)
    known = find_actor(session, company.company_id, name, now)
    if known is not None:
        return known
    administrator = find_administrator(session, company.company_id, now)
    if administrator is None:
        return create_first_user(session, company_id=company.company_id, name=name, roles=list(Role), recorded_at=now)
    return create_user(session, administrator, name=name, roles=list(Role))


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Print a value as JSON, dates as ISO text."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def fail(error: BooksError, *, as_json: bool) -> NoReturn:
    """Say what was refused, on standard error (or as JSON on standard output), and end with status 1."""
    problems = error.problems if isinstance(error, BadInput) else []
    if as_json:
        listed = [
            {"source": p.source, "line": p.line, "field": p.field, "what": p.what, "remedy": p.remedy} for p in problems
        ]
        print_json({"error": type(error).__name__, "message": str(error), "problems": listed})
    else:
        error_console.print(f"refused: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)
