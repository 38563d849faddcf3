"""Builds the service: JSON under /v1, pages for people, and what watches over both."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from o2c_ai.api import errors
from o2c_ai.api.dependencies import Service
from o2c_ai.api.headers import Headers
from o2c_ai.api.pages import (
    collect,
    manage,
    match,
    match_acts,
    pick,
    sign_in,
    start,
    users,
    versions,
)
from o2c_ai.api.pages import (
    people as people_pages,
)
from o2c_ai.api.routes import health, people, receivables
from o2c_ai.api.security import Passwords
from o2c_ai.core.database import Store
from o2c_ai.core.migrations import upgrade
from o2c_ai.settings import Settings

ROUTES = (people.router, receivables.router)
PAGES = (
    sign_in.router,
    start.router,
    collect.router,
    match.router,
    match_acts.router,
    pick.router,
    manage.router,
    versions.router,
    people_pages.router,
    users.router,
)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service on the database of the settings, which is created or upgraded where needed."""
    settings = settings or Settings()
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.url())
    upgrade(store)
    app = FastAPI(
        title="o2c_ai",
        summary="Collections and cash application on exact books.",
        version="1",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(Headers)],
    )
    passwords = Passwords(settings.password_memory_kib, settings.password_rounds)
    app.state.worklists = collect.Worklists()
    app.state.service = Service(settings, store, passwords)
    errors.add_to(app)
    app.include_router(health.router)
    for router in ROUTES:
        app.include_router(router, prefix="/v1")
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(packages=[("o2c_ai.api", "static")]), name="static")
    app.mount("/htmx", StaticFiles(directory=str(files("js_lib_htmx") / "static" / "htmx")), name="htmx")
    return app
