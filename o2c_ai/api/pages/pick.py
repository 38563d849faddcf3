"""Picking by hand what a bank line pays: search open items, say how much of each, see what is left of the money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.match import View, work_on
from o2c_ai.api.pages.match_acts import somebody_was_quicker
from o2c_ai.api.pages.page import Doing, address, done, draw
from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.errors import Invalid
from o2c_ai.core.money import exponent, parse_minor
from o2c_ai.core.payments.queries import get_line
from o2c_ai.core.payments.rules import LineAlreadyDecided
from o2c_ai.core.receivables.queries import items_by_id, page_open_items
from o2c_ai.core.suggestions.rules import Part, Reason

router = APIRouter(prefix="/match")
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


class RowsDiffer(Invalid):
    """Every item picked needs an amount and a reason."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("every item picked needs an amount and a reason: load the page again")


@dataclass(frozen=True)
class Picked:
    """An item picked, with what it would be paid."""

    item: Any
    pays_minor: int
    reason: Reason
    without: str
    """The page without it."""


@router.get("/{line_id}/pick")
def pick(
    request: Request,
    read: Read,
    line_id: int,
    view: Annotated[View, Depends()],
    picked: Annotated[list[int], Query(alias="pick", max_length=PICKED_MAX)] = [],  # noqa: B006 - read only
    find: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Show what is picked, what is left of the money, and open items to pick from."""
    work = work_on(read, line_id)
    wanted = work.customer if find is None else find.strip()
    here = f"/match/{line_id}/pick"
    chosen, left = _chosen(read, work.line, list(dict.fromkeys(picked)), here, view.query, wanted)
    found, more = page_open_items(
        read.session, read.company_id, read.as_of, words=wanted, currency=work.line.currency, limit=FOUND_MAX
    )
    adding = {row.id: address(here, view.query, find=wanted, pick=[*picked, row.id]) for row in found}
    return draw(
        request,
        "pick.html",
        actor=read.actor,
        as_of=read.as_of,
        view=view,
        line=work.line,
        chosen=chosen,
        left=left,
        digits=exponent(work.line.currency),
        customer=chosen[0].item.customer_code if chosen else work.customer,
        found=[row for row in found if row.id not in picked],
        adding=adding,
        more=more is not None,
        find=wanted,
        by_item=BY_ITEM,
        by_rest=BY_REST,
    )


def _chosen(
    read: Read,
    line: Any,  # noqa: ANN401 - a row of named columns
    picked: list[int],
    here: str,
    back: str,
    find: str,
) -> tuple[list[Picked], int]:
    """The items picked, each paid in full while the money lasts, and what is left of it."""
    items = items_by_id(read.session, read.company_id, read.as_of, picked)
    left, rows = line.amount_minor, []
    for number in picked:
        item = items.get(number)
        if item is None:
            continue
        pays = max(min(item.left_minor, left), 0)
        left -= pays
        others = [other for other in picked if other != number]
        reason = Reason.FULL if pays == item.left_minor else Reason.PARTIAL
        rows.append(Picked(item, pays, reason, address(here, back, find=find, pick=others)))
    return rows, left


@router.post("/{line_id}/pick")
def book_picked(
    act: Doing,
    line_id: int,
    item: Annotated[list[int], Form(max_length=PICKED_MAX)] = [],  # noqa: B006 - read only
    amount: Annotated[list[str], Form(max_length=PICKED_MAX)] = [],  # noqa: B006 - read only
    reason: Annotated[list[Reason], Form(max_length=PICKED_MAX)] = [],  # noqa: B006 - read only
    rest: Annotated[str, Form(max_length=20)] = "",
    customer: Annotated[str, Form(max_length=200)] = "",
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Book the items as picked; the rest of the money as said."""
    if not len(item) == len(amount) == len(reason):
        raise RowsDiffer
    line = get_line(act.session, act.actor.company_id, line_id)
    parts = [
        Part(parse_minor(text.strip().replace(",", "."), line.currency), why, open_item_id=number)
        for number, text, why in zip(item, amount, reason, strict=True)
    ]
    left = line.amount_minor - sum(part.amount_minor for part in parts)
    if left and rest:
        why = Reason(rest)
        payer = None
        if why is not Reason.NOT_AR and customer.strip():
            payer = get_customer(act.session, act.actor.company_id, customer.strip()).customer_id
        parts.append(Part(left, why, customer_id=payer))
    try:
        book(act.session, act.actor, bookings=[Booking(line_id, act.as_of, tuple(parts))])
    except LineAlreadyDecided:
        return somebody_was_quicker(act, line_id, back)
    return done(act, "/match", back, did="booked", lines=line_id)
