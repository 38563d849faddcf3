"""The clerks' desk beyond matching: without scripts, with a second person, with a slip in a form, and under axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_desks import press

if TYPE_CHECKING:
    from tests.browser.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


def test_lines_are_accepted_set_aside_and_split_without_scripts(site: Site) -> None:
    with site.seen_by("clara", java_script_enabled=False) as page:
        said = page.get_by_role("status")
        page.goto("/match?show=review")
        page.click("button:has-text('Accept')")
        assert "Accepted and booked." in said.inner_text()
        page.goto("/match?show=not_ar")
        page.click("button:has-text('Not receivables')")
        assert "Set aside" in said.inner_text()

        page.goto("/match?show=review&sort=amount_minor")
        page.click("a:has-text('Pick items')")
        page.fill("[name=find]", "RE-")
        page.click("button:has-text('Search')")
        for _ in range(2):
            page.click("[data-row] >> nth=0")
        for place in range(2):
            page.fill(f"[name=amount] >> nth={place}", "1.00")
            page.select_option(f"[name=reason] >> nth={place}", "partial")
        page.select_option("[name=rest]", "prepayment")
        page.click("button:has-text('Book it')")
        assert "Booked as you picked." in said.inner_text()


def test_a_write_off_is_asked_for_by_one_and_granted_by_another(site: Site) -> None:
    with site.seen_by("clara") as page:
        page.goto("/match/deductions?show=items")
        number = page.locator("#work h2").inner_text()
        page.fill("#work [name=reason]", "too small to collect")
        page.click("button:has-text('Ask for a write-off')")
        assert "somebody else decides" in page.get_by_role("status").inner_text()
        page.click("#work >> text=Approvals")
        assert "waits for somebody else" in page.locator("tbody").inner_text()
    with site.seen_by("paul") as page:
        press(page, "5")
        assert number in page.locator("tbody").inner_text()
        press(page, "a")
        assert "Granted and booked." in page.get_by_role("status").inner_text()


def test_a_spot_check_is_drawn_and_judged_by_keyboard(site: Site) -> None:
    with site.seen_by("clara") as page:
        page.goto("/match/checks")
        page.fill("[name=percent]", "100")
        page.click("button:has-text('Draw')")
        page.get_by_role("status").wait_for()
        waiting = int(page.locator("[aria-label='To look at'] h2 b").inner_text())
        press(page, "a")
        assert "Noted: right." in page.get_by_role("status").inner_text()
        page.fill("[name=remark]", "another customer")
        page.keyboard.press("Escape")
        press(page, "w")
        assert "Noted: wrong." in page.get_by_role("status").inner_text()
        assert int(page.locator("[aria-label='To look at'] h2 b").inner_text()) == waiting - 2


def test_a_slip_in_an_amount_stays_beside_its_field(site: Site) -> None:
    with site.seen_by("clara") as page:
        page.goto("/match/receipts")
        for name, typed in (("customer", "K10073"), ("amount", "12,5o"), ("reference", "cheque 4711")):
            page.fill(f"[name={name}]", typed)
        page.keyboard.press("Enter")
        page.locator("#wrong-receive-amount").wait_for()

        assert "is not an amount" in page.locator("#wrong-receive-amount").inner_text()
        assert page.input_value("[name=amount]") == "12,5o"
        assert page.input_value("[name=reference]") == "cheque 4711"
        page.fill("[name=amount]", "12,50")
        page.keyboard.press("Enter")
        page.wait_for_url("**/pick")
        assert "12.50" in page.locator("[data-left]").inner_text()


PAGES = ("/match/exceptions", "/match/receipts", "/match/deductions", "/match/approvals", "/match/checks")


def test_axe_finds_nothing_wrong_on_the_clerks_pages(untouched: Site) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for scheme, addresses in (("light", PAGES), ("dark", ("/match/receipts/1", "/match/deductions?show=deducted"))):
        with untouched.seen_by("clara", color_scheme=scheme) as page:
            for address in addresses:
                page.goto(address)
                results = Axe().run(page)
                found += [
                    f"{address}: {one['id']}: {one['nodes'][0]['html']}" for one in results.response["violations"]
                ]

    assert found == []
