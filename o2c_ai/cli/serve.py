"""`o2c serve`: the service on this machine, for programs under /v1 and for people in a browser."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from o2c_ai.cli.door import error_console, open_door, output, read_settings
from o2c_ai.core.database import Store
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.ledger.queries import find_company
from o2c_ai.core.payments.queries import last_booking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from o2c_ai.settings import Settings

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
"""Addresses that only this machine reaches."""
WATCH_SECONDS = 1
"""How soon it is seen that nobody works jobs off any more."""


def add_to(app: typer.Typer) -> None:
    """Give the app its command."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to answer on (default: O2C_HOST, else 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port (default: O2C_PORT, else 8000).")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Serve the made-up company, on its last day.")] = False,
) -> None:
    """Serve the pages and the JSON interface, work jobs off, and mind the clock, until it is stopped."""
    import uvicorn

    from o2c_ai.api.app import create_app
    from o2c_ai.api.watch import to_standard_error

    settings = demo_settings(read_settings()) if demo else open_door(None, None, as_json=False).settings
    address, number = host or settings.host, settings.port if port is None else port
    to_standard_error()
    settings = settings.model_copy(update={"host": address, "port": number})
    check_reach(settings)
    error_console.print(f"o2c at http://{address}:{number}/ (stop with Ctrl+C)")
    if demo:
        _say_logins()
    app = create_app(settings)
    signal.signal(signal.SIGTERM, _end)
    with worked_off(settings):
        uvicorn.run(app, host=address, port=number, log_level="warning", server_header=False)


def _end(_signal: int, _frame: object) -> NoReturn:
    """End as after Ctrl+C: by default the process would be gone at once, and its jobs with it."""
    sys.exit(0)


@contextmanager
def worked_off(settings: Settings) -> Iterator[None]:
    """Work jobs off in a process of its own while the block lasts: what it computes does not slow answers down.

    It ends with the block, and also where this process is killed; where it dies itself another takes its place.
    """
    from o2c_ai.cli.consumer import GRACE_SECONDS, work_off

    processes, over = multiprocessing.get_context("spawn"), threading.Event()
    theirs, ours = processes.Pipe(duplex=False)

    def begin() -> multiprocessing.process.BaseProcess:
        process = processes.Process(target=work_off, args=(settings, theirs), name="o2c jobs")
        process.start()
        return process

    def watch() -> None:
        process = begin()
        while not over.wait(WATCH_SECONDS):
            if not process.is_alive():
                error_console.print("whoever works jobs off has died: another begins")
                process = begin()
        ours.close()
        process.join(2 * GRACE_SECONDS)
        process.kill()

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()


def demo_settings(settings: Settings) -> Settings:
    """The settings with the made-up company in place of one's own, on its last day. Raises BadInput before a demo."""
    from o2c_ai.demo.people import COMPANY_CODE

    file = settings.demo_dir / "o2c.sqlite"
    if not file.exists():
        raise BadInput([Problem(str(file), None, "", "there is no made-up company yet", "run o2c demo first")])
    ours = {"data_dir": settings.demo_dir, "database_url": "", "company": COMPANY_CODE, "ask_second_factor": False}
    settings = settings.model_copy(update=ours)
    store = Store(settings.url())
    with store.reading() as session:
        company = find_company(session, COMPANY_CODE)
        today = None if company is None else last_booking(session, company.company_id)
    store.dispose()
    return settings.model_copy(update={"today": settings.today or today})


def check_reach(settings: Settings) -> None:
    """Refuse to show the made-up company, whose passwords everybody knows, to other machines. Raises BadInput."""
    from o2c_ai.demo.people import COMPANY_CODE

    if settings.host in LOOPBACK:
        return
    store = Store(settings.url())
    with store.reading() as session:
        known = find_company(session, COMPANY_CODE)
    store.dispose()
    if known is not None:
        what = "the made-up company has passwords that everybody knows"
        remedy = "serve it on 127.0.0.1, or your own books from a database without it"
        raise BadInput([Problem("environment", None, "O2C_HOST", what, remedy)])


def _say_logins() -> None:
    from o2c_ai.demo.people import LOGINS

    for login in LOGINS:
        output().print(f"  {login.name:8} {login.password:22} {login.desk}")
