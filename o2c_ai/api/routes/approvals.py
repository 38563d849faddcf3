"""What needs a second person: write-offs and refunds, asked by one and decided by another."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, Acting, Read, needs
from o2c_ai.api.schemas import Id, MoneyIn, MoneyOut, Page, Paged, Text, Written, page
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.payments.actions import approve_refund, request_refund
from o2c_ai.core.people.actions import decide_approval
from o2c_ai.core.people.queries import lock_approval, page_approvals
from o2c_ai.core.people.rules import ApprovalKind, ApprovalState, Duty
from o2c_ai.core.write_offs.actions import approve_write_off, request_write_off

router = APIRouter(tags=["approvals"], route_class=ActRoute)


class ApprovalOut(Written):
    """A request, and what became of it."""

    id: Id
    kind: ApprovalKind
    subject: Id = Field(description="The open item to write off, or the credit item to refund.")
    amount: MoneyOut
    reason: str
    requested_by: str = Field(examples=["clara"])
    requested_on: date
    state: ApprovalState
    decided_by: str = Field(description="Empty while nobody has decided.", examples=["paul"])
    decided_on: date | None
    decision_reason: str = Field(description="In the decider's words.", examples=["agreed with the customer"])

    @classmethod
    def of(cls, row: Any) -> ApprovalOut:  # noqa: ANN401 - a row of the query
        """From a row."""
        return cls(
            id=row.id,
            kind=row.kind,
            subject=row.subject_id,
            amount=MoneyOut.of(row.amount_minor, row.currency),
            reason=row.reason,
            requested_by=row.by,
            requested_on=row.requested_on,
            state=row.state,
            decided_by=row.decider,
            decided_on=row.decided_on,
            decision_reason=row.decision_reason,
        )


class Asking(Written):
    """What is asked for."""

    subject: Id = Field(description="The open item to write off, or the credit item to refund.")
    amount: MoneyIn
    reason: Text = Field(examples=["too small to collect"])


class Asked(Written):
    """The request that waits for a second person."""

    approval: Id


class SecondWord(Written):
    """A second person's word."""

    approve: bool
    reason: Text = Field(default="", examples=["agreed with the customer"])


class Decided(Written):
    """What a second person's word did."""

    entry: Id | None = Field(description="What it booked; null where it was declined.")


@router.get("/approvals")
def approvals(read: Read, part: Paged, state: ApprovalState | None = None) -> Page[ApprovalOut]:
    """List the requests, the newest first, a page at a time."""
    found = page_approvals(read.session, read.company_id, state=state, **part)
    return page(found, ApprovalOut.of)


@router.post("/write-offs", status_code=201, dependencies=[needs(Duty.REQUEST)])
def write_off(asked: Asking, act: Act) -> Asked:
    """Ask to give up what is open on an item, or part of it."""
    what = {"open_item_id": asked.subject, "amount": asked.amount.money(), "reason": asked.reason}
    return Asked(approval=request_write_off(act.session, act.actor, on=act.as_of, **what))  # type: ignore[arg-type]


@router.post("/refunds", status_code=201, dependencies=[needs(Duty.REQUEST)])
def refund(asked: Asking, act: Act) -> Asked:
    """Ask to pay credit back that is not applied."""
    what = {"credit_item_id": asked.subject, "amount": asked.amount.money(), "reason": asked.reason}
    return Asked(approval=request_refund(act.session, act.actor, on=act.as_of, **what))  # type: ignore[arg-type]


@router.post("/approvals/{approval_id}/decision", dependencies=[needs(Duty.APPROVE)])
def decide(approval_id: Id, asked: SecondWord, act: Act) -> Decided:
    """Grant or decline what somebody else asked; what is granted is booked at once."""
    return Decided(entry=decided(act, approval_id, approve=asked.approve, reason=asked.reason))


def decided(act: Acting, approval_id: int, *, approve: bool, reason: str) -> int | None:
    """The entry that a second person's word booked; None where it was declined. Raises what granting raises."""
    words = {"approval_id": approval_id, "on": act.as_of, "reason": reason}
    if not approve:
        decide_approval(act.session, act.actor, approve=False, **words)  # type: ignore[arg-type]
        return None
    kind = lock_approval(act.session, act.actor.company_id, approval_id).kind
    grant = approve_write_off if kind is ApprovalKind.WRITE_OFF else approve_refund
    return grant(act.session, act.actor, **words)  # type: ignore[arg-type]
