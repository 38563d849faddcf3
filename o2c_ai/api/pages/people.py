"""A person's own page: password, second factor, where they are signed in, and the tokens that act for them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response

from o2c_ai.api.dependencies import Read, Shared, let_go
from o2c_ai.api.pages.page import Doing, done, draw
from o2c_ai.api.security import digest_of, is_code, new_second_factor, new_token, second_factor_address
from o2c_ai.api.tries import check_own_password
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.access.actions import begin_second_factor, end_sign_in, set_password, take_code
from o2c_ai.core.access.queries import (
    find_second_factor,
    is_for_once,
    lacks_second_factor,
    list_sign_ins,
)
from o2c_ai.core.access.rules import WrongWords
from o2c_ai.core.people.actions import issue_token, revoke_token
from o2c_ai.core.people.queries import list_tokens
from o2c_ai.core.people.rules import duties

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.api.dependencies import Service
    from o2c_ai.core.people.rules import Actor

router = APIRouter(prefix="/people", route_class=TurnRoute)
Word = Annotated[str, Form(max_length=500)]


@router.get("")
def mine(request: Request, read: Read, service: Shared, did: str = "") -> Response:
    """Show what is yours."""
    return _mine(request, service, read.session, read.actor, did=did)


def _mine(
    request: Request, service: Service, session: Session, actor: Actor, *, did: str = "", token: str = ""
) -> Response:
    factor = find_second_factor(session, actor.user_id)
    begun = factor is not None and factor.confirmed_at is None
    return draw(
        request,
        "people.html",
        actor=actor,
        factor=factor,
        secret=factor.secret if factor is not None and begun else "",
        address=second_factor_address(factor.secret, actor.name) if factor is not None and begun else "",
        needs_factor=service.settings.ask_second_factor and lacks_second_factor(session, actor),
        for_once=is_for_once(session, actor.user_id),
        sign_ins=list_sign_ins(session, actor.user_id, actor.recorded_at),
        tokens=list_tokens(session, actor),
        token=token,
        duties=sorted(duty.value for duty in duties(actor.roles)),
        did=did,
    )


@router.post("/password")
def change_password(request: Request, act: Doing, service: Shared, old: Word, new: Word) -> Response:
    """Change one's own password; every browser signs in again. Raises WrongWords, TooManyTries, ShortPassword."""
    with let_go(request, act) as session:
        check_own_password(request, session, act.actor, old)
        hashed = service.passwords.hash(new)
    set_password(act.session, act.actor, name=act.actor.name, password_hash=hashed)
    return done(act, "/sign-in", did="password")


@router.post("/second-factor")
def begin_factor(act: Doing) -> Response:
    """Draw a secret for time-based codes; it counts once a code was shown. Raises SecondFactorThere."""
    begin_second_factor(act.session, act.actor, secret=new_second_factor())
    return done(act, "/people", did="factor_begun")


@router.post("/second-factor/code")
def confirm_factor(act: Doing, service: Shared, code: Annotated[str, Form(max_length=20)]) -> Response:
    """Show the first code: from now on one is asked for at every sign-in. Raises WrongWords."""
    factor = find_second_factor(act.session, act.actor.user_id)
    if factor is None or not is_code(code.strip(), factor.secret, service.now()):
        raise WrongWords
    take_code(act.session, act.actor, code=code.strip())
    return done(act, "/people", did="factor_set")


@router.post("/sign-ins/{number}/end")
def end_one(act: Doing, number: int) -> Response:
    """End a sign-in of yours. Raises UnknownSignIn."""
    end_sign_in(act.session, act.actor, sign_in_id=number)
    return done(act, "/people", did="ended")


@router.post("/tokens")
def draw_token(
    request: Request,
    act: Doing,
    service: Shared,
    label: Annotated[str, Form(min_length=1, max_length=80)],
    days: Annotated[int, Form(ge=1, le=366)] = 90,
) -> Response:
    """Draw a token that acts for you, and show it this once."""
    token = new_token()
    expires_at = act.actor.recorded_at + timedelta(days=days)
    issue_token(act.session, act.actor, digest=digest_of(token), expires_at=expires_at, label=label)
    act.session.commit()
    return _mine(request, service, act.session, act.actor, token=token)


@router.post("/tokens/{number}/revoke")
def revoke_one(act: Doing, number: int) -> Response:
    """Take a token of yours back. Raises UnknownToken."""
    revoke_token(act.session, act.actor, token_id=number)
    return done(act, "/people", did="revoked")
