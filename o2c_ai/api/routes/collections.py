"""Whom to touch today, and what was said: contacts and promises to pay."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, ActRoute, Read, Shared
from o2c_ai.api.schemas import (
    After,
    Counted,
    Day,
    Id,
    Limit,
    MoneyIn,
    MoneyOut,
    Page,
    Text,
    Word,
    Written,
    page,
    part_of,
    place_of,
)
from o2c_ai.core.collections.actions import contact, promise
from o2c_ai.core.collections.rules import NewActivity, NewPromise, WorklistRow
from o2c_ai.core.customers.queries import get_customer
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
    action: str = Field(examples=["call"])
    reasons: list[str]

    @classmethod
    def of(cls, row: WorklistRow) -> WorklistOut:
        """From a row of the worklist."""
        return cls(
            rank=row.rank,
            customer=row.customer_code,
            expected_value=MoneyOut.of(row.expected_value_minor, row.currency),
            open=MoneyOut.of(row.open_minor, row.currency),
            overdue=MoneyOut.of(row.overdue_minor, row.currency),
            action=row.action,
            reasons=list(row.reasons),
        )


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


@router.get("/worklist")
def worklist(read: Read, shared: Shared, after: After = None, limit: Limit = 50) -> Page[WorklistOut]:
    """Customers worth a contact on the day, best first, a page at a time."""
    ranked = shared.worklists.now(read)
    return page(part_of(ranked, place_of(after), limit), WorklistOut.of)


@router.post("/contacts", status_code=201)
def contact_(asked: ContactIn, act: Act) -> Counted:
    """Write down a contact; the same again on the same day is known already."""
    customer = get_customer(act.session, act.actor.company_id, asked.customer).customer_id
    activity = NewActivity(customer, act.as_of, asked.kind, asked.result, asked.note)
    return Counted(count=contact(act.session, act.actor, activities=[activity]))


@router.post("/promises", status_code=201)
def promise_(asked: PromiseIn, act: Act) -> Counted:
    """Write down a promise to pay; one a day is taken for an item."""
    item = get_open_item(act.session, act.actor.company_id, asked.open_item)
    amount = asked.amount.money()
    if amount.currency != item.currency:
        raise WrongCurrency(item.number, item.currency, amount.currency)
    promised = NewPromise(item.id, act.as_of, asked.promised_date, amount.minor, amount.currency)
    return Counted(count=promise(act.session, act.actor, promises=[promised]))
