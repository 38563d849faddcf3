"""The first page after signing in: what waits at each desk."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.page import draw

router = APIRouter()


@router.get("/")
def start(request: Request, read: Read) -> Response:
    """Show the desks."""
    return draw(request, "start.html", actor=read.actor, as_of=read.as_of)
