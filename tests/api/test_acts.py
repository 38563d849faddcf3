"""What programs do through the interface: bill, receive, apply, take back, and what they are refused."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from o2c_ai.cli.consumer import Consumer
from tests.api.conftest import Served, key

if TYPE_CHECKING:
    from pathlib import Path

    from httpx2 import Response

MUSTER = {"name": "Muster GmbH", "currency": "EUR", "country": "DE"}


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def bill(number: str, amount: str = "100.00", **more: object) -> dict[str, object]:
    days = {"issued_on": "2025-06-01", "due_on": "2025-06-15"}
    return {"number": number, "customer": "C1", "amount": euro(amount), **days, **more}


@pytest.fixture
def program(served: Served) -> TestClient:
    """A program that may do everything, in books with one customer and two invoices."""
    program = served.token()
    program.put("/v1/customers/C1", json=MUSTER, headers=key()).raise_for_status()
    post(program, "/v1/invoices", {"documents": [bill("INV-1"), bill("INV-2", "50.00")]}).raise_for_status()
    return program


def post(program: TestClient, where: str, body: object) -> Response:
    return program.post(where, json=body, headers=key())


def items(program: TestClient) -> dict[str, dict[str, Any]]:
    return {row["number"]: row for row in program.get("/v1/open-items").json()["rows"]}


def receive(program: TestClient, amount: str) -> int:
    cheque = {"customer": "C1", "method": "cheque", "amount": euro(amount), "reference": "4711"}
    credit: int = post(program, "/v1/receipts", cheque).json()["credit_item"]
    return credit


def test_a_cheque_pays_an_invoice_and_is_taken_back(program: TestClient) -> None:
    credit, item = receive(program, "100.00"), items(program)["INV-1"]["id"]
    paying = {"currency": "EUR", "parts": [{"amount": "100.00", "open_item": item}]}

    applied = post(program, f"/v1/receipts/{credit}/applications", paying)

    assert applied.status_code == 201
    assert set(items(program)) == {"INV-2"}
    undone = post(program, f"/v1/applications/{applied.json()['entry']}/undoing", {"reason": "wrong"})
    assert undone.status_code == 201
    assert items(program)["INV-1"]["left"] == euro("100.00")


def test_more_than_is_open_is_not_applied(program: TestClient) -> None:
    credit, item = receive(program, "100.00"), items(program)["INV-2"]["id"]
    paying = {"currency": "EUR", "parts": [{"amount": "100.00", "open_item": item}]}

    refused = post(program, f"/v1/receipts/{credit}/applications", paying)

    assert refused.status_code == 422
    assert refused.json()["type"] == "/problems/over-application"
    assert set(items(program)) == {"INV-1", "INV-2"}


def test_a_credit_memo_is_a_negative_document(program: TestClient) -> None:
    post(program, "/v1/invoices", {"documents": [bill("CM-1", "-20.00", kind="credit_memo")]})

    assert program.get("/v1/invoices/CM-1").json()["amount"] == euro("-20.00")
    assert [row["left"] for row in program.get("/v1/credits").json()["rows"]] == [euro("20.00")]


def test_documents_are_issued_all_or_none(program: TestClient) -> None:
    refused = post(program, "/v1/invoices", {"documents": [bill("INV-3"), bill("INV-1")]})

    assert refused.status_code == 409
    assert program.get("/v1/invoices/INV-3").status_code == 404


def test_a_customer_owes_by_age(program: TestClient) -> None:
    (aged,) = program.get("/v1/customers/C1").json()["aging"]

    assert aged["buckets"]["1-30"] == euro("150.00")
    assert program.get("/v1/aging").json()["totals"][0]["buckets"]["1-30"] == euro("150.00")


def test_what_was_changed_since_it_was_read_is_not_changed_again(program: TestClient) -> None:
    first = program.get("/v1/invoices/INV-1").headers["ETag"]
    change = {"due_on": "2025-07-31"}
    program.patch("/v1/invoices/INV-1", json=change, headers=key() | {"If-Match": first}).raise_for_status()

    again = program.patch("/v1/invoices/INV-1", json={"due_on": "2025-09-01"}, headers=key() | {"If-Match": first})

    assert again.status_code == 412
    assert program.get("/v1/invoices/INV-1").json()["due_on"] == "2025-07-31"


def test_a_dispute_is_recorded_and_settled(program: TestClient) -> None:
    item = items(program)["INV-1"]["id"]
    post(program, "/v1/disputes", {"open_item": item, "reason": "damage", "amount": euro("5.00")})
    (case,) = program.get("/v1/disputes", params={"only_open": True}).json()["rows"]

    headers = key() | {"If-Match": program.get(f"/v1/disputes/{case['id']}").headers["ETag"]}
    program.patch(f"/v1/disputes/{case['id']}", json={"state": "accepted"}, headers=headers).raise_for_status()

    assert program.get("/v1/disputes", params={"only_open": True}).json()["rows"] == []


def test_a_write_off_takes_two_people(served: Served, program: TestClient) -> None:
    asking = {"subject": items(program)["INV-2"]["id"], "amount": euro("50.00"), "reason": "gone"}
    number = post(program, "/v1/write-offs", asking).json()["approval"]

    own = post(program, f"/v1/approvals/{number}/decision", {"approve": True})
    other = post(served.token("otto"), f"/v1/approvals/{number}/decision", {"approve": True})

    assert own.status_code == 403
    assert other.json()["entry"] > 0
    assert set(items(program)) == {"INV-1"}


def test_a_contact_and_a_promise_are_known_once(program: TestClient) -> None:
    called = {"customer": "C1", "kind": "call", "result": "pays on Friday"}
    promised = {"open_item": items(program)["INV-1"]["id"], "promised_date": "2025-07-04", "amount": euro("100.00")}

    assert [post(program, "/v1/contacts", called).json()["count"] for _ in range(2)] == [1, 0]
    assert [post(program, "/v1/promises", promised).json()["count"] for _ in range(2)] == [1, 0]


def test_the_worklist_names_who_is_worth_a_call(program: TestClient) -> None:
    (row,) = program.get("/v1/worklist").json()["rows"]

    assert row["customer"] == "C1"
    assert row["overdue"] == euro("150.00")


def test_a_job_waits_is_worked_off_and_tells_what_it_did(served: Served, program: TestClient) -> None:
    service = served.client.app.state.service  # type: ignore[attr-defined]
    worker, once = Consumer(service.settings, service.store), {"Idempotency-Key": "once"}
    first, again = (program.post("/v1/jobs/score_open_items/runs", headers=once) for _ in range(2))

    assert (first.status_code, first.headers["Location"]) == (202, first.json()["address"])
    assert (again.text, again.headers["Idempotency-Replayed"]) == (first.text, "true")
    assert first.json()["state"] == "waiting"

    worker.queue.huey.execute(worker.queue.huey.dequeue())
    assert worker.queue.is_empty()
    worker.queue.close()

    told = program.get(first.json()["address"]).json()
    assert (told["state"], told["facts"], told["by"]) == ("done", {"open_items": 2, "stored": 2}, "anna")
    assert len(program.get("/v1/predictions").json()["rows"]) == 2
    assert program.get("/v1/job-runs?job=score_open_items&state=done").json()["rows"] == [told]


def test_a_job_is_switched_on_for_every_day_and_off_again(program: TestClient) -> None:
    where = "/v1/jobs/nightly/daily"
    assert program.put(where, json={"at": "02:30"}, headers=key()).status_code == 200
    nightly = program.get("/v1/jobs").json()[0]

    assert (nightly["job"], nightly["daily"]["at"], nightly["daily"]["by"]) == ("nightly", "02:30", "anna")
    assert program.delete(where, headers=key()).status_code == 200
    assert program.delete(where, headers=key()).status_code == 404
    assert program.put(where, json={"at": "half past"}, headers=key()).status_code == 422
    assert program.get("/v1/jobs").json()[0]["daily"] is None


def test_what_breaks_is_one_line_with_the_requests_name_and_none_of_its_words(
    program: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Muster GmbH owes 100.00")

    monkeypatch.setattr("o2c_ai.api.routes.jobs.list_daily", broken)
    caplog.set_level(logging.INFO, "o2c_ai.requests")
    answer = program.get("/v1/jobs")

    assert (answer.status_code, answer.headers["X-Frame-Options"]) == (500, "DENY")
    lines = [json.loads(line) for line in caplog.messages if answer.headers["X-Request-Id"] in line]
    assert [line.get("error") or line["status"] for line in lines] == ["RuntimeError", 500]
    assert "api/routes/jobs.py" in " ".join(lines[0]["at"])
    assert "Muster" not in caplog.text + answer.text


def folder(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"../../{name}.csv", text)
    return packed.getvalue()


def upload(program: TestClient, kind: str, content: bytes, name: str = "a.zip") -> Response:
    return program.post(f"/v1/imports/{kind}", params={"name": name}, content=content, headers=key())


def test_an_exchange_folder_is_taken_in_whole(program: TestClient, tmp_path: Path) -> None:
    taken = upload(program, "exchange-folders", folder(customers="customer_id,name\nC2,Beispiel AG\n"))

    assert taken.json()["added"]["customers"] == 1
    assert program.get("/v1/customers/C2").status_code == 200
    assert not list(tmp_path.rglob("customers.csv"))


def test_what_is_wrong_in_a_folder_is_listed_and_nothing_is_taken(program: TestClient) -> None:
    refused = upload(program, "exchange-folders", folder(customers="customer_id,name\nC2,Beispiel AG\nC3,\n"))

    assert refused.status_code == 422
    assert refused.json()["problems"][0]["line"] == 3
    assert program.get("/v1/customers/C2").status_code == 404


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"no archive at all"])
def test_what_is_no_archive_is_refused(program: TestClient, content: bytes) -> None:
    assert upload(program, "exchange-folders", content).status_code == 422


def test_an_archive_that_unpacks_to_too_much_is_refused(program: TestClient) -> None:
    bomb = folder(customers="0" * 70 * 2**20)

    refused = upload(program, "exchange-folders", bomb)

    assert len(bomb) < 100_000
    assert refused.status_code == 422
    assert "unpacks to more than" in refused.text


def test_a_file_or_a_request_that_is_too_large_is_refused(program: TestClient) -> None:
    assert upload(program, "bank-statements", b"0" * (64 * 2**20 + 1)).status_code == 413
    assert post(program, "/v1/contacts", {"note": "0" * 2_000_000}).status_code == 413


def test_strangers_upload_nothing(served: Served) -> None:
    assert upload(TestClient(served.client.app), "bank-statements", b"0").status_code == 401


def test_an_exported_table_holds_no_formulas(program: TestClient) -> None:
    program.put("/v1/customers/=1+1", json={"name": "@SUM(1)"}, headers=key())
    post(program, "/v1/invoices", {"documents": [bill("CM-9", "-7.00", kind="credit_memo", customer="=1+1")]})

    table = program.get("/v1/reports/aging", params={"shape": "csv"}).text
    postings = program.get("/v1/exports/postings").text

    assert "'=1+1," in table
    assert ",-7.00" in postings


@pytest.mark.parametrize("language", ["beancount", "hledger", "csv"])
def test_the_ledger_is_handed_out(program: TestClient, language: str) -> None:
    assert "INV-1" in program.get("/v1/ledger/export", params={"language": language}).text


def test_the_journal_balances_and_is_sound(program: TestClient) -> None:
    entries = program.get("/v1/journal").json()["rows"]

    assert len(entries) == 2
    assert program.get(f"/v1/journal/{entries[0]['id']}").json() == entries[0]
    assert program.get("/v1/ledger/verification").json()["sound"]


def test_a_closed_period_takes_no_postings(program: TestClient) -> None:
    june = {"starts_on": "2025-06-01", "ends_on": "2025-06-30", "state": "closed"}
    program.put("/v1/periods", json=june, headers=key()).raise_for_status()

    assert post(program, "/v1/invoices", {"documents": [bill("INV-3")]}).status_code == 409


def test_a_user_is_added_and_given_a_password(served: Served, program: TestClient) -> None:
    post(program, "/v1/users", {"name": "clara", "roles": ["clerk"]}).raise_for_status()
    words = {"password": "a long password"}
    assert program.put("/v1/users/clara/password", json=words, headers=key()).status_code == 204

    assert served.sign_in("clara").get("/v1/me").json()["roles"] == ["clerk"]


def test_ones_own_password_takes_the_one_that_holds(program: TestClient) -> None:
    words = {"password": "another long password", "current": "wrong"}

    assert program.put("/v1/users/anna/password", json=words, headers=key()).status_code == 403


def test_a_password_leaves_no_trace_with_its_request(served: Served, program: TestClient) -> None:
    once = key()
    for password in ("a first long one", "another long one"):
        program.put("/v1/users/otto/password", json={"password": password}, headers=once).raise_for_status()

    served.sign_in("otto", "a first long one")


def test_who_did_what_is_told_to_auditors(program: TestClient) -> None:
    acts = program.get("/v1/audit", params={"subject": "customers", "limit": 1}).json()["rows"]

    assert acts[0]["by"] == "anna"


def test_figures_are_for_this_machine_and_for_tokens(served: Served, program: TestClient) -> None:
    assert program.get("/metrics").status_code == 200
    assert TestClient(served.client.app).get("/metrics").status_code == 401

    figures = TestClient(served.client.app, client=("127.0.0.1", 50000)).get("/metrics").text

    assert 'o2c_answers_total{method="GET",route="/metrics",status="200"} 1.0' in figures
    assert "INV-1" not in figures


def test_each_request_leaves_a_line_without_names(program: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "o2c_ai.requests")

    answer = program.get("/v1/invoices/INV-1", params={"as_of": "2025-06-30"})

    line = caplog.messages[-1]
    assert '"route": "/v1/invoices/{number}"' in line
    assert answer.headers["X-Request-Id"] in line
    assert "INV-1" not in line


def test_the_service_says_that_it_is_there_and_ready(served: Served) -> None:
    assert served.client.get("/health").json() == {"state": "there"}
    assert served.client.get("/ready").json() == {"state": "ready"}
