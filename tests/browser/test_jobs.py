"""A job asked for by a button: how it goes on shows by itself, and without scripts on the page loaded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_job_is_run_by_a_button_and_tells_what_came_of_it(with_jobs: Site, scripts: bool) -> None:
    with with_jobs.seen_by("carl", java_script_enabled=scripts) as page:
        page.goto("/manage/jobs")
        done = page.locator("#recent td.done")
        before = done.count()
        page.locator("tr", has_text="rank_worklist").get_by_role("button", name="Run").click()
        page.get_by_role("status").wait_for()

        for _ in range(120):
            if done.count() > before:
                break
            page.wait_for_timeout(500)
            if not scripts:
                page.goto("/manage/jobs")

        assert done.count() == before + 1
        assert "Nothing is under way." in page.locator("#now").inner_text()
