"""Counts and times what is asked, and writes a line for each request: never who asked, and never about whom."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from pathlib import Path
from time import perf_counter
from traceback import extract_tb
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request

import o2c_ai

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("o2c_ai.requests")
PREFIX = "/v1"
PACKAGE = Path(o2c_ai.__file__).parent
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 0.6, 1.0, 2.5, 10.0)
"""Bounds of the buckets: 0.15 s is what a key may take, 0.3 s a first page."""


class Figures:
    """What a service counts about itself since it was started."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.registry = CollectorRegistry()
        names = ("method", "route")
        self.seconds = Histogram(
            "o2c_request_seconds", "How long answers take.", names, buckets=SECONDS, registry=self.registry
        )
        self.answers = Counter("o2c_answers", "Answers by status.", (*names, "status"), registry=self.registry)
        self.at_work = Gauge("o2c_requests_at_work", "Requests not answered yet.", registry=self.registry)

    def text(self) -> bytes:
        """All of it, in the words of Prometheus."""
        return generate_latest(self.registry)


class Watch:
    """Watches every request that comes by, and answers for what breaks: the server would print it with its words."""

    def __init__(self, app: ASGIApp, figures: Figures, broken: Callable[[Request, Exception], Response]) -> None:
        """Wrap an app; `broken` notes an error and gives the answer to it."""
        self.app, self.figures, self.broken = app, figures, broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, then count it and write its line."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, answered = int(HTTPStatus.INTERNAL_SERVER_ERROR), False
        began = perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
            await send(message)

        self.figures.at_work.inc()
        try:
            await self.app(scope, receive, noted)
        except Exception as error:  # noqa: BLE001 - whatever breaks is told in one line, under the request's name
            answer = self.broken(Request(scope), error)
            if not answered:
                await answer(scope, receive, noted)
        finally:
            self.figures.at_work.dec()
            self._note(scope, status, perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # The template alone: what stands in its place may be a customer's number.
        route = getattr(scope.get("route"), "path_format", "none")
        if scope["path"].startswith(PREFIX) and not route.startswith(PREFIX):
            route = PREFIX + route  # which the template of an included router lacks
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.figures.seconds.labels(method, route).observe(seconds)
        self.figures.answers.labels(method, route, str(status)).inc()
        line = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        LOG.info(json.dumps(line | {"request_id": scope.get("state", {}).get("request_id", "")}))


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def note_error(error: BaseException, request_id: str) -> None:
    """Write down what went wrong and where, without its words, which may hold names and amounts."""
    places = [f"{_file(frame.filename)}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    ours = [place for place in places if not Path(place).is_absolute()]
    at = [*ours, *(place for place in places[-1:] if place not in ours)]
    LOG.error(json.dumps({"error": type(error).__name__, "at": at, "request_id": request_id}))


def to_standard_error() -> None:
    """Write the lines of this process to standard error: as JSON, one a line, and nothing else."""
    LOG.addHandler(logging.StreamHandler())
    LOG.setLevel(logging.INFO)


def _file(path: str) -> str:
    """A file of this package by its place in it; another's as it is."""
    return str(Path(path).relative_to(PACKAGE)) if Path(path).is_relative_to(PACKAGE) else path
