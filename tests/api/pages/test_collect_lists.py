"""The collectors' list worked as a list: filtered, saved as views, given to colleagues, taken away as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from o2c_ai.core.people.rules import Role
from tests.api.pages.conftest import Company, served_company, shown

OWED = {"D1": ("500.00", "EUR"), "D2": ("900.00", "EUR"), "D3": ("70.00", "USD"), "D4": ("800.00", "EUR")}


@pytest.fixture(scope="module")
def owing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    for company in served_company(tmp_path_factory.mktemp("lists")):
        for code, (amount, currency) in OWED.items():
            company.books.customer(code, f"=Customer {code}")
            company.books.invoice(f"INV-{code}", amount, customer=code, currency=currency)
        company.books.customer("E1", "Owes nothing")
        company.books.session.commit()
        yield company


def listed(page: str) -> list[str]:
    return re.findall(r"data-row[^>]*>(D\d)</a>", page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("least=800", ["D2", "D4"]),
        ("most=500&currency=EUR", ["D1"]),
        ("days_least=29", ["D2", "D3", "D4", "D1"]),
        ("days_least=30", []),
        ("days_most=28", []),
        ("assigned_to=-&currency=USD", ["D3"]),
        ("assigned_to=%40me", []),
        ("sort=customer", ["D1", "D2", "D3", "D4"]),
        ("sort=overdue", ["D2", "D4", "D1", "D3"]),
        ("words=customer+d4&sort=open", ["D4"]),
        (
            "words=&action=&currency=&least=&most=&days_least=&assigned_to=&sort=rank",
            ["D2", "D3", "D4", "D1"],
        ),
    ],
)
def test_the_list_is_filtered_and_ordered(owing: Company, query: str, found: list[str]) -> None:
    assert listed(owing.page("carl", f"/collect?{query}")) == found


def test_the_form_of_filters_offers_only_what_is_taken(owing: Company) -> None:
    page = owing.page("carl", "/collect?view=0")
    form = page.split('role="search"')[1].split("</form>")[0]

    for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', form):
        for value in re.findall(r'<option value="([^"]*)"', options):
            owing.page("carl", f"/collect?{urlencode({name: value})}")


def test_a_filter_that_is_none_is_refused(owing: Company) -> None:
    for query in ("least=1%2C5", "days_least=-1", "sort=name;drop", "currency=euro"):
        assert owing.browser("carl").get(f"/collect?{query}").status_code == 422


def test_next_and_previous_follow_the_view(owing: Company) -> None:
    page = owing.page("carl", "/collect/D2?sort=customer")

    assert 'href="/collect/D3?sort=customer" data-key="n"' in page
    assert 'href="/collect/D1?sort=customer" data-key="b"' in page


def test_customers_are_given_to_a_colleague_and_taken_back(owing: Company) -> None:
    page = owing.act("carl", "/collect/assign", customer=["D1", "D2"], to="clara", back="currency=EUR")
    assert "2 customers changed hands" in shown(page)
    assert listed(owing.page("clara", "/collect?assigned_to=%40me")) == ["D2", "D1"]
    assert "2 of yours to do" in shown(owing.page("clara", "/collect"))
    assert "looked after by clara" in shown(owing.page("carl", "/collect/D1"))

    batch = page.split('name="batch" value="')[1].split('"')[0]
    owing.act("clara", "/collect/assign", customer="D2", to="@me")
    owing.act("cora", "/collect/assign", customer="D2", to="cora")
    again = owing.act("carl", "/collect/assign/undo", batch=batch, back="currency=EUR")

    assert "Given back: 1 customer." in shown(again)
    assert listed(owing.page("clara", "/collect?assigned_to=clara")) == []
    assert listed(owing.page("clara", "/collect?assigned_to=cora")) == ["D2"]
    assert "assign" in shown(owing.page("olga", "/manage/audit"))
    owing.act("cora", "/collect/assign", customer="D2", to="-")


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("olga", {"customer": "D1", "to": "clara"}, 403),
        ("carl", {"customer": "D1", "to": "olga"}, 422),
        ("carl", {"customer": "D1", "to": "nobody here"}, 404),
        ("carl", {"customer": "D9", "to": "clara"}, 404),
        ("carl", {"to": "clara"}, 422),
    ],
)
def test_an_assignment_that_breaks_a_law_is_refused(
    owing: Company, name: str, fields: dict[str, str], status: int
) -> None:
    assert owing.post(name, "/collect/assign", **fields).status_code == status


def test_a_view_is_saved_opened_renamed_and_deleted(owing: Company) -> None:
    page = owing.act("cora", "/collect/views", name="<i>Large</i>", opens="true", back="least=800&page=2&did=x")
    assert "The view is saved." in shown(page)
    assert "<i>Large</i>" in shown(page)
    assert listed(owing.page("cora", "/collect")) == ["D2", "D4"]
    assert len(listed(owing.page("cora", "/collect?view=0"))) == len(OWED)
    assert len(listed(owing.page("carl", "/collect"))) == len(OWED)

    number = re.findall(r'action="/collect/views/(\d+)"', page)[0]
    owing.act("cora", f"/collect/views/{number}", name="Largest", shared="true", back="least=800")
    seen = shown(owing.page("carl", "/collect?least=800"))
    assert "Largest cora’s" in seen
    assert "Change the view" not in seen
    assert owing.post("carl", f"/collect/views/{number}/delete").status_code == 403
    assert owing.post("cora", "/collect/views", name="Largest", back="least=1").status_code == 409

    gone = owing.act("cora", f"/collect/views/{number}/delete")
    assert "save them to have it back" in shown(gone)
    assert 'name="name" value="Largest"' in gone
    assert "Largest" not in owing.page("carl", "/collect?least=800")


def test_what_a_collector_noted_today_is_counted(owing: Company) -> None:
    before = int(re.findall(r"You today: (\d+) noted", shown(owing.page("cora", "/collect?view=0")))[0])

    owing.act("cora", "/collect/E1/contact", result="reached", back="sort=customer")

    after = owing.page("cora", "/collect?view=0")
    assert f"You today: {before + 1} noted, 4 on the list to do" in shown(after)


def test_the_page_leads_to_the_same_rows_as_a_file(owing: Company) -> None:
    page = owing.page("carl", "/collect?currency=EUR&sort=customer")
    csv = next(found for found in re.findall(r'href="(/v1/exports/[^"]+)"', page) if found.endswith("shape=csv"))

    answer = owing.browser("carl").get(csv.replace("&amp;", "&"))

    rows = [line.split(",") for line in answer.text.splitlines()]
    assert [row[1] for row in rows[1:]] == listed(page) == ["D1", "D2", "D4"]
    assert rows[1][2] == "'=Customer D1"
    assert rows[1][4:7] == ["EUR", "500.00", "500.00"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="worklist-2025-06-30.csv"'


FILES = (
    "exports/worklist",
    "exports/open-items?customer=D1",
    "exports/open-items?overdue=true",
    "exports/bank-lines",
    "exports/to-match",
    "exports/applications",
    "exports/postings",
    "reports/aging",
    "reports/trial-balance",
)


@pytest.mark.parametrize(("shape", "start"), [("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", b""), ("json", b"")])
def test_every_list_is_had_in_every_shape(owing: Company, shape: str, start: bytes) -> None:
    for address in FILES:
        answer = owing.browser("clara").get(f"/v1/{address}{'&' if '?' in address else '?'}shape={shape}")
        assert (answer.status_code, answer.content[: len(start)]) == (200, start), address
    audit = f"/v1/exports/audit?shape={shape}"
    assert owing.browser("olga").get(audit).content.startswith(start)
    assert owing.browser("carl").get(audit).status_code == 403


def test_everybody_with_the_duty_can_be_chosen(owing: Company) -> None:
    page = owing.page("carl", "/collect")
    options = re.findall(r"<option>(\w+)</option>", page.split('name="to"')[1].split("</select>")[0])

    assert options == ["anna", "clara", "cora", "otto"]
    assert Role.AUDITOR.value not in options
