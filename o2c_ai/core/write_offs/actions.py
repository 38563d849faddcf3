"""Verbs of write-offs: ask to give up what is open on an item, and grant it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.clearings.actions import clear
from o2c_ai.core.clearings.queries import lock_open_balances, telling_who_used
from o2c_ai.core.outbox import actions as outbox
from o2c_ai.core.outbox.rules import MessageKind
from o2c_ai.core.people import actions as people
from o2c_ai.core.people.queries import lock_approval
from o2c_ai.core.people.rules import ApprovalKind, UnknownApproval
from o2c_ai.core.receivables.rules import ApplicationKind, Clearing, NewApplication, check_asked, use_open

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.money import Money
    from o2c_ai.core.people.rules import Actor


def request_write_off(
    session: Session, actor: Actor, *, open_item_id: int, amount: Money, reason: str, on: date
) -> int:
    """Ask to give up (part of) what is open on an item; gives the request's number.

    Raises NotYourDuty, UnknownItem, NotPositive, WrongCurrency, OverApplication, UsedBefore.
    """
    balance = lock_open_balances(session, actor.company_id, [open_item_id])[open_item_id]
    check_asked(balance, amount)
    with telling_who_used(session, actor.company_id, [open_item_id], []):
        use_open(balance, amount.minor, amount.currency)
    kind = ApprovalKind.WRITE_OFF
    approval = people.request_approval(
        session, actor, kind=kind, subject_id=open_item_id, amount=amount, reason=reason, on=on
    )
    payload: dict[str, object] = {"approval_id": approval, "kind": kind.value, "amount": str(amount)}
    outbox.post_message(session, actor, kind=MessageKind.APPROVAL_REQUESTED, payload=payload)
    return approval


def approve_write_off(session: Session, actor: Actor, *, approval_id: int, on: date, reason: str = "") -> int:
    """Grant a write-off somebody else asked for and book it; gives the entry's number, undone by `unapply`.

    Raises NotYourDuty, OwnRequest, AlreadyDecided, UnknownApproval, UsedBefore, PeriodClosed.
    """
    if lock_approval(session, actor.company_id, approval_id).kind is not ApprovalKind.WRITE_OFF:
        raise UnknownApproval(approval_id)
    request = people.decide_approval(session, actor, approval_id=approval_id, approve=True, on=on, reason=reason)
    item = lock_open_balances(session, actor.company_id, [request.subject_id])[request.subject_id]
    given_up = NewApplication(request.subject_id, ApplicationKind.WRITE_OFF, request.amount.minor)
    text = f"{item.number} written off"
    clearing = Clearing(on, request.amount.currency, text, (given_up,), reason=request.reason)
    with telling_who_used(session, actor.company_id, [request.subject_id], []):
        (entry_id,) = clear(session, actor, clearings=[clearing])
    return entry_id
