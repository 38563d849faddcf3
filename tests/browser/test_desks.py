"""A day at the desks: by keyboard alone, without scripts, two at one line, and with nothing axe complains of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

LINES, CUSTOMERS = 30, 20


def press(page: Page, key: str) -> None:
    """Press a key and wait for the page that follows."""
    page.evaluate("() => { document.querySelector('main').dataset.old = 'yes' }")
    page.keyboard.press(key)
    page.locator("main:not([data-old])").wait_for()
    page.wait_for_load_state()


def test_a_clerk_matches_thirty_lines_by_keyboard_alone(site: Site) -> None:
    with site.seen_by("clara") as page:
        press(page, "2")
        waiting = int(page.locator("[aria-label='Which lines'] b").first.inner_text())

        for _ in range(LINES):
            press(page, "a")
            assert "Accepted and booked." in page.get_by_role("status").inner_text()

        assert int(page.locator("[aria-label='Which lines'] b").first.inner_text()) == waiting - LINES


def test_a_clerk_moves_rejects_and_takes_back_by_keyboard(site: Site) -> None:
    with site.seen_by("clara") as page:
        page.goto("/match?show=review&sort=amount_minor")
        first = page.locator("[data-row][aria-current]").get_attribute("href")
        press(page, "j")
        second = page.locator("[data-row][aria-current]").get_attribute("href")
        press(page, "k")
        assert page.locator("[data-row][aria-current]").get_attribute("href") == first != second

        press(page, "a")
        press(page, "u")
        assert "Taken back" in page.get_by_role("status").inner_text()

        page.keyboard.press("?")
        assert page.get_by_role("dialog").is_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "words"
        page.keyboard.press("Escape")
        press(page, "r")
        assert "declined" in page.locator("#work").inner_text()


def test_items_are_picked_with_a_running_difference(site: Site) -> None:
    with site.seen_by("clara") as page:
        page.goto("/match?show=review&words=Montesereno")
        press(page, "p")
        page.keyboard.press("j")
        press(page, "Enter")
        left = page.locator("[data-left]").inner_text()
        page.locator("[name=amount]").fill("1.00")

        assert page.locator("[data-left]").inner_text() != left
        page.locator("[name=amount]").fill("nonsense")
        assert page.locator("[data-left]").inner_text() == "?"


def test_a_collector_works_twenty_customers_by_keyboard_alone(site: Site) -> None:
    seen = set()
    with site.seen_by("carl") as page:
        press(page, "1")
        press(page, "Enter")
        for number in range(CUSTOMERS):
            seen.add(page.locator("h1").inner_text())
            page.keyboard.press("c")
            press(page, "p" if number % 4 == 3 else str(1 + number % 3))
            assert "note" in page.get_by_role("status").inner_text().lower()
            press(page, "n")

    assert len(seen) == CUSTOMERS


def test_the_desks_work_without_scripts(site: Site) -> None:
    with site.seen_by("clara", java_script_enabled=False) as page:
        page.click("nav >> text=Match")
        page.click("button:has-text('Accept')")
        assert "Accepted and booked." in page.get_by_role("status").inner_text()
        page.click("button:has-text('Take back')")
        assert "Taken back" in page.get_by_role("status").inner_text()
        page.click("[aria-label='Which lines'] >> text=review")
        page.click("a:has-text('Pick items')")
        page.fill("[name=find]", "RE-2026")
        page.click("button:has-text('Search')")
        page.click("[data-row] >> nth=0")
        assert page.locator("[name=amount]").count() == 1
    with site.seen_by("carl", java_script_enabled=False) as page:
        page.click("nav >> text=Collect")
        page.click("tbody a >> nth=-1")
        page.click("button:has-text('No answer')")
        assert "phone: no answer" in page.locator("#main").inner_text()


def test_two_clerks_on_one_line_and_the_second_sees_who_decided(site: Site) -> None:
    with site.seen_by("clara") as first, site.seen_by("clara") as second:
        for page in (first, second):
            page.goto("/match?show=not_ar&sort=booking_date")
        press(first, "a")
        press(second, "a")

        assert "Somebody was quicker" in second.get_by_role("status").inner_text()
        assert "Decided on" in second.locator("#work").inner_text()


def test_who_has_no_duty_sees_no_button_and_keys_do_nothing(site: Site) -> None:
    with site.seen_by("dana") as page:
        page.goto("/match")
        before = page.url
        page.keyboard.press("a")

        assert page.url == before
        assert page.get_by_role("button", name=re.compile("Accept")).count() == 0


WORK = ("/", "/match", "/match/many", "/match/5284/pick", "/collect", "/collect/K10073")
FIGURES = ("/manage", "/manage/models", "/manage/jobs", "/manage/books", "/manage/audit", "/people", "/people/users")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_on_any_page(untouched: Site, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for name, addresses in (("clara", WORK), ("carl", WORK[-1:]), ("ada", FIGURES)):
        with untouched.seen_by(name, color_scheme=scheme) as page:
            for address in addresses:
                page.goto(address)
                results = Axe().run(page)
                found += [
                    f"{address}: {one['id']}: {one['nodes'][0]['html']}" for one in results.response["violations"]
                ]

    assert found == []
