"""Counts and times what is asked, and writes a line for each request: never who asked, and never about whom."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from time import perf_counter
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("o2c_ai.requests")
PREFIX = "/v1"
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
    """Watches every request that comes by."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        """Wrap an app."""
        self.app, self.figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, then count it and write its line."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR
        began = perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self.figures.at_work.inc()
        try:
            await self.app(scope, receive, noted)
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
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = "" if where is None else f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}"
    LOG.error(json.dumps({"error": type(error).__name__, "at": place, "request_id": request_id}))
