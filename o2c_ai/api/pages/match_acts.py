"""What a clerk does with a line: accept, reject, keep on account, set aside, take back, match them all again."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from o2c_ai.api.dependencies import Read, Shared
from o2c_ai.api.pages.match import View
from o2c_ai.api.pages.page import Doing, address, done, draw, seen_after, takes
from o2c_ai.api.routes.jobs import put_in
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.cash_application.actions import accept, book, undo
from o2c_ai.core.cash_application.rules import Booking, BookingsRefused
from o2c_ai.core.clearings.rules import UsedBefore
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.job_runs.actions import ask
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.core.payments.queries import get_line
from o2c_ai.core.payments.rules import LineAlreadyDecided
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.suggestions.actions import reject
from o2c_ai.core.suggestions.rules import Part, Reason, Undoing
from o2c_ai.jobs.accept_many import accept_many

router = APIRouter(prefix="/match", route_class=TurnRoute)

Back = Annotated[str, Form(max_length=2000)]
"""The query of the page the form came from."""
Next = Annotated[str, Form(max_length=20, pattern=r"^[0-9]*$")]
"""The line to go on with; empty where there is none."""
Why = Annotated[str, Form(max_length=500)]
MANY = 200
"""Suggestions accepted at once: as many as are shown before."""


@router.post("/{line_id}/accept", dependencies=[takes(Duty.BOOK)])
def accept_line(
    act: Doing, line_id: int, suggestion: Annotated[int, Form()], back: Back = "", next_line: Next = ""
) -> Response:
    """Book the suggestion as it stands and go on."""
    try:
        accept(act.session, act.actor, suggestion_id=suggestion, on=act.as_of)
    except LineAlreadyDecided:
        return somebody_was_quicker(act, line_id, back)
    except BookingsRefused as refused:
        if not all(isinstance(error, UsedBefore) for _, error in refused.refusals):
            raise
        act.session.rollback()
        return seen_after("/match", back, line=line_id, did="taken")
    return done(act, "/match", back, line=next_line, did="accepted", lines=line_id)


@router.post("/{line_id}/reject", dependencies=[takes(Duty.BOOK)])
def reject_line(
    act: Doing,
    line_id: int,
    suggestion: Annotated[int, Form()],
    reason: Why = "",
    payer_wrong: Annotated[bool, Form()] = False,
    back: Back = "",
) -> Response:
    """Note that the suggestion is wrong and stay with the line."""
    reject(act.session, act.actor, suggestion_id=suggestion, on=act.as_of, reason=reason, payer_wrong=payer_wrong)
    return done(act, "/match", back, line=line_id, did="rejected")


@router.post("/{line_id}/park", dependencies=[takes(Duty.BOOK)])
def park_line(
    act: Doing,
    line_id: int,
    customer: Annotated[str, Form(max_length=200)],
    kind: Annotated[Reason, Form()] = Reason.PREPAYMENT,
    back: Back = "",
    next_line: Next = "",
) -> Response:
    """Keep all of the money for a customer and go on."""
    try:
        payer = get_customer(act.session, act.actor.company_id, customer.strip()).customer_id
        _book_whole(act, line_id, kind, payer)
    except UnknownCustomer:
        return done(act, "/match", back, line=line_id, did="stranger", stranger=customer.strip())
    except LineAlreadyDecided:
        return somebody_was_quicker(act, line_id, back)
    return done(act, "/match", back, line=next_line, did="parked", lines=line_id)


@router.post("/{line_id}/set-aside", dependencies=[takes(Duty.BOOK)])
def set_line_aside(act: Doing, line_id: int, back: Back = "", next_line: Next = "") -> Response:
    """Say that the line is not about receivables and go on."""
    try:
        _book_whole(act, line_id, Reason.NOT_AR, None)
    except LineAlreadyDecided:
        return somebody_was_quicker(act, line_id, back)
    return done(act, "/match", back, line=next_line, did="set_aside", lines=line_id)


def somebody_was_quicker(act: Doing, line_id: int, back: str) -> Response:
    """Show the line as somebody else decided it."""
    act.session.rollback()
    return RedirectResponse(address("/match", back, line=line_id, did="late"), HTTPStatus.SEE_OTHER)


def _book_whole(act: Doing, line_id: int, kind: Reason, customer_id: int | None) -> None:
    line = get_line(act.session, act.actor.company_id, line_id)
    parts = (Part(line.amount_minor, kind, customer_id=customer_id),)
    book(act.session, act.actor, bookings=[Booking(line_id, act.as_of, parts)])


@router.post("/undo", dependencies=[takes(Duty.BOOK)])
def take_back(
    act: Doing,
    lines: Annotated[str, Form(pattern=r"^[0-9]+(,[0-9]+)*$", max_length=2000)],
    verdict: Annotated[Undoing, Form()] = Undoing.RECALLED,
    reason: Why = "",
    back: Back = "",
) -> Response:
    """Take lines back that were decided; they are open again."""
    numbers = [int(number) for number in lines.split(",")]
    undo(act.session, act.actor, line_ids=numbers, on=act.as_of, reason=reason or "taken back", verdict=verdict)
    return done(act, "/match", back, line=numbers[0], did="undone")


@router.get("/many")
def ask_many(request: Request, read: Read, view: Annotated[View, Depends()]) -> Response:
    """Show what would be accepted at once, before it is."""
    rows, following = view.lines(read, MANY)
    sure = [row for row in rows if row.suggestion_id is not None and row.outcome is None and row.exception == ""]
    more = bool(following)
    return draw(request, "match_many.html", actor=read.actor, as_of=read.as_of, view=view, rows=sure, more=more)


@router.post("/many", dependencies=[takes(Duty.BOOK)])
def accept_all(
    act: Doing, suggestion: Annotated[list[int], Form(min_length=1, max_length=MANY)], back: Back = ""
) -> Response:
    """Accept the suggestions that were shown; what cannot be booked any more is held back."""
    got = accept_many(act.session, act.actor, suggestion_ids=suggestion, on=act.as_of)
    lines = ",".join(map(str, got.line_ids))
    return done(act, "/match", back, did="accepted_many", lines=lines, held=len(got.refused) or None)


@router.post("/run", dependencies=[takes(Duty.BOOK)])
def match_again(act: Doing, service: Shared, back: Back = "", line: Next = "") -> Response:
    """Ask for a suggestion for every line that has none of the day yet, or one whose items were taken meanwhile."""
    put_in(service, act, ask(act.session, act.actor, order=Order(Job.SUGGEST_MATCHES, act.as_of)))
    return done(act, "/match", back, line=line, did="matching")
