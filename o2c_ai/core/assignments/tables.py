"""Customers given to collectors, as stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base


class AssignmentRow(Base):
    """A customer given to a collector, or taken back; never changed, the newest row of a customer counts."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index("ix_assignments_customer_id", "company_id", "customer_id", "known_on"),
        Index("ix_assignments_batch_id", "batch_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending: the last one counts."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose customer."""
    batch_id: Mapped[int]
    """The number of the first row of the act: what was given together is undone together."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who is looked after."""
    to_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """By whom; null for nobody."""
    from_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """By whom until then; null for nobody."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who said so."""
    known_on: Mapped[date]
    """The day of the act."""
