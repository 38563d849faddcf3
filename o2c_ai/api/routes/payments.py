"""Money received: receipts taken by hand, who paid them, and what becomes of them."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, ActRoute
from o2c_ai.api.schemas import Booked, Counted, Id, MoneyIn, Text, Word, Written
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.payments.actions import identify, receive_by_hand, transfer
from o2c_ai.core.payments.rules import ReceiptMethod
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


@router.post("/receipts", status_code=201)
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


@router.put("/receipts/{credit_id}/payer")
def name_payer(credit_id: Id, asked: Payer, act: Act) -> Moved:
    """Name who paid a receipt, correct the name, or withdraw it."""
    named = asked.customer
    customer = None if named is None else get_customer(act.session, act.actor.company_id, named).customer_id
    entry = identify(act.session, act.actor, credit_item_id=credit_id, customer_id=customer, on=act.as_of)
    return Moved(entry=entry)


@router.post("/receipts/{credit_id}/transfers", status_code=201)
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


@router.post("/receipts/{credit_id}/return")
def bounce(credit_id: Id, asked: Bounce, act: Act) -> Counted:
    """Take back a receipt that bounced: everything it paid is open again."""
    entries = take_back(act.session, act.actor, credit_item_id=credit_id, on=act.as_of, reason=asked.reason)
    return Counted(count=len(entries))
