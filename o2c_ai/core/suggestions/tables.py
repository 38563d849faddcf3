"""Suggestions as they were made, and what people (or the policy) made of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.aliases.rules import AliasKind
from o2c_ai.core.database import Base, EnumText, JsonText
from o2c_ai.core.suggestions.rules import Decision, Outcome


class Suggestion(Base):
    """A proposed cash application; never changed, so that every automatic act can be explained."""

    __tablename__ = "match_suggestions"
    __table_args__ = (Index("ix_match_suggestions_line_id", "line_id", "company_id", "as_of"),)

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
    payer_by: Mapped[AliasKind | None] = mapped_column(EnumText(AliasKind))
    """By what the payer was recognised; None where neither account nor name said it."""


class SuggestionOutcome(Base):
    """What became of a suggestion: accepted, rejected, undone, recalled."""

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
