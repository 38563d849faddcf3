"""A collector's list by keyboard: a saved view, customers given to a colleague and taken back, next and last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_desks import press

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def customers(page: Page) -> list[str]:
    return page.locator("[data-row]").all_inner_texts()


def said(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def test_a_collector_saves_a_view_and_opens_it_by_key(site: Site) -> None:
    with site.seen_by("carl") as page:
        page.goto("/collect?sort=days_late&currency=EUR")
        wanted = customers(page)
        page.keyboard.press("s")
        page.keyboard.type("Oldest euros")
        press(page, "Enter")
        assert "The view is saved." in said(page)

        page.keyboard.press("v")
        press(page, "0")
        page.keyboard.press("v")
        press(page, "1")

        assert page.locator("[aria-label=Views] [aria-current]").inner_text().startswith("Oldest euros")
        assert customers(page) == wanted
        page.get_by_text("Change the view").click()
        page.get_by_role("button", name="Delete the view").click()
        assert "The view is deleted" in said(page)
        assert page.get_by_label("Save this view as").input_value() == "Oldest euros"


def test_many_customers_are_given_to_a_colleague_and_taken_back_by_keyboard(site: Site) -> None:
    with site.seen_by("carl") as page:
        page.goto("/collect")
        ticked = customers(page)[:3]
        for _ in ticked:
            page.keyboard.press("j")
            page.keyboard.press("x")
        page.keyboard.press("a")
        page.keyboard.type("clara")
        page.keyboard.press("Escape")
        press(page, "A")
        assert "3 customers changed hands" in said(page)
        page.goto("/collect?assigned_to=clara&sort=rank")
        assert customers(page) == ticked
        page.go_back()
        press(page, "u")
        assert "Given back: 3 customers." in said(page)

        page.keyboard.press("X")
        assert page.locator("[data-tick]:checked").count() == len(customers(page))


def test_the_one_in_focus_is_opened_and_the_list_gone_along_both_ways(site: Site) -> None:
    with site.seen_by("carl") as page:
        page.goto("/collect?sort=customer")
        first, second, third = customers(page)[:3]
        page.keyboard.press("j")
        page.keyboard.press("j")
        press(page, "Enter")
        assert second in page.locator("h1").inner_text()
        press(page, "n")
        assert third in page.locator("h1").inner_text()
        press(page, "b")
        press(page, "b")
        assert first in page.locator("h1").inner_text()
        press(page, "l")
        assert customers(page)[0] == first


def test_views_and_assignments_work_without_scripts(site: Site) -> None:
    with site.seen_by("carl", java_script_enabled=False) as page:
        page.goto("/collect")
        page.get_by_label("Days late from").fill("1")
        page.get_by_role("button", name="Show").click()
        page.get_by_label("Save this view as").fill("Late at all")
        page.get_by_role("button", name="Save").click()
        assert "The view is saved." in said(page)
        page.locator("[data-tick]").first.check()
        page.get_by_role("button", name="Assign").click()
        assert "1 customer changed hands" in said(page)
        assert page.get_by_role("link", name="1 of yours").count() == 1
        page.get_by_role("button", name="Take back").click()
        assert "Given back: 1 customer." in said(page)
        page.get_by_text("Change the view").click()
        page.get_by_role("button", name="Delete the view").click()
        assert "The view is deleted" in said(page)


def test_the_list_is_downloaded_as_it_is_shown(site: Site) -> None:
    with site.seen_by("carl") as page:
        page.goto("/collect?currency=EUR")
        for kind in ("XLSX", "CSV", "PDF"):
            with page.expect_download() as waited:
                page.get_by_role("link", name=kind).click()
            assert waited.value.suggested_filename.endswith(f".{kind.lower()}")
            assert waited.value.path().stat().st_size > 1000


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_with_a_filtered_list(site: Site, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    with site.seen_by("carl", color_scheme=scheme) as page:
        for address in ("/collect?least=1000", "/collect?words=nobody"):
            page.goto(address)
            violations = Axe().run(page).response["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == [], address
