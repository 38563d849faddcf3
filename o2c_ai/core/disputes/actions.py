"""Verbs of disputes: record objections and deductions, settle them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, table_of
from o2c_ai.core.disputes import queries
from o2c_ai.core.disputes.rules import DisputeState, NewDispute
from o2c_ai.core.disputes.tables import Dispute
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_COLUMNS = (
    "company_id",
    "customer_id",
    "open_item_id",
    "kind",
    "reason",
    "currency",
    "amount_minor",
    "opened_on",
    "state",
    "closed_on",
    "entry_id",
)


def record(session: Session, actor: Actor, *, disputes: Sequence[NewDispute]) -> None:
    """Write cases down; deductions come settled, disputes come open. Raises NotYourDuty."""
    require(actor, Duty.COLLECT)
    rows = [
        (
            actor.company_id,
            case.customer_id,
            case.open_item_id,
            case.kind,
            case.reason,
            case.currency,
            case.amount_minor,
            case.opened_on,
            case.state,
            case.closed_on,
            case.entry_id,
        )
        for case in disputes
    ]
    insert_rows(session, table_of(Dispute), _COLUMNS, rows)
    if rows:
        audit.record(session, actor, "dispute", "disputes", detail={"count": len(rows)})


def settle(session: Session, actor: Actor, *, dispute: Dispute, state: DisputeState, on: date | None) -> None:
    """Close a case, or open it again with on=None; audited. Raises NotYourDuty."""
    amend(session, actor, dispute=dispute, opened_on=dispute.opened_on, state=state, closed_on=on)


def amend(
    session: Session,
    actor: Actor,
    *,
    dispute: Dispute,
    opened_on: date,
    state: DisputeState,
    closed_on: date | None,
) -> None:
    """Take over changed days and state of a case, with its audit row. Raises NotYourDuty."""
    require(actor, Duty.COLLECT)
    old = {"opened_on": audit.plain(dispute.opened_on), "closed_on": audit.plain(dispute.closed_on)}
    dispute.opened_on, dispute.state, dispute.closed_on = opened_on, state, closed_on
    session.flush()
    new = {"opened_on": audit.plain(opened_on), "closed_on": audit.plain(closed_on), "state": state.value}
    audit.record(session, actor, "resolve", "disputes", dispute.id, detail={"old": old, "new": new})


def withdraw_deductions(session: Session, actor: Actor, *, entry_ids: list[int], on: date) -> None:
    """Undo deductions together with the clearings that accepted them: the item is open again."""
    for deduction in queries.deductions_of_entries(session, actor.company_id, entry_ids):
        deduction.entry_id = None
        settle(session, actor, dispute=deduction, state=DisputeState.CLOSED, on=on)
