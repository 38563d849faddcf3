"""What needs a second person: requests that wait for you, your own, and what became of those decided."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response

from o2c_ai.api.dependencies import Read, Shared
from o2c_ai.api.pages.entry import NOTHING_TYPED, REFUSED, Entry, refused_entry, worded
from o2c_ai.api.pages.page import Doing, as_before, done, draw
from o2c_ai.api.routes.approvals import decided
from o2c_ai.api.schemas import cursor_of, place_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.access.queries import lacks_second_factor
from o2c_ai.core.cash_application.actions import unapply
from o2c_ai.core.clearings.queries import find_granted
from o2c_ai.core.people.queries import lock_approval, page_approvals
from o2c_ai.core.people.rules import ApprovalKind, ApprovalState, Duty, duties
from o2c_ai.core.receivables.queries import credits_by_id, items_by_id
from o2c_ai.core.receivables.rules import ApplicationKind, MovementKind, UnknownClearing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.api.dependencies import Reading, Service

router = APIRouter(prefix="/match/approvals", route_class=TurnRoute)
REQUESTS_A_PAGE = 50
BOOKED_AS: dict[ApprovalKind, ApplicationKind | MovementKind] = {
    ApprovalKind.WRITE_OFF: ApplicationKind.WRITE_OFF,
    ApprovalKind.REFUND: MovementKind.REFUNDED,
}


class Show(enum.Enum):
    """Which requests are listed."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True)
class Asked:
    """A request with the name of what it is about."""

    row: Any
    about: str
    """Number of the item to write off, or of the receipt to pay back."""
    customer: str
    standing: bool
    """Granted, and what it booked stands."""


@router.get("")
def approvals(
    request: Request,
    read: Read,
    service: Shared,
    show: Show = Show.REQUESTED,
    after: Annotated[str, Query(max_length=200)] = "",
    did: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the requests, the newest first."""
    return _approvals(request, read, service, show=show, after=after, did=did)


def _approvals(
    request: Request,
    read: Reading,
    service: Service,
    *,
    show: Show = Show.REQUESTED,
    after: str = "",
    did: str = "",
    entry: Entry = NOTHING_TYPED,
) -> Response:
    company = read.company_id
    state = ApprovalState(show.value)
    rows, place = page_approvals(
        read.session, company, state=state, after=place_of(after or None), limit=REQUESTS_A_PAGE
    )
    held = {duty for duty in duties(read.actor.roles) if duty is Duty.APPROVE}
    return draw(
        request,
        "approvals.html",
        entry.status,
        actor=read.actor,
        as_of=read.as_of,
        show=show,
        shows=list(Show),
        rows=_named(read, rows),
        following="" if place is None else cursor_of(place),
        needs_factor=bool(held)
        and service.settings.ask_second_factor
        and lacks_second_factor(read.session, read.actor),
        did=did,
        entry=entry,
        late=entry.form not in {str(row.id) for row in rows},
    )


def _named(read: Reading, rows: list[Any]) -> list[Asked]:
    company = read.company_id
    subjects = {kind: [row.subject_id for row in rows if row.kind is kind] for kind in ApprovalKind}
    items = items_by_id(read.session, company, read.as_of, subjects[ApprovalKind.WRITE_OFF])
    credits_ = credits_by_id(read.session, company, subjects[ApprovalKind.REFUND])
    named = []
    for row in rows:
        item = items.get(row.subject_id) if row.kind is ApprovalKind.WRITE_OFF else None
        about = credits_.get(row.subject_id, "") if item is None else item.number
        standing = row.state is ApprovalState.APPROVED and _entry(read.session, company, row) is not None
        named.append(Asked(row, about, "" if item is None else item.customer_code, standing))
    return named


def _entry(session: Session, company_id: int, row: Any) -> int | None:  # noqa: ANN401 - a stored request, or its columns
    size = {"minor": row.amount_minor, "on": row.decided_on}
    return find_granted(session, company_id, BOOKED_AS[row.kind], row.subject_id, **size)


@router.post("/{approval_id}/decision")
def decide(
    request: Request,
    act: Doing,
    service: Shared,
    approval_id: int,
    approve: Annotated[bool, Form()],
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Grant or decline what somebody else asked; whoever declines says why."""
    try:
        why = reason.strip() if approve else worded(reason, "reason", "say why, so that it can be asked for better")
        decided(act, approval_id, approve=approve, reason=why)
    except REFUSED as refused:
        return _approvals(
            request, as_before(act), service, entry=refused_entry(refused, str(approval_id), reason=reason)
        )
    return done(act, "/match/approvals", did="approved" if approve else "declined")


@router.post("/{approval_id}/undo")
def take_back(act: Doing, approval_id: int) -> Response:
    """Take back what was booked for a request that was granted. Raises UnknownApproval, UnknownClearing."""
    row = lock_approval(act.session, act.actor.company_id, approval_id)
    entry = None
    if row.state is ApprovalState.APPROVED:
        entry = _entry(act.session, act.actor.company_id, row)
    if entry is None:
        raise UnknownClearing(approval_id)
    unapply(act.session, act.actor, entry_id=entry, on=act.as_of, reason=f"request {approval_id} taken back")
    return done(act, "/match/approvals", did="undone", show=Show.APPROVED.value)
