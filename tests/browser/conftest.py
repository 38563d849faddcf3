"""The desks in a real Chromium: the made-up company served on this machine, and its people who sign in."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
import uvicorn

from o2c_ai.api.app import create_app
from o2c_ai.cli.serve import demo_settings
from o2c_ai.settings import Settings
from tests.api.prepared import with_shared_routes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
O2C = [sys.executable, "-c", "from o2c_ai.cli import main; main()"]
READY_SECONDS = 60


@dataclass
class Site:
    """A running service and the browser to look at it with."""

    address: str
    chromium: Browser

    @contextmanager
    def seen_by(self, name: str, **how: Any) -> Iterator[Page]:  # noqa: ANN401 - playwright's options of a context
        """A page of somebody who is signed in; fails on any error of the page's own scripts."""
        context = self.chromium.new_context(base_url=self.address, viewport={"width": 1360, "height": 820}, **how)
        page, errors = context.new_page(), list[str]()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto("/sign-in")
        page.fill("[name=name]", name)
        page.fill("[name=password]", f"{name} likes demos")
        page.click("button")
        page.wait_for_url(f"{self.address}/")
        yield page
        context.close()
        assert errors == []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("NO CHROMIUM ON THIS MACHINE: THE DESKS ARE NOT TRIED IN A BROWSER")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Path:
    """The made-up company as `o2c demo` leaves it."""
    assert chromium.is_connected()
    folder = tmp_path_factory.mktemp("demo")
    subprocess.run([*O2C, "demo"], env=_environment(folder), check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def untouched(demo: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The made-up company, only looked at."""
    yield from _served(demo, tmp_path_factory.mktemp("untouched"), chromium)


@pytest.fixture(scope="session")
def with_jobs(demo: Path, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The made-up company, for tests that ask for jobs and do nothing else."""
    yield from _served(demo, tmp_path_factory.mktemp("with_jobs"), chromium)


@pytest.fixture
def site(demo: Path, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The made-up company as it was made, worked on by one test; nobody works jobs off."""
    shutil.copy(demo / "o2c.sqlite", tmp_path)
    for name in [name for name in os.environ if name.startswith("O2C_")]:
        monkeypatch.delenv(name)
    app = with_shared_routes(create_app(demo_settings(Settings(demo_dir=tmp_path))))
    how = uvicorn.Config(app, port=0, log_level="warning", server_header=False, timeout_graceful_shutdown=1)
    service = uvicorn.Server(how)
    serving = threading.Thread(target=service.run)
    serving.start()
    while not service.started:
        assert serving.is_alive()
        time.sleep(0.01)
    _, port = service.servers[0].sockets[0].getsockname()
    yield Site(f"http://127.0.0.1:{port}", chromium)
    service.should_exit = True
    serving.join()


def _served(demo: Path, folder: Path, chromium: Browser) -> Iterator[Site]:
    shutil.copy(demo / "o2c.sqlite", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*O2C, "serve", "--demo", "--port", str(port)]
    with subprocess.Popen(command, env=_environment(folder), stdout=subprocess.DEVNULL) as service:
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/health")
            yield Site(address, chromium)
        finally:
            service.terminate()


def _environment(folder: Path) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("O2C_")}
    return ours | {"O2C_DEMO_DIR": str(folder)}


def wait_for(address: str) -> None:
    """Wait until a service answers."""
    for _ in range(READY_SECONDS * 10):
        try:
            with urlopen(address, timeout=1):  # noqa: S310 - on this machine
                return
        except OSError:  # nobody there yet, or too busy to answer in time
            time.sleep(0.1)
    pytest.fail(f"nobody answers at {address}")
