"""Builds the service: JSON under /v1, pages for people, and what watches over both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from o2c_ai.api import errors
from o2c_ai.api.dependencies import Service, in_line
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
from o2c_ai.api.routes import (
    approvals,
    audit,
    bank_lines,
    cash_application,
    collections,
    customers,
    disputes,
    documents,
    forecasts,
    health,
    imports,
    invoices,
    jobs,
    learners,
    ledger,
    payments,
    people,
    receivables,
    reporting,
    spot_checks,
    timings,
)
from o2c_ai.api.security import Passwords
from o2c_ai.api.watch import Watch
from o2c_ai.core.database import Store
from o2c_ai.core.migrations import upgrade
from o2c_ai.settings import Settings

ROUTES = (
    people.router,
    people.secret_router,
    customers.router,
    receivables.router,
    invoices.router,
    imports.router,
    payments.router,
    bank_lines.router,
    cash_application.router,
    approvals.router,
    disputes.router,
    collections.router,
    timings.router,
    forecasts.router,
    learners.router,
    jobs.router,
    spot_checks.router,
    ledger.router,
    reporting.router,
    documents.router,
    audit.router,
)
BEARER = HTTPBearer(auto_error=False, description="A token drawn at /v1/me/tokens; browsers show their sign-in.")
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


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.service.store.dispose()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service on the database of the settings, which is created or upgraded where needed."""
    settings = settings or Settings()
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(settings.url())
    upgrade(store)
    service = Service(settings, store, Passwords(settings.password_memory_kib, settings.password_rounds))
    app = FastAPI(
        title="o2c_ai",
        summary="Collections and cash application on exact books.",
        version="1",
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(Headers), Middleware(Watch, service.figures)],
        dependencies=[Depends(in_line)],
        lifespan=_life,
    )
    app.state.service = service
    errors.add_to(app)
    app.openapi = lambda: errors.describe(app)  # type: ignore[method-assign] # FastAPI's own way to extend it
    app.include_router(health.router)
    for router in ROUTES:
        app.include_router(router, prefix="/v1", responses=errors.REFUSALS, dependencies=[Depends(BEARER)])
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(packages=[("o2c_ai.api", "static")]), name="static")
    app.mount("/htmx", StaticFiles(directory=str(files("js_lib_htmx") / "static" / "htmx")), name="htmx")
    return app
