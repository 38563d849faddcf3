"""Messages waiting to be delivered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import AwareUTC, Base, EnumText, JsonText
from o2c_ai.core.outbox.rules import MessageKind


class Message(Base):
    """One piece of news; delivery happens after the commit, at least once."""

    __tablename__ = "outbox_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending in the order of the acts."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose news."""
    kind: Mapped[MessageKind] = mapped_column(EnumText(MessageKind))
    """What it is about."""
    payload: Mapped[Any] = mapped_column(JsonText)
    """The facts to tell."""
    recorded_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When the act happened."""
    delivered_at: Mapped[datetime | None] = mapped_column(AwareUTC)
    """When it was told, if it was."""
