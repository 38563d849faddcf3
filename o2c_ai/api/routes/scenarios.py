"""What the forecast would be if everything were paid later, or one customer paid nothing."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, Shared, let_go, needs
from o2c_ai.api.routes.forecasts import RunOut, RunWhole, whole
from o2c_ai.api.routes.learners import Learner, registry_of
from o2c_ai.api.schemas import Page, Paged, Word, Written, page
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.forecasts.queries import page_scenarios
from o2c_ai.core.people.rules import Duty

router = APIRouter(tags=["forecasts"], route_class=ActRoute)
LATE_DAYS_MAX = 365


class ScenarioOut(RunOut):
    """A forecast under a supposition."""

    scenario: str = Field(description="What was supposed.", examples=["late shock of 14 days"])


class Supposed(Written):
    """What is supposed; at least one of the two."""

    late_days: int = Field(
        default=0, ge=0, le=LATE_DAYS_MAX, description="Everything open is paid so many days later.", examples=[14]
    )
    without: Word | None = Field(default=None, description="This customer pays nothing.", examples=["C-17"])


@router.get("/forecast-scenarios")
def scenarios(read: Read, part: Paged) -> Page[ScenarioOut]:
    """List the scenarios made up to the day, the newest first; their weeks are at `/v1/forecasts/{run_id}`."""
    found = page_scenarios(read.session, read.company_id, read.as_of, **part)
    return page(found, ScenarioOut.model_validate)


@router.post("/forecast-scenarios", status_code=201, dependencies=[needs(Duty.TRAIN)])
def suppose(request: Request, asked: Supposed, act: Act, shared: Shared) -> RunWhole:
    """Forecast the coming quarter under a supposition, and keep it; takes some seconds."""
    from o2c_ai.jobs import forecast_cash
    from o2c_ai.jobs.runs import WEEKS
    from o2c_ai.jobs.versions import timing_for

    supposed = forecast_cash.supposing(asked.late_days, asked.without or "")
    company_id, day = act.actor.company_id, act.as_of
    with let_go(request, act) as session:
        timing = timing_for(registry_of(shared, session, company_id, Learner.PAYMENT_TIMING), as_of=day)
        made = forecast_cash.forecast(session, company_id, as_of=day, weeks=WEEKS, timing=timing, supposed=supposed)
    number = forecast_cash.store(act.session, act.actor, as_of=day, made=made)
    return whole(act.session, company_id, number, shared.settings.minimum_cash)
