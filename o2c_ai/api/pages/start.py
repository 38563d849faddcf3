"""The first page after signing in: what waits at each desk."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.page import draw
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.people.queries import count_waiting
from o2c_ai.core.suggestions.queries import count_to_match

router = APIRouter(route_class=TurnRoute)


@router.get("/")
def start(request: Request, read: Read) -> Response:
    """Show the desks and what waits."""
    waiting = sum(lines for _, _, lines in count_to_match(read.session, read.company_id, read.as_of))
    company = company_of(read.session, read.company_id).name
    asked = count_waiting(read.session, read.actor)
    return draw(
        request, "start.html", actor=read.actor, as_of=read.as_of, waiting=waiting, asked=asked, company=company
    )
