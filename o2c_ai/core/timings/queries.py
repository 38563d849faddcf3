"""Questions about stored predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.receivables.tables import OpenItem
from o2c_ai.core.timings.rules import SHADOW, TimingSort
from o2c_ai.core.timings.tables import PaymentTiming

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Subquery
    from sqlalchemy.orm import Session


def latest_timings(session: Session, company_id: int, as_of: date) -> list[PaymentTiming]:
    """The stored prediction of exactly that day for each item (the newest where a day was scored twice).

    What a challenger said silently is not among them.
    """
    newest = _newest(company_id, as_of)
    asked = select(PaymentTiming).join(newest, newest.c.id == PaymentTiming.id).order_by(PaymentTiming.open_item_id)
    return list(session.scalars(asked))


def _newest(company_id: int, as_of: date) -> Subquery:
    return (
        select(func.max(PaymentTiming.id).label("id"))
        .where(PaymentTiming.company_id == company_id, PaymentTiming.as_of == as_of)
        .where(~PaymentTiming.model_version.endswith(SHADOW))
        .group_by(PaymentTiming.open_item_id)
        .subquery()
    )


def page_timings(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    customer_code: str | None = None,
    sort: TimingSort = TimingSort.LATE,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of what was predicted on exactly that day, and the place after it. Raises BadPlace.

    Columns: those of the prediction, number, customer_code and due_date of its item.
    """
    newest = _newest(company_id, as_of)
    asked = (
        select(*PaymentTiming.__table__.columns, OpenItem.number, CustomerRow.code.label("customer_code"))
        .add_columns(OpenItem.due_date)
        .join(newest, newest.c.id == PaymentTiming.id)
        .join(OpenItem, OpenItem.id == PaymentTiming.open_item_id)
        .join(CustomerRow, CustomerRow.id == OpenItem.customer_id)
    )
    if customer_code is not None:
        asked = asked.where(CustomerRow.code == customer_code)
    most_likely_first = sort is TimingSort.LATE
    return page_of(session, asked, by=sort.value, after=after, limit=limit, descending=most_likely_first)


def timings_of_items(
    session: Session, company_id: int, as_of: date, item_ids: Sequence[int]
) -> dict[int, PaymentTiming]:
    """Open item → its newest prediction made up to the day; a challenger's silent ones are none."""
    newest = (
        select(func.max(PaymentTiming.id).label("id"))
        .where(
            PaymentTiming.company_id == company_id,
            PaymentTiming.as_of <= as_of,
            ~PaymentTiming.model_version.endswith(SHADOW),
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
