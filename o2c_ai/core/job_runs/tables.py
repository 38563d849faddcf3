"""Runs of long work, and what is asked for every day, as stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import AwareUTC, Base, EnumText, JsonText
from o2c_ai.core.job_runs.rules import Job, RunState

_UNDER_WAY = text("state IN ('waiting', 'running')")


class JobRun(Base):
    """A job that was asked for."""

    __tablename__ = "job_runs"
    __table_args__ = (
        Index("ix_job_runs_company_id_job", "company_id", "job", "id"),
        Index(
            "uq_job_runs_under_way",
            "company_id",
            "job",
            "as_of",
            "learner",
            "version",
            unique=True,
            sqlite_where=_UNDER_WAY,
            postgresql_where=_UNDER_WAY,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number; the order of asking."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    job: Mapped[Job] = mapped_column(EnumText(Job))
    """What is to be done."""
    as_of: Mapped[date]
    """The day whose knowledge is used."""
    learner: Mapped[str]
    """Whose versions, for jobs of a learner; empty otherwise."""
    version: Mapped[str]
    """Which of them, where one is meant; empty otherwise."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who asked, and as whom it acts."""
    scope: Mapped[Any] = mapped_column(JsonText, nullable=True)
    """Duties their means of access was limited to when they asked, sorted; null for all of theirs."""
    asked_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When."""
    attempt: Mapped[int]
    """1, and one more each time it was cut off and taken up again."""
    state: Mapped[RunState] = mapped_column(EnumText(RunState))
    """Where it stands."""
    began_at: Mapped[datetime | None] = mapped_column(AwareUTC)
    """When the work began, if it did."""
    ended_at: Mapped[datetime | None] = mapped_column(AwareUTC)
    """When it ended, if it did."""
    facts: Mapped[Any] = mapped_column(JsonText)
    """What it did."""
    problem: Mapped[str]
    """Why it failed; empty otherwise."""


class DailyJob(Base):
    """A job that is asked for every day."""

    __tablename__ = "daily_jobs"
    __table_args__ = (UniqueConstraint("company_id", "job"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    job: Mapped[Job] = mapped_column(EnumText(Job))
    """What is to be done."""
    minute: Mapped[int]
    """Minute of the day, UTC, from which on it is asked for."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who switched it on, and as whom it acts."""
    scope: Mapped[Any] = mapped_column(JsonText, nullable=True)
    """Duties their means of access was limited to then, sorted; null for all of theirs."""
    asked_on: Mapped[date | None]
    """The day it was asked for last."""
