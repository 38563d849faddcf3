"""The administrator's page: who works here, with which roles; new people, forgotten passwords, lost telephones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response

from o2c_ai.api.dependencies import Read, Shared, let_go
from o2c_ai.api.pages.page import Doing, done, draw
from o2c_ai.api.security import new_password
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.access.actions import drop_second_factor, set_password
from o2c_ai.core.people.actions import create_user, deactivate_user, give_roles
from o2c_ai.core.people.queries import list_users
from o2c_ai.core.people.rules import Duty, Role, require

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

router = APIRouter(prefix="/people/users", route_class=TurnRoute)
Roles = Annotated[list[Role], Form(max_length=len(Role))]


@router.get("")
def users(request: Request, read: Read, did: str = "") -> Response:
    """Show the users to an administrator. Raises NotYourDuty."""
    return _users(request, read.session, read.actor, did=did)


def _users(
    request: Request, session: Session, actor: Actor, *, did: str = "", name: str = "", password: str = ""
) -> Response:
    require(actor, Duty.ADMINISTER)
    found = list_users(session, actor.company_id, actor.recorded_at)
    return draw(
        request, "users.html", actor=actor, users=found, roles=list(Role), did=did, name=name, password=password
    )


@router.post("")
def create(
    request: Request,
    act: Doing,
    service: Shared,
    name: Annotated[str, Form(min_length=1, max_length=100)],
    role: Roles = [],  # noqa: B006 - read only
) -> Response:
    """Create a user, and show their first password this once. Raises UserExists."""
    password, hashed = _first_password(request, act, service)
    create_user(act.session, act.actor, name=name.strip(), roles=role)
    return _with_password(request, act, name.strip(), password, hashed)


@router.post("/{name}/password")
def reset(request: Request, act: Doing, service: Shared, name: str) -> Response:
    """Give a user a new password to begin with, and show it this once. Raises UnknownUser."""
    return _with_password(request, act, name, *_first_password(request, act, service))


def _first_password(request: Request, act: Doing, service: Shared) -> tuple[str, str]:
    """A new password, and what is kept of it."""
    with let_go(request, act):
        password = new_password()
        return password, service.passwords.hash(password)


def _with_password(request: Request, act: Doing, name: str, password: str, hashed: str) -> Response:
    set_password(act.session, act.actor, name=name, password_hash=hashed, once=True)
    act.session.commit()
    return _users(request, act.session, act.actor, name=name, password=password)


@router.post("/{name}/roles")
def change_roles(act: Doing, name: str, role: Roles = []) -> Response:  # noqa: B006 - read only
    """Let a user have exactly the roles ticked. Raises UnknownUser, LastAdministrator."""
    give_roles(act.session, act.actor, name=name, roles=role)
    return done(act, "/people/users", did="roles")


@router.post("/{name}/second-factor/drop")
def drop_factor(act: Doing, name: str) -> Response:
    """Take a user's second factor away. Raises UnknownUser."""
    drop_second_factor(act.session, act.actor, name=name)
    return done(act, "/people/users", did="dropped")


@router.post("/{name}/deactivate")
def deactivate(act: Doing, name: str) -> Response:
    """Let a user act no more. Raises UnknownUser, LastAdministrator."""
    deactivate_user(act.session, act.actor, name=name)
    return done(act, "/people/users", did="deactivated")
