"""Money expected, on the managers' desk: the fan with what came in, suppositions, cash, and how past ones did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from o2c_ai.api.dependencies import FORM_FIELD, Read, Shared, check_form
from o2c_ai.api.pages.figures import Currency, own
from o2c_ai.api.pages.page import address, draw, seen_after
from o2c_ai.api.routes.learners import Learner, registry_of
from o2c_ai.api.routes.scenarios import LATE_DAYS_MAX
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.forecasts.queries import get_run, page_runs, page_scenarios, weeks_of_run
from o2c_ai.core.key_figures.queries import cash_in
from o2c_ai.core.key_figures.rules import DAYS_A_WEEK
from o2c_ai.core.money import format_minor
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from o2c_ai.api.dependencies import Reading
    from o2c_ai.core.forecasts.rules import ForecastWeek
    from o2c_ai.core.forecasts.tables import ForecastRun
    from o2c_ai.formats.charts import ForecastPoint

router = APIRouter(prefix="/manage", route_class=TurnRoute)
RUNS_SHOWN = 12
RunNumber = Annotated[int, Query(ge=0, le=2**53)]
"""0 for the newest, or for none."""


@dataclass(frozen=True, slots=True)
class Fan:
    """A forecast of one currency, or what it would be in a scenario, and what came in since."""

    run: ForecastRun
    weeks: list[ForecastWeek]
    came: dict[date, int]
    """Week → customers' money, of weeks that are over."""


def fan_of(read: Reading, run_id: int, currency: str) -> Fan | None:
    """The forecast of that number, the newest where it is 0; None where none was made. Raises UnknownRun."""
    if not run_id:
        runs = page_runs(read.session, read.company_id, read.as_of, limit=1)[0]
        if not runs:
            return None
        run_id = runs[0].id
    run = get_run(read.session, read.company_id, run_id)
    weeks = [week for week in weeks_of_run(read.session, read.company_id, run_id) if week.currency == currency]
    over = [week.week_start for week in weeks if (read.as_of - week.week_start).days >= DAYS_A_WEEK - 1]
    points = cash_in(read.session, read.company_id, currency, over, read.as_of) if over else []
    return Fan(run, weeks, {point.on: int(point.value or 0) for point in points})


@router.get("/forecast")
def forecast(
    request: Request,
    read: Read,
    service: Shared,
    currency: Currency = "",
    run: RunNumber = 0,
    scenario: RunNumber = 0,
    minimum: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show a forecast beside what came in, and beside a scenario where one is chosen."""
    from o2c_ai.jobs.forecast_cash import read_minimum, warnings
    from o2c_ai.jobs.report import forecast_accuracy_report

    code, least = own(read, currency), minimum or service.settings.minimum_cash
    fan = fan_of(read, run, code)
    supposed = fan_of(read, scenario, code) if scenario else None
    shown = supposed or fan
    everything = [] if shown is None else weeks_of_run(read.session, read.company_id, shown.run.id)
    accuracy = forecast_accuracy_report(read.session, read.company_id, read.as_of)
    return draw(
        request,
        "forecast.html",
        actor=read.actor,
        as_of=read.as_of,
        currency=code,
        currencies=sorted({week.currency for week in everything}),
        fan=fan,
        supposed=supposed,
        beside={week.week_start: week for week in supposed.weeks} if supposed else {},
        runs=page_runs(read.session, read.company_id, read.as_of, limit=RUNS_SHOWN)[0],
        scenarios=page_scenarios(read.session, read.company_id, read.as_of, limit=RUNS_SHOWN)[0],
        minimum=least,
        warnings=warnings(everything, read_minimum(least)),
        accuracy=[row[1:] for row in accuracy.rows if row[0] == code],
        late_days_max=LATE_DAYS_MAX,
        address=address,
    )


@router.post("/forecast")
def suppose(
    request: Request,
    read: Read,
    service: Shared,
    late_days: Annotated[int, Form(ge=0, le=LATE_DAYS_MAX)] = 0,
    without: Annotated[str, Form(max_length=200)] = "",
    currency: Annotated[str, Form(max_length=3)] = "",
    given: Annotated[str, Form(alias=FORM_FIELD)] = "",
) -> Response:
    """Forecast under a supposition, keep it, and show it beside the forecast."""
    from o2c_ai.jobs import forecast_cash
    from o2c_ai.jobs.runs import WEEKS
    from o2c_ai.jobs.versions import timing_for

    check_form(request, given)
    require(read.actor, Duty.TRAIN)
    supposed = forecast_cash.supposing(late_days, without.strip())
    timing = timing_for(registry_of(service, read.session, read.company_id, Learner.PAYMENT_TIMING), as_of=read.as_of)
    # Some seconds, in which others go on writing: only keeping it takes the write lock.
    made = forecast_cash.forecast(
        read.session, read.company_id, as_of=read.as_of, weeks=WEEKS, timing=timing, supposed=supposed
    )
    with service.store.session() as session:
        number = forecast_cash.store(session, read.actor, as_of=read.as_of, made=made)
        session.commit()
    return seen_after("/manage/forecast", currency=currency, scenario=number)


@router.get("/forecast.svg")
def forecast_picture(read: Read, currency: Currency = "", run: RunNumber = 0, scenario: RunNumber = 0) -> Response:
    """Draw a forecast of a currency, with what came in since, and dashed what a scenario expects."""
    from o2c_ai.formats.charts import forecast_chart, svg

    code = own(read, currency)
    fan = fan_of(read, run, code)
    supposed = fan_of(read, scenario, code) if scenario else None
    drawn = forecast_chart(_points(fan, code), code, supposed=_points(supposed, code))
    return Response(svg(drawn), media_type="image/svg+xml")


def _points(fan: Fan | None, currency: str) -> Sequence[ForecastPoint]:
    from o2c_ai.formats.charts import ForecastPoint

    def units(minor: int) -> float:
        return float(format_minor(minor, currency))

    if fan is None:
        return []
    return [
        ForecastPoint(
            week.week_start,
            units(week.expected_minor),
            units(week.p10_minor),
            units(week.p90_minor),
            None if week.week_start not in fan.came else units(fan.came[week.week_start]),
        )
        for week in fan.weeks
    ]
