"""Whether the service is there, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from o2c_ai.api.dependencies import Shared, who_asks
from o2c_ai.api.schemas import Written

router = APIRouter(tags=["health"])
THIS_MACHINE = {"127.0.0.1", "::1"}
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


class State(Written):
    """How the service is."""

    state: str


@router.get("/health")
def health() -> State:
    """Say that the service is there."""
    return State(state="there")


@router.get("/ready")
def ready(service: Shared) -> State:
    """Say that the database answers."""
    service.store.check()
    return State(state="ready")


@router.get("/metrics", response_class=Response, include_in_schema=False)
def metrics(request: Request, service: Shared) -> Response:
    """Hand out what the service counts about itself: to this machine, and to whoever shows a token."""
    if request.client is None or request.client.host not in THIS_MACHINE:
        with service.store.reading() as session:
            who_asks(request, session)
    return Response(service.figures.text(), media_type=PROMETHEUS)
