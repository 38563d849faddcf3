"""Open items are listed a page at a time, in the order asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.conftest import Served
from tests.books import DAY


@pytest.fixture
def owing(served: Served) -> Served:
    for number in range(5):
        served.books.invoice(f"INV-{number}", f"{100 + number}.00", due=DAY + timedelta(days=40 - 10 * number))
    served.books.session.commit()
    return served


def test_open_items_are_listed_page_by_page(owing: Served) -> None:
    program, seen, place = owing.token(), [], None
    while True:
        page = program.get("/v1/open-items", params={"limit": 2} | ({"after": place} if place else {})).json()
        seen += [row["number"] for row in page["rows"]]
        place = page["next"]
        if place is None:
            break

    assert seen == ["INV-4", "INV-3", "INV-2", "INV-1", "INV-0"]


@pytest.mark.parametrize(
    ("sort", "first"), [("number", "INV-0"), ("left_minor", "INV-4"), ("due_date", "INV-4"), ("document_date", "INV-0")]
)
def test_they_are_sorted_as_asked(owing: Served, sort: str, first: str) -> None:
    pages = owing.token().get("/v1/open-items", params={"sort": sort, "limit": 1}).json()

    assert pages["rows"][0]["number"] == first
    follow = owing.token().get("/v1/open-items", params={"sort": sort, "limit": 4, "after": pages["next"]}).json()
    assert len({row["number"] for row in follow["rows"]} | {first}) == 5
    assert follow["next"] is None


def test_only_the_overdue_ones_are_listed_where_asked(owing: Served) -> None:
    rows = owing.token().get("/v1/open-items", params={"overdue": True}).json()["rows"]

    assert [row["number"] for row in rows] == ["INV-4", "INV-3", "INV-2"]
    assert rows[0]["left"] == {"amount": "104.00", "currency": "EUR"}


@pytest.mark.parametrize("after", ["nonsense", "WzEsIDJd", "WyIyMDI1LTAxLTAxIiwgIngiXQ", "W251bGwsIDFd"])
def test_a_place_of_another_list_is_refused(owing: Served, after: str) -> None:
    assert owing.token().get("/v1/open-items", params={"after": after}).status_code == 422
