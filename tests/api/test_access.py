"""Nobody gets in without the right words, and nobody acts through another site's form."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import PASSWORD, Served, form, key


def test_nobody_is_told_anything_before_signing_in(served: Served) -> None:
    answer = served.client.get("/v1/me")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_person_signs_in_and_out(served: Served) -> None:
    browser = served.sign_in()
    assert browser.get("/v1/me").json()["name"] == "anna"

    browser.post("/sign-out", data={"form_token": form(browser)["X-Form-Token"]})

    assert browser.get("/v1/me").status_code == 401


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD)])
def test_wrong_words_let_nobody_in_and_tell_nothing(served: Served, name: str, password: str) -> None:
    answer = served.client.post("/sign-in", data={"company": "main", "name": name, "password": password})

    assert answer.status_code == 403
    assert "user, password or code is wrong" in answer.text


def test_after_too_many_wrong_tries_even_the_right_words_wait(served: Served) -> None:
    for _ in range(10):
        served.client.post("/sign-in", data={"company": "main", "name": "anna", "password": "wrong"})

    answer = served.client.post("/sign-in", data={"company": "main", "name": "anna", "password": PASSWORD})

    assert answer.status_code == 429


def test_an_act_from_another_sites_form_is_refused(served: Served) -> None:
    browser = served.sign_in()

    answer = browser.post("/v1/me/tokens", json={"label": "x"}, headers=key() | {"X-Form-Token": "guessed"})

    assert answer.status_code == 403


def test_a_token_acts_within_its_scope(served: Served) -> None:
    program = served.token(scope=["collect"])

    assert program.get("/v1/me").json()["duties"] == ["collect"]


def test_a_revoked_token_is_refused(served: Served) -> None:
    program = served.token()
    number = program.get("/v1/me/tokens").json()[0]["id"]

    assert program.delete(f"/v1/me/tokens/{number}", headers=key()).status_code == 204

    assert program.get("/v1/me").status_code == 401


def test_the_same_request_with_the_same_key_acts_once(served: Served) -> None:
    program, once = served.token(), key()

    first = program.post("/v1/me/tokens", json={"label": "one"}, headers=once)
    again = program.post("/v1/me/tokens", json={"label": "one"}, headers=once)

    assert again.status_code == first.status_code == 201
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert len(program.get("/v1/me/tokens").json()) == 2


def test_a_token_shown_once_is_not_kept_with_the_answer(served: Served) -> None:
    program, once = served.token(), key()

    program.post("/v1/me/tokens", json={"label": "one"}, headers=once)

    assert program.post("/v1/me/tokens", json={"label": "one"}, headers=once).json()["token"] == ""


def test_a_key_of_another_request_is_refused(served: Served) -> None:
    program, once = served.token(), key()
    program.post("/v1/me/tokens", json={"label": "one"}, headers=once)

    assert program.post("/v1/me/tokens", json={"label": "two"}, headers=once).status_code == 422


def test_an_act_without_a_key_is_refused(served: Served) -> None:
    assert served.token().post("/v1/me/tokens", json={"label": "one"}).status_code == 422


def test_every_answer_carries_the_headers_that_keep_browsers_safe(served: Served) -> None:
    for address in ("/sign-in", "/v1/me", "/nowhere", "/static/o2c.css"):
        headers = served.client.get(address).headers

        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_sends_strangers_to_the_sign_in(served: Served) -> None:
    answer = TestClient(served.client.app, follow_redirects=False).get("/")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in"
