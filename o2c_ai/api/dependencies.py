"""What a request is given: who asks, in whose books, as of which day, and a session that reads or acts."""

from __future__ import annotations

import hashlib
from asyncio import AbstractEventLoop, Semaphore, get_running_loop
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from http import HTTPStatus
from typing import Annotated, Any
from weakref import WeakKeyDictionary

from fastapi import Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy.orm import Session

from o2c_ai.api.ranking import Worklists
from o2c_ai.api.refusals import NotSignedIn, Stale
from o2c_ai.api.schemas import Day
from o2c_ai.api.security import Passwords, digest_of, is_form_token
from o2c_ai.api.standing import Standing
from o2c_ai.api.watch import Figures
from o2c_ai.core.access.queries import admitted_by_sign_in, admitted_by_token
from o2c_ai.core.database import RefusedByStore, Store
from o2c_ai.core.errors import Forbidden
from o2c_ai.core.people.actions import answer_key, claim_key
from o2c_ai.core.people.rules import Actor, Answer, Duty, require
from o2c_ai.jobs.queue import Queue
from o2c_ai.settings import Settings

COOKIE = "o2c_sign_in"
FORM_FIELD, FORM_HEADER = "form_token", "X-Form-Token"
KEY_LENGTH_MAX = 200
JSON = "application/json"
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
    standing: Standing = field(default_factory=Standing)

    @cached_property
    def queue(self) -> Queue:
        """Where jobs wait for whoever works them off; opened when the first is asked for."""
        return Queue(self.store.url)

    def dispose(self) -> None:
        """Let go of the databases."""
        if "queue" in vars(self):
            self.queue.close()
        self.store.dispose()

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


async def shared(request: Request) -> Service:
    """What all requests share, for a route; asynchronous, so that it is had without a thread."""
    return service_of(request)


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
    now, asked = service.now(), service.settings.ask_second_factor
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        actor = admitted_by_sign_in(session, digest_of(shown_by(request)), now, second_factor_asked=asked)
    elif scheme.lower() == "bearer":
        actor = admitted_by_token(session, digest_of(token), now, second_factor_asked=asked)
    else:
        actor = None
    if actor is None:
        raise NotSignedIn
    return actor


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
    afterwards: list[Callable[[], None]] = field(default_factory=list)
    """What is done once the act is committed."""

    def finish(self, response: Response) -> None:
        """Keep the answer with the act and commit both."""
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            return
        if self.key:
            body = bytes(response.body).decode()
            for secret in self.secrets:
                body = body.replace(secret, "")
            answer_key(self.session, self.actor, key=self.key, status=response.status_code, body=body)
        self.commit()

    def commit(self) -> None:
        """Commit the act, then do what comes after it."""
        self.session.commit()
        for step in self.afterwards:
            step()


AsOf = Annotated[Day | None, Query(description="The day whose knowledge is used; today where left out.")]


async def reading(request: Request, as_of: AsOf = None) -> AsyncIterator[Reading]:
    """Give a question its session. Raises NotSignedIn."""
    opened = ExitStack()
    try:
        yield await run_in_threadpool(begin_reading, request, as_of, opened)
    finally:
        await run_in_threadpool(opened.close)


def begin_reading(request: Request, as_of: date | None, opened: ExitStack) -> Reading:
    """Open a session and find who asks: both in one turn of a thread. Raises NotSignedIn."""
    service = service_of(request)
    session = opened.enter_context(service.store.reading())
    return Reading(session, who_asks(request, session), as_of or service.today())


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
        act = Acting(session, actor, on or service.today(), idempotency_key)
        _claim(request, act)
        request.state.acting = act
        yield act


@contextmanager
def let_go(request: Request, act: Acting) -> Iterator[Session]:
    """A session to read and compute from before an act writes anything, so that others write meanwhile.

    The act's key is claimed again after it. Raises Answered where the same request was answered meanwhile.
    """
    act.session.rollback()
    with service_of(request).store.reading() as session:
        yield session
    if act.key:
        _claim(request, act)


def _claim(request: Request, act: Acting) -> None:
    digest = request.state.digest
    try:
        known = claim_key(act.session, act.actor, key=act.key, request_digest=digest)
    except RefusedByStore:
        # Somebody asked the same at the same moment and was answered while we waited: theirs is the answer.
        act.session.rollback()
        known = claim_key(act.session, act.actor, key=act.key, request_digest=digest)
    if known is not None:
        raise Answered(known)


def check_form(request: Request, given: str) -> None:
    """Refuse a form that another site made this browser send (OtherSite)."""
    if not is_form_token(given, shown_by(request)):
        raise OtherSite


def tag_of(shown: BaseModel) -> str:
    """The tag of a thing as it is shown now: another one as soon as anything about it changes."""
    return f'"{hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:32]}"'


def check_tag(given: str, shown: BaseModel) -> None:
    """Refuse to change what was changed since it was read (Stale); `*` changes it as it is."""
    if given.strip() != "*" and tag_of(shown) not in {tag.strip().removeprefix("W/") for tag in given.split(",")}:
        raise Stale


IfMatch = Annotated[str, Header(max_length=1000, description="The ETag you read it with, or `*`.", examples=["*"])]
Read = Annotated[Reading, Depends(reading)]
ReadAlong = Annotated[Reading, Depends(reading), "while the answer is sent"]
"""The same for an answer that goes on reading while it is sent (turns.py)."""
Act = Annotated[Acting, Depends(acting)]
Shared = Annotated[Service, Depends(shared)]


def needs(duty: Duty) -> Any:  # noqa: ANN401 - FastAPI's own mark
    """Refuse an act to whoever lacks its duty before anything it names is looked at (NotYourDuty)."""

    def check(act: Act) -> None:
        require(act.actor, duty)

    return Depends(check)
