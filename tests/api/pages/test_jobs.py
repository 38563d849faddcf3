"""Jobs on the managers' desk: asked for, watched, switched on for every day, and tried again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from o2c_ai.cli.consumer import Consumer
from o2c_ai.core.job_runs.actions import begin, fail
from o2c_ai.core.job_runs.queries import ids_in_state
from o2c_ai.core.job_runs.rules import RunState
from tests.api.pages.conftest import Company, served_company, shown
from tests.books import NOON

JOBS = "/manage/jobs"


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    """A company of its own: what is under way shows on every page."""
    yield from served_company(tmp_path)


@pytest.fixture
def worker(company: Company) -> Iterator[Consumer]:
    service = company.app_client.app.state.service  # type: ignore[attr-defined]
    worker = Consumer(service.settings, service.store)
    yield worker
    worker.queue.close()


def test_a_job_is_asked_for_watched_and_told(company: Company, worker: Consumer) -> None:
    company.paid("L1", suggested=False)
    assert "Nobody works jobs off right now" in company.page("clara", JOBS)
    worker.sign()

    asked = company.act("clara", f"{JOBS}/suggest_matches/run")
    assert "Suggest what each undecided bank line pays as of 2025-06-30 : waiting" in shown(asked)
    assert 'hx-trigger="every 2s"' in asked
    assert "Nobody works jobs off" not in asked
    worker.queue.huey.execute(worker.queue.huey.dequeue())

    done = company.page("clara", JOBS)
    assert "done known 0, suggested 1" in shown(done)
    assert "hx-trigger" not in done


def test_what_failed_tells_why_and_is_tried_again(company: Company) -> None:
    company.act("clara", f"{JOBS}/suggest_matches/run")
    (run,) = ids_in_state(company.books.session, RunState.WAITING)
    begin(company.books.session, run_id=run, at=NOON)
    fail(company.books.session, run_id=run, problem="<b>no</b> money", at=NOON)
    company.books.session.commit()

    assert "failed <b>no</b> money Try again" in shown(company.page("clara", JOBS))
    assert "Try again" not in company.page("dana", JOBS)
    assert company.post("dana", f"{JOBS}/runs/{run}/retry").status_code == 403
    assert "Asked for" in company.act("clara", f"{JOBS}/runs/{run}/retry")
    assert company.post("clara", f"{JOBS}/runs/999/retry").status_code == 404


def test_what_waits_is_cancelled_by_a_button_and_what_has_begun_is_not(company: Company) -> None:
    company.act("clara", f"{JOBS}/suggest_matches/run")
    (run,) = ids_in_state(company.books.session, RunState.WAITING)
    company.books.session.rollback()

    assert f"{JOBS}/runs/{run}/cancel" in company.page("cora", JOBS)
    assert f"{JOBS}/runs/{run}/cancel" not in company.page("dana", JOBS)
    assert company.post("dana", f"{JOBS}/runs/{run}/cancel").status_code == 403
    cancelled = shown(company.act("cora", f"{JOBS}/runs/{run}/cancel"))
    assert "Cancelled before it began" in cancelled
    assert "cancelled cancelled by cora Try again" in cancelled

    company.act("clara", f"{JOBS}/runs/{run}/retry")
    (again,) = ids_in_state(company.books.session, RunState.WAITING)
    begin(company.books.session, run_id=again, at=NOON)
    company.books.session.commit()
    assert "/cancel" not in company.page("clara", JOBS)
    refused = company.post("clara", f"{JOBS}/runs/{again}/cancel")
    assert (refused.status_code, "only one that waits is cancelled" in refused.text) == (409, True)


def test_a_job_is_switched_on_for_every_day_by_whose_duty_it_is(company: Company) -> None:
    assert company.post("clara", f"{JOBS}/forecast_cash/daily", at="03:15").status_code == 403
    assert "Switched on" in company.act("dana", f"{JOBS}/forecast_cash/daily", at="03:15")
    assert "03:15 , as dana" in shown(company.page("clara", JOBS))
    assert "Switched off" in company.act("dana", f"{JOBS}/forecast_cash/not-daily")
    assert "as dana" not in company.page("clara", JOBS)


def test_a_training_is_asked_for_where_the_models_are(company: Company) -> None:
    assert company.post("clara", "/manage/models/payment-timing/train").status_code == 403
    assert "Train a model payment-timing" in shown(company.act("dana", "/manage/models/payment-timing/train"))
    assert company.post("dana", "/manage/models/dreams/train").status_code == 404
