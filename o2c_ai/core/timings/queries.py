"""Questions about stored predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from o2c_ai.core.database import among
from o2c_ai.core.timings.tables import PaymentTiming

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session


def latest_timings(session: Session, company_id: int, as_of: date) -> list[PaymentTiming]:
    """The stored prediction of exactly that day for each item (the newest where a day was scored twice)."""
    newest = (
        select(func.max(PaymentTiming.id).label("id"))
        .where(PaymentTiming.company_id == company_id, PaymentTiming.as_of == as_of)
        .group_by(PaymentTiming.open_item_id)
        .subquery()
    )
    asked = select(PaymentTiming).join(newest, newest.c.id == PaymentTiming.id).order_by(PaymentTiming.open_item_id)
    return list(session.scalars(asked))


def timings_of_items(
    session: Session, company_id: int, as_of: date, item_ids: Sequence[int]
) -> dict[int, PaymentTiming]:
    """Open item → its newest prediction made up to the day."""
    newest = (
        select(func.max(PaymentTiming.id).label("id"))
        .where(
            PaymentTiming.company_id == company_id,
            PaymentTiming.as_of <= as_of,
            among(session, PaymentTiming.open_item_id, item_ids),
        )
        .group_by(PaymentTiming.open_item_id)
        .subquery()
    )
    asked = select(PaymentTiming).join(newest, newest.c.id == PaymentTiming.id)
    return {row.open_item_id: row for row in session.scalars(asked)}


def timings_exist(session: Session, company_id: int, as_of: date, model_version: str) -> bool:
    """Whether the day was scored by this version already."""
    asked = select(PaymentTiming.id).where(
        PaymentTiming.company_id == company_id,
        PaymentTiming.as_of == as_of,
        PaymentTiming.model_version == model_version,
    )
    return session.scalar(asked.limit(1)) is not None
