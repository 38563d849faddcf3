"""Verbs of saved views: save, change, delete. They are people's own convenience and change nothing in the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from o2c_ai.core.views import queries
from o2c_ai.core.views.rules import VIEWS_MAX, Desk, NewView, TooManyViews, View, ViewExists
from o2c_ai.core.views.tables import SavedView

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def save_view(session: Session, actor: Actor, *, desk: Desk, new: NewView) -> View:
    """Keep filters under a name. Raises ViewExists, TooManyViews."""
    taken = queries.names_of(session, actor, desk)
    if new.name in taken:
        raise ViewExists(new.name)
    if len(taken) >= VIEWS_MAX:
        raise TooManyViews
    row = SavedView(company_id=actor.company_id, user_id=actor.user_id, desk=desk)
    session.add(row)
    return _keep(session, actor, row, new)


def change_view(session: Session, actor: Actor, *, view_id: int, new: NewView) -> View:
    """Let a view of one's own be another. Raises UnknownView, NotYourView, ViewExists."""
    row = queries.own_view(session, actor, view_id)
    if queries.names_of(session, actor, row.desk).get(new.name, view_id) != view_id:
        raise ViewExists(new.name)
    return _keep(session, actor, row, new)


def _keep(session: Session, actor: Actor, row: SavedView, new: NewView) -> View:
    if new.is_default:
        theirs = (SavedView.user_id == actor.user_id) & (SavedView.desk == row.desk)
        session.execute(update(SavedView).where(theirs).values(is_default=False))
    row.name, row.filters, row.shared, row.is_default = new.name, dict(new.filters), new.shared, new.is_default
    session.flush()
    return queries.get_view(session, actor, row.id)


def delete_view(session: Session, actor: Actor, *, view_id: int) -> None:
    """Keep a view of one's own no longer. Raises UnknownView, NotYourView."""
    queries.own_view(session, actor, view_id)
    session.execute(delete(SavedView).where(SavedView.id == view_id))
