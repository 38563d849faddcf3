"""Contacts and promises as stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base


class Promise(Base):
    """A date and an amount somebody promised; how it turned out follows from what was paid."""

    __tablename__ = "promises"
    __table_args__ = (UniqueConstraint("open_item_id", "promised_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose receivable."""
    open_item_id: Mapped[int] = mapped_column(ForeignKey("open_items.id"))
    """What was promised to be paid."""
    promised_on: Mapped[date]
    """The day of the promise; from then on it is known."""
    promised_date: Mapped[date]
    """The day money was promised for."""
    currency: Mapped[str]
    """ISO 4217 code, the item's."""
    amount_minor: Mapped[int]
    """How much was promised."""


class Activity(Base):
    """A contact with a customer."""

    __tablename__ = "activities"
    __table_args__ = (Index("ix_activities_customer_id", "customer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose customer."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who was contacted."""
    contacted_on: Mapped[date]
    """The day of the contact."""
    kind: Mapped[str]
    """Call, mail, letter… in people's words."""
    result: Mapped[str]
    """What came of it."""
    note: Mapped[str]
    """Anything else."""
