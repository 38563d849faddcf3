"""What a request is given: who asks, in whose books, as of which day, and a session that reads or acts."""

from __future__ import annotations

import hashlib
from asyncio import AbstractEventLoop, Semaphore, get_running_loop
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy.orm import Session

from o2c_ai.api.errors import NotSignedIn, Stale, TooLarge
from o2c_ai.api.ranking import Worklists
from o2c_ai.api.schemas import Day
from o2c_ai.api.security import Passwords, digest_of, is_form_token
from o2c_ai.api.watch import Figures
from o2c_ai.core.access.queries import find_sign_in, let_in
from o2c_ai.core.database import RefusedByStore, Store
from o2c_ai.core.errors import Forbidden
from o2c_ai.core.people.actions import answer_key, claim_key
from o2c_ai.core.people.queries import find_token_actor
from o2c_ai.core.people.rules import Actor, Answer, Duty, require
from o2c_ai.settings import Settings

COOKIE = "o2c_sign_in"
FORM_FIELD, FORM_HEADER = "form_token", "X-Form-Token"
REPLAYED = "Idempotency-Replayed"
KEY_LENGTH_MAX = 200
BODY_MAX = 1_000_000
"""Bytes of an act said in JSON: some thousand invoices."""
AT_WORK_MAX = 12
"""Requests worked on at once: fewer than the store has connections, so that none waits for one with a thread."""


class Line:
    """Where requests wait for their turn: whoever waits holds neither a thread nor a connection."""

    def __init__(self, places: int) -> None:
        """Take the number of requests that may be at work."""
        self._places = places
        self._lines: WeakKeyDictionary[AbstractEventLoop, Semaphore] = WeakKeyDictionary()

    def here(self) -> Semaphore:
        """The line of the running event loop."""
        return self._lines.setdefault(get_running_loop(), Semaphore(self._places))


@dataclass(frozen=True)
class Service:
    """What all requests share."""

    settings: Settings
    store: Store
    passwords: Passwords
    line: Line = field(default_factory=lambda: Line(AT_WORK_MAX))
    figures: Figures = field(default_factory=Figures)
    worklists: Worklists = field(default_factory=Worklists)

    def now(self) -> datetime:
        """The instant a request is taken."""
        return datetime.now(UTC)

    def today(self) -> date:
        """The day questions are asked as of when none is given."""
        return self.settings.today or self.now().date()


class OtherSite(Forbidden):
    """A form came from a page this service did not give to this browser."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("this form is not from here, or is too old: load the page again")


class Answered(Exception):
    """The same request with the same key was answered before."""

    def __init__(self, known: Answer) -> None:
        """Keep the answer."""
        self.known = known


def service_of(request: Request) -> Service:
    """What all requests share."""
    service: Service = request.app.state.service
    return service


async def in_line(request: Request) -> AsyncIterator[None]:
    """Let a request wait until it may be worked on."""
    async with service_of(request).line.here():
        yield


def shown_by(request: Request) -> str:
    """What the browser shows; empty without a sign-in."""
    return request.cookies.get(COOKIE, "")


def who_asks(request: Request, session: Session) -> Actor:
    """Who acts, as far as they may: by the token of the header, else by what the browser shows. Raises NotSignedIn."""
    service = service_of(request)
    now = service.now()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        actor = find_token_actor(session, digest_of(token), now) if scheme.lower() == "bearer" else None
    else:
        signed_in = find_sign_in(session, digest_of(shown_by(request)), now)
        actor = None if signed_in is None else signed_in.actor
    if actor is None:
        raise NotSignedIn
    return let_in(session, actor, second_factor_asked=service.settings.ask_second_factor)


@dataclass(frozen=True)
class Reading:
    """A session for questions, who asks, and as of which day."""

    session: Session
    actor: Actor
    as_of: date

    @property
    def company_id(self) -> int:
        """Whose books."""
        return self.actor.company_id


@dataclass(frozen=True)
class Acting:
    """A session for one act, committed once it is answered."""

    session: Session
    actor: Actor
    as_of: date
    key: str
    """Drawn by who asks; empty for forms, which a page sends once."""
    secrets: list[str] = field(default_factory=list)
    """Words of the answer that are shown once and not kept with it."""

    def finish(self, response: Response) -> None:
        """Keep the answer with the act and commit both."""
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            return
        if self.key:
            body = bytes(response.body).decode()
            for secret in self.secrets:
                body = body.replace(secret, "")
            answer_key(self.session, self.actor, key=self.key, status=response.status_code, body=body)
        self.session.commit()


AsOf = Annotated[Day | None, Query(description="The day whose knowledge is used; today where left out.")]


def reading(request: Request, as_of: AsOf = None) -> Iterator[Reading]:
    """Give a question its session."""
    service = service_of(request)
    with service.store.reading() as session:
        yield Reading(session, who_asks(request, session), as_of or service.today())


def acting(
    request: Request,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=KEY_LENGTH_MAX)],
    on: Annotated[Day | None, Query(description="The day the act happens on; today where left out.")] = None,
) -> Iterator[Acting]:
    """Give an act of a program its session; the same request again is answered as before (Answered).

    Raises NotSignedIn, OtherSite, KeyReused.
    """
    service = service_of(request)
    with service.store.session() as session:
        actor = who_asks(request, session)
        if "Authorization" not in request.headers:
            check_form(request, request.headers.get(FORM_HEADER, ""))
        known = _claimed(session, actor, idempotency_key, request.state.digest)
        if known is not None:
            raise Answered(known)
        request.state.acting = Acting(session, actor, on or service.today(), idempotency_key)
        yield request.state.acting


def _claimed(session: Session, actor: Actor, key: str, digest: str) -> Answer | None:
    try:
        return claim_key(session, actor, key=key, request_digest=digest)
    except RefusedByStore:
        # Somebody asked the same at the same moment and was answered while we waited: theirs is the answer.
        session.rollback()
        return claim_key(session, actor, key=key, request_digest=digest)


def check_form(request: Request, given: str) -> None:
    """Refuse a form that another site made this browser send (OtherSite)."""
    if not is_form_token(given, shown_by(request)):
        raise OtherSite


class ActRoute(APIRoute):
    """A route that acts: knows what was asked before it is read, and commits before it answers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's own handler."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            request = await self.read(request)
            try:
                response = await handle(request)
            except Answered as again:
                known = again.known
                headers = {REPLAYED: "true"}
                return Response(known.body, known.status, headers, media_type="application/json")
            act: Acting | None = getattr(request.state, "acting", None)
            if act is not None:
                await run_in_threadpool(act.finish, response)
            return response

        return handled

    async def read(self, request: Request) -> Request:
        """The request with its body read and `state.digest` set. Raises TooLarge."""
        request = Request(request.scope, _bounded(request, BODY_MAX))
        asked = b"\n".join((request.method.encode(), str(request.url).encode(), await request.body()))
        request.state.digest = digest_of(asked.hex())
        return request


class SecretRoute(ActRoute):
    """A route that is told a secret: nothing of the body is kept, not even its digest."""

    async def read(self, request: Request) -> Request:
        """The request; the same key at the same address is the same request. Raises TooLarge."""
        request = await super().read(request)
        request.state.digest = digest_of(f"{request.method} {request.url}")
        return request


class UploadRoute(ActRoute):
    """A route that takes a file as the body, from those who may import; it is kept out of memory until it is whole."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler of acts with the place the file is kept in."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            with SpooledTemporaryFile(max_size=BODY_MAX) as file:
                request.state.upload = file
                return await handle(request)

        return handled

    async def read(self, request: Request) -> Request:
        """The request with the file at `state.upload`. Raises NotSignedIn, NotYourDuty, TooLarge."""
        await run_in_threadpool(_check_importer, request)
        request = Request(request.scope, _bounded(request, service_of(request).settings.upload_max_mb * 2**20))
        digest = hashlib.sha256(f"{request.method}\n{request.url}\n".encode())
        async for chunk in request.stream():
            digest.update(chunk)
            request.state.upload.write(chunk)
        request.state.digest = digest.hexdigest()
        return request


def _check_importer(request: Request) -> None:
    with service_of(request).store.reading() as session:
        require(who_asks(request, session), Duty.IMPORT)


def _bounded(request: Request, bytes_max: int) -> Callable[[], Coroutine[Any, Any, Any]]:
    """What the request receives, which ends in TooLarge after so many bytes."""
    seen = 0

    async def receive() -> Any:  # noqa: ANN401 - whatever the server sends
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > bytes_max:
            raise TooLarge(bytes_max)
        return message

    return receive


def tag_of(shown: BaseModel) -> str:
    """The tag of a thing as it is shown now: another one as soon as anything about it changes."""
    return f'"{hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:32]}"'


def check_tag(given: str, shown: BaseModel) -> None:
    """Refuse to change what was changed since it was read (Stale); `*` changes it as it is."""
    if given.strip() != "*" and tag_of(shown) not in {tag.strip().removeprefix("W/") for tag in given.split(",")}:
        raise Stale


IfMatch = Annotated[str, Header(max_length=1000, description="The ETag you read it with, or `*`.", examples=["*"])]
Read = Annotated[Reading, Depends(reading)]
Act = Annotated[Acting, Depends(acting)]
Shared = Annotated[Service, Depends(service_of)]
