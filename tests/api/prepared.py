"""Services of a test run share their routes: preparing them for a first request takes a second, and all are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.routing import BaseRoute

_ROUTES: list[BaseRoute] = []
"""The routes of the first service of this process, prepared as far as they were asked for."""


def with_shared_routes(app: FastAPI) -> FastAPI:
    """The service, with the routes of the first; its books, settings and figures are its own."""
    if not _ROUTES:
        _ROUTES.extend(app.router.routes)
    app.router.routes[:] = _ROUTES
    return app
