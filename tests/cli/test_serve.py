"""`o2c serve` as processes: who works jobs off is replaced when killed, and ends with who serves."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.job_runs.actions import ask
from o2c_ai.core.job_runs.queries import get_stored
from o2c_ai.core.job_runs.rules import Job, Order, RunState
from o2c_ai.jobs.queue import Queue
from tests.books import DAY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.books import Books

PATIENCE = 60


def wait_for(there: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < until
        time.sleep(0.1)


def is_done(books: Books, run: int) -> bool:
    with books.store.reading() as session:
        return get_stored(session, run).state is RunState.DONE


def workers(serving: int) -> list[int]:
    """Processes that work jobs off, by their numbers."""
    children = Path(f"/proc/{serving}/task").glob("*/children")
    found = [int(number) for path in children for number in path.read_text("ascii").split()]
    return [number for number in found if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes()]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes as Linux tells of them")
def test_whoever_works_jobs_off_is_replaced_when_killed_and_ends_with_who_serves(
    sqlite_books: Books, tmp_path: Path
) -> None:
    books, url = sqlite_books, sqlite_books.store.url.render_as_string()
    sqlite_books.session.commit()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {"O2C_DATABASE_URL": url, "O2C_DATA_DIR": str(tmp_path), "O2C_TRACKING_URI": "off"}
    command = [sys.executable, "-c", "from o2c_ai.cli import main; main()", "serve", "--port", str(port)]

    def work_off(job: Job) -> None:
        run = ask(books.session, books.actor, order=Order(job, DAY))
        books.session.commit()
        with closing(Queue(books.store.url)) as queue:
            queue.put(run)
        wait_for(lambda: is_done(books, run))

    with subprocess.Popen(command, env=os.environ | ours, stderr=subprocess.DEVNULL) as serving:
        try:
            work_off(Job.RANK_WORKLIST)
            (worker,) = workers(serving.pid)
            os.kill(worker, signal.SIGKILL)
            work_off(Job.SCORE_OPEN_ITEMS)
            (other,) = workers(serving.pid)
            assert other != worker
        finally:
            serving.terminate()
        assert serving.wait(PATIENCE) == 0
    wait_for(lambda: not Path(f"/proc/{other}").exists())
