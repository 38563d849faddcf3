"""The way in and out: company, name, password and, where one is set up, the code of a second factor."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from o2c_ai.api.dependencies import COOKIE, FORM_FIELD, Service, Shared, check_form, shown_by, who_asks
from o2c_ai.api.pages.page import draw
from o2c_ai.api.security import digest_of, is_code, new_token
from o2c_ai.api.tries import counted_try
from o2c_ai.core.access.actions import end_sign_in, sign_in, take_code
from o2c_ai.core.access.queries import find_secret, find_sign_in, is_for_once
from o2c_ai.core.access.rules import SIGN_IN_LASTS, Secret, WrongWords
from o2c_ai.core.errors import Forbidden
from o2c_ai.core.ledger.queries import find_company
from o2c_ai.core.people.queries import get_actor
from o2c_ai.demo.people import COMPANY_CODE

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

router = APIRouter()


class ForThisMachine(Forbidden):
    """The made-up company has passwords that everybody knows."""

    def __init__(self) -> None:
        """Say where it can be seen."""
        super().__init__("the made-up company is shown on 127.0.0.1 only")


LOOPBACK = {"127.0.0.1", "::1", "localhost", "testserver"}


class SignInForm(BaseModel):
    """What somebody says who wants in."""

    company: str = Field(max_length=100)
    name: str = Field(max_length=100)
    password: str = Field(max_length=500)
    code: str = Field(default="", max_length=20)


@router.get("/sign-in")
def ask(request: Request, service: Shared, did: str = "") -> Response:
    """Ask who is there."""
    return draw(request, "sign_in.html", company=service.settings.company, name="", wrong="", did=did)


@router.post("/sign-in")
def enter(request: Request, service: Shared, given: Annotated[SignInForm, Form()]) -> Response:
    """Let somebody in whose words are right; what the browser showed before is worth nothing afterwards."""
    try:
        shown, first = _entered(request, service, given)
    except WrongWords as refused:
        facts = {"company": given.company, "name": given.name, "wrong": str(refused), "did": ""}
        return draw(request, "sign_in.html", HTTPStatus.FORBIDDEN, **facts)
    response = RedirectResponse(first, HTTPStatus.SEE_OTHER)
    # Over plain HTTP a browser keeps no secure cookie; that is only so on this machine itself.
    secure = request.url.hostname not in LOOPBACK
    response.set_cookie(
        COOKIE, shown, max_age=int(SIGN_IN_LASTS.total_seconds()), httponly=True, samesite="lax", secure=secure
    )
    return response


@router.post("/sign-out")
def leave(request: Request, service: Shared, form_token: Annotated[str, Form(alias=FORM_FIELD)]) -> Response:
    """End this sign-in."""
    check_form(request, form_token)
    with service.store.session() as session:
        actor = who_asks(request, session)
        _leave_the_old(request, session, actor.recorded_at)
        session.commit()
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE)
    return response


def _entered(request: Request, service: Service, given: SignInForm) -> tuple[str, str]:
    """What the browser shows from now on, and the page it sees first: one's own, where the password must be changed.

    Raises ForThisMachine, WrongWords and TooManyTries; the last two count a try.
    """
    if given.company == COMPANY_CODE and service.settings.host not in LOOPBACK:
        raise ForThisMachine
    now = service.now()
    with service.store.reading() as session:
        company = find_company(session, given.company)
        secret = None if company is None else find_secret(session, company.company_id, given.name)
    if company is None:
        # Looked at all the same: an answer at once would tell that there is no such company.
        service.passwords.proves(given.password, None)
        raise WrongWords
    with counted_try(request, company.company_id, given.name, now):
        return _let_in(request, service, given, company.company_id, secret, now)


def _let_in(
    request: Request, service: Service, given: SignInForm, company_id: int, secret: Secret | None, now: datetime
) -> tuple[str, str]:
    code, factor = given.code.strip(), secret and secret.second_factor
    proven = service.passwords.proves(given.password, secret)
    if not proven or (factor and not is_code(code, factor, now)):
        raise WrongWords
    with service.store.session() as session:
        actor = get_actor(session, company_id, given.name, now)
        if factor:
            take_code(session, actor, code=code)
        _leave_the_old(request, session, now)
        shown = new_token()
        sign_in(session, actor, digest=digest_of(shown))
        first = "/people" if is_for_once(session, actor.user_id) else "/"
        session.commit()
    return shown, first


def _leave_the_old(request: Request, session: Session, now: datetime) -> None:
    """End the sign-in this browser shows: whoever else may know it is out as well."""
    known = find_sign_in(session, digest_of(shown_by(request)), now)
    if known is not None:
        end_sign_in(session, known.actor, sign_in_id=known.sign_in_id)
