"""Questions about stored predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from o2c_ai.core.timings.tables import PaymentTiming

if TYPE_CHECKING:
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


def timings_exist(session: Session, company_id: int, as_of: date, model_version: str) -> bool:
    """Whether the day was scored by this version already."""
    asked = select(PaymentTiming.id).where(
        PaymentTiming.company_id == company_id,
        PaymentTiming.as_of == as_of,
        PaymentTiming.model_version == model_version,
    )
    return session.scalar(asked.limit(1)) is not None
