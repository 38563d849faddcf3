"""Money is applied: suggestions accepted or refused, lines booked by hand, and all of it taken back."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, needs
from o2c_ai.api.schemas import AmountIn, Booked, Counted, Currency, Id, Text, Word, Written
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.cash_application.actions import accept, apply_on_account, apply_receipt, book, unapply, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.money import format_minor, parse_minor
from o2c_ai.core.payments.queries import get_line
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.suggestions.actions import reject
from o2c_ai.core.suggestions.queries import get_suggestion
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Reason, Undoing

router = APIRouter(tags=["cash application"], route_class=ActRoute)
MANY = 200


class PartIn(Written):
    """This much of the money, for this item, because; the parts of a line add up to it."""

    amount: AmountIn = Field(description="In the line's currency; negative takes off.", examples=["1250.00"])
    reason: Reason = Field(default=Reason.FULL, description="Empty for an item paid in full.")
    open_item: Id | None = Field(default=None, description="The open item it pays.")
    credit_item: Id | None = Field(default=None, description="The credit memo it nets.")
    customer: Word | None = Field(default=None, description="Whose it is, for money parked on account.")


class PartOut(Written):
    """A proposed part of the money."""

    amount: AmountIn
    reason: Reason
    open_item: Id | None
    credit_item: Id | None
    customer: Id | None = Field(description="The customer's internal number.")


class SuggestionOut(Written):
    """What was suggested for a line, with reasons for and against."""

    id: Id
    line: Id
    decision: Decision
    probability: str = Field(description="That the whole of it is right.", examples=["0.998200"])
    customer: Id | None = Field(description="The internal number of who is thought to have paid.")
    reasons: list[str]
    exception: str = Field(description="Why nothing better could be proposed; empty otherwise.")
    suggested_by: str = Field(examples=["rules"])
    parts: list[PartOut]


class Why(Written):
    """A reason in the actor's words."""

    reason: Text = ""


class Refusing(Written):
    """Why a suggestion is wrong."""

    reason: Text = ""
    payer_wrong: bool = Field(default=False, description="The customer named did not pay: never named for it again.")


class Accepting(Written):
    """Suggestions to be booked as they stand, all of them or none."""

    suggestions: list[Id] = Field(min_length=1, max_length=MANY)
    reason: Text = ""


class Deciding(Written):
    """What a line pays, decided by hand: also parked on account, not about receivables, or returned."""

    parts: list[PartIn] = Field(min_length=1, max_length=MANY)
    suggestion: Id | None = Field(default=None, description="The suggestion that was followed, where one was.")
    reason: Text = ""


class TakingBack(Written):
    """Why a line is taken back, and what that says of the suggestion it followed."""

    reason: Text = Field(examples=["paid another invoice"])
    verdict: Undoing = Undoing.WRONG


class Applying(Written):
    """What money pays."""

    currency: Currency = Field(examples=["EUR"])
    parts: list[PartIn] = Field(min_length=1, max_length=MANY)
    customer: Word | None = Field(default=None, description="For whom the money is parked, where it is.")
    reason: Text = ""


@router.get("/suggestions/{suggestion_id:int}")
def suggestion(read: Read, suggestion_id: Id) -> SuggestionOut:
    """Show a suggestion."""
    found = get_suggestion(read.session, read.company_id, suggestion_id)
    currency = get_line(read.session, read.company_id, found.line_id).currency
    return shown(suggestion_id, found, currency)


def shown(number: int, found: MatchSuggestion, currency: str) -> SuggestionOut:
    """A suggestion as JSON."""
    return SuggestionOut(
        id=number,
        line=found.line_id,
        decision=found.decision,
        probability=f"{found.probability_ppm // 1_000_000}.{found.probability_ppm % 1_000_000:06d}",
        customer=found.customer_id,
        reasons=list(found.reasons),
        exception=found.exception,
        suggested_by=found.suggested_by,
        parts=[
            PartOut(
                amount=format_minor(part.amount_minor, currency),
                reason=part.reason,
                open_item=part.open_item_id,
                credit_item=part.credit_item_id,
                customer=part.customer_id,
            )
            for part in found.parts
        ],
    )


@router.post("/suggestions/acceptances", dependencies=[needs(Duty.BOOK)])
def accept_(asked: Accepting, act: Act) -> Counted:
    """Book suggestions as they stand, all of them or none."""
    for number in asked.suggestions:
        accept(act.session, act.actor, suggestion_id=number, on=act.as_of, reason=asked.reason)
    return Counted(count=len(asked.suggestions))


@router.post("/suggestions/{suggestion_id}/refusal", dependencies=[needs(Duty.BOOK)])
def reject_(suggestion_id: Id, asked: Refusing, act: Act) -> Counted:
    """Say that a suggestion is wrong: it is not made again for its line."""
    facts = {"reason": asked.reason, "payer_wrong": asked.payer_wrong}
    reject(act.session, act.actor, suggestion_id=suggestion_id, on=act.as_of, **facts)  # type: ignore[arg-type]
    return Counted(count=1)


@router.post("/bank-lines/{line_id}/booking", dependencies=[needs(Duty.BOOK)])
def decide(line_id: Id, asked: Deciding, act: Act) -> Counted:
    """Book a line by hand: what it pays, and what is parked, not ours or returned."""
    currency = get_line(act.session, act.actor.company_id, line_id).currency
    booking = Booking(line_id, act.as_of, _parts(act, asked.parts, currency), asked.suggestion, asked.reason)
    book(act.session, act.actor, bookings=[booking])
    return Counted(count=1)


@router.post("/bank-lines/{line_id}/undoing", dependencies=[needs(Duty.BOOK)])
def undo_(line_id: Id, asked: TakingBack, act: Act) -> Counted:
    """Take back what was decided on a line: it is open again."""
    why = {"reason": asked.reason, "on": act.as_of}
    undo(act.session, act.actor, line_ids=[line_id], verdict=asked.verdict, **why)  # type: ignore[arg-type]
    return Counted(count=1)


@router.post("/receipts/{credit_id}/applications", status_code=201, dependencies=[needs(Duty.BOOK)])
def apply(credit_id: Id, asked: Applying, act: Act) -> Booked:
    """Apply a receipt taken by hand, or money of one that is parked for a customer."""
    parts = _parts(act, asked.parts, asked.currency)
    if asked.customer is None:
        entry = apply_receipt(
            act.session, act.actor, credit_item_id=credit_id, parts=parts, on=act.as_of, reason=asked.reason
        )
    else:
        customer = get_customer(act.session, act.actor.company_id, asked.customer).customer_id
        entry = apply_on_account(
            act.session,
            act.actor,
            credit_item_id=credit_id,
            customer_id=customer,
            parts=parts,
            on=act.as_of,
            reason=asked.reason,
        )
    return Booked(entry=entry)


@router.post("/applications/{entry_id}/undoing", status_code=201, dependencies=[needs(Duty.BOOK)])
def unapply_(entry_id: Id, asked: Why, act: Act) -> Booked:
    """Undo what no bank line decided: an application, a transfer, a refund, a write-off."""
    return Booked(entry=unapply(act.session, act.actor, entry_id=entry_id, on=act.as_of, reason=asked.reason))


def _parts(act: Act, given: list[PartIn], currency: str) -> tuple[Part, ...]:
    company = act.actor.company_id
    owners = {p.customer: get_customer(act.session, company, p.customer).customer_id for p in given if p.customer}
    return tuple(
        Part(
            parse_minor(part.amount, currency),
            part.reason,
            part.open_item,
            part.credit_item,
            None if part.customer is None else owners[part.customer],
        )
        for part in given
    )
