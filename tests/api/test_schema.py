"""The interface keeps to its own description, whatever is sent to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.two_companies import EVERYTHING, Side, fill, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stores import SqliteStores

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def described(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Side]]:
    with sqlite_stores.fresh() as store, serve(store, tmp_path_factory.mktemp("described")) as app:
        yield schemathesis.openapi.from_asgi("/v1/openapi.json", app), fill(store, "ERSTE")


def attack(described: tuple[Any, Side], tries: int) -> int:
    """Send that many requests to each address; gives the number sent."""
    schema, side = described
    headers = {"Authorization": f"Bearer {side.tokens[EVERYTHING]}"}
    sent = 0
    for offered in schema.get_all_operations():
        operation = offered.ok()

        def ask(case: Any) -> None:  # noqa: ANN401 - schemathesis' own
            nonlocal sent
            sent += 1
            case.call_and_validate(headers=headers, checks=CHECKS)

        patient = settings(
            max_examples=tries,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        patient(operation_test(operation, ask))()
    return sent


def operation_test(operation: Any, ask: Any) -> Any:  # noqa: ANN401 - schemathesis' own
    from hypothesis import given

    return given(case=operation.as_strategy())(ask)


def test_a_few_requests_to_every_address_break_nothing(described: tuple[Any, Side]) -> None:
    assert attack(described, tries=3) > 150


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_requests_to_every_address_break_nothing(described: tuple[Any, Side]) -> None:
    assert attack(described, tries=40) > 2000
