"""Saved views as stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base, EnumText, JsonText
from o2c_ai.core.views.rules import Desk


class SavedView(Base):
    """Filters and an order somebody saved under a name."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "desk", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """In whose books; the same as the user's."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Whose."""
    desk: Mapped[Desk] = mapped_column(EnumText(Desk))
    """Of which list."""
    name: Mapped[str]
    """What its owner calls it."""
    filters: Mapped[Any] = mapped_column(JsonText)
    """What the list's address says, by name; texts."""
    shared: Mapped[bool]
    """Whether everybody of the company sees it."""
    is_default: Mapped[bool]
    """Whether its owner's list opens with it; one view a list at most."""
