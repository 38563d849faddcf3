"""Whether the service is there, and whether it can work."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import text

from o2c_ai.api.dependencies import Shared
from o2c_ai.api.schemas import Written

router = APIRouter(tags=["health"])


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
    with service.store.reading() as session:
        session.execute(text("SELECT 1"))
    return State(state="ready")
