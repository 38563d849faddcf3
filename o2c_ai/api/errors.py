"""Says a refusal the way HTTP does: the family of the error gives the status, its facts the words (RFC 9457)."""

from __future__ import annotations

import re
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.routing import Match

from o2c_ai.api.examples import add_examples
from o2c_ai.api.links import add_links
from o2c_ai.api.pages.page import refusal
from o2c_ai.api.refusals import NotSignedIn, Stale, TooLarge
from o2c_ai.api.schemas import Written
from o2c_ai.api.watch import note_error
from o2c_ai.core.access.rules import TooManyTries
from o2c_ai.core.cash_application.rules import BookingsRefused
from o2c_ai.core.errors import BadInput, BooksError, Conflict, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


PROBLEM = "application/problem+json"


class Fault(Written):
    """One thing wrong in what was handed in."""

    source: str = Field(description="Part of the request, or the file.", examples=["body"])
    line: int | None = Field(default=None, description="Line of the file, counted from 1.")
    field: str | None = Field(default=None, examples=["amount"])
    what: str = Field(description="What is wrong.")
    remedy: str = Field(default="", description="What mends it.")


class Problem(Written):
    """A refusal (RFC 9457)."""

    type: str = Field(description="Which law was broken.", examples=["/problems/over-application"])
    title: str = Field(description="The status in words.", examples=["Unprocessable Content"])
    status: int
    detail: str = Field(description="What was refused, with its facts.")
    instance: str = Field(description="The address asked.", examples=["/v1/applications"])
    problems: list[Fault] = Field(default=[], description="Every fault of what was handed in.")


PROGRAMS = ("/v1", "/metrics", "/health", "/ready")
"""What programs ask: they are refused in JSON, people by a page."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def _declared(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


REFUSALS: dict[int | str, dict[str, Any]] = {
    400: _declared("The request is no HTTP we can read."),
    401: _declared("Nobody is signed in, or the token does not hold any more."),
    403: _declared("None of your roles has this duty, or a second person must decide."),
    404: _declared("There is no such thing in this company."),
    409: _declared("It is there, but somebody or something came first."),
    413: _declared("The request is larger than is taken."),
    415: _declared("The body is not JSON."),
    422: _declared("The request breaks a law of the books, or cannot be read."),
    503: _declared("The database could not be asked: nothing was changed, try again."),
}
"""What every address under /v1 may refuse."""
STALE: dict[int | str, dict[str, Any]] = {412: _declared("It was changed since you read it: read it again.")}


FAMILIES: dict[type[BooksError], HTTPStatus] = {
    TooManyTries: HTTPStatus.TOO_MANY_REQUESTS,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Stale: HTTPStatus.PRECONDITION_FAILED,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Forbidden: HTTPStatus.FORBIDDEN,
}
"""The first family that fits gives the status."""


def add_to(app: FastAPI) -> None:
    """Give the app its answers to refusals."""
    app.add_exception_handler(BooksError, _refused)
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DBAPIError, _store)
    app.add_exception_handler(NoConnection, _store)


def status_of(error: BooksError) -> HTTPStatus:
    """The HTTP status of a refusal."""
    if isinstance(error, BookingsRefused) and all(isinstance(one, Conflict) for _, one in error.refusals):
        return HTTPStatus.CONFLICT
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
    if not _is_program(request):
        page = refusal(request, status, detail, problems)
        page.headers.update(headers or {})
        return page
    body: dict[str, Any] = {"type": f"/problems/{kind}", "title": status.phrase, "status": status.value}
    body |= {"detail": detail, "instance": request.url.path}
    if problems:
        body["problems"] = list(problems)
    return JSONResponse(body, status.value, headers, media_type=PROBLEM)


def _is_program(request: Request) -> bool:
    return request.url.path.startswith(PROGRAMS)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, BooksError)
    problems = [asdict(problem) for problem in error.problems] if isinstance(error, BadInput) else []
    return answer(request, status_of(error), _kebab(type(error).__name__), str(error), problems)


def _not_signed_in(request: Request, error: Exception) -> Response:
    if not _is_program(request):
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
    status, headers, detail = HTTPStatus(error.status_code), dict(error.headers or {}), str(error.detail)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods(request))
        detail = f"this address takes {headers['Allow']}"
    return answer(request, status, _kebab(status.name), detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """What the address asked can be asked with."""
    routes = request.app.routes
    asked = {method: {**request.scope, "method": method} for method in METHODS}
    known = {method for method, scope in asked.items() if any(one.matches(scope)[0] is Match.FULL for one in routes)}
    return sorted(known | {"HEAD"} if "GET" in known else known)


def _store(request: Request, error: Exception) -> Response:
    # What the database says may hold names and amounts: neither answer nor log repeats it.
    note_error(error, _request_id(request))
    detail = "the database could not be asked: nothing was changed, try again"
    return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, "store-refused", detail, headers={"Retry-After": "1"})


def broken(request: Request, error: Exception) -> Response:
    """Note what broke, without its words; gives the answer that names the note."""
    note_error(error, _request_id(request))
    detail = f"something is broken here, noted under {_request_id(request)}"
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, "broken", detail)


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


def describe(app: FastAPI) -> dict[str, Any]:
    """The description of the interface (OpenAPI), with the shape of refusals in it."""
    if app.openapi_schema is None:
        app.openapi_schema = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        shapes = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        app.openapi_schema["components"]["schemas"] |= shapes.pop("$defs") | {"Problem": shapes}
        _add_bearer(app.openapi_schema)
        add_links(app.openapi_schema)
        add_examples(app.openapi_schema)
    return app.openapi_schema


def _add_bearer(described: dict[str, Any]) -> None:
    """Say how programs show who asks: a dependency of every route would say it too, and cost every request its time."""
    told = "A token drawn at /v1/me/tokens; browsers show their sign-in."
    described["components"]["securitySchemes"] = {
        "HTTPBearer": {"type": "http", "scheme": "bearer", "description": told}
    }
    for path, asked in described["paths"].items():
        for operation in asked.values() if path.startswith("/v1/") else ():
            operation["security"] = [{"HTTPBearer": []}]


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", "-", name).lower()
