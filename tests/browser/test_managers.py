"""A manager's morning: what a figure means, what it stands on, what comes in, and what if it came later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

FORECAST_MS = 100_000
"""A forecast takes some seconds, more where others are at work."""
ADDRESSES = (
    "/manage/figures/dso",
    "/manage/figures/promises-kept",
    "/manage/aging?age=1-30",
    "/manage/aging/items?age=1-30",
    "/manage/forecast",
    "/manage/health",
    "/manage/books/accounts/1200",
    "/manage/books/entries/18250",
    "/manage/papers?number=RE-2026-010948",
)


def seen(page: Page, alt: str) -> bool:
    """Whether a chart has arrived that is told to those who cannot see it by these words."""
    picture = page.locator(f"img[alt*='{alt}']").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("(one) => one.complete", arg=picture.element_handle())
    return bool(picture.evaluate("(one) => one.naturalWidth > 0"))


def test_a_manager_finds_what_dso_means_and_what_stands_behind_it(untouched: Site) -> None:
    with untouched.seen_by("dana") as page:
        page.click("nav >> text=Manage")
        page.click("a[aria-label^='DSO: days sales outstanding in EUR']")
        page.wait_for_url("**/manage/figures/dso*")
        assert "closing receivables ÷ sales" in page.locator("[aria-label='What it means']").inner_text()
        assert seen(page, "days sales outstanding")

        page.click("text=All figures")
        page.click("a[aria-label^='61-90 in EUR']")
        page.click("a[href*='/manage/aging/items'][href*='customer='] >> nth=0")
        page.click("a[href*='/manage/papers'] >> nth=0")
        page.wait_for_url("**/manage/papers*")
        assert "Open on 2026-10-15" in page.locator("#main").inner_text()


def test_a_manager_drills_from_the_trial_balance_to_an_invoice(untouched: Site) -> None:
    with untouched.seen_by("dana", java_script_enabled=False) as page:
        page.goto("/manage/books")
        page.click("tbody a:has-text('4000')")
        page.click("a:has-text('Earlier')")
        page.click("tbody tr:has-text('invoice') a >> nth=0")
        assert "Papers behind it" in page.locator("#main").inner_text()
        page.click("section:has-text('Papers behind it') >> tbody a >> nth=0")
        assert page.locator("h1").inner_text().startswith(("Invoice", "Credit memo"))
        page.click("a:has-text('entry')")
        assert page.locator("h1").inner_text().startswith("Entry")


def test_a_manager_sees_what_comes_and_what_if_it_came_later(site: Site) -> None:
    with site.seen_by("dana", java_script_enabled=False) as page:
        page.set_default_timeout(FORECAST_MS)
        page.goto("/manage")
        page.click("text=All weeks, and what if")
        page.fill("[name=late_days]", "14")
        page.click("button:has-text('Forecast it')")
        page.wait_for_url("**scenario=*")

        assert "Dashed: late shock of 14 days" in page.locator("#main").inner_text()
        assert page.locator("img[alt*='late shock of 14 days']").count() == 1
        assert page.locator("th:text-is('Supposed')").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_behind_the_figures(untouched: Site, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = []
    with untouched.seen_by("dana", color_scheme=scheme) as page:
        for address in ADDRESSES:
            page.goto(address)
            broken = Axe().run(page).response["violations"]
            found += [f"{address}: {one['id']}: {one['nodes'][0]['html']}" for one in broken]

    assert found == []
