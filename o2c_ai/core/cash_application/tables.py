"""Cash applications as people (or the policy) decided them, and the suggestions they followed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base, EnumText, JsonText
from o2c_ai.core.suggestions.rules import Reason


class CashApplication(Base):
    """A decided line: the unit that is exported, learnt from and undone."""

    __tablename__ = "cash_applications"
    __table_args__ = (Index("ix_cash_applications_line_id", "line_id", "company_id", "known_on", "undone_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    line_id: Mapped[int] = mapped_column(ForeignKey("statement_lines.id"))
    """The line decided."""
    known_on: Mapped[date]
    """The day it counts from."""
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("match_suggestions.id"))
    """The suggestion followed, where there was one."""
    entries: Mapped[Any] = mapped_column(JsonText)
    """Numbers of the journal entries that booked it; empty where the money was in suspense already."""
    undone_on: Mapped[date | None]
    """The day it was taken back; None while it stands."""


class CashApplicationPart(Base):
    """A row of a cash application, in the exchange folder's shape."""

    __tablename__ = "cash_application_parts"
    __table_args__ = (Index("ix_cash_application_parts_cash_application_id", "cash_application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending in the order people wrote the rows."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    cash_application_id: Mapped[int] = mapped_column(ForeignKey("cash_applications.id"))
    """The decided line."""
    open_item_id: Mapped[int | None] = mapped_column(ForeignKey("open_items.id"))
    """The item paid or, negative, open again."""
    credit_item_id: Mapped[int | None] = mapped_column(ForeignKey("credit_items.id"))
    """The credit memo netted."""
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """Whose credit it became, where no item is named."""
    amount_minor: Mapped[int]
    """Cash, signed, in the line's currency."""
    reason: Mapped[Reason] = mapped_column(EnumText(Reason))
    """Why."""
