"""Tests stay on this machine, and looking at the commands loads neither learning libraries nor migrations."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import o2c_ai

PACKAGE = Path(o2c_ai.__file__).parent

REFUSED = "tests stay on this machine"
ELSEWHERE = "192.0.2.1"  # an address that is kept free for examples
LOAD_SECONDS_LATER = ("alembic", "lightgbm", "mlflow", "pandas", "sklearn")


def test_no_connection_leaves_this_machine() -> None:
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match=REFUSED):
        client.connect((ELSEWHERE, 80))


def test_no_connection_without_an_exception_leaves_this_machine() -> None:
    with socket.socket() as client, pytest.raises(pytest.fail.Exception, match=REFUSED):
        client.connect_ex((ELSEWHERE, 80))


def test_no_name_server_is_asked() -> None:
    with pytest.raises(pytest.fail.Exception, match=REFUSED):
        socket.getaddrinfo("bank.example", 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_on_this_machine_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection((host, server.getsockname()[1]), timeout=5)
        client.close()


@pytest.mark.parametrize("module", ["o2c_ai", "o2c_ai.cli"])
def test_starting_a_command_does_not_load_what_takes_long(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(set(sys.modules) & set({LOAD_SECONDS_LATER!r})))"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert result.stdout.strip() == ""


def test_one_file_knows_the_tracking_library_and_loads_it_only_to_tell() -> None:
    imports = [
        (path.relative_to(PACKAGE).as_posix(), line.startswith(" "))
        for path in PACKAGE.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"\s*(import|from) mlflow\b", line)
    ]

    assert {path for path, _ in imports} == {"models/tracking.py"}
    assert all(indented for _, indented in imports)


def test_no_command_or_job_loads_the_tracking_library_at_its_start() -> None:
    modules = [f"o2c_ai.{part}.{path.stem}" for part in ("cli", "jobs") for path in PACKAGE.glob(f"{part}/*.py")]
    load = f"for name in {sorted(modules)!r}: importlib.import_module(name)"
    program = f"import sys, importlib\n{load}\nprint('mlflow' in sys.modules)"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert result.stdout.strip() == "False"
