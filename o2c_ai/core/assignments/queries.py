"""Questions about who looks after whom, and what a collector did today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from o2c_ai.core.assignments.rules import UnknownAssignment
from o2c_ai.core.assignments.tables import AssignmentRow
from o2c_ai.core.audit import AuditEvent
from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.people.tables import User

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


def owners(session: Session, company_id: int, as_of: date) -> dict[str, str]:
    """Customer's number → name of who looked after it on the day, of all that had somebody."""
    asked = (
        select(CustomerRow.code, User.name)
        .join(AssignmentRow, AssignmentRow.customer_id == CustomerRow.id)
        .join(User, User.id == AssignmentRow.to_user_id)
        .where(AssignmentRow.id.in_(_newest(company_id, as_of)))
    )
    return {row.code: row.name for row in session.execute(asked)}


def _newest(company_id: int, as_of: date) -> Select[int]:
    return (
        select(func.max(AssignmentRow.id))
        .where(AssignmentRow.company_id == company_id, AssignmentRow.known_on <= as_of)
        .group_by(AssignmentRow.customer_id)
    )


def newest_rows(session: Session, company_id: int, customer_ids: Iterable[int]) -> dict[int, AssignmentRow]:
    """Customer → its newest assignment, of those that ever had one."""
    newest = (
        select(func.max(AssignmentRow.id))
        .where(AssignmentRow.company_id == company_id, among(session, AssignmentRow.customer_id, customer_ids))
        .group_by(AssignmentRow.customer_id)
    )
    found = session.scalars(select(AssignmentRow).where(AssignmentRow.id.in_(newest)))
    return {row.customer_id: row for row in found}


def get_batch(session: Session, company_id: int, batch_id: int) -> list[AssignmentRow]:
    """What was assigned in one act. Raises UnknownAssignment."""
    asked = select(AssignmentRow).where(AssignmentRow.company_id == company_id, AssignmentRow.batch_id == batch_id)
    rows = list(session.scalars(asked.order_by(AssignmentRow.id)))
    if not rows:
        raise UnknownAssignment(batch_id)
    return rows


def page_assignments(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    customer_code: str | None = None,
    assigned_to: str | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of who looks after whom on the day, and the place after it; None at the end. Raises BadPlace.

    Columns: id, batch_id, customer_code, to, by, known_on.
    """
    above = aliased(User)
    asked = (
        select(AssignmentRow.id, AssignmentRow.batch_id, CustomerRow.code.label("customer_code"))
        .add_columns(User.name.label("to"), above.name.label("by"), AssignmentRow.known_on)
        .join(CustomerRow, CustomerRow.id == AssignmentRow.customer_id)
        .join(User, User.id == AssignmentRow.to_user_id)
        .join(above, above.id == AssignmentRow.user_id)
        .where(AssignmentRow.id.in_(_newest(company_id, as_of)))
    )
    if customer_code is not None:
        asked = asked.where(CustomerRow.code == customer_code)
    if assigned_to is not None:
        asked = asked.where(User.name == assigned_to)
    return page_of(session, asked, by="id", after=after, limit=limit)


def count_noted(session: Session, company_id: int, user_id: int, since: datetime) -> int:
    """Calls and promises somebody noted from that instant on."""
    mine = AuditEvent.company_id == company_id, AuditEvent.user_id == user_id, AuditEvent.recorded_at >= since
    asked = select(func.count()).select_from(AuditEvent).where(*mine)
    return session.scalar(asked.where(AuditEvent.subject.in_(("activities", "promises")))) or 0
