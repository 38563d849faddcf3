"""Who asks, and the tokens by which programs act for people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, Shared, let_go, needs
from o2c_ai.api.schemas import Id, Page, Paged, Word, Written, page
from o2c_ai.api.security import digest_of, new_token
from o2c_ai.api.tries import check_own_password
from o2c_ai.api.turns import ActRoute, SecretRoute
from o2c_ai.core.access.actions import drop_second_factor, end_sign_in, set_password
from o2c_ai.core.access.queries import list_sign_ins
from o2c_ai.core.access.rules import PASSWORD_LENGTH_MIN
from o2c_ai.core.people.actions import create_user, issue_token, revoke_token
from o2c_ai.core.people.queries import list_tokens, page_users, roles_of
from o2c_ai.core.people.rules import Duty, Role, duties

router = APIRouter(tags=["people"], route_class=ActRoute)
secret_router = APIRouter(tags=["people"], route_class=SecretRoute)


class Me(Written):
    """Who asks."""

    name: str = Field(examples=["clara"])
    roles: list[str] = Field(examples=[["clerk"]])
    duties: list[Duty]
    as_of: date = Field(description="The day questions are asked as of when none is given.")


class TokenIn(Written):
    """A token to be drawn."""

    label: Word = Field(examples=["nightly import"])
    days: int = Field(default=90, ge=1, le=366, description="Days until it expires.")
    scope: list[Duty] | None = Field(default=None, description="Duties it is limited to; null for all of yours.")


class TokenShown(Written):
    """A token: shown this once."""

    id: int
    token: str = Field(description="Show it as `Authorization: Bearer TOKEN`; it is not shown again.")


class TokenOut(Written):
    """A token you drew, without its words."""

    id: int
    label: str
    scope: list[Duty] | None
    expires_at: datetime


class SignInOut(Written):
    """A browser you are signed in with."""

    id: Id
    began_at: datetime
    expires_at: datetime


class UserOut(Written):
    """Somebody who may act in this company."""

    name: str = Field(examples=["clara"])
    roles: list[Role]
    active: bool


class UserIn(Written):
    """Somebody to be added."""

    name: Word = Field(examples=["clara"])
    roles: list[Role] = Field(min_length=1, max_length=len(Role), examples=[["clerk"]])


class NewPassword(Written):
    """A password to be used from now on."""

    password: str = Field(min_length=PASSWORD_LENGTH_MIN, max_length=500)
    current: str = Field(default="", max_length=500, description="The one that holds, where it is your own.")


@router.get("/me")
def me(read: Read) -> Me:
    """Say who asks and what they may do."""
    held = sorted(duties(read.actor.roles, read.actor.scope), key=lambda duty: duty.value)
    return Me(name=read.actor.name, roles=sorted(read.actor.roles), duties=held, as_of=read.as_of)


@router.get("/me/tokens")
def tokens(read: Read) -> list[TokenOut]:
    """Your tokens that were not revoked, newest first."""
    return [
        TokenOut(id=row.id, label=row.label, scope=row.scope, expires_at=row.expires_at)
        for row in list_tokens(read.session, read.actor)
    ]


@router.post("/me/tokens", status_code=201)
def draw(asked: TokenIn, act: Act) -> TokenShown:
    """Draw a token that acts for you."""
    token = new_token()
    act.secrets.append(token)
    expires_at = act.actor.recorded_at + timedelta(days=asked.days)
    number = issue_token(
        act.session,
        act.actor,
        digest=digest_of(token),
        expires_at=expires_at,
        label=asked.label,
        scope=asked.scope,
    )
    return TokenShown(id=number, token=token)


@router.delete("/me/tokens/{token_id}", status_code=204)
def revoke(token_id: Id, act: Act) -> None:
    """Take a token of yours back, from now on."""
    revoke_token(act.session, act.actor, token_id=token_id)


@router.get("/me/sign-ins")
def sign_ins(read: Read) -> list[SignInOut]:
    """Browsers you are signed in with, newest first."""
    rows = list_sign_ins(read.session, read.actor.user_id, read.actor.recorded_at)
    return [SignInOut(id=row.id, began_at=row.began_at, expires_at=row.expires_at) for row in rows]


@router.delete("/me/sign-ins/{sign_in_id}", status_code=204)
def sign_out(sign_in_id: Id, act: Act) -> None:
    """End a sign-in of yours."""
    end_sign_in(act.session, act.actor, sign_in_id=sign_in_id)


@router.get("/users")
def users(read: Read, part: Paged) -> Page[UserOut]:
    """List the company's users by name, a page at a time."""
    found = page_users(read.session, read.company_id, **part)
    roles = roles_of(read.session, read.company_id, [row.id for row in found[0]])
    return page(found, lambda row: UserOut(name=row.name, roles=roles[row.id], active=row.active))


@router.post("/users", status_code=201, dependencies=[needs(Duty.ADMINISTER)])
def add(asked: UserIn, act: Act) -> UserOut:
    """Add a user with roles; a password is set for them afterwards."""
    created = create_user(act.session, act.actor, name=asked.name, roles=set(asked.roles))
    return UserOut(name=created.name, roles=sorted(set(asked.roles), key=lambda role: role.value), active=True)


@secret_router.put("/users/{name:path}/password", status_code=204)
def give_password(request: Request, name: Word, asked: NewPassword, act: Act, shared: Shared) -> None:
    """Set your own password, or anybody's as administrator; every sign-in made with the old one ends."""
    with let_go(request, act) as session:
        if name == act.actor.name:
            check_own_password(request, session, act.actor, asked.current)
        hashed = shared.passwords.hash(asked.password)
    set_password(act.session, act.actor, name=name, password_hash=hashed)


@router.delete("/users/{name:path}/second-factor", status_code=204, dependencies=[needs(Duty.ADMINISTER)])
def drop(name: Word, act: Act) -> None:
    """Take a user's second factor away, when their telephone is lost."""
    drop_second_factor(act.session, act.actor, name=name)
