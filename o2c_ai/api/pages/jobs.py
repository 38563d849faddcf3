"""Jobs on the managers' desk: what runs, what ran, what is asked for every night, cancelling and trying again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response

from o2c_ai.api.dependencies import Read, Service, Shared
from o2c_ai.api.pages.page import Doing, done, draw
from o2c_ai.api.routes.jobs import put_in, shown
from o2c_ai.api.schemas import ID_MAX
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.errors import Forbidden
from o2c_ai.core.job_runs.actions import ask, cancel, switch_off, switch_on, try_again
from o2c_ai.core.job_runs.queries import last_runs, list_daily, page_runs, under_way
from o2c_ai.core.job_runs.rules import ENDED, OF_A_LEARNER, Job, Order, minute_of, next_time, require_for, time_of
from o2c_ai.jobs.queue import WORKER

if TYPE_CHECKING:
    from datetime import datetime

    from o2c_ai.core.people.rules import Actor

router = APIRouter(prefix="/manage/jobs", route_class=TurnRoute)
RUNS_SHOWN = 20
NOBODY_AFTER = timedelta(seconds=60)
"""Where no worker gave a sign for so long, nobody works jobs off."""
EVENING = 120
"""Minute of the night offered for a daily job: 02:00, when the day before is over in most places."""
SAYS = {
    Job.NIGHTLY: "All of the following, one after the other, up to the worklist",
    Job.IMPORT_INBOX: "Take in the papers that lie in the inbox",
    Job.SUGGEST_MATCHES: "Suggest what each undecided bank line pays",
    Job.SCORE_OPEN_ITEMS: "Predict when each open item will be paid",
    Job.FORECAST_CASH: "Forecast the coming weeks",
    Job.RANK_WORKLIST: "Rank whom to call",
    Job.CHECK_DRIFT: "Look whether models should be trained again",
    Job.TRAIN: "Train a model",
    Job.COMPARE_VERSIONS: "Compare models with the rules",
    Job.PROMOTE: "Compare a model with what serves, and let it serve",
}
"""What each job does, in a manager's words."""


@router.get("")
def jobs(request: Request, read: Read, service: Shared, did: str = "") -> Response:
    """Show what runs and ran, and what is asked for every day."""
    now = service.now()
    daily, last = list_daily(read.session, read.company_id), last_runs(read.session, read.company_id)
    recent = page_runs(read.session, read.company_id, limit=RUNS_SHOWN)[0]
    return draw(
        request,
        "jobs.html",
        actor=read.actor,
        as_of=read.as_of,
        now=[shown(service, row) for row in under_way(read.session, read.company_id)],
        recent=[row for row in recent if row.state in ENDED],
        jobs=[job for job in Job if job not in OF_A_LEARNER],
        says=SAYS,
        last=last,
        daily=daily,
        next={job: next_time(row.minute, row.asked_on, now) for job, row in daily.items()},
        time_of=time_of,
        offered=EVENING,
        may_run={job for job in Job if _may(read.actor, job)},
        nobody=_is_nobody_there(service, now),
        did=did,
    )


def _may(actor: Actor, job: Job) -> bool:
    try:
        require_for(actor, job)
    except Forbidden:
        return False
    return True


def _is_nobody_there(service: Service, now: datetime) -> bool:
    heard = service.queue.heard(WORKER)
    return heard is None or now - heard[1] > NOBODY_AFTER


@router.post("/{job}/run")
def run(act: Doing, service: Shared, job: Job) -> Response:
    """Ask for a job of today."""
    put_in(service, act, ask(act.session, act.actor, order=Order(job, act.as_of)))
    return done(act, "/manage/jobs", did="asked")


@router.post("/runs/{number}/retry")
def retry(act: Doing, service: Shared, number: int) -> Response:
    """Ask for a job that failed or was cancelled once more."""
    put_in(service, act, try_again(act.session, act.actor, run_id=min(number, ID_MAX)))
    return done(act, "/manage/jobs", did="asked")


@router.post("/runs/{number}/cancel")
def take_back(act: Doing, number: int) -> Response:
    """Take a run back that waits."""
    cancel(act.session, act.actor, run_id=min(number, ID_MAX))
    return done(act, "/manage/jobs", did="cancelled")


@router.post("/{job}/daily")
def every_day(act: Doing, job: Job, at: Annotated[str, Form(max_length=20)]) -> Response:
    """Ask for a job every day from now on."""
    switch_on(act.session, act.actor, job=job, minute=minute_of(at))
    return done(act, "/manage/jobs", did="on")


@router.post("/{job}/not-daily")
def not_every_day(act: Doing, job: Job) -> Response:
    """Ask for a job every day no more."""
    switch_off(act.session, act.actor, job=job)
    return done(act, "/manage/jobs", did="off")
