"""Whom to touch today, and what was said: contacts and promises to pay."""

from __future__ import annotations

from functools import lru_cache

from fastapi import APIRouter, Response
from pydantic import Field

from o2c_ai.api.dependencies import JSON, Act, Read, Shared, needs
from o2c_ai.api.schemas import (
    Counted,
    Day,
    Id,
    MoneyIn,
    MoneyOut,
    Page,
    Paged,
    Text,
    Word,
    Written,
    page_of_written,
    part_of,
)
from o2c_ai.api.selection import Asked, chosen
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.collections.actions import contact, promise
from o2c_ai.core.collections.rules import NewActivity, NewPromise, WorklistRow
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.receivables.queries import get_open_item
from o2c_ai.core.receivables.rules import WrongCurrency

router = APIRouter(tags=["collections"], route_class=ActRoute)


class WorklistOut(Written):
    """A customer a collector should touch, and why."""

    rank: int
    customer: str = Field(examples=["C-17"])
    expected_value: MoneyOut = Field(description="What a contact is worth: the ordering within a currency.")
    open: MoneyOut
    overdue: MoneyOut
    days_late: int = Field(description="Days the oldest item is overdue.", examples=[31])
    action: str = Field(examples=["call"])
    reasons: list[str]
    assigned_to: str | None = Field(description="Who looks after the customer; null for nobody.", examples=["carl"])

    @classmethod
    def of(cls, row: WorklistRow, assigned_to: str | None) -> WorklistOut:
        """From a row of the worklist, and who looks after the customer."""
        return cls(
            rank=row.rank,
            customer=row.customer_code,
            expected_value=MoneyOut.of(row.expected_value_minor, row.currency),
            open=MoneyOut.of(row.open_minor, row.currency),
            overdue=MoneyOut.of(row.overdue_minor, row.currency),
            days_late=row.days_late,
            action=row.action,
            reasons=list(row.reasons),
            assigned_to=assigned_to,
        )


@lru_cache(maxsize=10_000)
def _written(row: WorklistRow, assigned_to: str | None) -> str:
    """A row as JSON: most of a list are the same as when it was asked for before."""
    return WorklistOut.of(row, assigned_to).model_dump_json()


class ContactIn(Written):
    """A contact with a customer."""

    customer: Word = Field(examples=["C-17"])
    kind: Word = Field(description="In people's words.", examples=["call"])
    result: Text = Field(default="", examples=["will pay on Friday"])
    note: Text = ""


class PromiseIn(Written):
    """A day and an amount somebody promised."""

    open_item: Id = Field(description="What was promised to be paid.")
    promised_date: Day
    amount: MoneyIn


@router.get("/worklist", response_model=Page[WorklistOut])
def worklist(read: Read, shared: Shared, asked: Asked, part: Paged) -> Response:
    """Customers worth a contact on the day, best first unless asked otherwise, a page at a time."""
    seen = chosen(shared, read, asked)
    rows, place = part_of(seen.rows, **part)
    written = [_written(row, seen.owners.get(row.customer_code)) for row in rows]
    return Response(page_of_written(written, place), media_type=JSON)


@router.post("/contacts", status_code=201, dependencies=[needs(Duty.COLLECT)])
def contact_(asked: ContactIn, act: Act) -> Counted:
    """Write down a contact; the same again on the same day is known already."""
    customer = get_customer(act.session, act.actor.company_id, asked.customer).customer_id
    activity = NewActivity(customer, act.as_of, asked.kind, asked.result, asked.note)
    return Counted(count=contact(act.session, act.actor, activities=[activity]))


@router.post("/promises", status_code=201, dependencies=[needs(Duty.COLLECT)])
def promise_(asked: PromiseIn, act: Act) -> Counted:
    """Write down a promise to pay; one a day is taken for an item."""
    item = get_open_item(act.session, act.actor.company_id, asked.open_item)
    amount = asked.amount.money()
    if amount.currency != item.currency:
        raise WrongCurrency(item.number, item.currency, amount.currency)
    promised = NewPromise(item.id, act.as_of, asked.promised_date, amount.minor, amount.currency)
    return Counted(count=promise(act.session, act.actor, promises=[promised]))
