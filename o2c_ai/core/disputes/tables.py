"""Dispute cases and deductions as stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base, EnumText
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState


class Dispute(Base):
    """An objection with its amount, reason and state."""

    __tablename__ = "disputes"
    __table_args__ = (Index("ix_disputes_open_item_id", "open_item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose case."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who objects."""
    open_item_id: Mapped[int] = mapped_column(ForeignKey("open_items.id"))
    """The item it is about."""
    kind: Mapped[DisputeKind] = mapped_column(EnumText(DisputeKind))
    """Dispute or deduction."""
    reason: Mapped[DisputeReason] = mapped_column(EnumText(DisputeReason))
    """Why."""
    currency: Mapped[str]
    """ISO 4217 code."""
    amount_minor: Mapped[int]
    """How much is disputed or was deducted."""
    opened_on: Mapped[date]
    """From this day on it was known."""
    state: Mapped[DisputeState] = mapped_column(EnumText(DisputeState))
    """Where it stands."""
    closed_on: Mapped[date | None]
    """The day it was settled; None while open."""
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"))
    """The clearing that accepted a deduction."""
