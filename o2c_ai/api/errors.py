"""Says a refusal the way HTTP does: the family of the error gives the status, its facts the words (RFC 9457)."""

from __future__ import annotations

import re
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from o2c_ai.core.access.rules import TooManyTries
from o2c_ai.core.errors import BadInput, BooksError, Conflict, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FAMILIES: dict[type[BooksError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Forbidden: HTTPStatus.FORBIDDEN,
}
PROBLEM = "application/problem+json"


class NotSignedIn(Exception):
    """Nobody is signed in, or the token is not known any more."""


def add_to(app: FastAPI) -> None:
    """Give the app its answers to refusals."""
    app.add_exception_handler(BooksError, _refused)
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _store)


def status_of(error: BooksError) -> HTTPStatus:
    """The HTTP status of a refusal."""
    if isinstance(error, TooManyTries):
        return HTTPStatus.TOO_MANY_REQUESTS
    return next((status for family, status in FAMILIES.items() if isinstance(error, family)), HTTPStatus.BAD_REQUEST)


def answer(
    request: Request,
    status: HTTPStatus,
    kind: str,
    detail: str,
    problems: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as JSON for programs, as a page for people."""
    if not request.url.path.startswith("/v1"):
        from o2c_ai.api.pages.page import refusal

        return refusal(request, status, detail, problems)
    body: dict[str, Any] = {"type": f"/problems/{kind}", "title": status.phrase, "status": status.value}
    body |= {"detail": detail, "instance": request.url.path}
    if problems:
        body["problems"] = list(problems)
    return JSONResponse(body, status.value, headers, media_type=PROBLEM)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, BooksError)
    problems = [asdict(problem) for problem in error.problems] if isinstance(error, BadInput) else []
    return answer(request, status_of(error), _kebab(type(error).__name__), str(error), problems)


def _not_signed_in(request: Request, error: Exception) -> Response:
    if not request.url.path.startswith("/v1"):
        return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    detail = str(error) or "sign in, or show a token that holds"
    return answer(request, HTTPStatus.UNAUTHORIZED, "not-signed-in", detail, headers={"WWW-Authenticate": "Bearer"})


def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [
        {"source": str(fault["loc"][0]), "field": ".".join(map(str, fault["loc"][1:])), "what": fault["msg"]}
        for fault in error.errors()
    ]
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer(request, status, "unreadable-request", "the request cannot be read", problems)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    return answer(request, status, _kebab(status.name), str(error.detail), headers=error.headers)


def _store(request: Request, _: Exception) -> Response:
    # What the database says may hold names and amounts: it is in the log, not in the answer.
    detail = "the database could not be asked: nothing was changed, try again"
    return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, "store-refused", detail, headers={"Retry-After": "1"})


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", "-", name).lower()
