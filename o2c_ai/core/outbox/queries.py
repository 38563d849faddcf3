"""Questions about the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from o2c_ai.core.outbox.tables import Message

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.outbox.rules import MessageKind


def list_undelivered(session: Session, company_id: int, limit: int = 100) -> list[tuple[int, MessageKind, Any]]:
    """Messages nobody has been told yet, oldest first: (number, kind, payload)."""
    asked = (
        select(Message.id, Message.kind, Message.payload)
        .where(Message.company_id == company_id, Message.delivered_at.is_(None))
        .order_by(Message.id)
        .limit(limit)
    )
    return [(row.id, row.kind, row.payload) for row in session.execute(asked)]
