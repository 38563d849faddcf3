"""What was billed: documents issued, one of them, issuing, amending and taking back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from o2c_ai.api.dependencies import Act, IfMatch, Read, check_tag, needs, tag_of
from o2c_ai.api.errors import STALE
from o2c_ai.api.schemas import Booked, Customer, Day, Id, MoneyIn, MoneyOut, Page, Paged, Text, Word, Written, page
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.invoices.actions import amend, issue, reverse
from o2c_ai.core.invoices.queries import get_invoice, page_invoices
from o2c_ai.core.invoices.rules import Amendment, DocumentType, InvoiceSort, NewInvoice
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.receivables.rules import UnknownItem

router = APIRouter(tags=["invoices"], route_class=ActRoute)
MANY = 1000
"""Documents issued in one act."""


class InvoiceOut(Written):
    """A document that was issued."""

    number: str = Field(examples=["INV-1001"])
    customer: str = Field(examples=["C-17"])
    kind: DocumentType
    issued_on: date
    due_on: date | None = Field(description="Null for credit memos.")
    amount: MoneyOut = Field(description="Credit memos are negative.")
    order_number: str
    reversed_on: date | None
    open_item: Id | None = Field(description="Its open item; null for credit memos.")
    credit_item: Id | None = Field(description="Its credit item; null for invoices.")

    @classmethod
    def of(cls, row: Any) -> InvoiceOut:  # noqa: ANN401 - a row of the query
        """From a row."""
        return cls(
            number=row.number,
            customer=row.customer_code,
            kind=row.kind,
            issued_on=row.issue_date,
            due_on=row.due_date,
            amount=MoneyOut.of(row.amount_minor, row.currency),
            order_number=row.po_number or "",
            reversed_on=row.reversed_on,
            open_item=row.open_item_id,
            credit_item=row.credit_item_id,
        )


class InvoiceIn(Written):
    """A document to be issued."""

    number: Word = Field(examples=["INV-1001"])
    customer: Word = Field(description="The customer's number.", examples=["C-17"])
    kind: DocumentType = DocumentType.INVOICE
    issued_on: Day = Field(examples=["2026-01-15"])
    due_on: Day = Field(examples=["2026-02-14"])
    amount: MoneyIn = Field(description="Positive; negative for credit memos.")
    order_number: Text = ""
    discount_percent: Annotated[str, Field(pattern=r"^[0-9]{1,2}(\.[0-9]{1,4})?$")] | None = Field(
        default=None, description="Cash discount.", examples=["2"]
    )
    discount_until: Day | None = Field(default=None, description="The last day it may be taken.")


class Issuing(Written):
    """Documents to be issued together: all of them or none."""

    documents: list[InvoiceIn] = Field(min_length=1, max_length=MANY)


class Issued(Written):
    """What was issued."""

    numbers: list[str] = Field(examples=[["INV-1001"]])


class Change(Written):
    """What may change of a document."""

    due_on: Day
    order_number: Text = ""


class TakingBack(Written):
    """A document to be taken back."""

    number: Word = Field(examples=["INV-1001"])
    reason: Text = Field(examples=["billed twice"])


@router.get("/invoices")
def invoices(
    read: Read,
    part: Paged,
    customer: Customer = None,
    kind: DocumentType | None = None,
    sort: InvoiceSort = InvoiceSort.ISSUE_DATE,
) -> Page[InvoiceOut]:
    """List the documents issued up to the day, a page at a time."""
    found = page_invoices(
        read.session,
        read.company_id,
        read.as_of,
        customer_code=customer,
        kind=kind,
        sort=sort,
        **part,
    )
    return page(found, InvoiceOut.of)


@router.get("/invoices/{number:path}")
def invoice(read: Read, number: Word, response: Response) -> InvoiceOut:
    """Show a document."""
    shown = InvoiceOut.of(get_invoice(read.session, read.company_id, number))
    response.headers["ETag"] = tag_of(shown)
    return shown


@router.post("/invoices", status_code=201, dependencies=[needs(Duty.BOOK)])
def issue_(asked: Issuing, act: Act) -> Issued:
    """Issue documents, all of them or none."""
    company = act.actor.company_id
    payers = {one.customer: get_customer(act.session, company, one.customer).customer_id for one in asked.documents}
    new = []
    for one in asked.documents:
        amount = one.amount.money()
        percent = None if one.discount_percent is None else Decimal(one.discount_percent)
        head = (one.number, payers[one.customer], one.kind, one.issued_on, one.due_on, amount.currency, amount.minor)
        new.append(NewInvoice(*head, one.order_number, percent, one.discount_until))
    issue(act.session, act.actor, invoices=new)
    return Issued(numbers=[one.number for one in asked.documents])


@router.patch("/invoices/{number:path}", responses=STALE, dependencies=[needs(Duty.BOOK)])
def change(number: Word, asked: Change, act: Act, if_match: IfMatch, response: Response) -> InvoiceOut:
    """Change the due date or the order number of a document that is still open."""
    known = get_invoice(act.session, act.actor.company_id, number)
    check_tag(if_match, InvoiceOut.of(known))
    if known.open_item_id is None:
        raise UnknownItem(0)
    amendment = Amendment(number, asked.due_on, asked.order_number)
    amend(act.session, act.actor, amendments=[(known.open_item_id, amendment)])
    shown = InvoiceOut.of(get_invoice(act.session, act.actor.company_id, number))
    response.headers["ETag"] = tag_of(shown)
    return shown


@router.post("/invoice-reversals", status_code=201, dependencies=[needs(Duty.BOOK)])
def reverse_(asked: TakingBack, act: Act) -> Booked:
    """Take a document back, which clears it in full."""
    return Booked(entry=reverse(act.session, act.actor, number=asked.number, on=act.as_of, reason=asked.reason))
