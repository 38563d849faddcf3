"""The collectors' desk: whom to call, one customer on one screen, calls and promises."""

from __future__ import annotations

import pytest

from tests.api.pages.conftest import TODAY, Company, shown

OWED = {"C10": "500.00", "C20": "900.00", "C30": "700.00", "C50": "60.00", "C60": "65.00"}


@pytest.fixture(scope="module")
def owing(company: Company) -> Company:
    for code, amount in OWED.items():
        company.books.customer(code, f"Customer {code}")
        company.books.invoice(f"INV-{code}", amount, customer=code)
    company.books.session.commit()
    return company


def test_the_worklist_is_ranked_and_says_why(owing: Company) -> None:
    page = shown(owing.page("carl", "/collect"))

    assert page.index("C20") < page.index("C30") < page.index("C10")
    assert "oldest item 29 days overdue" in page


@pytest.mark.parametrize(("query", "found"), [("words=c30", "1 of"), ("words=nobody", "0 of"), ("action=call", "0 of")])
def test_the_worklist_is_filtered(owing: Company, query: str, found: str) -> None:
    assert found in shown(owing.page("carl", f"/collect?{query}"))


def test_a_customer_is_on_one_screen(owing: Company) -> None:
    page = shown(owing.page("carl", "/collect/C30"))

    for words in ("Customer C30", "INV-C30", "700.00 EUR", "1-30", "Next customer", "not predicted"):
        assert words in page


def test_a_call_is_logged_and_the_customer_left_alone(owing: Company) -> None:
    page = shown(owing.act("carl", "/collect/C50/contact", result="no_answer", note="<b>rang</b> twice"))

    assert "phone: no answer" in page
    assert "<b>rang</b> twice" in page
    assert "C50" not in shown(owing.page("carl", "/collect"))


def test_a_promise_is_noted_for_all_that_is_overdue(owing: Company) -> None:
    page = shown(owing.act("carl", "/collect/C60/promise", until=TODAY.isoformat()))

    assert "INV-C60 by 2025-06-30" in page
    assert "promise open" in page


def test_a_promise_of_nothing_is_refused(owing: Company) -> None:
    owing.books.customer("C40", "Owes nothing")
    owing.books.session.commit()

    assert owing.post("carl", "/collect/C40/promise", until=TODAY.isoformat()).status_code == 422


def test_who_does_not_collect_is_refused(owing: Company) -> None:
    assert owing.post("olga", "/collect/C30/contact", result="reached").status_code == 403
    assert "Log a call" not in owing.page("olga", "/collect/C30")


def test_an_unknown_customer_is_not_found(owing: Company) -> None:
    assert owing.browser("carl").get("/collect/NOBODY").status_code == 404
