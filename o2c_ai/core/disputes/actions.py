"""Verbs of disputes: record objections and deductions, settle them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, table_of
from o2c_ai.core.disputes import queries
from o2c_ai.core.disputes.rules import (
    DisputeKind,
    DisputeReason,
    DisputeState,
    NewDispute,
    NotToChargeBack,
    charge_back_number,
)
from o2c_ai.core.disputes.tables import Dispute
from o2c_ai.core.invoices import actions as invoices
from o2c_ai.core.invoices.queries import get_invoice
from o2c_ai.core.invoices.rules import DocumentType, NewInvoice
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.receivables.queries import get_open_item

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
        audit.record(
            session, actor, "dispute", "disputes", detail=audit.counted("open_items", (row[2] for row in rows))
        )


def settle(session: Session, actor: Actor, *, dispute: Dispute, state: DisputeState, on: date | None) -> None:
    """Close a case, or open it again with on=None; audited. Raises NotYourDuty, NotToChargeBack."""
    if DisputeState.CHARGED_BACK in {dispute.state, state}:
        raise NotToChargeBack(dispute.id, dispute.state)
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


def explain(session: Session, actor: Actor, *, dispute: Dispute, reason: DisputeReason) -> None:
    """Say why the customer objects or paid short; audited. Raises NotYourDuty."""
    require(actor, Duty.COLLECT)
    detail: dict[str, object] = {"old": dispute.reason.value, "new": reason.value}
    dispute.reason = reason
    session.flush()
    audit.record(session, actor, "explain", "disputes", dispute.id, detail=detail)


def charge_back(session: Session, actor: Actor, *, dispute: Dispute, on: date, due: date) -> str:
    """Refuse a deduction that was allowed and bill it back; gives the number of the debit memo.

    Raises NotYourDuty, NotToChargeBack, DuplicateNumber, PeriodClosed.
    """
    require(actor, Duty.BOOK)
    if dispute.kind is not DisputeKind.DEDUCTION or dispute.state is not DisputeState.ACCEPTED:
        raise NotToChargeBack(dispute.id, dispute.state)
    number = charge_back_number(get_open_item(session, actor.company_id, dispute.open_item_id).number, dispute.id)
    size = (dispute.currency, dispute.amount_minor)
    memo = NewInvoice(number, dispute.customer_id, DocumentType.DEBIT_MEMO, on, due, *size)
    invoices.issue(session, actor, invoices=[memo])
    state = DisputeState.CHARGED_BACK
    amend(session, actor, dispute=dispute, opened_on=dispute.opened_on, state=state, closed_on=on)
    return number


def withdraw_charge_back(session: Session, actor: Actor, *, dispute: Dispute, on: date, reason: str) -> None:
    """Allow a deduction after all: its debit memo is taken back.

    Raises NotYourDuty, NotToChargeBack, ReversedBeforeIssue, AlreadyPaidOn, PeriodClosed.
    """
    require(actor, Duty.BOOK)
    if dispute.state is not DisputeState.CHARGED_BACK:
        raise NotToChargeBack(dispute.id, dispute.state)
    number = charge_back_number(get_open_item(session, actor.company_id, dispute.open_item_id).number, dispute.id)
    if get_invoice(session, actor.company_id, number).reversed_on is None:
        invoices.reverse(session, actor, number=number, on=on, reason=reason)
    state = DisputeState.ACCEPTED
    amend(session, actor, dispute=dispute, opened_on=dispute.opened_on, state=state, closed_on=on)


def withdraw_deductions(session: Session, actor: Actor, *, entry_ids: list[int], on: date) -> None:
    """Undo deductions together with the clearings that accepted them: the item is open again.

    What was charged back is not billed any more. Raises AlreadyPaidOn where that bill was paid.
    """
    for deduction in queries.deductions_of_entries(session, actor.company_id, entry_ids):
        if deduction.state is DisputeState.CHARGED_BACK:
            withdraw_charge_back(session, actor, dispute=deduction, on=on, reason="the deduction was taken back")
        deduction.entry_id = None
        settle(session, actor, dispute=deduction, state=DisputeState.CLOSED, on=on)
