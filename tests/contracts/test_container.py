"""The container file holds together: what it copies is there and builds, nobody is root, and its command serves."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENTRY = [sys.executable, "-c", "from o2c_ai.cli import main; main()"]
"""What `o2c` is, wherever it is installed."""
READY_SECONDS = 60


def instructions() -> list[tuple[str, str]]:
    """Each instruction of the container file with its words, lines that go on joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in lines if line.strip()]


def words_of(kind: str) -> list[str]:
    return [words for name, words in instructions() if name == kind]


def copied() -> list[str]:
    """What is copied from this checkout."""
    return [name for words in words_of("COPY") if not words.startswith("--from") for name in words.split()[:-1]]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for words in words_of("ENV") for pair in words.split())


def command(folder: Path) -> tuple[list[str], dict[str, str]]:
    """What the container runs and in which environment, with its volume at a folder and at a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    ours = {name: value for name, value in os.environ.items() if not name.startswith("O2C_")}
    theirs = {name: value for name, value in environment().items() if name != "PATH"}
    here = {"O2C_DATA_DIR": str(folder), "O2C_PORT": port, "O2C_HOST": "127.0.0.1"}
    (entry,), (what,) = words_of("ENTRYPOINT"), words_of("CMD")
    assert json.loads(entry) == ["o2c"]
    return [*ENTRY, *json.loads(what)], ours | theirs | here


def test_only_locked_packages_are_installed_and_nobody_is_root() -> None:
    installs = [part for words in words_of("RUN") for part in words.split("&&") if "pip install" in part]

    assert all("--require-hashes" in one or "--no-deps" in one for one in installs)
    assert [user for user in words_of("USER") if user in {"root", "0"}] == []
    assert instructions().index(("USER", words_of("USER")[0])) < instructions().index(("CMD", words_of("CMD")[0]))
    assert words_of("VOLUME") == [environment()["O2C_DATA_DIR"]]
    assert words_of("EXPOSE") == [environment()["O2C_PORT"]]


def test_what_is_copied_is_let_into_the_build_and_nothing_else() -> None:
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}

    assert let_in == set(copied())


def test_what_is_copied_builds_the_package_with_its_pages_and_migrations(tmp_path: Path) -> None:
    for name in copied():
        place = tmp_path / Path(name).name
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, place)

    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    listed = subprocess.run([sys.executable, "-m", "zipfile", "-l", wheel], capture_output=True, text=True, check=True)
    for part in ("api/templates/base.html", "api/static/o2c.css", "core/migrations/versions/", "py.typed"):
        assert f"o2c_ai/{part}" in listed.stdout


def test_the_command_serves_and_the_health_check_tells_whether_it_does(tmp_path: Path) -> None:
    serve, ours = command(tmp_path)
    (check,) = words_of("HEALTHCHECK")
    healthy = [sys.executable, *json.loads(check.partition("CMD ")[2])[1:]]

    assert subprocess.run(healthy, env=ours, capture_output=True, check=False).returncode != 0
    with subprocess.Popen(serve, env=ours, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        for _ in range(READY_SECONDS):
            if subprocess.run(healthy, env=ours, capture_output=True, check=False).returncode == 0:
                break
            time.sleep(1)
        else:
            pytest.fail("the health check never passed")
        service.terminate()

    assert (tmp_path / "o2c.sqlite").exists()
