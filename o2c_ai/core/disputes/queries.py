"""Questions about disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from o2c_ai.core.database import among
from o2c_ai.core.disputes.rules import DisputeKind
from o2c_ai.core.disputes.tables import Dispute

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def disputed_as_of(session: Session, company_id: int, as_of: date) -> dict[int, int]:
    """Open item → minor units disputed on the day (deductions are settled, not disputed)."""
    asked = select(Dispute.open_item_id, Dispute.amount_minor).where(
        Dispute.company_id == company_id,
        Dispute.kind == DisputeKind.DISPUTE,
        Dispute.opened_on <= as_of,
        Dispute.closed_on.is_(None) | (Dispute.closed_on > as_of),
    )
    found: dict[int, int] = {}
    for row in session.execute(asked):
        found[row[0]] = found.get(row[0], 0) + row[1]
    return found


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
