"""Questions about stored predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from o2c_ai.core.timings.rules import SHADOW
from o2c_ai.core.timings.tables import PaymentTiming

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session


def latest_timings(session: Session, company_id: int, as_of: date) -> list[PaymentTiming]:
    """The stored prediction of exactly that day for each item (the newest where a day was scored twice).

    What a challenger said silently is not among them.
    """
    newest = (
        select(func.max(PaymentTiming.id).label("id"))
        .where(PaymentTiming.company_id == company_id, PaymentTiming.as_of == as_of)
        .where(~PaymentTiming.model_version.endswith(SHADOW))
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


def first_timings(session: Session, company_id: int, versions: Sequence[str], as_of: date) -> list[PaymentTiming]:
    """The first that was stored of each item by the model versions named, up to the day, in order of items."""
    first = (
        select(func.min(PaymentTiming.id).label("id"))
        .where(PaymentTiming.company_id == company_id, PaymentTiming.as_of <= as_of)
        .where(PaymentTiming.model_version.in_(versions))
        .group_by(PaymentTiming.open_item_id)
        .subquery()
    )
    asked = select(PaymentTiming).join(first, first.c.id == PaymentTiming.id).order_by(PaymentTiming.open_item_id)
    return list(session.scalars(asked))
