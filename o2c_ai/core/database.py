"""Where the books are kept: one engine for two stores, SQLite in a file or PostgreSQL by its address.

A session rolls back unless an entry point commits it. Bulk rows go through `insert_rows`, the same call for one row
and for a million: `executemany` on SQLite, COPY on PostgreSQL, every value checked by its column type.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    any_,
    create_engine,
    event,
    func,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from o2c_ai.core.errors import Conflict, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Engine, Select, SQLColumnExpression, Table
    from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
    from sqlalchemy.pool import ConnectionPoolEntry

E = TypeVar("E", bound=Enum)
T = TypeVar("T")

ROWS_A_STATEMENT = 20_000
"""Rows handed to the driver at once: large enough to amortise, small enough to bound memory."""


class RefusedByStore(Conflict):
    """A row breaks a law that the database itself keeps: taken number, sealed entry, more applied than there is."""

    def __init__(self, table: str, law: str) -> None:
        """Name the table and the law in the database's words."""
        self.table, self.law = table, law.removeprefix(f"{table}: ")
        super().__init__(f"{table}: {self.law}")


class Base(DeclarativeBase):
    """All tables of the books, with one naming convention so that both stores call a constraint the same."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {int: BigInteger().with_variant(Integer, "sqlite"), str: Text}


class EnumText(TypeDecorator[E]):
    """An enum kept as its value, readable in any SQL tool."""

    impl = String(24)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        """Remember the enum; unknown values are refused on the way in and out."""
        self.kind = kind
        super().__init__()

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Member to value."""
        del dialect
        return None if value is None else cast("str", self.kind(value).value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """Value to member."""
        del dialect
        return None if value is None else self.kind(value)


class AwareUTC(TypeDecorator[datetime]):
    """An instant with its time zone; kept as UTC, given back as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive instants: nobody knows when they are."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs its time zone"
            raise ValueError(message)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; it is always UTC."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """Structured detail kept as text with sorted keys, so that equal detail is equal bytes on both stores."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401 - any JSON value
        """Value to text."""
        del dialect
        return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - any JSON value
        """Text to value."""
        del dialect
        return None if value is None else json.loads(value)


class Store:
    """A database that holds the books, and the sessions onto it."""

    def __init__(self, url: str) -> None:
        """Connect lazily to a SQLAlchemy URL; plain postgresql:// means psycopg 3."""
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.engine = _sqlite_engine(parsed) if parsed.get_backend_name() == "sqlite" else create_engine(parsed)
        self._quiet = self.engine.execution_options(reading=True)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that may write; whatever was not committed when the block ends is rolled back."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for questions: it takes no write lock and what it does is always rolled back."""
        with Session(self._quiet, expire_on_commit=False, autoflush=False) as session:
            yield session

    def check(self) -> None:
        """Ask the database for nothing, which it answers when it can; raises DBAPIError."""
        with self.reading() as session:
            session.execute(text("SELECT 1"))

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _sqlite_engine(url: Any) -> Engine:  # noqa: ANN401 - sqlalchemy's URL, parsed
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling starts transactions late; ours start when the session says so.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A writer takes the write lock at once: two writers queue up instead of failing half-way.
        reading = connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "cache_size=-65536",
    "temp_store=MEMORY",
    "recursive_triggers=ON",
)
"""Durable at every commit, foreign keys on, readers never blocked by the writer, writers wait up to 30 s in line.

Only with recursive triggers does REPLACE, which deletes a row without a word, meet the guards against deleting.
"""


def reserve_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """Ascending primary keys for rows about to be inserted, so that rows of several tables can be linked in bulk.

    SQLite has one writer at a time and the session already holds that lock; PostgreSQL draws from the table's sequence.
    """
    if not count:
        return range(0)
    if session.get_bind().dialect.name == "sqlite":
        last = session.scalar(select(func.max(table.c.id))) or 0
        return range(last + 1, last + 1 + count)
    drawn = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)")
    return sorted(session.scalars(drawn, {"name": table.name, "count": count}))


def insert_rows(session: Session, table: Table, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert tuples in the order of `columns`; values pass the column types, constraints and triggers as always.

    A column left out gets NULL, so defaults belong into the caller's tuple. Rows are sent in bounded statements.
    Raises RefusedByStore where a row breaks a law that the database keeps; the caller can then only roll back.
    """
    if not rows:
        return
    connection = session.connection()
    busy = [(place, ready) for place, name in enumerate(columns) if (ready := _binder(table, name, connection.dialect))]
    driver = cast("Any", connection.connection.driver_connection)
    send = _copy_rows if connection.dialect.name == "postgresql" else _execute_rows
    try:
        for start in range(0, len(rows), ROWS_A_STATEMENT):
            send(driver, table.name, columns, _bound(rows[start : start + ROWS_A_STATEMENT], busy))
    except connection.dialect.loaded_dbapi.IntegrityError as refusal:
        # Only the first line: the following ones repeat the row, which may hold personal data.
        raise RefusedByStore(table.name, str(refusal).splitlines()[0]) from refusal


def _binder(table: Table, column: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What turns a column's values into the driver's; days, instants and enums repeat, so each is turned once."""
    kind = table.c[column].type
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None or isinstance(kind, JsonText | LargeBinary):
        return process
    return lru_cache(maxsize=4096)(process)


def _bound(
    rows: Sequence[Sequence[object]], busy: list[tuple[int, Callable[[Any], Any]]]
) -> Iterable[Sequence[object]]:
    """The rows with their busy columns turned into what the driver takes, column by column."""
    if not busy:
        return rows
    columns: list[Iterable[object]] = list(zip(*rows, strict=True))
    for place, process in busy:
        columns[place] = map(process, columns[place])
    return zip(*columns, strict=True)


def _execute_rows(driver: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:  # noqa: ANN401
    marks = ", ".join("?" * len(columns))
    driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)  # noqa: S608 - own names


def _copy_rows(driver: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:  # noqa: ANN401
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def table_of(entity: type[Base]) -> Table:
    """The table behind a mapped class."""
    return cast("Table", entity.__table__)


def among(session: Session, column: Any, values: Iterable[int | str]) -> ColumnElement[bool]:  # noqa: ANN401 - any column
    """`column IN values`, with all the values as one parameter: quick to ask however many there are."""
    wanted = list(dict.fromkeys(values))
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(json.dumps(wanted)).table_valued("value")
        found: ColumnElement[bool] = column.in_(select(each.c.value))
        return found
    given: ColumnElement[bool] = column == any_(literal(wanted, ARRAY(column.type)))
    return given


def days_between(
    session: Session, first: SQLColumnExpression[date], last: SQLColumnExpression[date]
) -> ColumnElement[int]:
    """Days from one day to a later one, as a whole number."""
    if session.get_bind().dialect.name == "sqlite":
        return sql_cast(func.julianday(last) - func.julianday(first), Integer)
    return last.op("-", return_type=Integer())(first)


Place = tuple[int | str, int]
"""Where a page of a list ends: what the list is sorted by, and the row's id."""


class BadPlace(Invalid):
    """The place to go on from is not one this list gave."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("this is no place in the list: begin at the top")


def page_of(
    session: Session,
    asked: Select[*tuple[Any, ...]],
    *,
    by: str,
    after: Place | None,
    limit: int,
    descending: bool = False,
) -> tuple[list[Any], Place | None]:
    """A page of rows sorted by one of their columns and then by id, and the place after it; None at the end.

    Pages stay in step while rows come and go. Raises BadPlace.
    """
    column, key = asked.selected_columns[by], asked.selected_columns["id"]
    if after is not None:
        here, there = tuple_(column, key), tuple_(literal(_worth(column, after[0]), column.type), literal(after[1]))
        asked = asked.where(here < there if descending else here > there)
    order = (column.desc(), key.desc()) if descending else (column, key)
    rows = list(session.execute(asked.order_by(*order).limit(limit + 1)))
    if len(rows) <= limit:
        return rows, None
    worth, number = getattr(rows[limit - 1], by), rows[limit - 1].id
    return rows[:limit], (worth.isoformat() if isinstance(worth, date) else worth, number)


def _worth(column: ColumnElement[Any], given: int | str) -> object:
    wanted = column.type.python_type
    try:
        worth = date.fromisoformat(str(given)) if wanted is date else given
    except ValueError as error:
        raise BadPlace from error
    if not isinstance(worth, wanted):
        raise BadPlace
    return worth


def chunks(items: Sequence[T], size: int = 500) -> Iterator[Sequence[T]]:
    """Slices of bounded size, for work that keeps what it reads in memory."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
