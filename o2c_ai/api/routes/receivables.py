"""What customers owe and what stands to their credit, as of a day."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import Customer, Id, MoneyOut, Page, Paged, Written, page, part_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.customers.queries import get_customer, list_customers
from o2c_ai.core.receivables.queries import columns_parked, page_credits, page_open_items
from o2c_ai.core.receivables.rules import CreditKind, ItemKind, ItemSort
from o2c_ai.core.reporting.queries import aging
from o2c_ai.core.reporting.rules import AgingBasis, AgingRow

router = APIRouter(tags=["receivables"], route_class=TurnRoute)


class OpenItemOut(Written):
    """A receivable not fully cleared on the day."""

    id: Id = Field(description="Named by those who apply money to it.")
    number: str = Field(examples=["INV-1001"])
    kind: ItemKind
    customer: str = Field(description="The customer's number.", examples=["C-17"])
    issued_on: date
    due_on: date
    amount: MoneyOut
    left: MoneyOut = Field(description="What is still open on the day.")

    @classmethod
    def of(cls, row: Any) -> OpenItemOut:  # noqa: ANN401 - a row of the query
        """From a row."""
        return cls(
            id=row.id,
            number=row.number,
            kind=row.kind,
            customer=row.customer_code,
            issued_on=row.document_date,
            due_on=row.due_date,
            amount=MoneyOut.of(row.amount_minor, row.currency),
            left=MoneyOut.of(row.left_minor, row.currency),
        )


class CreditOut(Written):
    """A receipt or credit memo of which something is neither applied nor moved."""

    id: Id
    number: str = Field(examples=["CM-7"])
    kind: CreditKind
    customer: str | None = Field(description="Null where nobody knew on the day who paid.", examples=["C-17"])
    issued_on: date
    amount: MoneyOut
    left: MoneyOut


class ParkedOut(Written):
    """Money parked on account for a customer."""

    receipt: Id = Field(description="The credit item of the receipt it came by.")
    number: str
    customer: str | None = Field(examples=["C-17"])
    left: MoneyOut


class AgedOut(Written):
    """What a customer owes in one currency by age."""

    customer: str = Field(description="Empty for receipts of unknown payers, and in totals.", examples=["C-17"])
    name: str
    buckets: dict[str, MoneyOut] = Field(description="By days after due.")
    credit_memos: MoneyOut
    unapplied: MoneyOut
    on_account: MoneyOut

    @classmethod
    def of(cls, row: AgingRow, names: tuple[str, ...]) -> AgedOut:
        """From a row of the report and the names of its buckets."""
        aged = zip(names, row.buckets_minor, strict=True)
        return cls(
            customer=row.customer_code,
            name=row.customer_name,
            buckets={name: MoneyOut.of(minor, row.currency) for name, minor in aged},
            credit_memos=MoneyOut.of(row.credit_memos_minor, row.currency),
            unapplied=MoneyOut.of(row.unapplied_minor, row.currency),
            on_account=MoneyOut.of(row.on_account_minor, row.currency),
        )


class AgingOut(Page[AgedOut]):
    """Open items by age: a page of customers, and the sums of all of them."""

    totals: list[AgedOut] = Field(description="One row for each currency.")


@router.get("/open-items")
def open_items(
    read: Read,
    part: Paged,
    customer: Customer = None,
    overdue: Annotated[bool, Query(description="Only items past their due date.")] = False,
    sort: ItemSort = ItemSort.DUE_DATE,
) -> Page[OpenItemOut]:
    """Open items of the day, a page at a time."""
    found = page_open_items(
        read.session,
        read.company_id,
        read.as_of,
        customer_code=customer,
        overdue=overdue,
        sort=sort,
        **part,
    )
    return page(found, OpenItemOut.of)


@router.get("/credits")
def credits_(
    read: Read,
    part: Paged,
    customer: Customer = None,
    kind: CreditKind | None = None,
) -> Page[CreditOut]:
    """Receipts and credit memos of the day that are not used up, a page at a time."""
    payer = None if customer is None else get_customer(read.session, read.company_id, customer).customer_id
    found = page_credits(
        read.session,
        read.company_id,
        read.as_of,
        customer_id=payer,
        kind=kind,
        **part,
    )
    return page(
        found,
        lambda row: CreditOut(
            id=row.id,
            number=row.number,
            kind=row.kind,
            customer=row.customer_code,
            issued_on=row.document_date,
            amount=MoneyOut.of(row.amount_minor, row.currency),
            left=MoneyOut.of(row.left_minor, row.currency),
        ),
    )


@router.get("/parked")
def parked(read: Read, part: Paged) -> Page[ParkedOut]:
    """Money parked on account on the day, the oldest first."""
    found = part_of(columns_parked(read.session, read.company_id, read.as_of), **part)
    codes = {customer.customer_id: customer.code for customer in list_customers(read.session, read.company_id)}
    return page(
        found,
        lambda row: ParkedOut(
            receipt=row.credit_item_id,
            number=row.number,
            customer=codes.get(row.customer_id),
            left=MoneyOut.of(row.left_minor, row.currency),
        ),
    )


@router.get("/aging")
def aging_(
    read: Read,
    part: Paged,
    customer: Customer = None,
    basis: Annotated[AgingBasis, Query(description="From which date an item ages.")] = AgingBasis.DUE_DATE,
) -> AgingOut:
    """Open items of the day by age, a row for each customer and currency."""
    found = aging(read.session, read.company_id, read.as_of, basis=basis, customer_code=customer)
    shown = page(part_of(found.rows, **part), lambda row: AgedOut.of(row, found.names))
    return AgingOut(rows=shown.rows, next=shown.next, totals=[AgedOut.of(row, found.names) for row in found.totals])
