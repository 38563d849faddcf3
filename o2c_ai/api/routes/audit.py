"""Who did what, when and why: for auditors and administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import After, Id, Limit, Page, Word, Written, page, place_of
from o2c_ai.core.people.queries import page_events

router = APIRouter(tags=["audit"])


class EventOut(Written):
    """One act on the books."""

    id: Id
    recorded_at: datetime
    by: str = Field(examples=["clara"])
    verb: str = Field(examples=["apply"])
    subject: str = Field(description="The table acted upon.", examples=["cash_applications"])
    subject_id: int | None
    suggestion_id: int | None = Field(description="The suggestion that was followed, where one was.")
    reason: str
    detail: dict[str, Any]


@router.get("/audit")
def events(
    read: Read,
    subject: Annotated[Word | None, Query(description="Only acts on this table.")] = None,
    subject_id: Annotated[Id | None, Query(description="Only acts on this row.")] = None,
    by: Annotated[Word | None, Query(description="Only this user's acts.")] = None,
    verb: Annotated[Word | None, Query(description="Only acts of this kind.")] = None,
    after: After = None,
    limit: Limit = 50,
) -> Page[EventOut]:
    """List the acts, the newest first, a page at a time."""
    found = page_events(
        read.session,
        read.actor,
        who=by or "",
        verb=verb or "",
        subject=subject or "",
        subject_id=subject_id,
        after=place_of(after),
        limit=limit,
    )
    return page(
        found,
        lambda row: EventOut(
            id=row.id,
            recorded_at=row.recorded_at,
            by=row.name,
            verb=row.verb,
            subject=row.subject,
            subject_id=row.subject_id,
            suggestion_id=row.suggestion_id,
            reason=row.reason,
            detail=row.detail,
        ),
    )
