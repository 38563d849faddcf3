"""Cuts off whoever sends without end, before it fills memory or disk."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FORM_MAX = 1_000_000
"""Bytes of a form: some ten thousand ticked boxes."""


def bounded(receive: Receive, bytes_max: int, refusal: Exception) -> Receive:
    """What is received, which ends in the refusal after so many bytes."""
    seen = 0

    async def receive_some() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > bytes_max:
            raise refusal
        return message

    return receive_some


class Forms:
    """Bounds what pages are sent; routes of programs know themselves how much they take."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "http" and not scope["path"].startswith("/v1/"):
            what = f"at most {FORM_MAX:,} bytes of a form are taken"
            receive = bounded(receive, FORM_MAX, HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, what))
        await self.app(scope, receive, send)
