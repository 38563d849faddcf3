"""People: own password, second factor and tokens; users by their administrator; nothing before what is due."""

from __future__ import annotations

import re

import pyotp
import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import PASSWORD
from tests.api.pages.conftest import Company, shown


def signs_in(company: Company, name: str, password: str, code: str = "") -> int:
    given = {"company": "main", "name": name, "password": password, "code": code}
    return TestClient(company.app_client.app).post("/sign-in", data=given).status_code


def secret_on(page: str) -> str:
    return str(re.findall(r'<p class="secret">([^<]+)</p>', page)[0])


def test_a_password_is_changed_by_who_knows_the_old_one(company: Company) -> None:
    assert company.post("cora", "/people/password", old="wrong", new="another long one").status_code == 403
    assert company.post("cora", "/people/password", old=PASSWORD, new="short").status_code == 422

    company.act("cora", "/people/password", old=PASSWORD, new="another long one")

    assert signs_in(company, "cora", PASSWORD) == 403
    assert signs_in(company, "cora", "another long one") == 200


def test_a_second_factor_is_asked_for_once_its_code_was_shown(company: Company) -> None:
    secret = secret_on(company.act("olga", "/people/second-factor"))
    assert signs_in(company, "olga", PASSWORD) == 200

    company.act("olga", "/people/second-factor/code", code=pyotp.TOTP(secret).now())

    assert signs_in(company, "olga", PASSWORD) == 403


def test_a_wrong_code_sets_nothing_up(company: Company) -> None:
    company.act("dana", "/people/second-factor")

    assert company.post("dana", "/people/second-factor/code", code="000000x").status_code == 403


def test_a_token_is_shown_once_and_taken_back(company: Company) -> None:
    page = company.act("carl", "/people/tokens", label="import", days=30)
    program = TestClient(company.app_client.app, headers={"Authorization": f"Bearer {secret_on(page)}"})
    assert program.get("/v1/me").status_code == 200
    assert secret_on(page) not in company.page("carl", "/people")

    number = re.findall(r"/people/tokens/(\d+)/revoke", page)[0]
    company.act("carl", f"/people/tokens/{number}/revoke")

    assert program.get("/v1/me").status_code == 401


def test_a_new_user_changes_their_first_password_before_anything_else(company: Company) -> None:
    first = secret_on(company.act("ada", "/people/users", name="nora", role="clerk"))
    browser = TestClient(company.app_client.app)
    page = browser.post("/sign-in", data={"company": "main", "name": "nora", "password": first}).text
    assert "change it before you do anything else" in page
    token = page.split('name="form_token" value="')[1].split('"')[0]
    line, number = company.paid("NORA")

    early = browser.post(f"/match/{line}/accept", data={"form_token": token, "suggestion": number})
    browser.post("/people/password", data={"form_token": token, "old": first, "new": "a password of mine"})

    assert early.status_code == 403
    assert signs_in(company, "nora", "a password of mine") == 200


def test_an_administrator_gives_roles_and_lets_people_go(company: Company) -> None:
    company.act("ada", "/people/users", name="paul", role="clerk")
    company.act("ada", "/people/users/paul/roles", role=["approver", "auditor"])
    assert "approver" in shown(company.page("ada", "/people/users"))

    company.act("ada", "/people/users/paul/deactivate")

    assert "/people/users/paul/" not in company.page("ada", "/people/users")


def test_only_an_administrator_looks_after_users(company: Company) -> None:
    assert company.browser("clara").get("/people/users").status_code == 403
    assert company.post("clara", "/people/users", name="eve", role="admin").status_code == 403


@pytest.mark.parametrize("asked", [True, False])
def test_who_administers_needs_a_second_factor_where_it_is_asked_for(
    company: Company, monkeypatch: pytest.MonkeyPatch, asked: bool
) -> None:
    service = company.app_client.app.state.service  # type: ignore[attr-defined]
    monkeypatch.setattr(service.settings, "ask_second_factor", asked)

    assert company.browser("ada").get("/people/users").status_code == (403 if asked else 200)
    assert ("needs a second factor" in company.page("ada", "/people")) is asked


def test_the_made_up_company_is_closed_to_other_machines(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    service = company.app_client.app.state.service  # type: ignore[attr-defined]
    monkeypatch.setattr(service.settings, "host", "0.0.0.0")  # noqa: S104 - nothing is bound

    given = {"company": "demo", "name": "clara", "password": "clara likes demos"}
    assert "127.0.0.1 only" in shown(TestClient(company.app_client.app).post("/sign-in", data=given).text)
