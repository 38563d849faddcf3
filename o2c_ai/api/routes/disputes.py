"""What customers object to: cases with their amount, reason and state."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from o2c_ai.api.dependencies import Act, IfMatch, Read, check_tag, needs, tag_of
from o2c_ai.api.errors import STALE
from o2c_ai.api.routes.receivables import OpenItemOut
from o2c_ai.api.schemas import (
    Counted,
    Customer,
    Day,
    Id,
    MoneyIn,
    MoneyOut,
    Page,
    Paged,
    Text,
    Written,
    page,
)
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.disputes.actions import charge_back, explain, record, settle, withdraw_charge_back
from o2c_ai.core.disputes.queries import get_case, lock_dispute, page_disputes, page_short_payments
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.receivables.queries import get_open_item
from o2c_ai.core.receivables.rules import WrongCurrency

router = APIRouter(tags=["disputes"], route_class=ActRoute)


class DisputeOut(Written):
    """An objection."""

    id: Id
    customer: str = Field(examples=["C-17"])
    item: str = Field(description="Number of the item it is about.", examples=["INV-1001"])
    kind: DisputeKind
    reason: DisputeReason
    amount: MoneyOut
    opened_on: date
    state: DisputeState
    closed_on: date | None

    @classmethod
    def of(cls, row: Any) -> DisputeOut:  # noqa: ANN401 - a row of the query
        """From a row."""
        return cls(
            id=row.id,
            customer=row.customer_code,
            item=row.number,
            kind=row.kind,
            reason=row.reason,
            amount=MoneyOut.of(row.amount_minor, row.currency),
            opened_on=row.opened_on,
            state=row.state,
            closed_on=row.closed_on,
        )


class DisputeIn(Written):
    """An objection to be recorded."""

    open_item: Id
    reason: DisputeReason
    amount: MoneyIn


class Settling(Written):
    """Where the case stands from now on, and why there is one; what is left out stays."""

    state: Literal["new", "accepted", "closed"] | None = Field(default=None, description="`new` opens it again.")
    reason: DisputeReason | None = Field(default=None, examples=["shortage"])


class ChargingBack(Written):
    """By when the customer is to pay what was deducted."""

    due_on: Day | None = Field(default=None, description="The day of the act where left out.")


class ChargedBack(Written):
    """What bills the deduction back."""

    document: str = Field(description="Number of the debit memo.", examples=["INV-1001/CB7"])


class Withdrawing(Written):
    """Why the deduction is allowed after all."""

    reason: Text = Field(examples=["proof of delivery came"])


@router.get("/disputes")
def disputes(
    read: Read,
    part: Paged,
    customer: Customer = None,
    kind: DisputeKind | None = None,
    reason: DisputeReason | None = None,
    state: DisputeState | None = None,
    only_open: Annotated[bool, Query(description="Only cases not settled on the day.")] = False,
) -> Page[DisputeOut]:
    """List the cases known by the day, the newest first, a page at a time."""
    found = page_disputes(
        read.session,
        read.company_id,
        read.as_of,
        customer_code=customer,
        kind=kind,
        reason=reason,
        state=state,
        only_open=only_open,
        **part,
    )
    return page(found, DisputeOut.of)


@router.get("/disputes/short-payments")
def short_payments(
    read: Read,
    part: Paged,
    words: Annotated[Text, Query(description="Words in the item's number or the customer's number or name.")] = "",
) -> Page[OpenItemOut]:
    """List the items that were paid short and stay open, the longest due first."""
    found = page_short_payments(read.session, read.company_id, read.as_of, words=words, **part)
    return page(found, OpenItemOut.of)


@router.get("/disputes/{dispute_id:int}")
def dispute(read: Read, dispute_id: Id, response: Response) -> DisputeOut:
    """Show a case."""
    shown = DisputeOut.of(get_case(read.session, read.company_id, dispute_id))
    response.headers["ETag"] = tag_of(shown)
    return shown


@router.post("/disputes", status_code=201, dependencies=[needs(Duty.COLLECT)])
def record_(asked: DisputeIn, act: Act) -> Counted:
    """Write an objection down; the item stays open."""
    item = get_open_item(act.session, act.actor.company_id, asked.open_item)
    amount = asked.amount.money()
    if amount.currency != item.currency:
        raise WrongCurrency(item.number, item.currency, amount.currency)
    size = (amount.minor, amount.currency, act.as_of)
    case = NewDispute(item.customer_id, item.id, DisputeKind.DISPUTE, asked.reason, *size, DisputeState.NEW)
    record(act.session, act.actor, disputes=[case])
    return Counted(count=1)


@router.patch("/disputes/{dispute_id:int}", responses=STALE, dependencies=[needs(Duty.COLLECT)])
def settle_(dispute_id: Id, asked: Settling, act: Act, if_match: IfMatch, response: Response) -> DisputeOut:
    """Settle a case, open it again, or say why there is one."""
    case = lock_dispute(act.session, act.actor.company_id, dispute_id)
    check_tag(if_match, DisputeOut.of(get_case(act.session, act.actor.company_id, dispute_id)))
    if asked.reason is not None:
        explain(act.session, act.actor, dispute=case, reason=asked.reason)
    if asked.state is not None:
        state = DisputeState(asked.state)
        on = None if state is DisputeState.NEW else act.as_of
        settle(act.session, act.actor, dispute=case, state=state, on=on)
    shown = DisputeOut.of(get_case(act.session, act.actor.company_id, dispute_id))
    response.headers["ETag"] = tag_of(shown)
    return shown


@router.post("/disputes/{dispute_id}/charge-back", status_code=201, dependencies=[needs(Duty.BOOK)])
def charge_back_(dispute_id: Id, asked: ChargingBack, act: Act) -> ChargedBack:
    """Refuse a deduction that was allowed: it is billed back as a debit memo."""
    case = lock_dispute(act.session, act.actor.company_id, dispute_id)
    due = asked.due_on or act.as_of
    return ChargedBack(document=charge_back(act.session, act.actor, dispute=case, on=act.as_of, due=due))


@router.post("/disputes/{dispute_id}/charge-back/withdrawal", dependencies=[needs(Duty.BOOK)])
def withdraw(dispute_id: Id, asked: Withdrawing, act: Act) -> Counted:
    """Allow a deduction after all: its debit memo is taken back."""
    case = lock_dispute(act.session, act.actor.company_id, dispute_id)
    withdraw_charge_back(act.session, act.actor, dispute=case, on=act.as_of, reason=asked.reason)
    return Counted(count=1)
