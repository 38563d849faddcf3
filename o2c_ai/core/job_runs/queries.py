"""Questions about long work: how a run stands, what ran last, what waits, and what is asked for every day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from o2c_ai.core.database import Place, page_of
from o2c_ai.core.job_runs.rules import ENDED, Job, Order, RunState, UnknownRun
from o2c_ai.core.job_runs.tables import DailyJob, JobRun
from o2c_ai.core.people.queries import get_actor_by_id
from o2c_ai.core.people.tables import User

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_RUN = (*JobRun.__table__.columns, User.name.label("by"))
_RUNS: Select[*tuple[Any, ...]] = select(*_RUN).join(User, User.id == JobRun.user_id)


def page_runs(
    session: Session,
    company_id: int,
    *,
    job: Job | None = None,
    state: RunState | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the company's runs, newest first: the columns of a run, and by (who asked). Raises BadPlace."""
    asked = _RUNS.where(JobRun.company_id == company_id)
    if job is not None:
        asked = asked.where(JobRun.job == job)
    if state is not None:
        asked = asked.where(JobRun.state == state)
    return page_of(session, asked, by="id", after=after, limit=limit, descending=True)


def get_run(session: Session, company_id: int, run_id: int) -> Any:  # noqa: ANN401 - a row as page_runs gives
    """One run of the company, as `page_runs` gives it. Raises UnknownRun."""
    row = session.execute(_RUNS.where(JobRun.company_id == company_id, JobRun.id == run_id)).one_or_none()
    if row is None:
        raise UnknownRun(run_id)
    return row


def last_runs(session: Session, company_id: int) -> dict[Job, Any]:
    """Job → its newest run, as `page_runs` gives it."""
    newest = select(func.max(JobRun.id)).where(JobRun.company_id == company_id).group_by(JobRun.job)
    return {row.job: row for row in session.execute(_RUNS.where(JobRun.id.in_(newest)))}


def under_way(session: Session, company_id: int) -> list[Any]:
    """The company's runs that wait or are worked on, oldest first, as `page_runs` gives them."""
    asked = _RUNS.where(JobRun.company_id == company_id, JobRun.state.not_in(ENDED)).order_by(JobRun.id)
    return list(session.execute(asked))


def find_under_way(session: Session, company_id: int, order: Order) -> int | None:
    """The number of the run of this order that has not ended; None where there is none."""
    same = (JobRun.as_of == order.as_of) & (JobRun.learner == order.learner) & (JobRun.version == order.version)
    asked = select(JobRun.id).where(JobRun.company_id == company_id, JobRun.job == order.job, same)
    return session.scalar(asked.where(JobRun.state.not_in(ENDED)))


def ids_in_state(session: Session, state: RunState) -> list[int]:
    """Runs of every company in a state, oldest first: those who work them off serve all companies alike."""
    return list(session.scalars(select(JobRun.id).where(JobRun.state == state).order_by(JobRun.id)))


def get_stored(session: Session, run_id: int) -> JobRun:
    """The stored run of any company, as it is at this moment. Raises UnknownRun."""
    row = session.get(JobRun, run_id, populate_existing=True)
    if row is None:
        raise UnknownRun(run_id)
    return row


def order_of(row: JobRun) -> Order:
    """What a stored run is to do."""
    return Order(row.job, row.as_of, row.learner, row.version)


def actor_for(session: Session, row: JobRun | DailyJob, at: datetime) -> Actor:
    """As whom a run or a daily job acts, with the duties they have at that instant and could use when they asked.

    Raises UnknownUser where they may not act any more.
    """
    actor = get_actor_by_id(session, row.company_id, row.user_id, at)
    return actor if row.scope is None else replace(actor, scope=frozenset(row.scope))


def lock_run(session: Session, run_id: int) -> JobRun | None:
    """The stored run of any company, locked for changing how it stands; None where there is none."""
    asked = select(JobRun).where(JobRun.id == run_id).with_for_update()
    return session.scalar(asked.execution_options(populate_existing=True))


def list_daily(session: Session, company_id: int) -> dict[Job, Any]:
    """Job → minute, asked_on, by (as whom it runs) of what the company has asked for every day."""
    asked = (
        select(DailyJob.job, DailyJob.minute, DailyJob.asked_on, User.name.label("by"))
        .join(User, User.id == DailyJob.user_id)
        .where(DailyJob.company_id == company_id)
    )
    return {row.job: row for row in session.execute(asked)}


def find_daily(session: Session, company_id: int, job: Job) -> DailyJob | None:
    """The stored row of a job asked for every day; None where it is not."""
    return session.scalar(select(DailyJob).where(DailyJob.company_id == company_id, DailyJob.job == job))


def list_daily_of_all(session: Session) -> list[DailyJob]:
    """The stored daily jobs of every company."""
    return list(session.scalars(select(DailyJob).order_by(DailyJob.id)))


def lock_daily_of_all(session: Session) -> list[DailyJob]:
    """The stored daily jobs of every company, locked but for those another clock holds: one asks for each."""
    return list(session.scalars(select(DailyJob).order_by(DailyJob.id).with_for_update(skip_locked=True)))
