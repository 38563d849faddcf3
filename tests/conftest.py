"""What every test may count on: no network beyond this machine, and property tests that can be replayed.

`HYPOTHESIS_PROFILE` chooses how hard the property tests try: `quick` (the default, the same examples in every run),
`check` (more, and new ones in every run) or `soak` (hours).
"""

from __future__ import annotations

import ipaddress
import os
import socket
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from hypothesis import HealthCheck, settings

from tests.books import Books, open_books
from tests.stores import PostgresStores, SqliteStores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from o2c_ai.core.database import Store

# A busy machine makes neither a wrong example nor a slow generator: no deadline, no complaint about slowness.
PATIENT = settings(deadline=None, print_blob=True, stateful_step_count=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", PATIENT, derandomize=True, max_examples=50)
settings.register_profile("check", PATIENT, max_examples=500)
settings.register_profile("soak", PATIENT, max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"  # mlflow would report its use to its makers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure coverage of a test that runs on both stores on one: measuring doubles what the other costs."""
    for item in items:
        if "postgres" in item.name.partition("[")[2].rstrip("]").split("-"):
            item.add_marker("no_cover")


def is_on_this_machine(host: object) -> bool:
    """True for a loopback address and for the names this machine gives itself."""
    if not host or host in {"localhost", socket.gethostname()}:
        return True
    return _is_address(host) and ipaddress.ip_address(str(host)).is_loopback


def _is_address(host: object) -> bool:
    """True for digits that stand for a machine; False for a name, which somebody would have to be asked about."""
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True


def _refuse(host: object) -> None:
    """End the test: even code that swallows errors must not get away with it."""
    pytest.fail(f"a test tried to reach {host!r}: tests stay on this machine")


def _guarded_connect(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
    """Wrap a socket's connect so that an address on another machine is refused before a byte leaves."""

    def guard(self: socket.socket, address: Any) -> Any:  # noqa: ANN401 - an address is whatever its family says
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_on_this_machine(address[0]):
            _refuse(address[0])
        return connect(self, address)

    return guard


def _guarded_lookup(lookup: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap the look-up of host names so that no name server is asked; addresses need no asking."""

    def guard(host: object, *args: object, **options: object) -> Any:  # noqa: ANN401 - what the look-up returns
        if not (is_on_this_machine(host) or _is_address(host)):
            _refuse(host)
        return lookup(host, *args, **options)

    return guard


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Let no test of the whole run talk to another machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _guarded_connect(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _guarded_connect(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))
        yield


@pytest.fixture(autouse=True, scope="session")
def _commands_put_together_once() -> Iterator[None]:
    """Let the command line put its commands together once, not for each of the hundreds a test run gives."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield


@pytest.fixture(scope="session")
def sqlite_stores(tmp_path_factory: pytest.TempPathFactory) -> SqliteStores:
    """Maker of fresh SQLite databases."""
    return SqliteStores(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_stores(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[PostgresStores]:
    """Maker of fresh PostgreSQL databases; one server for each test process."""
    stores = PostgresStores(tmp_path_factory.mktemp("postgres"), worker_id)
    yield stores
    stores.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A fresh, migrated database; every test that asks for it runs on both stores."""
    stores: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_stores")
    with stores.fresh() as fresh:
        yield fresh


@pytest.fixture
def books(store: Store) -> Iterator[Books]:
    """A company with open books on either store."""
    with store.session() as session:
        yield open_books(store, session)


@pytest.fixture
def sqlite_store(sqlite_stores: SqliteStores) -> Iterator[Store]:
    """A fresh, migrated SQLite database, where the store makes no difference."""
    with sqlite_stores.fresh() as fresh:
        yield fresh


@pytest.fixture
def sqlite_books(sqlite_store: Store) -> Iterator[Books]:
    """A company with open books on SQLite, where the store makes no difference."""
    with sqlite_store.session() as session:
        yield open_books(sqlite_store, session)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data beside the checkout; the test is skipped where it is not there."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data beside this checkout")
    return folder
