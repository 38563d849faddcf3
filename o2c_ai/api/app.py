"""Builds the service: JSON under /v1, pages for people, and what watches over both."""

from __future__ import annotations

from asyncio import create_task
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

from fastapi import Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from o2c_ai.api import errors
from o2c_ai.api.bounds import Forms
from o2c_ai.api.dependencies import Service, in_line
from o2c_ai.api.headers import Headers
from o2c_ai.api.pages import (
    approvals as approval_pages,
)
from o2c_ai.api.pages import (
    collect,
    collect_acts,
    deductions,
    exceptions,
    forecast,
    journal,
    manage,
    match,
    match_acts,
    payers,
    pick,
    receipts,
    returned,
    sign_in,
    start,
    users,
    versions,
)
from o2c_ai.api.pages import (
    figures as figure_pages,
)
from o2c_ai.api.pages import (
    health as health_pages,
)
from o2c_ai.api.pages import (
    jobs as job_pages,
)
from o2c_ai.api.pages import (
    people as people_pages,
)
from o2c_ai.api.pages import (
    spot_checks as spot_check_pages,
)
from o2c_ai.api.routes import (
    aliases,
    approvals,
    assignments,
    audit,
    bank_lines,
    cash_application,
    collections,
    customers,
    disputes,
    documents,
    exports,
    figures,
    forecasts,
    health,
    imports,
    invoices,
    jobs,
    learner_health,
    learners,
    ledger,
    payments,
    people,
    receivables,
    reporting,
    scenarios,
    spot_checks,
    timings,
    views,
    vouchers,
)
from o2c_ai.api.security import Passwords
from o2c_ai.api.warming import warm
from o2c_ai.api.watch import Watch, note_error
from o2c_ai.core.database import Store
from o2c_ai.core.migrations import upgrade
from o2c_ai.settings import Settings

ROUTES = (
    people.router,
    people.secret_router,
    customers.router,
    aliases.router,
    receivables.router,
    invoices.router,
    imports.router,
    payments.router,
    bank_lines.router,
    cash_application.router,
    approvals.router,
    disputes.router,
    collections.router,
    assignments.router,
    views.router,
    timings.router,
    forecasts.router,
    scenarios.router,
    learners.router,
    learner_health.router,
    jobs.router,
    spot_checks.router,
    ledger.router,
    vouchers.router,
    reporting.router,
    exports.router,
    figures.router,
    documents.router,
    audit.router,
)
PAGES = (
    sign_in.router,
    start.router,
    collect_acts.router,
    collect.router,
    match.router,
    exceptions.router,
    receipts.router,
    deductions.router,
    returned.router,
    approval_pages.router,
    spot_check_pages.router,
    match_acts.router,
    payers.router,
    pick.router,
    manage.router,
    figure_pages.router,
    forecast.router,
    journal.router,
    health_pages.router,
    versions.router,
    job_pages.router,
    people_pages.router,
    users.router,
)


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    warmed = create_task(run_in_threadpool(_warm, service))
    yield
    await warmed
    service.dispose()


def _warm(service: Service) -> None:
    try:
        warm(service)
    except Exception as error:  # noqa: BLE001 - whoever looks first waits a little; the service runs all the same
        note_error(error, "warming")


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
        middleware=[Middleware(Headers), Middleware(Watch, service.figures, errors.broken), Middleware(Forms)],
        dependencies=[Depends(in_line)],
        lifespan=_life,
    )
    app.state.service = service
    errors.add_to(app)
    app.openapi = lambda: errors.describe(app)  # type: ignore[method-assign] # FastAPI's own way to extend it
    app.include_router(health.router)
    for router in ROUTES:
        app.include_router(router, prefix="/v1", responses=errors.REFUSALS)
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(packages=[("o2c_ai.api", "static")]), name="static")
    app.mount("/htmx", StaticFiles(directory=str(files("js_lib_htmx") / "static" / "htmx")), name="htmx")
    return app
