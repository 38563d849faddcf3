"""Nobody gets in without the right words, and nobody acts through another site's form."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from o2c_ai.core.access.rules import TRIES_MAX
from tests.api.conftest import PASSWORD, Served, form, key
from tests.api.two_companies import serve

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_ai.core.database import Store


def test_nobody_is_told_anything_before_signing_in(served: Served) -> None:
    answer = served.client.get("/v1/me")

    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_nobody_is_told_what_is_wrong_with_a_question_before_signing_in(served: Served) -> None:
    app = served.client.app
    assert isinstance(app, FastAPI)
    paths = [path for path, operations in app.openapi()["paths"].items() if "get" in operations]
    asked = [re.sub(r"{\w+}", "0", path) for path in paths if path.startswith("/v1/")]

    wrong = ({"as_of": "never", "limit": "0"}, {"after": "no place"})
    told = {(path, *how): served.client.get(path, params=how).status_code for path in asked for how in wrong}

    assert len(told) > 100
    assert {question: status for question, status in told.items() if status != 401} == {}


@pytest.mark.parametrize("page", ["/collect?page=abc", "/match/abc/pick", "/manage/figures/nope", "/?as_of=never"])
def test_whoever_is_not_signed_in_is_led_to_the_door_whatever_they_ask(served: Served, page: str) -> None:
    answer = served.client.get(page, follow_redirects=False)

    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/sign-in")


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


def test_right_words_are_no_wrong_tries(served: Served) -> None:
    for _ in range(TRIES_MAX + 1):
        served.sign_in()

    served.client.post("/sign-in", data={"company": "main", "name": "anna", "password": "wrong"})

    assert served.sign_in().get("/v1/me").status_code == 200


def test_a_wrong_old_password_counts_as_a_wrong_try(served: Served) -> None:
    program, browser = served.token(), served.sign_in()
    words = {"password": "another long password", "current": "wrong"}
    fields = {"old": "wrong", "new": "another long password", "form_token": form(browser)["X-Form-Token"]}

    told = [program.put("/v1/users/anna/password", json=words, headers=key()).status_code for _ in range(5)]
    shown = [browser.post("/people/password", data=fields).status_code for _ in range(5)]

    assert {*told, *shown} == {403}
    right = {"current": PASSWORD, "password": "another long password"}
    assert program.put("/v1/users/anna/password", json=right, headers=key()).status_code == 429
    assert browser.post("/people/password", data=fields | {"old": PASSWORD}).status_code == 429


def test_wrong_tries_count_in_every_process(served: Served, tmp_path: Path, sqlite_store: Store) -> None:
    given = {"company": "main", "name": "anna", "password": "wrong"}
    with serve(sqlite_store, tmp_path) as other:
        for _ in range(5):
            served.client.post("/sign-in", data=given)
            TestClient(other).post("/sign-in", data=given)

        answer = TestClient(other).post("/sign-in", data=given | {"password": PASSWORD})

    assert answer.status_code == 429


def test_signing_in_again_ends_what_the_browser_showed_before(served: Served) -> None:
    browser = served.sign_in()
    before = browser.cookies["o2c_sign_in"]

    browser.post("/sign-in", data={"company": "main", "name": "anna", "password": PASSWORD})

    assert browser.get("/v1/me").status_code == 200
    assert browser.cookies["o2c_sign_in"] != before
    assert TestClient(served.client.app, cookies={"o2c_sign_in": before}).get("/v1/me").status_code == 401


@pytest.mark.parametrize(("host", "secure"), [("http://127.0.0.1", False), ("https://books.example", True)])
def test_no_script_and_no_other_site_gets_at_the_sign_in(served: Served, host: str, secure: bool) -> None:
    browser = TestClient(served.client.app, base_url=host, follow_redirects=False)

    answer = browser.post("/sign-in", data={"company": "main", "name": "anna", "password": PASSWORD})

    cookie = answer.headers["Set-Cookie"].lower()
    assert all(flag in cookie for flag in ("httponly", "samesite=lax", "path=/", "max-age=43200"))
    assert ("secure" in cookie) is secure


UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm5hIn0."
"""A JSON web token that says it needs no signature: tokens here mean nothing by themselves."""


@pytest.mark.parametrize("shown", [f"Bearer {UNSIGNED}", "Bearer ", "Basic YW5uYTphIGxvbmcgcGFzc3dvcmQ=", "o2c_x"])
def test_what_was_not_drawn_here_opens_nothing(served: Served, shown: str) -> None:
    browser = served.sign_in()

    assert browser.get("/v1/me", headers={"Authorization": shown}).status_code == 401


def test_an_expired_token_is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    program = served.token(days=1)
    later = datetime.now(UTC) + timedelta(days=1, seconds=1)
    monkeypatch.setattr("o2c_ai.api.dependencies.Service.now", lambda _: later)

    assert program.get("/v1/me").status_code == 401


@pytest.mark.parametrize("name", ["a/b", "..", " anna", "an\u202ena", "an\u200bna", "x" * 101])
def test_a_name_that_an_address_or_an_eye_cannot_carry_is_no_users(served: Served, name: str) -> None:
    answer = served.token().post("/v1/users", json={"name": name, "roles": ["clerk"]}, headers=key())

    assert answer.status_code == 422
    assert "cannot be a user's name: give 1 to 100 visible characters" in answer.text


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
