"""Money received: receipts taken by hand, who paid them, and what becomes of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, needs
from o2c_ai.api.schemas import (
    Booked,
    Counted,
    Id,
    MoneyIn,
    MoneyOut,
    Page,
    Paged,
    Text,
    Word,
    Written,
    page,
)
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.clearings.queries import uses_of_credit
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.payments.actions import identify, receive_by_hand, transfer
from o2c_ai.core.payments.queries import get_receipt, page_taken_by_hand
from o2c_ai.core.payments.rules import ReceiptMethod
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.returns.actions import take_back

router = APIRouter(tags=["payments"], route_class=ActRoute)


class ReceiptIn(Written):
    """A cheque or cash."""

    customer: Word = Field(examples=["C-17"])
    method: ReceiptMethod = Field(examples=["cheque"])
    amount: MoneyIn
    reference: Word = Field(description="What is written on it.", examples=["cheque 4711"])


class ReceiptMade(Written):
    """A receipt that was booked."""

    credit_item: Id = Field(description="The credit to apply.")


class ReceiptOut(Written):
    """Money that came in and was booked."""

    credit_item: Id
    number: str = Field(examples=["cheque 4711"])
    customer: str | None = Field(description="Null where the payer is unknown.", examples=["C-17"])
    amount: MoneyOut
    left: MoneyOut = Field(description="Neither applied nor parked.")
    method: ReceiptMethod
    received_on: date
    line: Id | None = Field(description="The bank line it came by; null for a cheque or cash.")

    @classmethod
    def of(cls, row: Any) -> ReceiptOut:  # noqa: ANN401 - a row of the query
        """From a row."""
        return cls(
            credit_item=row.id,
            number=row.number,
            customer=row.customer_code,
            amount=MoneyOut.of(row.amount_minor, row.currency),
            left=MoneyOut.of(row.left_minor, row.currency),
            method=row.method,
            received_on=row.received_on,
            line=row.line_id,
        )


class Use(Written):
    """What a receipt was used for, and stands."""

    entry: Id = Field(description="Its entry, by which it is undone.")
    on: date
    text: str = Field(examples=["cheque 4711 applied"])
    by: str = Field(examples=["clara"])


class ReceiptWhole(ReceiptOut):
    """A receipt with what it was used for."""

    uses: list[Use]


class Payer(Written):
    """Who paid."""

    customer: Word | None = Field(description="Null where nobody knows any more.", examples=["C-17"])


class Moved(Written):
    """What naming a payer moved."""

    entry: Id | None = Field(description="Null where no money had to move.")


class Transfer(Written):
    """Money parked for another customer than it came from."""

    customer: Word = Field(examples=["C-18"])
    amount: MoneyIn
    reason: Text = ""


class Bounce(Written):
    """Why a receipt is taken back."""

    reason: Text = Field(examples=["cheque returned"])


@router.post("/receipts", status_code=201, dependencies=[needs(Duty.BOOK)])
def receive(asked: ReceiptIn, act: Act) -> ReceiptMade:
    """Book a cheque or cash taken by hand."""
    credit = receive_by_hand(
        act.session,
        act.actor,
        customer_id=get_customer(act.session, act.actor.company_id, asked.customer).customer_id,
        method=asked.method,
        amount=asked.amount.money(),
        on=act.as_of,
        reference=asked.reference,
    )
    return ReceiptMade(credit_item=credit)


@router.get("/receipts")
def receipts(read: Read, part: Paged) -> Page[ReceiptOut]:
    """List the cheques and cash taken by the day, the newest first; bank lines are at /v1/bank-lines."""
    found = page_taken_by_hand(read.session, read.company_id, read.as_of, **part)
    return page(found, ReceiptOut.of)


@router.get("/receipts/{credit_id}")
def receipt(read: Read, credit_id: Id) -> ReceiptWhole:
    """Show a receipt with what it was used for."""
    found = get_receipt(read.session, read.company_id, read.as_of, credit_id)
    uses = uses_of_credit(read.session, read.company_id, credit_id)
    told = [Use(entry=use.id, on=use.posting_date, text=use.text, by=use.by) for use in uses]
    return ReceiptWhole(**dict(ReceiptOut.of(found)), uses=told)


@router.put("/receipts/{credit_id}/payer", dependencies=[needs(Duty.BOOK)])
def name_payer(credit_id: Id, asked: Payer, act: Act) -> Moved:
    """Name who paid a receipt, correct the name, or withdraw it."""
    named = asked.customer
    customer = None if named is None else get_customer(act.session, act.actor.company_id, named).customer_id
    entry = identify(act.session, act.actor, credit_item_id=credit_id, customer_id=customer, on=act.as_of)
    return Moved(entry=entry)


@router.post("/receipts/{credit_id}/transfers", status_code=201, dependencies=[needs(Duty.BOOK)])
def transfer_(credit_id: Id, asked: Transfer, act: Act) -> Booked:
    """Park money for another customer than it came from."""
    entry = transfer(
        act.session,
        act.actor,
        credit_item_id=credit_id,
        customer_id=get_customer(act.session, act.actor.company_id, asked.customer).customer_id,
        amount=asked.amount.money(),
        on=act.as_of,
        reason=asked.reason,
    )
    return Booked(entry=entry)


@router.post("/receipts/{credit_id}/return", dependencies=[needs(Duty.BOOK)])
def bounce(credit_id: Id, asked: Bounce, act: Act) -> Counted:
    """Take back a receipt that bounced: everything it paid is open again."""
    entries = take_back(act.session, act.actor, credit_item_id=credit_id, on=act.as_of, reason=asked.reason)
    return Counted(count=len(entries))
