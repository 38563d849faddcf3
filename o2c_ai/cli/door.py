"""What every command needs: the database, who acts, progress while it works, and one way to say the result."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import ArgumentError

from o2c_ai.core.database import Store
from o2c_ai.core.errors import BadInput, BooksError, Problem
from o2c_ai.core.ledger.actions import open_company
from o2c_ai.core.ledger.queries import find_company, get_company
from o2c_ai.core.ledger.rules import Company as KnownCompany
from o2c_ai.core.migrations import upgrade
from o2c_ai.core.people.actions import create_first_user, create_user
from o2c_ai.core.people.queries import find_actor, find_administrator
from o2c_ai.core.people.rules import Actor, Role
from o2c_ai.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.models.registry import Registry

Company = Annotated[str | None, typer.Option("--company", help="Company code (default: O2C_COMPANY, else main).")]
User = Annotated[str | None, typer.Option("--user", help="Who acts (default: O2C_USER, else cli).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Version = TypeVar("Version")
YEARS = (1900, 2999)
"""First and last year a command is asked about: it looks back and ahead from the day, and a slip is found here."""


def a_day(given: datetime | None) -> datetime | None:
    """Check a day given to a command. Raises BadParameter."""
    if given is not None:
        check_year(given.year)
    return given


def check_year(year: int) -> None:
    """Refuse years that no books are about. Raises BadParameter."""
    if not YEARS[0] <= year <= YEARS[1]:
        raise typer.BadParameter(f"give a day in the years {YEARS[0]} to {YEARS[1]}")


AsOf = Annotated[
    datetime,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], callback=a_day, help="The day whose knowledge is used, as 2025-12-31."
    ),
]
Out = Annotated[Path, typer.Option("--out", help="Where the table is written.")]

error_console = Console(stderr=True, markup=False, emoji=False)
"""Where progress and refusals are said; names of customers and files may hold brackets, which are no markup."""


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
        with closing(self.store), self.store.session() as session:
            yield session, _actor(session, self.company, self.user, base_currency, now)
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[tuple[Session, int]]:
        """A session for questions and the company's number."""
        with closing(self.store), self.store.reading() as session:
            yield session, get_company(session, self.company).company_id

    def known_company(self) -> KnownCompany | None:
        """The company meant, None where its books are still to be opened."""
        with closing(self.store), self.store.reading() as session:
            return find_company(session, self.company)

    def versions(self, learner: str) -> Registry:
        """The versions of a learner that was trained on the company's own books. Raises UnknownCompany."""
        from o2c_ai.models.registry import Registry

        with closing(self.store), self.store.reading() as session:
            return Registry(self.settings.data_dir, get_company(session, self.company).books, learner)

    def serving(
        self, read: Callable[..., Version | None], learner: str, *, as_of: date, asked: str | None = None
    ) -> tuple[Version | None, list[str]]:
        """What answers on a day (None for the rules), and what has to be said of it.

        A version that cannot be read does not stop the work: the rules answer, which is said aloud and audited. Only
        where it was asked for by name it is refused. Raises UnknownVersion, TrainedLater, Unusable.
        """
        from o2c_ai.jobs.versions import Unusable, record_unusable

        try:
            return read(self.versions(learner), as_of=as_of, asked=asked), []
        except Unusable as refusal:
            if asked is not None:
                raise
            with self.acting() as (session, actor):
                record_unusable(session, actor, learner, refusal)
            said = f"THE RULES SERVE {learner}: {refusal}"
            error_console.print(said, style="bold red", soft_wrap=True)
            return None, [said]

    def know_sizes(self) -> None:
        """Let PostgreSQL count its tables after many new rows: what it thinks empty it reads in the slowest way."""
        if self.store.engine.dialect.name == "postgresql":
            with closing(self.store), self.store.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")

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
        console.print(title, style="bold")
        table = Table(box=None, show_header=False, pad_edge=False)
        for name, value in facts.items():
            said = name.replace("_", " ") if name.isidentifier() else name  # a file keeps its name
            table.add_row(f"  {said}", _shown(value))
        console.print(table)
        for note in notes:
            console.print(f"  note: {note}", style="dim")


if TYPE_CHECKING:
    from collections.abc import Callable

    _Progress = Callable[[str], object]


@contextmanager
def closing(store: Store) -> Iterator[None]:
    """Let go of the database's connections when the block ends; the next question opens new ones."""
    try:
        yield
    finally:
        store.dispose()


def output() -> Console:
    """Where results are printed: as wide as the terminal, and wide enough for any table when piped."""
    return Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else 200)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(inner)}" for key, inner in value.items()) or "-"
    return f"{value:,}" if type(value) is int else str(value)


def read_settings() -> Settings:
    """The settings of this start. Raises BadInput with every environment variable that cannot be read."""
    try:
        return Settings()
    except ValidationError as error:
        problems = [_unreadable(str(fault["loc"][0]), fault["msg"]) for fault in error.errors()]
        raise BadInput(problems) from error


def _unreadable(setting: str, what: str) -> Problem:
    return Problem("environment", None, f"O2C_{setting.upper()}", what, "correct it, or unset it for the default")


def open_door(company: str | None, user: str | None, *, as_json: bool) -> Door:
    """Settings read, database there and up to date. Raises BadInput where a setting cannot be used."""
    settings = read_settings()
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        store = Store(settings.url())
    except (ArgumentError, ImportError) as error:  # not repeated: an address may hold a password
        known = "write sqlite:///FILE, or postgresql://USER@HOST/NAME with the extra o2c_ai[postgres] installed"
        what = "is not the address of a database that can be opened"
        raise BadInput([Problem("environment", None, "O2C_DATABASE_URL", what, known)]) from error
    with closing(store):
        upgrade(store)
    return Door(settings, store, company or settings.company, user or settings.user, as_json)


def _actor(session: Session, code: str, name: str, base_currency: str | None, now: datetime) -> Actor:
    """Who acts. Whoever may run commands here may act: a name not seen before becomes a user of all roles."""
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


def fail(error: BooksError, *, as_json: bool, status: int = 1) -> NoReturn:
    """Say what was refused, on standard error (or as JSON on standard output), and end with the status."""
    problems = error.problems if isinstance(error, BadInput) else []
    if as_json:
        listed = [
            {"source": p.source, "line": p.line, "field": p.field, "what": p.what, "remedy": p.remedy} for p in problems
        ]
        print_json({"error": type(error).__name__, "message": str(error), "problems": listed})
    else:
        error_console.print(f"refused: {error}", style="red", highlight=False, soft_wrap=True)
    sys.exit(status)
