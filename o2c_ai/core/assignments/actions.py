"""Verbs of who looks after whom: give customers to a collector, and take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.assignments import queries
from o2c_ai.core.assignments.rules import Assigned, NobodyChosen, NotACollector
from o2c_ai.core.assignments.tables import AssignmentRow
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.people.queries import get_actor
from o2c_ai.core.people.rules import Duty, duties, require

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_COLUMNS = ("id", "company_id", "batch_id", "customer_id", "to_user_id", "from_user_id", "user_id", "known_on")


def assign(session: Session, actor: Actor, *, customer_codes: Iterable[str], to: str, on: date) -> Assigned:
    """Give customers to the collector of that name, or to nobody where it is empty.

    Those who are theirs already are left as they are. Raises NotYourDuty, UnknownUser, NotACollector, UnknownCustomer,
    NobodyChosen.
    """
    require(actor, Duty.COLLECT)
    wanted = {get_customer(session, actor.company_id, code).customer_id for code in customer_codes}
    if not wanted:
        raise NobodyChosen
    receiver = _collector(session, actor, to) if to else None
    return _store(session, actor, dict.fromkeys(wanted, receiver), on, {"to": to or None})


def undo(session: Session, actor: Actor, *, batch_id: int, on: date) -> Assigned:
    """Give the customers of an act back to who had them before; those assigned again since are left as they are.

    Raises NotYourDuty, UnknownAssignment.
    """
    require(actor, Duty.COLLECT)
    batch = queries.get_batch(session, actor.company_id, batch_id)
    newest = queries.newest_rows(session, actor.company_id, [row.customer_id for row in batch])
    before = {row.customer_id: row.from_user_id for row in batch if newest[row.customer_id].id == row.id}
    return _store(session, actor, before, on, {"undoes": batch_id})


def _collector(session: Session, actor: Actor, name: str) -> int:
    receiver = get_actor(session, actor.company_id, name, actor.recorded_at)
    if Duty.COLLECT not in duties(receiver.roles):
        raise NotACollector(name)
    return receiver.user_id


def _store(
    session: Session, actor: Actor, wanted: Mapping[int, int | None], on: date, detail: dict[str, object]
) -> Assigned:
    known = queries.newest_rows(session, actor.company_id, wanted)
    had = {customer: known[customer].to_user_id if customer in known else None for customer in wanted}
    new = [customer for customer in sorted(wanted) if wanted[customer] != had[customer]]
    ids = list(reserve_ids(session, table_of(AssignmentRow), len(new)))
    head, batch = actor.company_id, ids[0] if ids else 0
    rows = [
        (row_id, head, batch, customer, wanted[customer], had[customer], actor.user_id, on)
        for row_id, customer in zip(ids, new, strict=True)
    ]
    insert_rows(session, table_of(AssignmentRow), _COLUMNS, rows)
    if rows:
        audit.record(session, actor, "assign", "assignments", batch, detail={**detail, "count": len(rows)})
    return Assigned(batch, len(rows))
