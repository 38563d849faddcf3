"""The way in and out: company, name, password and, where one is set up, the code of a second factor."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from o2c_ai.api.dependencies import COOKIE, FORM_FIELD, Service, Shared, check_form, shown_by, who_asks
from o2c_ai.api.pages.page import draw
from o2c_ai.api.security import digest_of, is_code, new_token
from o2c_ai.core.access.actions import end_sign_in, note_wrong_try, sign_in, take_code
from o2c_ai.core.access.queries import barred_until, find_secret, find_sign_in, is_for_once
from o2c_ai.core.access.rules import SIGN_IN_LASTS, TooManyTries, WrongWords
from o2c_ai.core.errors import Forbidden
from o2c_ai.core.ledger.queries import find_company
from o2c_ai.core.people.queries import get_actor
from o2c_ai.demo.people import COMPANY_CODE

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
        known = find_sign_in(session, digest_of(shown_by(request)), actor.recorded_at)
        if known is not None:
            end_sign_in(session, actor, sign_in_id=known.sign_in_id)
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
        company_id = 0 if company is None else company.company_id
        subjects = [digest_of(f"name {given.name}"), digest_of(f"address {request.client and request.client.host}")]
        barred = barred_until(session, company_id, subjects, now)
        secret = find_secret(session, company_id, given.name)
    if barred is not None:
        raise TooManyTries(barred)
    code = given.code.strip()
    proven = service.passwords.proves(given.password, secret)
    with service.store.session() as session:
        factor = secret.second_factor if proven and secret is not None else None
        if not proven or (factor is not None and not is_code(code, factor, now)):
            if company_id:
                note_wrong_try(session, company_id=company_id, subjects=subjects, at=now)
                session.commit()
            raise WrongWords
        actor = get_actor(session, company_id, given.name, now)
        if factor is not None:
            take_code(session, actor, code=code)
        shown = new_token()
        sign_in(session, actor, digest=digest_of(shown))
        first = "/people" if is_for_once(session, actor.user_id) else "/"
        session.commit()
    return shown, first
