"""Questions about disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, cast, func, or_, select

from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, UnknownDispute
from o2c_ai.core.disputes.tables import Dispute
from o2c_ai.core.receivables.queries import open_items_as_of
from o2c_ai.core.receivables.rules import ItemKind
from o2c_ai.core.receivables.tables import OpenItem

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


def disputed_as_of(session: Session, company_id: int, as_of: date) -> dict[int, int]:
    """Open item → minor units disputed on the day (deductions are settled, not disputed)."""
    return {row[0]: row[1] for row in session.execute(disputes_by_item(company_id, as_of))}


def disputes_by_item(company_id: int, as_of: date) -> Select[int, int]:
    """Selects open_item_id and minor, what is disputed of it on the day."""
    minor = cast(func.sum(Dispute.amount_minor), BigInteger)
    return (
        select(Dispute.open_item_id, minor.label("minor"))
        .where(
            Dispute.company_id == company_id,
            Dispute.kind == DisputeKind.DISPUTE,
            Dispute.opened_on <= as_of,
            Dispute.closed_on.is_(None) | (Dispute.closed_on > as_of),
        )
        .group_by(Dispute.open_item_id)
    )


def columns_disputes(session: Session, company_id: int, as_of: date) -> list[tuple[int, date, date | None]]:
    """(open item, opened on, closed on or None) of every dispute known by the day; a later closing is not told."""
    asked = select(Dispute.open_item_id, Dispute.opened_on, Dispute.closed_on).where(
        Dispute.company_id == company_id, Dispute.kind == DisputeKind.DISPUTE, Dispute.opened_on <= as_of
    )
    rows = session.execute(asked.order_by(Dispute.id))
    return [(row[0], row[1], row[2] if row[2] is not None and row[2] <= as_of else None) for row in rows]


def disputes_of_items(session: Session, company_id: int) -> dict[int, Dispute]:
    """Open item → its stored dispute (the newest), for comparing with what a leading system says."""
    asked = select(Dispute).where(Dispute.company_id == company_id, Dispute.kind == DisputeKind.DISPUTE)
    return {row.open_item_id: row for row in session.scalars(asked.order_by(Dispute.id))}


def deductions_of_entries(session: Session, company_id: int, entry_ids: list[int]) -> list[Dispute]:
    """Deductions these clearings accepted."""
    asked = select(Dispute).where(Dispute.company_id == company_id, among(session, Dispute.entry_id, entry_ids))
    return list(session.scalars(asked.order_by(Dispute.id)))


def page_disputes(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    customer_code: str | None = None,
    kind: DisputeKind | None = None,
    reason: DisputeReason | None = None,
    state: DisputeState | None = None,
    only_open: bool = False,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the cases known by the day, the newest first, and the place after it. Raises BadPlace.

    Columns: those of the case, customer_code and number (of the item); the state is today's.
    """
    asked = _cases(company_id).where(Dispute.opened_on <= as_of)
    if customer_code is not None:
        asked = asked.where(CustomerRow.code == customer_code)
    if kind is not None:
        asked = asked.where(Dispute.kind == kind)
    if reason is not None:
        asked = asked.where(Dispute.reason == reason)
    if state is not None:
        asked = asked.where(Dispute.state == state)
    if only_open:
        asked = asked.where(Dispute.closed_on.is_(None) | (Dispute.closed_on > as_of))
    return page_of(session, asked, by="opened_on", after=after, limit=limit, descending=True)


def page_short_payments(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    words: str = "",
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the items of the day that were paid short and stay open, the oldest first. Raises BadPlace.

    Columns: those of `open_items_as_of`.
    """
    asked = open_items_as_of(company_id, as_of)
    left = asked.selected_columns["left_minor"]
    asked = asked.where((left < OpenItem.amount_minor) | (OpenItem.kind == ItemKind.RESIDUAL))
    if words:
        columns = (OpenItem.number, CustomerRow.code, CustomerRow.name)
        asked = asked.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    return page_of(session, asked, by="due_date", after=after, limit=limit)


def count_cases(session: Session, company_id: int, as_of: date) -> list[Any]:
    """How many cases known by the day there are, and how much they are about, most money first.

    Columns: kind, reason, state, currency, cases, amount_minor; the state is today's.
    """
    kinds = (Dispute.kind, Dispute.reason, Dispute.state, Dispute.currency)
    amount = cast(func.sum(Dispute.amount_minor), BigInteger).label("amount_minor")
    asked = select(*kinds, func.count().label("cases"), amount)
    asked = asked.where(Dispute.company_id == company_id, Dispute.opened_on <= as_of).group_by(*kinds)
    return list(session.execute(asked.order_by(amount.desc())))


def get_case(session: Session, company_id: int, dispute_id: int) -> Any:  # noqa: ANN401 - a row of columns
    """One case, columns as `page_disputes`. Raises UnknownDispute."""
    row = session.execute(_cases(company_id).where(Dispute.id == dispute_id)).one_or_none()
    if row is None:
        raise UnknownDispute(dispute_id)
    return row


def lock_dispute(session: Session, company_id: int, dispute_id: int) -> Dispute:
    """The stored case, locked. Raises UnknownDispute."""
    asked = select(Dispute).where(Dispute.company_id == company_id, Dispute.id == dispute_id).with_for_update()
    row = session.scalar(asked.execution_options(populate_existing=True))
    if row is None:
        raise UnknownDispute(dispute_id)
    return row


def _cases(company_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(*Dispute.__table__.columns, CustomerRow.code.label("customer_code"), OpenItem.number)
        .join(CustomerRow, CustomerRow.id == Dispute.customer_id)
        .join(OpenItem, OpenItem.id == Dispute.open_item_id)
        .where(Dispute.company_id == company_id)
    )
