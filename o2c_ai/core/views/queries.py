"""Questions about saved views: one's own and those shared with everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from o2c_ai.core.people.tables import User
from o2c_ai.core.views.rules import Desk, NotYourView, UnknownView, View
from o2c_ai.core.views.tables import SavedView

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def list_views(session: Session, actor: Actor, desk: Desk) -> list[View]:
    """The actor's own views of a list, then those colleagues share, each by name."""
    seen = (SavedView.user_id == actor.user_id) | SavedView.shared
    asked = (
        select(SavedView, User.name)
        .join(User, User.id == SavedView.user_id)
        .where(SavedView.company_id == actor.company_id, SavedView.desk == desk, seen)
        .order_by(SavedView.user_id != actor.user_id, SavedView.name, SavedView.id)
    )
    return [_view(row, owner, actor) for row, owner in session.execute(asked)]


def get_view(session: Session, actor: Actor, view_id: int) -> View:
    """A view the actor may see. Raises UnknownView."""
    asked = (
        select(SavedView, User.name)
        .join(User, User.id == SavedView.user_id)
        .where(SavedView.id == view_id, SavedView.company_id == actor.company_id)
        .where((SavedView.user_id == actor.user_id) | SavedView.shared)
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        raise UnknownView(view_id)
    return _view(*row, actor)


def own_view(session: Session, actor: Actor, view_id: int) -> SavedView:
    """The stored view, of those the actor may change. Raises UnknownView, NotYourView."""
    seen = get_view(session, actor, view_id)
    if not seen.mine:
        raise NotYourView(seen.name, seen.owner)
    return session.get_one(SavedView, view_id)


def names_of(session: Session, actor: Actor, desk: Desk) -> dict[str, int]:
    """Name → view, of the actor's own."""
    asked = select(SavedView.name, SavedView.id).where(SavedView.user_id == actor.user_id, SavedView.desk == desk)
    return {row.name: row.id for row in session.execute(asked)}


def _view(row: SavedView, owner: str, actor: Actor) -> View:
    mine = row.user_id == actor.user_id
    return View(row.id, row.name, owner, dict(row.filters), row.shared, row.is_default and mine, mine)
