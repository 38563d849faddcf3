"""Who asks, and the tokens by which programs act for people."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, ActRoute, Read
from o2c_ai.api.schemas import Written
from o2c_ai.api.security import digest_of, new_token
from o2c_ai.core.people.actions import issue_token, revoke_token
from o2c_ai.core.people.queries import list_tokens
from o2c_ai.core.people.rules import Duty, duties

router = APIRouter(tags=["people"], route_class=ActRoute)


class Me(Written):
    """Who asks."""

    name: str = Field(examples=["clara"])
    roles: list[str] = Field(examples=[["clerk"]])
    duties: list[Duty]
    as_of: str = Field(description="The day questions are asked as of when none is given.", examples=["2026-01-31"])


class TokenIn(Written):
    """A token to be drawn."""

    label: str = Field(min_length=1, max_length=80, examples=["nightly import"])
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
    expires_at: str


@router.get("/me")
def me(read: Read) -> Me:
    """Say who asks and what they may do."""
    held = sorted(duties(read.actor.roles, read.actor.scope), key=lambda duty: duty.value)
    return Me(name=read.actor.name, roles=sorted(read.actor.roles), duties=held, as_of=read.as_of.isoformat())


@router.get("/me/tokens")
def tokens(read: Read) -> list[TokenOut]:
    """Your tokens that were not revoked, newest first."""
    return [
        TokenOut(id=row.id, label=row.label, scope=row.scope, expires_at=row.expires_at.isoformat())
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
def revoke(token_id: int, act: Act) -> None:
    """Take a token of yours back, from now on."""
    revoke_token(act.session, act.actor, token_id=token_id)
