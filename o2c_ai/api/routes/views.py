"""Saved views of the worklist: one's own, and those shared with everybody of the company."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import Field

from o2c_ai.api.dependencies import Act, IfMatch, Read, check_tag, tag_of
from o2c_ai.api.errors import STALE
from o2c_ai.api.schemas import Counted, Id, Page, Paged, Word, Written, page, part_of
from o2c_ai.api.selection import Filters
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.views.actions import change_view, delete_view, save_view
from o2c_ai.core.views.queries import get_view, list_views
from o2c_ai.core.views.rules import Desk, NewView, View

router = APIRouter(prefix="/views", tags=["views"], route_class=ActRoute)


class ViewIn(Written):
    """Filters and an order under a name."""

    name: Word = Field(description="One's own once.", examples=["Large and late"])
    filters: Filters = Field(examples=[{"least": "5000", "days_least": "60"}])
    shared: bool = Field(default=False, description="Whether everybody of the company sees it.")
    is_default: bool = Field(default=False, description="Whether its owner's worklist opens with it.")

    def new(self) -> NewView:
        """As a record."""
        return NewView(self.name, self.filters.told, self.shared, self.is_default)


class ViewOut(ViewIn):
    """A saved view."""

    id: Id
    owner: str = Field(examples=["carl"])
    mine: bool

    @classmethod
    def of(cls, view: View) -> ViewOut:
        """From a record."""
        return cls(
            id=view.id,
            name=view.name,
            owner=view.owner,
            filters=Filters.of(view.filters),
            shared=view.shared,
            is_default=view.is_default,
            mine=view.mine,
        )


@router.get("")
def views(read: Read, part: Paged) -> Page[ViewOut]:
    """List one's own views, then those colleagues share, a page at a time."""
    found = list_views(read.session, read.actor, Desk.WORKLIST)
    return page(part_of(found, **part), ViewOut.of)


@router.get("/{view_id}")
def view(read: Read, view_id: Id, response: Response) -> ViewOut:
    """Show a view; its filters go into /v1/worklist as they are."""
    shown = ViewOut.of(get_view(read.session, read.actor, view_id))
    response.headers["ETag"] = tag_of(shown)
    return shown


@router.post("", status_code=201)
def save(asked: ViewIn, act: Act) -> ViewOut:
    """Keep filters under a name."""
    return ViewOut.of(save_view(act.session, act.actor, desk=Desk.WORKLIST, new=asked.new()))


@router.put("/{view_id}", responses=STALE)
def change(view_id: Id, asked: ViewIn, act: Act, if_match: IfMatch, response: Response) -> ViewOut:
    """Give a view of one's own another name or other filters, share it or not."""
    check_tag(if_match, ViewOut.of(get_view(act.session, act.actor, view_id)))
    shown = ViewOut.of(change_view(act.session, act.actor, view_id=view_id, new=asked.new()))
    response.headers["ETag"] = tag_of(shown)
    return shown


@router.delete("/{view_id}")
def delete(view_id: Id, act: Act) -> Counted:
    """Keep a view of one's own no longer."""
    delete_view(act.session, act.actor, view_id=view_id)
    return Counted(count=1)
