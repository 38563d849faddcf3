"""Verbs of long work: ask for it, cancel it, begin, finish, fail, take it up again, switch a daily job on and off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists
from sqlalchemy.orm import aliased

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.errors import BooksError
from o2c_ai.core.job_runs import queries
from o2c_ai.core.job_runs.rules import (
    ATTEMPTS_MAX,
    ENDED,
    ENDED_IN_VAIN,
    OF_A_LEARNER,
    CutOff,
    Job,
    NeedsLearner,
    NotDaily,
    NotFailed,
    NotWaiting,
    Order,
    RunState,
    UnknownRun,
    is_due,
    require_for,
    time_of,
)
from o2c_ai.core.job_runs.tables import DailyJob, JobRun

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_COLUMNS = (
    *("id", "company_id", "job", "as_of", "learner", "version", "user_id", "scope", "asked_at", "attempt", "state"),
    *("began_at", "ended_at", "facts", "problem"),
)


def ask(session: Session, actor: Actor, *, order: Order) -> int:
    """Ask for a job; gives the number of its run, which is that of one under way where somebody asked already.

    Raises NotYourDuty, NeedsLearner, and RefusedByStore where somebody asks for the same at this moment.
    """
    require_for(actor, order.job)
    if (order.job in OF_A_LEARNER) != bool(order.learner):
        raise NeedsLearner(order.job)
    known = queries.find_under_way(session, actor.company_id, order)
    if known is not None:
        return known
    scope = None if actor.scope is None else sorted(actor.scope)
    asked = (actor.company_id, order.job, order.as_of, order.learner, order.version, actor.user_id, scope)
    return _add(session, asked, actor.recorded_at)


def _add(session: Session, asked: tuple[object, ...], at: datetime, *, attempt: int = 1, problem: str = "") -> int:
    """A run that waits, or that failed before it began; gives its number."""
    (run_id,) = reserve_ids(session, table_of(JobRun), 1)
    state, ended = (RunState.FAILED, at) if problem else (RunState.WAITING, None)
    row = (run_id, *asked, at, attempt, state, None, ended, {}, problem)
    insert_rows(session, table_of(JobRun), _COLUMNS, [row])
    return run_id


def begin(session: Session, *, run_id: int, at: datetime) -> bool:
    """Take a waiting run up; False where somebody did, or there is none."""
    row = queries.lock_run(session, run_id)
    if row is None or row.state is not RunState.WAITING:
        return False
    row.state, row.began_at = RunState.RUNNING, at
    session.flush()
    return True


def finish(session: Session, *, run_id: int, facts: dict[str, object], at: datetime) -> None:
    """Note what a run did, in the transaction of its writing. Raises CutOff where it was given up meanwhile."""
    row = queries.lock_run(session, run_id)
    if row is None or row.state is not RunState.RUNNING:
        raise CutOff(run_id)
    row.state, row.ended_at, row.facts = RunState.DONE, at, facts
    session.flush()


def fail(session: Session, *, run_id: int, problem: str, at: datetime) -> bool:
    """Note why a run that is worked on did nothing; False where it ended already."""
    row = queries.lock_run(session, run_id)
    if row is None or row.state is not RunState.RUNNING:
        return False
    row.state, row.ended_at, row.problem = RunState.FAILED, at, problem
    session.flush()
    return True


def give_up(session: Session, *, run_id: int, at: datetime) -> int | None:
    """Note that a run was cut off, and ask for it once more; gives the new run, None after the last attempt."""
    row = queries.lock_run(session, run_id)
    if row is None or not fail(
        session, run_id=run_id, problem="the work was cut off; nothing of it was written", at=at
    ):
        return None
    if row.attempt >= ATTEMPTS_MAX:
        return None
    asked = (row.company_id, row.job, row.as_of, row.learner, row.version, row.user_id, row.scope)
    return _add(session, asked, at, attempt=row.attempt + 1)


def cancel(session: Session, actor: Actor, *, run_id: int) -> None:
    """Take a run back that waits, whoever asked for it. Raises UnknownRun, NotYourDuty, NotWaiting."""
    row = queries.lock_run(session, run_id)
    if row is None or row.company_id != actor.company_id:
        raise UnknownRun(run_id)
    require_for(actor, row.job)
    if row.state is not RunState.WAITING:
        raise NotWaiting(run_id, row.state)
    row.state, row.ended_at, row.problem = RunState.CANCELLED, actor.recorded_at, f"cancelled by {actor.name}"
    session.flush()
    audit.record(session, actor, "cancel", "job_runs", run_id, detail={"job": row.job.value})


def forget_runs(session: Session, *, before: datetime) -> None:
    """Forget the runs of every company that ended before an instant, but for the newest of each job."""
    newer = aliased(JobRun)
    same = (newer.company_id == JobRun.company_id) & (newer.job == JobRun.job)
    old = JobRun.state.in_(ENDED) & (JobRun.ended_at < before)
    session.execute(delete(JobRun).where(old, exists().where(same, newer.id > JobRun.id)))


def try_again(session: Session, actor: Actor, *, run_id: int) -> int:
    """Ask for a job that failed or was cancelled once more, as who asks now.

    Raises NotYourDuty, UnknownRun, NotFailed.
    """
    row = queries.get_run(session, actor.company_id, run_id)
    if row.state not in ENDED_IN_VAIN:
        raise NotFailed(run_id, row.state)
    return ask(session, actor, order=Order(row.job, row.as_of, row.learner, row.version))


def switch_on(session: Session, actor: Actor, *, job: Job, minute: int) -> None:
    """Ask for a job every day from that minute on, UTC, as this actor. Raises NotYourDuty, NeedsLearner.

    Where the minute is over for today, it begins tomorrow.
    """
    require_for(actor, job)
    if job in OF_A_LEARNER:
        raise NeedsLearner(job)
    row = queries.find_daily(session, actor.company_id, job)
    if row is None:
        row = DailyJob(company_id=actor.company_id, job=job, asked_on=None)
        session.add(row)
    row.minute, row.user_id = minute, actor.user_id
    row.scope = None if actor.scope is None else sorted(actor.scope)
    row.asked_on = actor.recorded_at.date() if is_due(minute, None, actor.recorded_at) else None
    session.flush()
    audit.record(session, actor, "switch on", "daily_jobs", row.id, detail={"job": job.value, "at": time_of(minute)})


def switch_off(session: Session, actor: Actor, *, job: Job) -> None:
    """Ask for a job every day no more. Raises NotYourDuty, NotDaily."""
    require_for(actor, job)
    row = queries.find_daily(session, actor.company_id, job)
    if row is None:
        raise NotDaily(job)
    session.execute(delete(DailyJob).where(DailyJob.id == row.id))
    audit.record(session, actor, "switch off", "daily_jobs", row.id, detail={"job": job.value})


def ask_daily(session: Session, *, as_of: date, now: datetime) -> list[int]:
    """Ask for every daily job that is due, of every company; gives the runs that wait for it.

    Where its asker lost the duty or may not act any more, the run stands there as failed.
    """
    asked = []
    for row in queries.lock_daily_of_all(session):
        if not is_due(row.minute, row.asked_on, now):
            continue
        row.asked_on = now.date()
        order = Order(row.job, as_of)
        try:
            with session.begin_nested():
                asked.append(ask(session, queries.actor_for(session, row, now), order=order))
        except BooksError as refusal:
            failed = (row.company_id, row.job, as_of, "", "", row.user_id, row.scope)
            _add(session, failed, now, problem=str(refusal))
        session.flush()
    return asked
