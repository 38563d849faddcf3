"""Programs work the collectors' list: filters, who looks after whom, and saved views."""

from __future__ import annotations

import pytest

from tests.api.conftest import Served, key


@pytest.fixture
def owing(served: Served) -> Served:
    for code, amount in (("C1", "500.00"), ("C2", "900.00"), ("C3", "70.00")):
        served.books.customer(code)
        served.books.invoice(f"INV-{code}", amount, customer=code)
    served.books.session.commit()
    return served


def test_the_worklist_is_narrowed_and_says_who_looks_after_whom(owing: Served) -> None:
    program = owing.token()
    given = program.post("/v1/assignments", json={"customers": ["C1", "C3"], "to": "otto"}, headers=key())
    assert (given.status_code, given.json()["count"]) == (201, 2)

    rows = program.get("/v1/worklist?assigned_to=otto&least=100").json()["rows"]
    assert [(row["customer"], row["assigned_to"], row["days_late"]) for row in rows] == [("C1", "otto", 29)]
    assert program.get("/v1/worklist?assigned_to=@me").json()["rows"] == []
    listed = program.get("/v1/assignments?to=otto").json()["rows"]
    assert [(row["customer"], row["by"]) for row in listed] == [("C1", "anna"), ("C3", "anna")]

    undone = program.post(f"/v1/assignments/{given.json()['batch']}/undoing", headers=key())
    assert undone.json()["count"] == 2
    assert program.get("/v1/assignments").json()["rows"] == []


def test_a_view_is_edited_only_as_it_was_read(owing: Served) -> None:
    program, body = owing.token(), {"name": "large", "filters": {"least": "800"}, "shared": True}
    made = program.post("/v1/views", json=body, headers=key()).json()
    address, changed = f"/v1/views/{made['id']}", body | {"name": "larger", "filters": {"least": "900"}}
    tag = program.get(address).headers["ETag"]

    first = program.put(address, json=changed, headers=key() | {"If-Match": tag})
    second = program.put(address, json=body, headers=key() | {"If-Match": tag})

    assert (first.status_code, first.json()["filters"]["least"], second.status_code) == (200, "900", 412)
    others = owing.token("otto")
    assert [row["name"] for row in others.get("/v1/views").json()["rows"]] == ["larger"]
    assert others.delete(address, headers=key()).status_code == 403
    filters = {name: text for name, text in first.json()["filters"].items() if text}
    assert [row["customer"] for row in others.get("/v1/worklist", params=filters).json()["rows"]] == ["C2"]
    assert program.delete(address, headers=key()).json() == {"count": 1}
    assert program.get(address).status_code == 404


def test_a_list_too_long_for_paper_is_refused_as_a_problem(owing: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("o2c_ai.formats.pdf.ROWS_MAX", 2)

    answer = owing.token().get("/v1/exports/open-items?shape=pdf")

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/too-long-for-paper")
