"""How routes work off what is asked: a question in one turn of a thread, an act committed before it is answered."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from functools import wraps
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from o2c_ai.api.bounds import bounded
from o2c_ai.api.dependencies import (
    JSON,
    Acting,
    Answered,
    AsOf,
    Read,
    Shared,
    begin_reading,
    service_of,
    who_asks,
)
from o2c_ai.api.refusals import TooLarge
from o2c_ai.api.security import digest_of
from o2c_ai.core.errors import Invalid
from o2c_ai.core.people.rules import Duty, require

REPLAYED = "Idempotency-Replayed"
QUESTIONS = {"GET", "HEAD"}
"""Ask and change nothing: what such a request says besides is not read."""
BODY_MAX = 1_000_000
"""Bytes of an act said in JSON: some thousand invoices."""


class TurnRoute(APIRoute):
    """A route that opens, uses and closes the session of a question in the one turn of a thread that answers it.

    Three turns take half as long again. An answer that goes on reading while it is sent takes ReadAlong.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **how: Any) -> None:  # noqa: ANN401 - FastAPI's own
        """Take the route as FastAPI gives it."""
        super().__init__(path, in_one_turn(endpoint), **how)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Let nobody be told what is wrong with a question before it is known who asks (NotSignedIn)."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except (RequestValidationError, Invalid):
                await run_in_threadpool(_check_signed_in, request)
                raise

        return handled


def _check_signed_in(request: Request) -> None:
    with service_of(request).store.reading() as session:
        who_asks(request, session)


def in_one_turn(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """The endpoint with its Reading begun and ended by itself, and Shared had by itself; as it is without a Reading."""
    asked = inspect.signature(endpoint, eval_str=True)
    named = {parameter.annotation: name for name, parameter in asked.parameters.items()}
    read, shared, request = named.get(Read), named.get(Shared), named.get(Request)
    if read is None:
        return endpoint

    @wraps(endpoint)
    def answered(**given: Any) -> Any:  # noqa: ANN401 - whatever the endpoint takes and gives
        with ExitStack() as opened:
            asks = given[request] if request else given.pop("request")
            given[read] = begin_reading(asks, given.pop("as_of"), opened)
            if shared:
                given[shared] = service_of(asks)
            return endpoint(**given)

    own = {"as_of": AsOf} if request else {"request": Request, "as_of": AsOf}
    parameters = [one for name, one in asked.parameters.items() if name not in {read, shared}]
    parameters += [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=None)
        for name, kind in own.items()
    ]
    answered.__signature__ = asked.replace(parameters=parameters)  # type: ignore[attr-defined] # where inspect looks
    return answered


class ActRoute(TurnRoute):
    """A route that acts: knows what was asked before it is read, and commits before it answers."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's own handler."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            if request.method in QUESTIONS:
                return await handle(request)
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
        """The request with its body read and `state.digest` set. Raises TooLarge; 415 for a body that is no JSON."""
        given = request.headers.get("Content-Type", JSON)
        if self.body_field is not None and given.partition(";")[0].strip().lower() != JSON:
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"hand the body in as JSON: Content-Type: {JSON}")
        _check_encoding(request)
        request = Request(request.scope, bounded(request.receive, BODY_MAX, TooLarge(BODY_MAX)))
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
        _check_encoding(request)
        bytes_max = service_of(request).settings.upload_max_mb * 2**20
        request = Request(request.scope, bounded(request.receive, bytes_max, TooLarge(bytes_max)))
        digest = hashlib.sha256(f"{request.method}\n{request.url}\n".encode())
        async for chunk in request.stream():
            digest.update(chunk)
            request.state.upload.write(chunk)
        request.state.digest = digest.hexdigest()
        return request


def _check_importer(request: Request) -> None:
    with service_of(request).store.reading() as session:
        require(who_asks(request, session), Duty.IMPORT)


def _check_encoding(request: Request) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        what = "nothing packed is taken: send the body as it is, without Content-Encoding"
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, what, headers={"Accept-Encoding": "identity"})
