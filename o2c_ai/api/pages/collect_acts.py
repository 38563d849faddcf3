"""What a collector does with the list itself: gives customers to colleagues, and keeps views of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from o2c_ai.api.pages.page import Doing, address, done, takes
from o2c_ai.api.schemas import PAGE_MAX, Word
from o2c_ai.api.selection import ME, filters_of
from o2c_ai.core.assignments.actions import assign, undo
from o2c_ai.core.assignments.rules import NOBODY
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.views.actions import change_view, delete_view, save_view
from o2c_ai.core.views.queries import get_view
from o2c_ai.core.views.rules import Desk, NewView

router = APIRouter(prefix="/collect")
Back = Annotated[str, Form(max_length=2000)]
Name = Annotated[Word, Form()]
Ticked = Annotated[bool, Form()]


@router.post("/assign", dependencies=[takes(Duty.COLLECT)])
def give(
    act: Doing,
    to: Name,
    customer: Annotated[list[str], Form(max_length=PAGE_MAX)] = [],  # noqa: B006 - read only
    back: Back = "",
) -> Response:
    """Give the customers ticked to a colleague, to oneself or to nobody."""
    whom = {ME: act.actor.name, NOBODY: ""}.get(to, to)
    made = assign(act.session, act.actor, customer_codes=customer, to=whom, on=act.as_of)
    return done(act, "/collect", back, did="assigned", batch=made.batch_id, count=made.count)


@router.post("/assign/undo", dependencies=[takes(Duty.COLLECT)])
def give_back(act: Doing, batch: Annotated[int, Form(ge=1)], back: Back = "") -> Response:
    """Give the customers of an act back to who had them before."""
    made = undo(act.session, act.actor, batch_id=batch, on=act.as_of)
    return done(act, "/collect", back, did="given-back", batch=None, count=made.count)


@router.post("/views")
def save(act: Doing, name: Name, shared: Ticked = False, opens: Ticked = False, back: Back = "") -> Response:
    """Keep the filters shown under a name."""
    new = NewView(name, filters_of(back).told, shared, opens)
    save_view(act.session, act.actor, desk=Desk.WORKLIST, new=new)
    return done(act, "/collect", _plain(back), did="saved")


@router.post("/views/{view_id}")
def change(
    act: Doing, view_id: int, name: Name, shared: Ticked = False, opens: Ticked = False, back: Back = ""
) -> Response:
    """Give a view another name, share it or not, open with it or not."""
    new = NewView(name, get_view(act.session, act.actor, view_id).filters, shared, opens)
    change_view(act.session, act.actor, view_id=view_id, new=new)
    return done(act, "/collect", _plain(back), did="changed")


@router.post("/views/{view_id}/delete")
def delete(act: Doing, view_id: int) -> Response:
    """Keep a view no longer; its filters stay on the page, to be saved again."""
    gone = get_view(act.session, act.actor, view_id)
    delete_view(act.session, act.actor, view_id=view_id)
    return done(act, "/collect", "", **gone.filters, did="deleted", name=gone.name)


def _plain(back: str) -> str:
    """The filters of a query alone, without what was said on the page."""
    return address("", "", **filters_of(back).told).removeprefix("?")
