"""Picking by hand what money pays: search open items, say how much of each, see what is left of the money."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from o2c_ai.api.dependencies import Read, Reading
from o2c_ai.api.errors import status_of
from o2c_ai.api.pages.entry import NOTHING_TYPED, REFUSED, refused_entry, typed_money
from o2c_ai.api.pages.match import View, view_of, work_on
from o2c_ai.api.pages.match_acts import somebody_was_quicker
from o2c_ai.api.pages.page import Doing, address, as_before, done, draw, takes
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking, BookingsRefused, TolerancePassed
from o2c_ai.core.clearings.rules import UsedBefore
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.errors import BooksError, Invalid
from o2c_ai.core.money import Money, NotAnAmount, exponent
from o2c_ai.core.payments.queries import get_line
from o2c_ai.core.payments.rules import LineAlreadyDecided
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.receivables.queries import items_by_id, page_open_items
from o2c_ai.core.receivables.rules import OverApplication
from o2c_ai.core.suggestions.rules import Part, Reason

if TYPE_CHECKING:
    from o2c_ai.api.dependencies import Acting

router = APIRouter(prefix="/match", route_class=TurnRoute)
FOUND_MAX = 30
PICKED_MAX = 500
BY_ITEM = (
    Reason.FULL,
    Reason.PARTIAL,
    Reason.DISCOUNT,
    Reason.DEDUCTION,
    Reason.WITHHOLDING,
    Reason.TOLERANCE,
    Reason.RESIDUAL,
)
"""What may be said of an item and its difference."""
BY_REST = (Reason.OVERPAYMENT, Reason.PREPAYMENT, Reason.DUPLICATE, Reason.NOT_AR, Reason.BANK_CHARGE)
"""What may be said of money that no item takes, or of money a bank took."""
Picks = Annotated[list[int], Query(alias="pick", max_length=PICKED_MAX)]
Find = Annotated[str | None, Query(max_length=200)]


class RowsDiffer(Invalid):
    """Every item picked needs an amount and a reason."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("every item picked needs an amount and a reason: load the page again")


@dataclass(frozen=True)
class Purse:
    """Money that is to be spread over open items."""

    here: str
    """Address of its page."""
    leaving: str
    """Address of the page one goes back to."""
    name: str
    narrative: str
    currency: str
    amount_minor: int
    customer: str
    """Who is thought to have paid; empty where nobody knows."""
    query: str = ""
    """What the page's address says besides what is picked and searched."""
    by_rest: tuple[Reason, ...] = BY_REST
    whole: bool = True
    """Whether all of the money must be spent at once."""


@dataclass(frozen=True)
class Spread:
    """What was said of the items picked, and of the rest, as it was typed."""

    items: list[int] = field(default_factory=list)
    amounts: list[str] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    rest: str = ""
    customer: str = ""

    def parts(self, act: Acting, currency: str, amount_minor: int) -> tuple[Part, ...]:
        """The parts of the money. Raises RowsDiffer, NotAnAmount, UnknownCustomer."""
        if not len(self.items) == len(self.amounts) == len(self.reasons):
            raise RowsDiffer
        rows = zip(self.items, self.amounts, self.reasons, strict=True)
        parts = [Part(typed_money(text, currency).minor, why, open_item_id=item) for item, text, why in rows]
        left = amount_minor - sum(part.amount_minor for part in parts)
        if left and self.rest:
            why, payer = Reason(self.rest), None
            if why not in {Reason.NOT_AR, Reason.BANK_CHARGE} and self.customer.strip():
                payer = get_customer(act.session, act.actor.company_id, self.customer.strip()).customer_id
            parts.append(Part(left, why, customer_id=payer))
        return tuple(parts)


def spread(
    item: Annotated[list[int], Form(max_length=PICKED_MAX)] = [],  # noqa: B006 - read only
    amount: Annotated[list[str], Form(max_length=PICKED_MAX)] = [],  # noqa: B006 - read only
    reason: Annotated[list[Reason], Form(max_length=PICKED_MAX)] = [],  # noqa: B006 - read only
    rest: Annotated[str, Form(max_length=20, pattern="^[a-z_]*$")] = "",
    customer: Annotated[str, Form(max_length=200)] = "",
) -> Spread:
    """What a form of this page says."""
    return Spread(item, amount, reason, rest, customer)


Given = Annotated[Spread, Depends(spread)]


@dataclass(frozen=True)
class Picked:
    """An item picked, with what it would be paid."""

    item: Any
    pays: str
    reason: Reason
    without: str
    """The page without it."""
    wrong: str
    """What is wrong with what was typed for it; empty so far."""


@router.get("/{line_id}/pick")
def pick(
    request: Request,
    read: Read,
    line_id: int,
    view: Annotated[View, Depends()],
    picked: Picks = [],  # noqa: B006 - read only
    find: Find = None,
) -> Response:
    """Show what is picked, what is left of the money, and open items to pick from."""
    return picking(request, read, _purse(read, line_id, view), Spread(list(dict.fromkeys(picked))), find)


def _purse(read: Reading, line_id: int, view: View) -> Purse:
    work = work_on(read, line_id)
    line = work.line
    return Purse(
        f"/match/{line_id}/pick",
        address("/match", view.query, line=line_id),
        line.payer_name or line.line_ref,
        line.narrative,
        line.currency,
        line.amount_minor,
        work.customer,
        view.query,
    )


def picking(
    request: Request,
    read: Reading,
    purse: Purse,
    said: Spread,
    find: str | None = None,
    refused: BooksError | None = None,
) -> Response:
    """The page for some money; with what was typed and the refusal, where it was refused."""
    wanted = purse.customer if find is None else find.strip()
    chosen, left = _chosen(read, purse, said, wanted, refused)
    # As long as nobody searches, the customer's own items: they need not be looked for among all.
    whose = (purse.customer or None) if find is None else None
    found, more = page_open_items(
        read.session,
        read.company_id,
        read.as_of,
        customer_code=whose,
        words="" if whose else wanted,
        currency=purse.currency,
        limit=FOUND_MAX,
    )
    at_row = any(row.wrong for row in chosen)
    entry = NOTHING_TYPED if refused is None or at_row else refused_entry(refused, "rest", customer=said.customer)
    return draw(
        request,
        "pick.html",
        HTTPStatus.OK if refused is None else status_of(refused),
        actor=read.actor,
        as_of=read.as_of,
        purse=purse,
        chosen=chosen,
        left=left,
        digits=exponent(purse.currency),
        said=said,
        customer=said.customer or (chosen[0].item.customer_code if chosen else purse.customer),
        found=[row for row in found if row.id not in said.items],
        adding={row.id: address(purse.here, purse.query, find=wanted, pick=[*said.items, row.id]) for row in found},
        more=more is not None,
        find=wanted,
        by_item=BY_ITEM,
        entry=entry,
        fresh=refused is None,
    )


def _chosen(
    read: Reading, purse: Purse, said: Spread, find: str, refused: BooksError | None
) -> tuple[list[Picked], int]:
    """The items picked, each paid in full while the money lasts or as typed, and what is left of the money."""
    items = items_by_id(read.session, read.company_id, read.as_of, said.items)
    left, rows = purse.amount_minor, []
    for place, number in enumerate(said.items):
        item = items.get(number)
        if item is None:
            continue
        pays = max(min(item.left_minor, left), 0)
        text, reason = Money(pays, purse.currency).decimal, Reason.FULL if pays == item.left_minor else Reason.PARTIAL
        if len(said.amounts) == len(said.reasons) == len(said.items):
            text, reason = said.amounts[place], said.reasons[place]
            pays = _minor_or_nothing(text, purse.currency)
        left -= pays
        others = [other for other in said.items if other != number]
        without = address(purse.here, purse.query, find=find, pick=others)
        rows.append(Picked(item, text, reason, without, _wrong_with(item.number, text, refused)))
    return rows, left


def _minor_or_nothing(text: str, currency: str) -> int:
    try:
        return typed_money(text, currency).minor
    except NotAnAmount:
        return 0


def _wrong_with(number: str, text: str, refused: BooksError | None) -> str:
    """What a refusal says of the item of that number, or of the amount typed for it; empty where of another."""
    if isinstance(refused, BookingsRefused) and len(refused.refusals) == 1:
        refused = refused.refusals[0][1]
    law = refused.refused if isinstance(refused, UsedBefore) else refused
    about = (isinstance(law, OverApplication | TolerancePassed) and law.number == number) or (
        isinstance(law, NotAnAmount) and law.text == text.strip().replace(",", ".")
    )
    return str(refused) if about else ""


@router.post("/{line_id}/pick", dependencies=[takes(Duty.BOOK)])
def book_picked(
    request: Request, act: Doing, line_id: int, given: Given, back: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Book the items as picked; the rest of the money as said."""
    line = get_line(act.session, act.actor.company_id, line_id)
    try:
        parts = given.parts(act, line.currency, line.amount_minor)
        book(act.session, act.actor, bookings=[Booking(line_id, act.as_of, parts)])
    except LineAlreadyDecided:
        return somebody_was_quicker(act, line_id, back)
    except REFUSED as refused:
        read = as_before(act)
        return picking(request, read, _purse(read, line_id, view_of(back)), given, refused=refused)
    return done(act, "/match", back, did="booked", lines=line_id)
