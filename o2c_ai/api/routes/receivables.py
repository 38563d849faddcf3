"""What customers owe, as of a day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import PAGE_MAX, MoneyOut, Page, Written, cursor_of, place_of
from o2c_ai.core.receivables.queries import page_open_items
from o2c_ai.core.receivables.rules import ItemSort

router = APIRouter(tags=["receivables"])


class OpenItemOut(Written):
    """A receivable not fully cleared on the day."""

    number: str = Field(examples=["INV-1001"])
    customer: str = Field(description="The customer's number.", examples=["C-17"])
    issued_on: str
    due_on: str
    amount: MoneyOut
    left: MoneyOut = Field(description="What is still open on the day.")


@router.get("/open-items")
def open_items(
    read: Read,
    customer: Annotated[str | None, Query(max_length=200, description="Only this customer's.")] = None,
    overdue: Annotated[bool, Query(description="Only items past their due date.")] = False,
    sort: ItemSort = ItemSort.DUE_DATE,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> Page[OpenItemOut]:
    """Open items of the day, a page at a time."""
    rows, place = page_open_items(
        read.session,
        read.company_id,
        read.as_of,
        customer_code=customer,
        overdue=overdue,
        sort=sort,
        after=place_of(after),
        limit=limit,
    )
    return Page(
        rows=[
            OpenItemOut(
                number=row.number,
                customer=row.customer_code,
                issued_on=row.document_date.isoformat(),
                due_on=row.due_date.isoformat(),
                amount=MoneyOut.of(row.amount_minor, row.currency),
                left=MoneyOut.of(row.left_minor, row.currency),
            )
            for row in rows
        ],
        next=None if place is None else cursor_of(place),
    )
