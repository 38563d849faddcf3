"""Verbs of the outbox: put a message in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.outbox.tables import Message

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.outbox.rules import MessageKind
    from o2c_ai.core.people.rules import Actor


def post_message(session: Session, actor: Actor, *, kind: MessageKind, payload: dict[str, object]) -> int:
    """Write down what must be told, in the transaction of the act; the act has its own audit row."""
    row = Message(
        company_id=actor.company_id, kind=kind, payload=payload, recorded_at=actor.recorded_at, delivered_at=None
    )
    session.add(row)
    session.flush()
    return row.id
