"""What needs a second person: write-offs and refunds, asked by one and decided by another."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, ActRoute, Read
from o2c_ai.api.schemas import After, Id, Limit, MoneyIn, MoneyOut, Page, Text, Written, page, place_of
from o2c_ai.core.payments.actions import approve_refund, request_refund
from o2c_ai.core.people.actions import decide_approval
from o2c_ai.core.people.queries import lock_approval, page_approvals
from o2c_ai.core.people.rules import ApprovalKind, ApprovalState, Duty, require
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


class Decided(Written):
    """What a second person's word did."""

    entry: Id | None = Field(description="What it booked; null where it was declined.")


@router.get("/approvals")
def approvals(
    read: Read, state: ApprovalState | None = None, after: After = None, limit: Limit = 50
) -> Page[ApprovalOut]:
    """List the requests, the newest first, a page at a time."""
    found = page_approvals(read.session, read.company_id, state=state, after=place_of(after), limit=limit)
    return page(found, ApprovalOut.of)


@router.post("/write-offs", status_code=201)
def write_off(asked: Asking, act: Act) -> Asked:
    """Ask to give up what is open on an item, or part of it."""
    what = {"open_item_id": asked.subject, "amount": asked.amount.money(), "reason": asked.reason}
    return Asked(approval=request_write_off(act.session, act.actor, on=act.as_of, **what))  # type: ignore[arg-type]


@router.post("/refunds", status_code=201)
def refund(asked: Asking, act: Act) -> Asked:
    """Ask to pay credit back that is not applied."""
    what = {"credit_item_id": asked.subject, "amount": asked.amount.money(), "reason": asked.reason}
    return Asked(approval=request_refund(act.session, act.actor, on=act.as_of, **what))  # type: ignore[arg-type]


@router.post("/approvals/{approval_id}/decision")
def decide(approval_id: Id, asked: SecondWord, act: Act) -> Decided:
    """Grant or decline what somebody else asked; what is granted is booked at once."""
    if not asked.approve:
        decide_approval(act.session, act.actor, approval_id=approval_id, approve=False, on=act.as_of)
        return Decided(entry=None)
    require(act.actor, Duty.APPROVE)
    kind = lock_approval(act.session, act.actor.company_id, approval_id).kind
    grant = approve_write_off if kind is ApprovalKind.WRITE_OFF else approve_refund
    return Decided(entry=grant(act.session, act.actor, approval_id=approval_id, on=act.as_of))
