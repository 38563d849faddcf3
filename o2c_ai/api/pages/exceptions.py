"""Why bank lines could not be matched: each reason with how many lines wait for it, and how long."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.page import draw
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.suggestions.queries import exceptions_to_match
from o2c_ai.core.suggestions.rules import AGE_NAMES

router = APIRouter(prefix="/match/exceptions", route_class=TurnRoute)


@router.get("")
def exceptions(request: Request, read: Read) -> Response:
    """Show the reasons, most lines first."""
    rows = exceptions_to_match(read.session, read.company_id, read.as_of)
    return draw(request, "exceptions.html", actor=read.actor, as_of=read.as_of, rows=rows, ages=AGE_NAMES)
