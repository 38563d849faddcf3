"""Cash applications as people (or the policy) decided them, and the suggestions they followed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.cash_application.rules import Decision, Outcome, Reason
from o2c_ai.core.database import Base, EnumText, JsonText


class CashApplication(Base):
    """A decided line: the unit that is exported, learnt from and undone."""

    __tablename__ = "cash_applications"
    __table_args__ = (Index("ix_cash_applications_line_id", "line_id"),)

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


class Suggestion(Base):
    """A proposed cash application; never changed, so that every automatic act can be explained."""

    __tablename__ = "match_suggestions"
    __table_args__ = (Index("ix_match_suggestions_line_id", "line_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    line_id: Mapped[int] = mapped_column(ForeignKey("statement_lines.id"))
    """The line it is for."""
    as_of: Mapped[date]
    """The day whose knowledge was used."""
    suggested_by: Mapped[str]
    """Model version, or "rules"."""
    decision: Mapped[Decision] = mapped_column(EnumText(Decision))
    """What the policy decided."""
    probability_ppm: Mapped[int]
    """That the whole proposal is right, in millionths."""
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """Who is thought to have paid."""
    reasons: Mapped[Any] = mapped_column(JsonText)
    """For and against, in plain words."""
    exception: Mapped[str]
    """Why nothing better could be proposed."""
    parts: Mapped[Any] = mapped_column(JsonText)
    """Rows proposed: lists [amount_minor, reason, open_item_id, credit_item_id, customer_id]."""


class SuggestionOutcome(Base):
    """What became of a suggestion: accepted, rejected, undone."""

    __tablename__ = "suggestion_outcomes"
    __table_args__ = (Index("ix_suggestion_outcomes_suggestion_id", "suggestion_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending: the last one counts."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("match_suggestions.id"))
    """The suggestion."""
    outcome: Mapped[Outcome] = mapped_column(EnumText(Outcome))
    """What became of it."""
    known_on: Mapped[date]
    """The day of it."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who decided."""
