"""What customers object to: cases with their amount, reason and state."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from o2c_ai.api.dependencies import Act, ActRoute, IfMatch, Read, check_tag, tag_of
from o2c_ai.api.errors import STALE
from o2c_ai.api.schemas import After, Counted, Customer, Id, Limit, MoneyIn, MoneyOut, Page, Written, page, place_of
from o2c_ai.core.disputes.actions import record, settle
from o2c_ai.core.disputes.queries import get_case, lock_dispute, page_disputes
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
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
    """Where the case stands from now on; `new` opens it again."""

    state: DisputeState


@router.get("/disputes")
def disputes(
    read: Read,
    customer: Customer = None,
    kind: DisputeKind | None = None,
    only_open: Annotated[bool, Query(description="Only cases not settled on the day.")] = False,
    after: After = None,
    limit: Limit = 50,
) -> Page[DisputeOut]:
    """List the cases known by the day, the newest first, a page at a time."""
    found = page_disputes(
        read.session,
        read.company_id,
        read.as_of,
        customer_code=customer,
        kind=kind,
        only_open=only_open,
        after=place_of(after),
        limit=limit,
    )
    return page(found, DisputeOut.of)


@router.get("/disputes/{dispute_id}")
def dispute(read: Read, dispute_id: Id, response: Response) -> DisputeOut:
    """Show a case."""
    shown = DisputeOut.of(get_case(read.session, read.company_id, dispute_id))
    response.headers["ETag"] = tag_of(shown)
    return shown


@router.post("/disputes", status_code=201)
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


@router.patch("/disputes/{dispute_id}", responses=STALE)
def settle_(dispute_id: Id, asked: Settling, act: Act, if_match: IfMatch, response: Response) -> DisputeOut:
    """Settle a case, or open it again."""
    case = lock_dispute(act.session, act.actor.company_id, dispute_id)
    check_tag(if_match, DisputeOut.of(get_case(act.session, act.actor.company_id, dispute_id)))
    on = None if asked.state is DisputeState.NEW else act.as_of
    settle(act.session, act.actor, dispute=case, state=asked.state, on=on)
    shown = DisputeOut.of(get_case(act.session, act.actor.company_id, dispute_id))
    response.headers["ETag"] = tag_of(shown)
    return shown
