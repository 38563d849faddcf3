"""Lines drawn for a spot check, and what people found."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base, EnumText
from o2c_ai.core.spot_checks.rules import Verdict


class SpotCheckRow(Base):
    """A cash application, made untouched, that a drawing put to people; never changed."""

    __tablename__ = "spot_checks"
    __table_args__ = (UniqueConstraint("cash_application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    cash_application_id: Mapped[int] = mapped_column(ForeignKey("cash_applications.id"))
    """What is to be looked at; drawn once at most."""
    known_on: Mapped[date]
    """The day it was drawn."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who drew."""
    seed: Mapped[str]
    """With it anybody can draw the same."""
    share_ppm: Mapped[int]
    """Share asked for, in millionths."""


class SpotCheckVerdict(Base):
    """What a person found when they looked; never changed, a second look is a new row."""

    __tablename__ = "spot_check_verdicts"
    __table_args__ = (Index("ix_spot_check_verdicts_spot_check_id", "spot_check_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending: the last one counts."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    spot_check_id: Mapped[int] = mapped_column(ForeignKey("spot_checks.id"))
    """What was looked at."""
    verdict: Mapped[Verdict] = mapped_column(EnumText(Verdict))
    """Right or wrong."""
    known_on: Mapped[date]
    """The day of the look."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who looked."""
    remark: Mapped[str]
    """What they say of it."""
