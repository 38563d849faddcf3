"""Who did what, when, why and on whose suggestion: a log that is only ever added to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import AwareUTC, Base, JsonText, insert_rows, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence
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


def newest(session: Session) -> tuple[int, int]:
    """Tells whether anything was done since: the newest act, and how many of the last thousand are there by now.

    Acts of two who write at once may appear out of their order.
    """
    last = session.scalar(select(func.max(AuditEvent.id))) or 0
    there = select(func.count()).select_from(AuditEvent).where(AuditEvent.id > last - 1000)
    return last, session.scalar(there) or 0


def plain(value: date | None) -> str | None:
    """A date as the audit detail writes it."""
    return None if value is None else value.isoformat()
