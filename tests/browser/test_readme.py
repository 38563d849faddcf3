"""The README's first walk, as it is written: made, served, opened, a match accepted, a version put to the test."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import wait_for
from tests.docs.fences import ROOT, blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

README = ROOT / "README.md"
COMMANDS = ("make demo", "make models", "make serve")
SECONDS_MAX = 120_000
"""Milliseconds a page may take: judging a version replays history."""

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo"), pytest.mark.timeout(900)]


def recipe(target: str) -> list[str]:
    """What `make` would run for a target with this environment, which is filled already."""
    told = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "-C", ROOT, target, f"VENV={sys.prefix}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [line for line in told.stdout.splitlines() if "scripts/bootstrap.sh" not in line]


@pytest.fixture
def environment() -> dict[str, str]:
    """Nothing set, but a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("O2C_")}
    return ours | {"O2C_PORT": str(port), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def address(tmp_path: Path, environment: dict[str, str], demo: Path) -> Iterator[str]:
    """The address that the last of README's commands prints, all of them run in an empty folder.

    What the first does was done for all tests here, and is copied.
    """
    assert [Path(line).name for line in recipe("demo")] == ["o2c demo"]
    shutil.copytree(demo, tmp_path / "var" / "demo")
    for line in recipe("models"):
        subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment, check=True, capture_output=True)
    *before, serve = recipe("serve")
    for line in before:
        subprocess.run(["bash", "-c", line], cwd=tmp_path, env=environment, check=True)
    with subprocess.Popen(
        shlex.split(serve), cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as service:
        assert service.stderr is not None
        printed = re.search(r"http://[^ ]+", service.stderr.readline())
        assert printed is not None
        wait_for(f"{printed[0]}health")
        yield printed[0]
        service.terminate()


def test_readme_names_the_commands_that_are_run_here() -> None:
    shown = "".join(block.text for block in blocks(README, "console"))

    assert [line for line in shown.splitlines() if line.removeprefix("$ ") in COMMANDS] == [f"$ {c}" for c in COMMANDS]


def test_the_first_walk_of_the_readme_leads_where_it_says(address: str, chromium: Browser) -> None:
    text = README.read_text("utf-8")
    logins = re.findall(r"[Ss]ign in as `(\w+)`, password `([^`]+)`", text)
    assert [name for name, _ in logins] == ["clara", "dana"]
    with chromium.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(SECONDS_MAX)
        page.goto(address)
        sign_in(page, *logins[0])
        page.get_by_role("link", name="Match", exact=True).click()
        page.locator("[data-row][aria-current]").wait_for()
        page.keyboard.press("a")
        page.get_by_text("Accepted and booked.").wait_for()

        page.get_by_role("button", name="Sign out").click()
        sign_in(page, *logins[1])
        page.get_by_role("link", name="Manage", exact=True).click()
        page.get_by_role("link", name="Models", exact=True).click()
        (button,) = re.findall(r"Press \*(Let ([\d.-]+) serve)\*", text)
        page.get_by_role("button", name=button[0]).click()
        page.get_by_role("link", name="Jobs", exact=True).click()
        told = page.get_by_text(f"serving {button[1]}").first
        for _ in range(SECONDS_MAX // 1000):
            if told.count():
                break
            page.wait_for_timeout(1000)
            page.reload()
        assert told.count() == 1
        page.get_by_role("link", name="Models", exact=True).click()
        page.get_by_role("button", name="Roll back").wait_for()


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
