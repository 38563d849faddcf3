"""What clerks' programs do besides applying: decide, charge back, look into receipts, say who pays for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.conftest import Served, key
from tests.api.test_acts import euro, items, post, program, receive

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

__all__ = ["program"]  # a fixture of its own books, asked for by name below


def test_who_declines_a_request_says_why_and_is_named(served: Served, program: TestClient) -> None:
    asking = {"subject": items(program)["INV-2"]["id"], "amount": euro("50.00"), "reason": "gone"}
    number = post(program, "/v1/write-offs", asking).json()["approval"]
    words = {"approve": False, "reason": "call them first"}

    post(served.token("otto"), f"/v1/approvals/{number}/decision", words).raise_for_status()

    (row,) = program.get("/v1/approvals", params={"state": "declined"}).json()["rows"]
    assert (row["decided_by"], row["decision_reason"]) == ("otto", "call them first")


def test_a_deduction_is_charged_back_and_allowed_after_all(program: TestClient) -> None:
    credit, item = receive(program, "40.00"), items(program)["INV-2"]["id"]
    parts = [{"amount": "40.00", "open_item": item, "reason": "deduction"}]
    post(program, f"/v1/receipts/{credit}/applications", {"currency": "EUR", "parts": parts}).raise_for_status()
    (case,) = program.get("/v1/disputes", params={"kind": "deduction", "state": "accepted"}).json()["rows"]

    billed = post(program, f"/v1/disputes/{case['id']}/charge-back", {})
    assert billed.json()["document"] == f"INV-2/CB{case['id']}"
    assert items(program)[billed.json()["document"]]["left"] == euro("10.00")
    by_hand = program.patch(f"/v1/disputes/{case['id']}", json={"state": "closed"}, headers=key() | {"If-Match": "*"})
    assert by_hand.status_code == 409

    post(program, f"/v1/disputes/{case['id']}/charge-back/withdrawal", {"reason": "proof"}).raise_for_status()
    assert set(items(program)) == {"INV-1"}


def test_a_short_payment_is_listed(program: TestClient) -> None:
    credit, item = receive(program, "40.00"), items(program)["INV-2"]["id"]
    parts = [{"amount": "40.00", "open_item": item, "reason": "partial"}]
    post(program, f"/v1/receipts/{credit}/applications", {"currency": "EUR", "parts": parts}).raise_for_status()

    (row,) = program.get("/v1/disputes/short-payments").json()["rows"]

    assert (row["number"], row["left"]) == ("INV-2", euro("10.00"))


def test_a_receipt_tells_what_it_was_used_for(program: TestClient) -> None:
    credit, item = receive(program, "60.00"), items(program)["INV-2"]["id"]
    paying = {"currency": "EUR", "parts": [{"amount": "50.00", "open_item": item}]}
    entry = post(program, f"/v1/receipts/{credit}/applications", paying).json()["entry"]

    told = program.get(f"/v1/receipts/{credit}").json()

    assert (told["left"], [use["entry"] for use in told["uses"]]) == (euro("10.00"), [entry])
    assert [row["credit_item"] for row in program.get("/v1/receipts").json()["rows"]] == [credit]


def test_whoever_comes_second_to_an_invoice_is_told_who_was_first(served: Served, program: TestClient) -> None:
    item = items(program)["INV-2"]["id"]
    paying = {"currency": "EUR", "parts": [{"amount": "50.00", "open_item": item}]}
    first, second = receive(program, "50.00"), receive(program, "50.00")
    post(served.token("otto"), f"/v1/receipts/{first}/applications", paying).raise_for_status()

    late = post(program, f"/v1/receipts/{second}/applications", paying)

    assert late.status_code == 409
    assert "last used by otto" in late.json()["detail"]


def test_an_alias_is_told_and_withdrawn(program: TestClient) -> None:
    said = {"customer": "C1", "kind": "name", "text": "MUSTER HOLDING", "reason": "their parent pays"}
    alias = post(program, "/v1/payer-aliases", said).json()["alias"]

    def counts() -> list[bool]:
        told = program.get("/v1/payer-aliases", params={"customer": "C1"}).json()
        return [row["counts"] for row in told if row["alias"] == alias]

    assert counts() == [True]
    post(program, f"/v1/payer-aliases/{alias}/withdrawal", {"reason": "a slip"}).raise_for_status()
    assert counts() == [False]
    assert post(program, f"/v1/payer-aliases/{alias}/withdrawal", {}).status_code == 409
