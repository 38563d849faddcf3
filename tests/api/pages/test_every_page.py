"""Every page for every role: shown or refused, no script or style inside it, and a token on every form that acts."""

from __future__ import annotations

import re

import pytest

from tests.api.pages.conftest import PEOPLE, Company

ADDRESSES = (
    "/",
    "/collect",
    "/collect/C1",
    "/match",
    "/match/many",
    "/match/1/pick",
    "/manage",
    "/manage/models",
    "/manage/books",
    "/people",
)
GUARDED = {"/people/users": ("ada",), "/manage/audit": ("ada", "olga")}
"""Pages that only some people read."""


@pytest.fixture(scope="module")
def working(company: Company) -> Company:
    company.paid("L1")
    return company


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_role_reads_every_desk(working: Company, address: str) -> None:
    for name in PEOPLE:
        working.page(name, address)


@pytest.mark.parametrize("address", [*ADDRESSES, *GUARDED])
def test_a_page_holds_no_script_or_style_of_its_own_and_every_form_a_token(working: Company, address: str) -> None:
    pages = [working.page(name, address) for name in GUARDED.get(address, PEOPLE)]
    for page in pages:
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", page)
        for form in re.findall(r'<form method="post".*?</form>', page, flags=re.DOTALL):
            assert re.search(r'name="form_token" value="[0-9a-f]{64}"', form)


ACTS = (
    "/match/1/accept",
    "/match/1/reject",
    "/match/1/park",
    "/match/1/set-aside",
    "/match/1/pick",
    "/match/undo",
    "/match/many",
    "/match/run",
    "/collect/C1/contact",
    "/collect/C1/promise",
    "/manage/models/remittance-matching/promote",
    "/manage/models/remittance-matching/rollback",
    "/people/password",
    "/people/second-factor",
    "/people/second-factor/code",
    "/people/sign-ins/1/end",
    "/people/tokens",
    "/people/tokens/1/revoke",
    "/people/users",
    "/people/users/clara/password",
    "/people/users/clara/roles",
    "/people/users/clara/second-factor/drop",
    "/people/users/clara/deactivate",
)
FIELDS = {
    "suggestion": 1,
    "customer": "C1",
    "lines": "1",
    "result": "x",
    "until": "2025-07-01",
    "version": "x",
    "old": "x",
    "new": "x",
    "code": "x",
    "label": "x",
    "name": "x",
}


@pytest.mark.parametrize("address", ACTS)
def test_an_act_from_another_sites_form_is_refused(working: Company, address: str) -> None:
    for token in ({}, {"form_token": "0" * 64}):
        answer = working.browser("clara").post(address, data=FIELDS | token)
        assert answer.status_code == 403
        assert "this form is not from here" in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_strangers_are_sent_to_the_sign_in(working: Company, address: str) -> None:
    answer = working.app_client.get(address, follow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_every_act_of_the_pages_is_tried_here(working: Company) -> None:
    routes = working.app_client.app.routes  # type: ignore[attr-defined]
    pages = [route for route in routes if not getattr(route, "include_in_schema", True)]
    posts = {route.path for route in pages if "POST" in (getattr(route, "methods", None) or ())}
    patterns = [re.sub(r"\{[a-z_]+\}", "[^/]+", path) for path in posts - {"/sign-in", "/sign-out"}]

    for pattern in patterns:
        assert any(re.fullmatch(pattern, address) for address in ACTS), pattern
