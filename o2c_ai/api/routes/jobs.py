"""Work the clock does, run by hand for a day: running it again changes nothing."""

from __future__ import annotations

import enum
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, ActRoute, Read, Shared
from o2c_ai.api.routes.learners import Learner, policy_of, registry_of
from o2c_ai.api.schemas import Written
from o2c_ai.core.people.rules import Duty, require

router = APIRouter(tags=["jobs"], route_class=ActRoute)


class Job(enum.Enum):
    """What can be run."""

    SUGGEST_MATCHES = "suggest_matches"
    """Store a suggestion for every undecided line."""
    SCORE_OPEN_ITEMS = "score_open_items"
    """Predict and store when each open item will be paid."""
    FORECAST_CASH = "forecast_cash"
    """Forecast and store the coming weeks."""


class Ran(Written):
    """What a run did."""

    job: Job
    facts: dict[str, Any] = Field(examples=[{"suggested": 12, "known": 0}])


@router.get("/jobs")
def jobs(read: Read) -> list[Job]:
    """List what can be run."""
    del read
    return list(Job)


@router.post("/jobs/{job}/runs")
def run(job: Job, act: Act, shared: Shared) -> Ran:
    """Run one job for the day, and wait for it."""
    from o2c_ai.jobs import runs
    from o2c_ai.jobs.versions import matcher_for, timing_for

    # Before a minute's work; the actions at its end ask again.
    require(act.actor, Duty.BOOK if job is Job.SUGGEST_MATCHES else Duty.TRAIN)
    day, company = act.as_of, act.actor.company_id
    if job is Job.SUGGEST_MATCHES:
        matcher = matcher_for(registry_of(shared, act.session, company, Learner.REMITTANCE_MATCHING), as_of=day)
        facts = runs.suggest_matches(act.session, act.actor, as_of=day, policy=policy_of(shared), matcher=matcher)
    elif job is Job.SCORE_OPEN_ITEMS:
        timing = timing_for(registry_of(shared, act.session, company, Learner.PAYMENT_TIMING), as_of=day)
        facts = runs.score(act.session, act.actor, as_of=day, timing=timing)
    else:
        facts = runs.forecast(act.session, act.actor, as_of=day)
    return Ran(job=job, facts=facts)
