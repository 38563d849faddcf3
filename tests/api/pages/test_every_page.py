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
    "/match/1/return",
    "/match/exceptions",
    "/match/receipts",
    "/match/deductions",
    "/match/deductions?show=disputed",
    "/match/deductions?show=deducted",
    "/match/deductions?show=charged_back",
    "/match/deductions?show=items",
    "/match/approvals",
    "/match/approvals?show=approved",
    "/match/checks",
    "/manage",
    "/manage/models",
    "/manage/jobs",
    "/manage/figures/dso",
    "/manage/figures/cash-in?currency=USD",
    "/manage/figures/promises-kept",
    "/manage/aging?age=1-30",
    "/manage/aging/items?age=1-30",
    "/manage/forecast",
    "/manage/health?learner=remittance-matching",
    "/manage/books",
    "/manage/books/accounts/1200",
    "/manage/books/entries/1",
    "/manage/papers?number=INV-L1",
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


FOR_GOOD = {
    "/people": r"/people/tokens/\d+/revoke",
    "/people/users": r"/people/users/clara/(?:password|deactivate|second-factor/drop)",
    "/match/receipts/{receipt}": r"/match/receipts/\d+/return",
}
"""Page → what cannot be taken back once it was done there."""


@pytest.mark.parametrize("address", FOR_GOOD)
def test_what_cannot_be_taken_back_is_asked_before(working: Company, address: str) -> None:
    who = "clara" if "receipt" in address else "ada"
    cheque = {"customer": "C1", "method": "cheque", "amount": "5", "currency": "EUR", "reference": address}
    receipt = working.post("clara", "/match/receipts", **cheque).url.path.split("/")[3]
    working.act("ada", "/people/tokens", label="nightly")
    act = re.compile(f'action="{FOR_GOOD[address]}"')

    page = working.page(who, address.format(receipt=receipt))

    assert act.search(page)
    assert not act.search(re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL))


ACTS = (
    "/match/1/accept",
    "/match/1/reject",
    "/match/1/park",
    "/match/1/set-aside",
    "/match/1/payer",
    "/match/1/payer/withdraw",
    "/match/1/pick",
    "/match/1/return",
    "/match/undo",
    "/match/receipts",
    "/match/receipts/1/refund",
    "/match/receipts/1/transfer",
    "/match/receipts/1/payer",
    "/match/receipts/1/return",
    "/match/receipts/1/undo",
    "/match/receipts/1/pick",
    "/match/deductions/items/1/write-off",
    "/match/deductions/items/1/dispute",
    "/match/deductions/1/explain",
    "/match/deductions/1/settle",
    "/match/deductions/1/reopen",
    "/match/deductions/1/charge-back",
    "/match/deductions/1/allow",
    "/match/approvals/1/decision",
    "/match/approvals/1/undo",
    "/match/checks",
    "/match/checks/1/verdict",
    "/match/many",
    "/match/run",
    "/collect/assign",
    "/collect/assign/undo",
    "/collect/views",
    "/collect/views/1",
    "/collect/views/1/delete",
    "/collect/C1/contact",
    "/collect/C1/promise",
    "/manage/forecast",
    "/manage/models/remittance-matching/promote",
    "/manage/models/remittance-matching/rollback",
    "/manage/models/remittance-matching/train",
    "/manage/models/remittance-matching/compare",
    "/manage/jobs/nightly/run",
    "/manage/jobs/runs/1/retry",
    "/manage/jobs/nightly/daily",
    "/manage/jobs/nightly/not-daily",
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
    "to": "-",
    "batch": "1",
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
    "at": "02:00",
    "credit": 1,
    "entry": 1,
    "why": "pricing",
    "right": "true",
    "show": "short",
    "approve": "true",
    "verdict": "right",
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
