"""Money taken by hand and money kept: a cheque or cash is booked, applied, passed on, paid back or bounced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from o2c_ai.api.dependencies import Read, Reading
from o2c_ai.api.pages.entry import NOTHING_TYPED, REFUSED, Entry, refused_entry, typed_money, worded
from o2c_ai.api.pages.page import Doing, address, as_before, done, draw
from o2c_ai.api.pages.pick import BY_REST, Find, Given, Picks, Purse, Spread, picking
from o2c_ai.api.schemas import cursor_of, place_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.cash_application.actions import apply_on_account, apply_receipt, unapply
from o2c_ai.core.clearings.queries import parked, uses_of_credit
from o2c_ai.core.customers.queries import by_id, get_customer
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.payments.actions import identify, receive_by_hand, request_refund, transfer
from o2c_ai.core.payments.queries import get_receipt, page_taken_by_hand
from o2c_ai.core.payments.rules import LineState, ReceiptMethod
from o2c_ai.core.receivables.queries import columns_parked
from o2c_ai.core.returns.actions import take_back
from o2c_ai.core.suggestions.rules import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from o2c_ai.api.dependencies import Acting

router = APIRouter(prefix="/match/receipts", route_class=TurnRoute)
RECEIPTS_A_PAGE, PARKED_SHOWN = 50, 100
BY_HAND = (ReceiptMethod.CHEQUE, ReceiptMethod.CASH)
Typed = Annotated[str, Form(max_length=500)]
Of = Annotated[str, Query(max_length=200)]


@router.get("")
def receipts(
    request: Request,
    read: Read,
    after: Annotated[str, Query(max_length=200)] = "",
    did: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the cheques and cash taken, and money kept for customers."""
    return _receipts(request, read, after=after, did=did)


def _receipts(
    request: Request, read: Reading, *, after: str = "", did: str = "", entry: Entry = NOTHING_TYPED
) -> Response:
    rows, place = page_taken_by_hand(
        read.session, read.company_id, read.as_of, after=place_of(after or None), limit=RECEIPTS_A_PAGE
    )
    kept = columns_parked(read.session, read.company_id, read.as_of)
    owners = by_id(read.session, read.company_id, {row.customer_id for row in kept[:PARKED_SHOWN] if row.customer_id})
    return draw(
        request,
        "receipts.html",
        entry.status,
        actor=read.actor,
        as_of=read.as_of,
        rows=rows,
        following="" if place is None else cursor_of(place),
        kept=[(row, owners[row.customer_id].code) for row in kept[:PARKED_SHOWN] if row.customer_id in owners],
        more=max(len(kept) - PARKED_SHOWN, 0),
        methods=BY_HAND,
        currency=company_of(read.session, read.company_id).base_currency,
        entry=entry,
        did=did,
    )


@router.post("")
def receive(
    request: Request,
    act: Doing,
    customer: Typed = "",
    amount: Typed = "",
    currency: Typed = "",
    reference: Typed = "",
    method: Annotated[ReceiptMethod, Form()] = ReceiptMethod.CHEQUE,
) -> Response:
    """Book a cheque or cash taken by hand, and go on to what it pays."""
    try:
        credit = receive_by_hand(
            act.session,
            act.actor,
            customer_id=get_customer(act.session, act.actor.company_id, customer.strip()).customer_id,
            method=method,
            amount=typed_money(amount, currency),
            on=act.as_of,
            reference=worded(reference, "reference", "say what is written on it"),
        )
    except REFUSED as refused:
        facts = {"customer": customer, "amount": amount, "currency": currency, "reference": reference}
        entry = refused_entry(refused, "receive", method=method.value, **facts)
        return _receipts(request, as_before(act), entry=entry)
    return done(act, f"/match/receipts/{credit}/pick")


@router.get("/{credit_id}")
def receipt(request: Request, read: Read, credit_id: int, did: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Show one receipt: what is left of it, what it was used for, and what may become of it. Raises UnknownItem."""
    return _receipt(request, read, credit_id, did=did)


def _receipt(
    request: Request, read: Reading, credit_id: int, *, did: str = "", entry: Entry = NOTHING_TYPED
) -> Response:
    row = get_receipt(read.session, read.company_id, read.as_of, credit_id)
    pools = {
        customer: pool.amount_minor
        for (_, customer), pool in parked(read.session, read.company_id, [credit_id]).items()
        if customer is not None and pool.amount_minor > 0
    }
    owners = by_id(read.session, read.company_id, pools)
    kept = [(owners[customer].code, minor) for customer, minor in pools.items()]
    return draw(
        request,
        "receipt.html",
        entry.status,
        actor=read.actor,
        as_of=read.as_of,
        row=row,
        undecided=row.line_state is LineState.OPEN,
        kept=kept,
        free_minor=row.left_minor + (kept[0][1] if len(kept) == 1 else 0),
        uses=uses_of_credit(read.session, read.company_id, credit_id),
        entry=entry,
        did=did,
    )


@router.post("/{credit_id}/refund")
def ask_refund(request: Request, act: Doing, credit_id: int, amount: Typed = "", reason: Typed = "") -> Response:
    """Ask to pay money back; somebody else decides it."""

    def ask() -> None:
        currency = get_receipt(act.session, act.actor.company_id, act.as_of, credit_id).currency
        why = worded(reason, "reason", "say why, for whoever decides it")
        money = typed_money(amount, currency)
        request_refund(act.session, act.actor, credit_item_id=credit_id, amount=money, reason=why, on=act.as_of)

    return _tried(request, act, credit_id, "refund", ask, amount=amount, reason=reason)


@router.post("/{credit_id}/transfer")
def pass_on(request: Request, act: Doing, credit_id: int, customer: Typed = "", amount: Typed = "") -> Response:
    """Keep money for another customer than it came from."""

    def move() -> None:
        currency = get_receipt(act.session, act.actor.company_id, act.as_of, credit_id).currency
        payer = get_customer(act.session, act.actor.company_id, customer.strip()).customer_id
        money = typed_money(amount, currency)
        transfer(act.session, act.actor, credit_item_id=credit_id, customer_id=payer, amount=money, on=act.as_of)

    return _tried(request, act, credit_id, "transfer", move, customer=customer, amount=amount)


@router.post("/{credit_id}/payer")
def name_payer(request: Request, act: Doing, credit_id: int, customer: Typed = "") -> Response:
    """Name who paid, correct the name, or withdraw it where the field is empty."""

    def name() -> None:
        code = customer.strip()
        payer = get_customer(act.session, act.actor.company_id, code).customer_id if code else None
        identify(act.session, act.actor, credit_item_id=credit_id, customer_id=payer, on=act.as_of)

    return _tried(request, act, credit_id, "payer", name, customer=customer)


@router.post("/{credit_id}/return")
def bounce(request: Request, act: Doing, credit_id: int, reason: Typed = "") -> Response:
    """Take back a receipt that bounced: everything it paid is open again."""

    def free() -> None:
        why = worded(reason, "reason", "say what the bank said")
        take_back(act.session, act.actor, credit_item_id=credit_id, on=act.as_of, reason=why)

    return _tried(request, act, credit_id, "return", free, reason=reason)


@router.post("/{credit_id}/undo")
def undo_use(
    request: Request, act: Doing, credit_id: int, entry: Annotated[int, Form()], reason: Typed = ""
) -> Response:
    """Undo something the receipt was used for, and no bank line decided."""

    def undo() -> None:
        unapply(act.session, act.actor, entry_id=entry, on=act.as_of, reason=reason.strip() or "taken back")

    return _tried(request, act, credit_id, "undo", undo)


def _tried(
    request: Request, act: Acting, credit_id: int, form: str, do: Callable[[], object], **given: str
) -> Response:
    """The page after an act; where it was refused, with what was typed and what is wrong with it."""
    try:
        do()
    except REFUSED as refused:
        read = as_before(act)
        return _receipt(request, read, credit_id, entry=refused_entry(refused, form, **given))
    return done(act, f"/match/receipts/{credit_id}", did=form)


@router.get("/{credit_id}/pick")
def pick(
    request: Request,
    read: Read,
    credit_id: int,
    picked: Picks = [],  # noqa: B006 - read only
    find: Find = None,
    of: Of = "",
) -> Response:
    """Pick what a receipt pays, or what money of it that is kept for a customer does."""
    return picking(request, read, _purse(read, credit_id, of), Spread(list(dict.fromkeys(picked))), find)


def _purse(read: Reading, credit_id: int, of: str) -> Purse:
    row = get_receipt(read.session, read.company_id, read.as_of, credit_id)
    left = row.left_minor
    if of:
        payer = get_customer(read.session, read.company_id, of).customer_id
        pool = parked(read.session, read.company_id, [credit_id]).get((credit_id, payer))
        left = 0 if pool is None else pool.amount_minor
    here = f"/match/receipts/{credit_id}"
    told = f"{row.method.value}, kept for {of}" if of else row.method.value
    rest = () if of else tuple(why for why in BY_REST if why is not Reason.BANK_CHARGE)
    owner = of or row.customer_code or ""
    query = address("", of=of).removeprefix("?")
    return Purse(f"{here}/pick", here, row.number, told, row.currency, left, owner, query, rest, whole=False)


@router.post("/{credit_id}/pick")
def apply_picked(request: Request, act: Doing, credit_id: int, given: Given, back: Typed = "") -> Response:
    """Apply the receipt to the items picked; what is left stays unapplied, or is kept as said."""
    of = back.removeprefix("of=") if back.startswith("of=") else ""
    try:
        _apply(act, credit_id, given, of)
    except REFUSED as refused:
        read = as_before(act)
        return picking(request, read, _purse(read, credit_id, of), given, refused=refused)
    return done(act, f"/match/receipts/{credit_id}", did="applied")


def _apply(act: Acting, credit_id: int, given: Spread, of: str) -> None:
    row = get_receipt(act.session, act.actor.company_id, act.as_of, credit_id)
    parts = given.parts(act, row.currency, row.left_minor)
    facts = {"credit_item_id": credit_id, "parts": parts, "on": act.as_of}
    if of:
        payer = get_customer(act.session, act.actor.company_id, of).customer_id
        apply_on_account(act.session, act.actor, customer_id=payer, **facts)  # type: ignore[arg-type]
    else:
        apply_receipt(act.session, act.actor, **facts)  # type: ignore[arg-type]
