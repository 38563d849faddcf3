"""Customers' money week by week, as it was forecast."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import After, Id, Limit, MoneyOut, Page, Written, page, place_of
from o2c_ai.core.forecasts.queries import get_run, page_runs, weeks_of_run
from o2c_ai.core.forecasts.rules import ForecastWeek

router = APIRouter(tags=["forecasts"])


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
        )


class RunWhole(RunOut):
    """A forecast with its weeks."""

    weeks: list[WeekOut]


@router.get("/forecasts")
def forecasts(read: Read, after: After = None, limit: Limit = 50) -> Page[RunOut]:
    """List the forecasts made up to the day, the newest first."""
    found = page_runs(read.session, read.company_id, read.as_of, after=place_of(after), limit=limit)
    return page(found, RunOut.model_validate)


@router.get("/forecasts/{run_id}")
def forecast(read: Read, run_id: Id) -> RunWhole:
    """Show a forecast week by week."""
    run = get_run(read.session, read.company_id, run_id)
    weeks = [WeekOut.of(week) for week in weeks_of_run(read.session, read.company_id, run_id)]
    return RunWhole(id=run.id, as_of=run.as_of, model_version=run.model_version, weeks=weeks)
