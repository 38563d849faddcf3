"""Who did what, when, why and on whose suggestion: a log that is only ever added to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import AwareUTC, Base, JsonText, insert_rows, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session


class Who(Protocol):
    """What the log must know of somebody who acts."""

    @property
    def company_id(self) -> int:
        """In which company's books."""

    @property
    def user_id(self) -> int:
        """Who."""

    @property
    def recorded_at(self) -> datetime:
        """When the entry point took the request."""


class AuditEvent(Base):
    """One act on the books."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_subject", "company_id", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending; the order in which acts were recorded."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who acted."""
    recorded_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When we learnt of it."""
    verb: Mapped[str]
    """What was done, in the books' own verbs: issue, apply, unapply, reverse…"""
    subject: Mapped[str]
    """The table acted upon."""
    subject_id: Mapped[int | None]
    """The row acted upon; None for an act on many rows at once, which the detail counts."""
    suggestion_id: Mapped[int | None]
    """The match suggestion the act followed, where there was one."""
    reason: Mapped[str]
    """Why, in the actor's words; empty where the act explains itself."""
    detail: Mapped[Any] = mapped_column(JsonText)
    """Facts of the act: old and new values, counts, amounts."""


_COLUMNS = (
    "company_id",
    "user_id",
    "recorded_at",
    "verb",
    "subject",
    "subject_id",
    "suggestion_id",
    "reason",
    "detail",
)


def record(
    session: Session,
    actor: Who,
    verb: str,
    subject: str,
    subject_id: int | None = None,
    *,
    suggestion_id: int | None = None,
    reason: str = "",
    detail: dict[str, object] | None = None,
) -> None:
    """Add one act to the log, in the transaction of the act itself."""
    row = (
        actor.company_id,
        actor.user_id,
        actor.recorded_at,
        verb,
        subject,
        subject_id,
        suggestion_id,
        reason,
        detail or {},
    )
    insert_rows(session, table_of(AuditEvent), _COLUMNS, [row])


def record_many(
    session: Session, actor: Who, verb: str, subject: str, acts: Sequence[tuple[int, int | None, str]]
) -> None:
    """Add a row for each of many like acts: (subject id, suggestion id, reason)."""
    head = (actor.company_id, actor.user_id, actor.recorded_at, verb, subject)
    insert_rows(session, table_of(AuditEvent), _COLUMNS, [(*head, *act, {}) for act in acts])


TOLD_MAX = 200
"""Rows that one act names."""
RECENT = 1000
"""Acts of two who write at once may appear out of their order, but never so far apart."""


_LAST = select(func.max(AuditEvent.id)).scalar_subquery()
_NEWEST = select(_LAST, select(func.count()).where(AuditEvent.id > _LAST - RECENT).scalar_subquery())


def newest(session: Session) -> tuple[int, int]:
    """Tells whether anything was done since: the newest act, and how many of the recent ones are there by now."""
    last, there = session.connection().execute(_NEWEST).one()
    return last or 0, there


def acts_since(session: Session, company_id: int, stand: tuple[int, int], limit: int) -> list[Any] | None:
    """What was done in a company's books since `newest` gave this; None where that is too much, or not in order.

    Columns: verb, subject, subject_id, detail.
    """
    known = AuditEvent.id > stand[0] - RECENT, AuditEvent.id <= stand[0]
    if session.scalar(select(func.count()).select_from(AuditEvent).where(*known)) != stand[1]:
        return None
    asked = select(AuditEvent.verb, AuditEvent.subject, AuditEvent.subject_id, AuditEvent.detail)
    asked = asked.where(AuditEvent.company_id == company_id, AuditEvent.id > stand[0])
    found = list(session.execute(asked.order_by(AuditEvent.id).limit(limit + 1)))
    return None if len(found) > limit else found


def counted(whose: str, ids: Iterable[int]) -> dict[str, object]:
    """The detail of an act on many rows: how many and, unless an import took them in, which rows of whose."""
    rows = list(ids)
    return {"count": len(rows)} | ({whose: sorted(set(rows))} if len(rows) <= TOLD_MAX else {})


def plain(value: date | None) -> str | None:
    """A date as the audit detail writes it."""
    return None if value is None else value.isoformat()
