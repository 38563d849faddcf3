"""How quick the service is with 100,000 open items: first pages, what people do by a key, a list beside a bare one.

`python -m benchmarks service` fills a file of books and asks a server of its own over HTTP, one request after another;
`python -m benchmarks.service postgresql://...` fills and asks an empty PostgreSQL database instead. Every page is asked
for after a change of the books, so that nothing kept from before answers it. Milliseconds are those of the clock, and
those of the server's core, which do not count what else a machine is busy with.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.parse import urlencode

from benchmarks.large_books import DAY
from benchmarks.results import record
from benchmarks.service_books import COMPANY, NAME, PASSWORD, build
from o2c_ai.core.database import Store
from o2c_ai.core.suggestions.queries import page_to_match
from o2c_ai.core.suggestions.rules import Decision

OPEN_ITEMS = 100_000
PAGE_RUNS, ACT_RUNS = 12, 30
ROUNDS, REQUESTS = 12, 50
"""The two endpoints take turns: so many rounds of so many requests each."""
BARE, CORE, WORKLIST = "/bare", "/core-seconds", "/v1/worklist?limit=50"
PAGES: Mapping[str, str] = {
    "collectors": "/collect",
    "customer": "/collect/C00002",
    "clerks": "/match",
    "managers": "/manage",
    "books": "/manage/books",
    "audit": "/manage/audit",
}
BARS: Mapping[str, str] = {
    "worklist_to_bare_rate": ">= 0.5",
    "worklist_to_bare_p99": "<= 3",
    "pages": "median_ms < 300 each",
    "acts": "median_ms < 150 each",
}
Form = Mapping[str, object]


class Took(NamedTuple):
    """Milliseconds of one request."""

    clock: float
    core: float


def run(url: str = "") -> None:
    """Fill books, ask a server, and write down how long it took."""
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(url or f"sqlite:///{Path(scratch) / 'o2c.sqlite'}")
        token = build(store, OPEN_ITEMS)
        _settle(store)
        with _served(store, Path(scratch)) as port:
            figures = _measured(port, token, store)
        store.dispose()
    name = store.url.get_backend_name()
    record(f"service {name}", figures)
    print(f"service, {name}: {json.dumps(figures)}")
    print(f"service, to pass: {json.dumps(BARS)}")


def _settle(store: Store) -> None:
    """Leave the books as they are some minutes after whoever filled them has gone: swept up, and counted for plans."""
    if store.url.get_backend_name() == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    store.dispose()


def _measured(port: int, token: str, store: Store) -> dict[str, object]:
    program = Browser(port, {"Authorization": f"Bearer {token}"})
    began = time.perf_counter()
    ranked = json.loads(program.get("/v1/worklist?limit=200"))["rows"]
    cold, customers = time.perf_counter() - began, [row["customer"] for row in ranked]
    browser = Browser(port, {}).signed_in()
    return {
        "open_items": OPEN_ITEMS,
        "worklist_after_start_ms": round(cold * 1000),
        **_endpoints(program),
        "pages": {name: _told(_page(browser, path)) for name, path in PAGES.items()},
        "acts": {name: _told(list(act)) for name, act in _acts(browser, store, customers)},
    }


def _told(took: list[Took]) -> dict[str, float]:
    clock = sorted(one.clock for one in took)
    return {
        "median_ms": round(median(clock), 1),
        "p99_ms": round(clock[-1 - len(clock) // 100], 1),
        "core_ms": round(median(one.core for one in took), 1),
    }


def _endpoints(program: Browser) -> dict[str, float]:
    """The worklist beside a bare endpoint of the same server that gives the same rows, in turns."""
    seconds: dict[str, list[float]] = {BARE: [], WORKLIST: []}
    core: dict[str, list[float]] = {BARE: [], WORKLIST: []}
    for _ in range(ROUNDS):
        for path, told in seconds.items():
            before = program.core_seconds()
            for _ in range(REQUESTS):
                began = time.perf_counter()
                program.get(path)
                told.append(time.perf_counter() - began)
            core[path].append(program.core_seconds() - before)
    bare, ours = (sorted(seconds[path]) for path in (BARE, WORKLIST))
    nearly_last = len(bare) * 99 // 100
    return {
        "bare_requests_per_second": round(len(bare) / sum(bare)),
        "worklist_requests_per_second": round(len(ours) / sum(ours)),
        "worklist_to_bare_rate": round(sum(bare) / sum(ours), 3),
        "worklist_to_bare_core": round(median(b / o for b, o in zip(core[BARE], core[WORKLIST], strict=True)), 3),
        "worklist_to_bare_p99": round(ours[nearly_last] / bare[nearly_last], 2),
    }


def _page(browser: Browser, path: str) -> list[Took]:
    """A page, each time as the first who looks at it after somebody noted a contact."""
    took = []
    for turn in range(PAGE_RUNS):
        browser.post("/collect/C00005/contact", {"result": "reached", "note": f"{path} {turn}"})
        took.append(browser.timed(lambda: browser.get(path)))
    return took


def _acts(browser: Browser, store: Store, codes: list[str]) -> Iterator[tuple[str, Iterator[Took]]]:
    """What people do by a key, each on lines or customers of its own."""
    with store.reading() as session:
        facts = {"decision": Decision.REVIEW, "limit": 2 * ACT_RUNS}
        rows, _ = page_to_match(session, 1, DAY, **facts)  # type: ignore[arg-type] # named in one place
        waiting, _ = page_to_match(session, 1, DAY, decision=Decision.EXCEPTION, limit=3 * ACT_RUNS)
    lines, others = [row.id for row in rows], [row.id for row in waiting]
    until = (DAY + timedelta(days=9)).isoformat()

    def each(told: Callable[[int], tuple[str, Form] | str]) -> Iterator[Took]:
        for turn in range(ACT_RUNS):
            asked = told(turn)
            if isinstance(asked, str):
                yield browser.timed(lambda path=asked: browser.get(path))  # type: ignore[misc] # bound at once
            else:
                yield browser.timed(lambda form=asked: browser.post(*form))  # type: ignore[misc] # bound at once

    yield "next", each(lambda turn: f"/match?line={lines[turn]}")
    yield "pick", each(lambda turn: f"/match/{lines[turn]}/pick")
    yield "accept", each(lambda turn: (f"/match/{lines[turn]}/accept", {"suggestion": rows[turn].suggestion_id}))
    yield "undo", each(lambda turn: ("/match/undo", {"lines": lines[turn]}))
    yield "on account", each(lambda turn: (f"/match/{others[turn]}/park", {"customer": codes[turn]}))
    yield "not receivables", each(lambda turn: (f"/match/{others[ACT_RUNS + turn]}/set-aside", {}))
    yield "contact", each(lambda turn: (f"/collect/{codes[turn]}/contact", {"result": "no_answer"}))
    yield "promise", each(lambda turn: (f"/collect/{codes[-1 - turn]}/promise", {"until": until}))


class Browser:
    """One connection to the server, kept open."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        """Connect when first asked."""
        self._connection = HTTPConnection("127.0.0.1", port)
        self._headers = dict(headers)
        self._form_token = ""

    def signed_in(self) -> Browser:
        """The same, with a cookie and what its forms carry."""
        words = {"company": COMPANY, "name": NAME, "password": PASSWORD}
        self.post("/sign-in", words)
        self._form_token = re.findall(r'name="form_token" value="(\w+)"', self.get("/").decode())[0]
        return self

    def get(self, path: str) -> bytes:
        """What is shown there."""
        return self._asked("GET", path, None, {})

    def post(self, path: str, form: Form) -> bytes:
        """Send a form; whoever is led on to a page has done something."""
        body = urlencode({"form_token": self._form_token} | dict(form))
        return self._asked("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def core_seconds(self) -> float:
        """What the server has used of a core so far."""
        return float(json.loads(self.get(CORE)))

    def timed(self, ask: Callable[[], bytes]) -> Took:
        """How long the answer took."""
        before = self.core_seconds()
        began = time.perf_counter()
        ask()
        clock = time.perf_counter() - began
        return Took(clock * 1000, (self.core_seconds() - before) * 1000)

    def _asked(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> bytes:
        self._connection.request(method, path, body, self._headers | dict(headers))
        answer = self._connection.getresponse()
        words = answer.read()
        if answer.status != (200 if body is None else 303):
            message = f"{method} {path}: {answer.status} {words.decode()[:500]}"
            raise RuntimeError(message)
        if cookie := answer.getheader("Set-Cookie"):
            self._headers["Cookie"] = cookie.partition(";")[0]
        return words


@contextmanager
def _served(store: Store, scratch: Path) -> Iterator[int]:
    """A server on the books, in a process of its own; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    url = store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "benchmarks.service", "serve", url, str(port)]
    settings = {"O2C_DATA_DIR": str(scratch), "O2C_TODAY": DAY.isoformat(), "O2C_ASK_SECOND_FACTOR": "false"}
    with subprocess.Popen(command, env=os.environ | settings) as server:
        try:
            _await(port)
            yield port
        finally:
            server.terminate()


def _await(port: int) -> None:
    for _ in range(600):
        try:
            Browser(port, {}).get(CORE)
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    message = "the server does not answer"
    raise RuntimeError(message)


def serve(url: str, port: int) -> None:
    """The service as `o2c serve` runs it, with two endpoints more: bare rows, and what it has used of a core."""
    import uvicorn
    from starlette.routing import Match

    from o2c_ai.api.app import create_app
    from o2c_ai.api.routes.collections import WorklistOut
    from o2c_ai.api.schemas import MoneyOut, Page
    from o2c_ai.settings import Settings

    app = create_app(Settings(database_url=url))
    money = MoneyOut(amount="1234567.89", currency="EUR")
    reasons = ["oldest item 29 days overdue", "has unapplied credit", "never contacted"]
    sums = {"expected_value": money, "open": money, "overdue": money}
    facts = sums | {"days_late": 29, "action": "remind", "reasons": reasons, "assigned_to": None}
    rows = [WorklistOut.model_validate({"rank": rank, "customer": f"C{rank:05d}"} | facts) for rank in range(1, 51)]
    shown = Page[WorklistOut](rows=rows, next="WyIiLCA1MF0")

    @app.get(BARE, response_model=Page[WorklistOut])
    def bare() -> object:
        return shown

    # Where the worklist stands: of two endpoints the later one pays for looking through more routes.
    routes = app.router.routes
    asked = {"type": "http", "method": "GET", "path": WORKLIST.partition("?")[0], "headers": []}
    routes.insert(next(place for place, one in enumerate(routes) if one.matches(asked)[0] is Match.FULL), routes.pop())

    @app.get(CORE)
    async def core_seconds() -> float:
        return time.process_time()

    # A connection that waits while another is measured is not closed.
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", server_header=False, timeout_keep_alive=600)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], int(sys.argv[3]))
    else:
        run(sys.argv[1])
