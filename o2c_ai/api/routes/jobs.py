"""Long work: asked for, worked off beside the requests, watched, cancelled, tried again, and switched on daily."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from o2c_ai.api.dependencies import Act, Acting, Read, Service, Shared
from o2c_ai.api.schemas import Counted, Id, Page, Paged, Written, page
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.job_runs.actions import ask, cancel, switch_off, switch_on, try_again
from o2c_ai.core.job_runs.queries import get_run, last_runs, list_daily, page_runs
from o2c_ai.core.job_runs.rules import (
    ATTEMPTS_MAX,
    OF_A_LEARNER,
    Job,
    Order,
    RunState,
    minute_of,
    next_time,
    time_of,
)

router = APIRouter(tags=["jobs"], route_class=ActRoute)
Number = Annotated[Id, Path(description="Number of the run.")]


class JobRun(Written):
    """A job that was asked for, and how it stands."""

    id: Id
    address: str = Field(description="Ask here how it stands.", examples=["/v1/job-runs/7"])
    job: Job
    as_of: date = Field(description="The day whose knowledge is used.")
    learner: str = Field(description="Whose versions; empty where the job is about none.", examples=[""])
    version: str = Field(description="Which of them; empty where none is meant.", examples=[""])
    by: str = Field(description="Who asked; it acts with their duties.")
    state: RunState
    progress: str = Field(description="How far it is, while it is running.", examples=["matching 120 lines"])
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    attempt: int = Field(description=f"More than 1 where it was cut off and taken up again, up to {ATTEMPTS_MAX}.")
    facts: dict[str, Any] = Field(description="What it did.", examples=[{"suggested": 12, "known": 0}])
    problem: str = Field(description="Why it failed, or who cancelled it; nothing was written then.", examples=[""])


class Daily(Written):
    """When a job is asked for every day, and as whom it acts."""

    at: str = Field(description="Time of the day, UTC.", examples=["02:00"])
    by: str = Field(description="Who switched it on.")
    next: datetime = Field(description="When it is asked for next.")


class JobOut(Written):
    """What can be run."""

    job: Job
    daily: Daily | None = Field(description="Null where nobody switched it on.")
    last: JobRun | None = Field(description="Its newest run.")


class At(Written):
    """When a job is to be asked for, every day."""

    at: str = Field(description="Time of the day, UTC.", examples=["02:00"], max_length=20)


@router.get("/jobs")
def jobs(read: Read, shared: Shared) -> list[JobOut]:
    """List what can be run, when it is asked for every day, and how it went last."""
    daily, last, now = list_daily(read.session, read.company_id), last_runs(read.session, read.company_id), shared.now()
    return [
        JobOut(
            job=job,
            daily=None
            if job not in daily
            else Daily(
                at=time_of(daily[job].minute),
                by=daily[job].by,
                next=next_time(daily[job].minute, daily[job].asked_on, now),
            ),
            last=None if job not in last else shown(shared, last[job]),
        )
        for job in Job
        if job not in OF_A_LEARNER
    ]


@router.post("/jobs/{job}/runs", status_code=HTTPStatus.ACCEPTED)
def run(job: Job, act: Act, shared: Shared, response: Response) -> JobRun:
    """Ask for a job; where somebody asked for the same of that day and it has not ended, that run is told."""
    return asked_for(shared, act, response, Order(job, act.as_of))


@router.put("/jobs/{job}/daily")
def every_day(job: Job, asked: At, act: Act) -> Counted:
    """Ask for a job every day, as you; it acts with the duties you have then."""
    switch_on(act.session, act.actor, job=job, minute=minute_of(asked.at))
    return Counted(count=1)


@router.delete("/jobs/{job}/daily")
def not_every_day(job: Job, act: Act) -> Counted:
    """Ask for a job every day no more."""
    switch_off(act.session, act.actor, job=job)
    return Counted(count=1)


@router.get("/job-runs")
def runs(
    read: Read,
    part: Paged,
    shared: Shared,
    job: Annotated[Job | None, Query(description="Only this job's.")] = None,
    state: Annotated[RunState | None, Query(description="Only those that stand so.")] = None,
) -> Page[JobRun]:
    """List what was asked for, newest first."""
    found = page_runs(read.session, read.company_id, job=job, state=state, **part)
    return page(found, lambda row: shown(shared, row))


@router.get("/job-runs/{job_run}")
def one(read: Read, shared: Shared, job_run: Number) -> JobRun:
    """Tell how a run stands."""
    return shown(shared, get_run(read.session, read.company_id, job_run))


@router.post("/job-runs/{job_run}/retries", status_code=HTTPStatus.ACCEPTED)
def retry(job_run: Number, act: Act, shared: Shared, response: Response) -> JobRun:
    """Ask for a job that failed or was cancelled once more."""
    return _accepted(shared, act, response, try_again(act.session, act.actor, run_id=job_run))


@router.post("/job-runs/{job_run}/cancellation")
def take_back(job_run: Number, act: Act, shared: Shared) -> JobRun:
    """Take a run back that waits; one that has begun is not cancelled, it ends by itself."""
    cancel(act.session, act.actor, run_id=job_run)
    return shown(shared, get_run(act.session, act.actor.company_id, job_run))


def asked_for(shared: Service, act: Acting, response: Response, order: Order) -> JobRun:
    """Ask for a job, and let it wait for its turn once that is committed; gives its run as it stands."""
    return _accepted(shared, act, response, ask(act.session, act.actor, order=order))


def _accepted(shared: Service, act: Acting, response: Response, run_id: int) -> JobRun:
    put_in(shared, act, run_id)
    told = shown(shared, get_run(act.session, act.actor.company_id, run_id))
    response.headers["Location"] = told.address
    return told


def put_in(shared: Service, act: Acting, run_id: int) -> None:
    """Let a run wait for its turn once its asking is committed."""
    act.afterwards.append(lambda: shared.queue.put(run_id))


def shown(shared: Service, row: Any) -> JobRun:  # noqa: ANN401 - a row of page_runs
    """A run as it is told."""
    heard = shared.queue.heard(row.id) if row.state is RunState.RUNNING else None
    return JobRun(
        address=f"/v1/job-runs/{row.id}",
        progress="" if heard is None else heard[0],
        **{name: getattr(row, name) for name in JobRun.model_fields if name not in {"address", "progress"}},
    )
