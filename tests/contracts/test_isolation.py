"""Tests stay on this machine, and looking at the commands does not load the learning libraries."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

REFUSED = "tests stay on this machine"
ELSEWHERE = "192.0.2.1"  # an address that is kept free for examples
LOAD_SECONDS_LATER = ("lightgbm", "mlflow", "pandas", "sklearn")


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
def test_starting_a_command_does_not_load_the_learning_libraries(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(set(sys.modules) & set({LOAD_SECONDS_LATER!r})))"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert result.stdout.strip() == ""
