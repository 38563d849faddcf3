"""Customers' money week by week, as it was forecast."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from o2c_ai.api.dependencies import Read, Shared
from o2c_ai.api.schemas import Id, MoneyOut, Page, Paged, Written, page
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.forecasts.queries import get_run, page_runs, weeks_of_run
from o2c_ai.core.forecasts.rules import ForecastWeek

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

router = APIRouter(tags=["forecasts"], route_class=TurnRoute)


class RunOut(Written):
    """A forecast as it was made."""

    id: Id
    as_of: date
    model_version: str = Field(examples=["rules"])


class WeekOut(Written):
    """One week of one currency."""

    week_start: date = Field(description="A Monday.")
    expected: MoneyOut
    p10: MoneyOut = Field(description="It will be this little or less with 10 %.")
    p90: MoneyOut = Field(description="It will be this much or less with 90 %.")
    from_open_items: MoneyOut
    from_new_business: MoneyOut
    other_in: MoneyOut | None
    outflow: MoneyOut | None
    closing_cash: MoneyOut | None
    closing_p10: MoneyOut | None = Field(description="The same if receipts come in at their low tenth.")

    @classmethod
    def of(cls, week: ForecastWeek) -> WeekOut:
        """From a stored week."""

        def money(minor: int) -> MoneyOut:
            return MoneyOut.of(minor, week.currency)

        return cls(
            week_start=week.week_start,
            expected=money(week.expected_minor),
            p10=money(week.p10_minor),
            p90=money(week.p90_minor),
            from_open_items=money(week.from_open_items_minor),
            from_new_business=money(week.from_new_business_minor),
            other_in=None if week.other_in_minor is None else money(week.other_in_minor),
            outflow=None if week.outflow_minor is None else money(week.outflow_minor),
            closing_cash=None if week.closing_cash_minor is None else money(week.closing_cash_minor),
            closing_p10=None if week.closing_p10_minor is None else money(week.closing_p10_minor),
        )


class RunWhole(RunOut):
    """A forecast with its weeks."""

    scenario: str = Field(description="What was supposed; empty for the forecast itself.")
    weeks: list[WeekOut]
    warnings: list[str] = Field(description="Where closing cash may fall under the least that is wanted.")


@router.get("/forecasts")
def forecasts(read: Read, part: Paged) -> Page[RunOut]:
    """List the forecasts made up to the day, the newest first."""
    found = page_runs(read.session, read.company_id, read.as_of, **part)
    return page(found, RunOut.model_validate)


@router.get("/forecasts/{run_id}")
def forecast(
    read: Read,
    shared: Shared,
    run_id: Id,
    minimum_cash: Annotated[
        str | None, Query(max_length=200, description="Warn of less closing cash.", examples=["EUR=50000"])
    ] = None,
) -> RunWhole:
    """Show a forecast, or what it would be in a scenario, week by week."""
    least = shared.settings.minimum_cash if minimum_cash is None else minimum_cash
    return whole(read.session, read.company_id, run_id, least)


def whole(session: Session, company_id: int, run_id: int, minimum_cash: str) -> RunWhole:
    """A stored run as JSON, with warnings of less than the minimum. Raises UnknownRun, BadInput."""
    from o2c_ai.jobs.forecast_cash import read_minimum, warnings

    run, weeks = get_run(session, company_id, run_id), weeks_of_run(session, company_id, run_id)
    return RunWhole(
        id=run.id,
        as_of=run.as_of,
        model_version=run.model_version,
        scenario=run.scenario,
        weeks=[WeekOut.of(week) for week in weeks],
        warnings=warnings(weeks, read_minimum(minimum_cash)),
    )
