"""Who looks after whom: customers given to collectors, many at once, and taken back."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, needs
from o2c_ai.api.schemas import ID_MAX, Customer, Id, Page, Paged, Word, Written, page
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.assignments.actions import assign, undo
from o2c_ai.core.assignments.queries import page_assignments
from o2c_ai.core.assignments.rules import Assigned
from o2c_ai.core.people.rules import Duty

router = APIRouter(prefix="/assignments", tags=["collections"], route_class=ActRoute)
CUSTOMERS_MAX = 200


class AssignmentOut(Written):
    """Who looks after a customer."""

    id: Id
    batch: Id = Field(description="The act it came by, for undoing.")
    customer: str = Field(examples=["C-17"])
    to: str = Field(examples=["carl"])
    by: str = Field(description="Who said so.", examples=["clara"])
    on: date


class AssignmentIn(Written):
    """Customers to be looked after by somebody."""

    customers: Annotated[list[Word], Field(min_length=1, max_length=CUSTOMERS_MAX)] = Field(examples=[["C-17"]])
    to: Word | None = Field(description="Somebody with the duty to collect; null for nobody.", examples=["carl"])


class AssignedOut(Written):
    """What an assignment changed."""

    batch: Annotated[int, Field(ge=0, le=ID_MAX)] = Field(description="By it the act is undone; 0 where none changed.")
    count: int = Field(description="Customers that changed hands.", examples=[1])

    @classmethod
    def of(cls, made: Assigned) -> AssignedOut:
        """From the act's outcome."""
        return cls(batch=made.batch_id, count=made.count)


@router.get("")
def assignments(
    read: Read,
    part: Paged,
    customer: Customer = None,
    to: Annotated[Word | None, Query(description="Only customers this user looks after.")] = None,
) -> Page[AssignmentOut]:
    """List who looks after whom on the day, a page at a time."""
    found = page_assignments(
        read.session,
        read.company_id,
        read.as_of,
        customer_code=customer,
        assigned_to=to,
        **part,
    )
    return page(
        found,
        lambda row: AssignmentOut(
            id=row.id, batch=row.batch_id, customer=row.customer_code, to=row.to, by=row.by, on=row.known_on
        ),
    )


@router.post("", status_code=201, dependencies=[needs(Duty.COLLECT)])
def assign_(asked: AssignmentIn, act: Act) -> AssignedOut:
    """Give customers to a collector, or to nobody."""
    return AssignedOut.of(
        assign(act.session, act.actor, customer_codes=asked.customers, to=asked.to or "", on=act.as_of)
    )


@router.post("/{batch}/undoing", dependencies=[needs(Duty.COLLECT)])
def undo_(batch: Id, act: Act) -> AssignedOut:
    """Give customers back to who had them before; those assigned again since are left as they are."""
    return AssignedOut.of(undo(act.session, act.actor, batch_id=batch, on=act.as_of))
