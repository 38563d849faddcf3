"""What the interface promises of itself: examples that hold, links that lead, refusals that programs understand."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

from o2c_ai.api.app import create_app
from o2c_ai.api.headers import SAFE
from o2c_ai.settings import Settings
from tests.api.conftest import PASSWORD, Served, form, key
from tests.api.two_companies import fill, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stores import SqliteStores

JSON, PROBLEM = "application/json", "application/problem+json"


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder: Path = tmp_path_factory.mktemp("described")
    app = create_app(Settings(data_dir=folder, database_url="", password_memory_kib=8, password_rounds=1))
    app.state.service.store.dispose()
    return app.openapi()


@pytest.fixture(scope="module")
def program(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Somebody who may do everything, and does nothing here."""
    with sqlite_stores.fresh() as store, serve(store, tmp_path_factory.mktemp("served")) as app:
        yield fill(store, "ERSTE").client(app)


def operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def holds(described: dict[str, Any], schema: dict[str, Any], example: object) -> bool:
    whole = {**schema, "components": described["components"]}
    return jsonschema_rs.is_valid(whole, example)


def test_every_operation_has_examples_that_keep_to_their_schema(described: dict[str, Any]) -> None:
    shown, wrong = 0, []
    for name, operation in operations(described):
        given = [part for part in operation.get("parameters", []) if part["required"]]
        told = [operation.get("requestBody", {}), *operation["responses"].values()]
        given += [part["content"][JSON] for part in told if part.get("content", {}).get(JSON, {}).get("schema")]
        shown += len(given)
        wrong += [name for one in given if not holds(described, one["schema"], one["example"])]
    assert wrong == []
    assert shown > 150


def test_every_link_leads_from_an_answer_to_a_request(described: dict[str, Any]) -> None:
    known = {operation["operationId"]: operation for _, operation in operations(described)}
    led = 0
    for name, operation in operations(described):
        answer = operation["responses"][min(operation["responses"])]
        for link in answer.get("links", {}).values():
            led += 1
            takes = {f"{one['in']}.{one['name']}".lower() for one in known[link["operationId"]].get("parameters", [])}
            assert {given.lower() for given in link.get("parameters", {})} <= takes, name
            for pointer in re.findall(r"\$response\.body#(/[^\"]+)", json.dumps(link)):
                assert found(answer["content"][JSON]["example"], pointer), (name, pointer)
    assert led > 70


def found(example: Any, pointer: str) -> bool:  # noqa: ANN401 - any JSON
    for part in pointer.strip("/").split("/"):
        if isinstance(example, list) and int(part) < len(example):
            example = example[int(part)]
        elif isinstance(example, dict) and part in example:
            example = example[part]
        else:
            return False
    return True


def test_every_act_takes_a_key_and_every_edit_the_tag_of_what_was_read(described: dict[str, Any]) -> None:
    for name, operation in operations(described):
        takes = {one["name"].lower(): one for one in operation.get("parameters", []) if one["in"] == "header"}
        if not name.startswith("get"):
            assert takes["idempotency-key"]["required"], name
        if name.startswith("patch"):
            assert takes["if-match"]["required"], name
            assert "412" in operation["responses"], name


def test_every_list_of_rows_is_paged(described: dict[str, Any]) -> None:
    paged = 0
    for name, operation in operations(described):
        schema = operation["responses"].get("200", {}).get("content", {}).get(JSON, {}).get("schema", {})
        of = described["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], {})
        if {"rows", "next"} <= set(of.get("properties", {})):
            paged += 1
            assert {"after", "limit"} <= {one["name"] for one in operation["parameters"]}, name
    assert paged > 10


REFUSED: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/v1/nowhere", {}, 404),
    ("GET", "/v1/invoices/INV-0", {}, 404),
    ("DELETE", "/v1/users", {}, 405),
    ("TRACE", "/health", {}, 405),
    ("GET", "/v1/suggestions/acceptances", {}, 405),
    ("PATCH", "/v1/disputes/short-payments", {}, 405),
    ("POST", "/v1/contacts", {"content": b"0" * 1_000_001, "headers": {"Content-Type": JSON}}, 413),
    ("POST", "/v1/contacts", {"content": b"customer=C1", "headers": {"Content-Type": "text/plain"}}, 415),
    ("POST", "/v1/contacts", {"content": b"{", "headers": {"Content-Type": JSON}}, 422),
    ("GET", "/v1/invoices?sort=name;DROP", {}, 422),
    ("GET", "/v1/invoices?after=x", {}, 422),
]


@pytest.mark.parametrize(("method", "where", "how", "status"), REFUSED)
def test_a_refusal_is_a_problem_with_every_safe_header(
    program: TestClient, method: str, where: str, how: dict[str, Any], status: int
) -> None:
    more = {"headers": key() | how.get("headers", {})}

    answer = program.request(method, where, **(how | more))

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert {"type", "title", "status", "detail", "instance"} <= set(answer.json())
    assert all(answer.headers[name] == value for name, value in SAFE.items())
    assert (status == 405) is ("Allow" in answer.headers)


def test_an_address_says_all_it_can_be_asked_with(program: TestClient) -> None:
    assert program.options("/v1/users").headers["Allow"] == "GET, HEAD, POST"
    assert program.delete("/sign-in").headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("where", ["/health", "/v1/me", "/sign-in", "/static/o2c.css", "/v1/exports/postings"])
def test_the_head_alone_is_that_of_the_whole(program: TestClient, where: str) -> None:
    whole, head = program.get(where), program.head(where)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == whole.headers["Content-Type"]


@pytest.mark.parametrize("day", ["0", "1750000000", "2025-6-1", "2025-06-01T00:00:00", "31.12.2025", "2027-02-29"])
def test_a_day_is_written_as_a_day_and_as_nothing_else(program: TestClient, day: str) -> None:
    assert program.get("/v1/invoices", params={"as_of": day}).status_code == 422
    assert program.post("/v1/jobs/forecast_cash/runs", params={"on": day}, headers=key()).status_code == 422


def test_what_nobody_foresaw_tells_no_names_and_keeps_browsers_safe(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("Muster GmbH owes 12.34")

    monkeypatch.setattr("o2c_ai.api.routes.people.list_tokens", breaks)
    caplog.set_level(logging.INFO)
    program, browser = served.token(), served.sign_in()

    answer = program.get("/v1/me/tokens")
    monkeypatch.setattr("o2c_ai.api.pages.people.list_tokens", breaks)
    page = browser.get("/people")

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, PROBLEM)
    assert (page.status_code, page.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    for told in (answer, page):
        assert all(told.headers[name] == value for name, value in SAFE.items())
        assert told.headers["X-Request-Id"] in told.text
    assert "Muster" not in answer.text + page.text + caplog.text


def test_the_log_holds_no_secrets(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser = served.sign_in()
    drawn = browser.post("/v1/me/tokens", json={"label": "x"}, headers=form(browser)).json()["token"]
    program = TestClient(served.client.app, headers={"Authorization": f"Bearer {drawn}"})
    program.put("/v1/users/anna/password", json={"password": "my next password", "current": PASSWORD}, headers=key())
    program.get("/v1/me", params={"token": drawn})
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("o2c_ai"))

    assert "/v1/users/{name}/password" in ours
    for secret in (drawn, PASSWORD, "my next password", browser.cookies["o2c_sign_in"], "anna"):
        assert secret not in ours
