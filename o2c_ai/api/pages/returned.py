"""A payment that bounced, by hand: the receipts it may take back, and what would be open again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.match import View
from o2c_ai.api.pages.match_acts import somebody_was_quicker
from o2c_ai.api.pages.page import Doing, done, draw
from o2c_ai.api.pages.parts import Paid, paid
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.payments.queries import get_line
from o2c_ai.core.payments.rules import LineAlreadyDecided
from o2c_ai.core.returns.queries import receipts_to_bounce
from o2c_ai.core.returns.rules import Bounceable, NothingReturned
from o2c_ai.core.suggestions.rules import Part, Reason

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy.orm import Session

router = APIRouter(prefix="/match", route_class=TurnRoute)


@dataclass(frozen=True)
class Candidate:
    """A receipt with the rows that taking it back would write."""

    receipt: Bounceable
    rows: list[Paid]


@router.get("/{line_id}/return")
def returned(request: Request, read: Read, line_id: int, view: Annotated[View, Depends()]) -> Response:
    """Show which receipts a line that went out may take back."""
    line = get_line(read.session, read.company_id, line_id)
    found = _found(read.session, read.company_id, line)
    shown = [Candidate(one, paid(read, _parts(one))) for one in found]
    return draw(request, "returned.html", actor=read.actor, as_of=read.as_of, line=line, view=view, candidates=shown)


def _found(session: Session, company_id: int, line: Any) -> list[Bounceable]:  # noqa: ANN401 - a row of columns
    return receipts_to_bounce(session, company_id, line.currency, -line.amount_minor)


def _parts(receipt: Bounceable) -> tuple[Part, ...]:
    opened = [Part(-minor, Reason.RETURNED, open_item_id=item) for item, minor in receipt.paid.items()]
    lost = [Part(-minor, Reason.RETURNED, customer_id=customer) for customer, minor in receipt.kept.items()]
    return tuple(opened + lost)


@router.post("/{line_id}/return")
def book_return(
    act: Doing, line_id: int, credit: Annotated[int, Form()], back: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """Take the chosen receipt back. Raises NothingReturned where the line does not fit it any more."""
    line = get_line(act.session, act.actor.company_id, line_id)
    chosen = [one for one in _found(act.session, act.actor.company_id, line) if one.credit_item_id == credit]
    if not chosen:
        raise NothingReturned(line.line_ref)
    try:
        book(act.session, act.actor, bookings=[Booking(line_id, act.as_of, _parts(chosen[0]))])
    except LineAlreadyDecided:
        return somebody_was_quicker(act, line_id, back)
    return done(act, "/match", back, did="returned", lines=line_id)
