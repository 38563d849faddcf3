"""SQL as somebody with a database client would type it: past the verbs, so that the database must refuse by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def ask(session: Session, question: str, **values: object) -> list[tuple[Any, ...]]:
    """All rows of a question, as plain tuples."""
    return [tuple(row) for row in session.execute(text(question), values)]


def count(session: Session, table: str) -> int:
    """How many rows a table has."""
    return int(ask(session, f"SELECT count(*) FROM {table}")[0][0])


def force(session: Session, statement: str, **values: object) -> None:
    """Do it; what the database refuses leaves the session usable."""
    with session.begin_nested():
        session.execute(text(statement), values)


def assert_refused(session: Session, statement: str, law: str, **values: object) -> None:
    """The database itself refuses the statement, in the words of the law."""
    with pytest.raises(IntegrityError, match=law):
        force(session, statement, **values)


def verbs(session: Session, subject: str) -> list[str]:
    """What the audit log says was done to a table, in order."""
    return [row[0] for row in ask(session, "SELECT verb FROM audit_events WHERE subject = :s ORDER BY id", s=subject)]
