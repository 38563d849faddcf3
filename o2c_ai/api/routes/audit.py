"""Who did what, when and why: for auditors and administrators."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, TypedDict

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import Day, Id, Page, Paged, Word, Written, page
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.people.queries import page_events

router = APIRouter(tags=["audit"], route_class=TurnRoute)


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


class Chosen(TypedDict):
    """Which acts are asked for, as `page_events` takes it."""

    who: str
    verb: str
    subject: str
    subject_id: int | None
    since: datetime | None
    before: datetime | None


def chosen(
    subject: Annotated[Word | None, Query(description="Only acts on this table.")] = None,
    subject_id: Annotated[Id | None, Query(description="Only acts on this row.")] = None,
    by: Annotated[Word | None, Query(description="Only this user's acts.")] = None,
    verb: Annotated[Word | None, Query(description="Only acts of this kind.")] = None,
    since: Annotated[Day | None, Query(description="Only acts of this day (UTC) or later.")] = None,
    until: Annotated[Day | None, Query(description="Only acts of this day (UTC) or earlier.")] = None,
) -> Chosen:
    """The filters of an address."""
    return Chosen(
        who=by or "",
        verb=verb or "",
        subject=subject or "",
        subject_id=subject_id,
        since=midnight(since),
        before=midnight(None if until is None else until + timedelta(days=1)),
    )


def midnight(day: date | None) -> datetime | None:
    """The first instant of a day, UTC."""
    return None if day is None else datetime.combine(day, time.min, UTC)


Acts = Annotated[Chosen, Depends(chosen)]


@router.get("/audit")
def events(read: Read, part: Paged, acts: Acts) -> Page[EventOut]:
    """List the acts, the newest first, a page at a time."""
    found = page_events(read.session, read.actor, **acts, **part)
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
