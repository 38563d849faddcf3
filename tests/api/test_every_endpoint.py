"""Every address, asked by every role of two companies: duties hold, nothing breaks, nothing of the other is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from o2c_ai.core.people.rules import Role, duties
from tests.api.acts import Act, acts
from tests.api.two_companies import EVERYTHING, Side, fill, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    from httpx2 import Response

    from o2c_ai.core.database import Store
    from tests.stores import SqliteStores

Served = tuple["FastAPI", Side, Side]
ROLES = [role.value for role in Role]
OURS, THEIRS = "ERSTE", "ZWEITE"
TOLD_TO_ALL = {"/v1/job-runs/{job_run}/retries", "/v1/job-runs/{job_run}/cancellation"}
"""What these name everybody is told of; whose duty an act is, the thing itself says."""


@pytest.fixture(scope="module")
def served(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two companies that are only asked, and refuse what they are told."""
    with sqlite_stores.fresh() as store, serve(store, tmp_path_factory.mktemp("served")) as app:
        yield app, fill(store, OURS), fill(store, THEIRS)


@pytest.fixture
def changing(sqlite_store: Store, tmp_path: Path) -> Iterator[Served]:
    """Two companies that a test acts on."""
    with serve(sqlite_store, tmp_path) as app:
        yield app, fill(sqlite_store, OURS), fill(sqlite_store, THEIRS)


def send(client: TestClient, act: Act) -> Response:
    words = {"content": act.body} if isinstance(act.body, bytes) else {} if act.body is None else {"json": act.body}
    headers = {"Idempotency-Key": uuid4().hex, **act.more}
    return client.request(act.method, act.address or act.path, headers=headers, **words)


def questions(app: FastAPI, ids: dict[str, Any]) -> list[str]:
    """Every address that answers a question, about what a company holds."""
    named = {"code": ids["code"], "number": ids["number"], "line_id": ids["line 1"], "entry_id": ids["entry"]}
    named |= {"suggestion_id": ids["suggestion 1"], "dispute_id": ids["dispute"], "run_id": ids["run"]}
    named |= {"view_id": ids["view"]}
    named |= {"job_run": ids["job run"]}
    named |= {"figure": "dso", "account": "1200"}
    named |= {"credit_id": ids["receipt"], "document_id": ids["document"], "learner": "payment-timing"}
    asked = []
    for path, operations in app.openapi()["paths"].items():
        if "get" not in operations:
            continue
        where = path.replace("{name}", "aging").format(**named)
        about = [p["required"] for p in operations["get"].get("parameters", []) if p["name"] == "customer"]
        if path == "/v1/papers":
            asked.append(f"{where}?number={ids['number']}")
        elif True not in about:
            asked.append(where)
        if about:
            asked.append(f"{where}?customer={ids['code']}")
    return asked


def sound(answer: Response, other: Side) -> None:
    assert answer.status_code < 500, answer.text
    assert other.mark not in answer.text
    assert other.mark.lower() not in answer.text


@pytest.mark.parametrize("role", [*ROLES, EVERYTHING])
def test_every_question_is_answered_and_tells_nothing_of_the_other_company(served: Served, role: str) -> None:
    app, ours, theirs = served
    for me, other in ((ours, theirs), (theirs, ours)):
        client = me.client(app, role)
        for where in questions(app, me.ids):
            answer = client.get(where)
            sound(answer, other)
            may = role in {"auditor", "admin", EVERYTHING} or not where.startswith(("/v1/audit", "/v1/exports/audit"))
            assert answer.status_code == (200 if may or not where.startswith("/v1") else 403), (where, answer.text)


def test_what_the_other_company_holds_is_not_there(served: Served) -> None:
    app, ours, theirs = served
    client = ours.client(app)
    of_others = [where for where in questions(app, theirs.ids) if where not in questions(app, ours.ids)]

    answers = {where: client.get(where) for where in of_others}

    assert len(answers) > 10
    for where, answer in answers.items():
        assert answer.status_code in {200, 404}, where
        assert answer.status_code == 404 or answer.json()["rows"] == [], where
        assert "GmbH" not in answer.text


def test_every_act_is_in_the_table(served: Served) -> None:
    app, ours, _ = served
    described = {
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method in operations
        if method != "get"
    }

    assert described == {(act.method, act.path) for act in acts(ours.ids)}


@pytest.mark.parametrize("role", ROLES)
def test_no_role_acts_beyond_its_duties(served: Served, role: str) -> None:
    app, ours, theirs = served
    held = duties(frozenset({role}))
    for me, other in ((ours, theirs), (theirs, ours)):
        client = me.client(app, role)
        for act in acts(me.ids):
            if act.duty is not None and act.duty not in held:
                answer = send(client, act)
                sound(answer, other)
                assert answer.status_code == 403, (act, answer.text)


@pytest.mark.parametrize("role", ROLES)
def test_who_lacks_the_duty_learns_nothing_of_what_an_act_names(served: Served, role: str) -> None:
    app, ours, _ = served
    client, held = ours.client(app, role), duties(frozenset({role}))
    nowhere = {name: 2**40 if isinstance(value, int) else "nowhere" for name, value in ours.ids.items()}
    for act in acts(nowhere):
        if act.duty is not None and act.duty not in held and act.path not in TOLD_TO_ALL:
            answer = send(client, act)
            assert answer.status_code == 403, (act, answer.text)


def test_nobody_acts_on_what_another_company_holds(changing: Served) -> None:
    app, ours, theirs = changing
    client = ours.client(app)
    before = theirs.client(app).get("/v1/journal").text
    for act in acts(theirs.ids):
        answer = send(client, act)
        assert answer.status_code < 500, (act, answer.text)
        if act.duty is not None and theirs.mark in f"{act.body}{act.address}" and act.method != "PUT":
            assert answer.status_code in {404, 422, 201}, (act, answer.text)
    assert theirs.client(app).get("/v1/journal").text == before
    verification = theirs.client(app).get("/v1/ledger/verification").json()
    assert verification["sound"], verification


def test_whoever_holds_every_duty_is_never_told_that_it_is_missing(changing: Served) -> None:
    app, ours, theirs = changing
    client = ours.client(app)
    for act in acts(ours.ids):
        answer = send(client, act)
        sound(answer, theirs)
        assert answer.status_code != 403 or "cannot decide it" in answer.text, (act, answer.text)
    assert client.get("/v1/ledger/verification").json()["sound"]
