"""The managers' desk: money expected, how fast customers pay, how well cash is applied, the books, and who did what."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.page import draw
from o2c_ai.api.schemas import cursor_of, place_of
from o2c_ai.core.forecasts.queries import list_runs, weeks_of_run
from o2c_ai.core.ledger.queries import company_of, trial_balance
from o2c_ai.core.money import format_minor
from o2c_ai.core.people.queries import page_events
from o2c_ai.core.receivables.queries import columns_money
from o2c_ai.core.reporting.queries import aging, measures
from o2c_ai.jobs.report import match_rates_report

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.api.dependencies import Reading
    from o2c_ai.core.forecasts.rules import ForecastWeek

router = APIRouter(prefix="/manage")
EVENTS_A_PAGE, DAYS_A_WEEK = 100, 7
Currency = Annotated[str, Query(max_length=3)]


def latest(read: Reading) -> tuple[date, str, list[ForecastWeek]] | None:
    """The newest forecast made up to the day: (day, version, weeks); None where none was made."""
    runs = [run for run in list_runs(read.session, read.company_id) if run[1] <= read.as_of]
    if not runs:
        return None
    number, day, version = runs[-1]
    return day, version, weeks_of_run(read.session, read.company_id, number)


@router.get("")
def figures(request: Request, read: Read, currency: Currency = "") -> Response:
    """Show the forecast and the figures of the day."""
    ours = currency or company_of(read.session, read.company_id).base_currency
    forecast = latest(read)
    weeks = [] if forecast is None else forecast[2]
    found = aging(read.session, read.company_id, read.as_of)
    return draw(
        request,
        "manage.html",
        actor=read.actor,
        as_of=read.as_of,
        currency=ours,
        currencies=sorted({week.currency for week in weeks}),
        forecast=forecast,
        weeks=[week for week in weeks if week.currency == ours],
        measures=[row for row in measures(read.session, read.company_id, read.as_of) if row.closing_minor],
        rates=match_rates_report(read.session, read.company_id, read.as_of),
        aging=found,
        largest=sorted(
            (row for row in found.rows if row.currency == ours), key=lambda row: -sum(row.buckets_minor[1:])
        )[:10],
        decimal=decimal,
    )


def decimal(value: Fraction | None) -> str:
    """A figure with one digit after the point; a dash where there is none."""
    return "\N{EN DASH}" if value is None else str(round(Decimal(value.numerator) / Decimal(value.denominator), 1) + 0)


@router.get("/forecast.svg")
def forecast_picture(read: Read, currency: Currency) -> Response:
    """Draw the newest forecast of a currency, with what came in since."""
    from o2c_ai.formats.charts import ForecastPoint, forecast_chart, svg

    forecast = latest(read)
    weeks = [] if forecast is None else [week for week in forecast[2] if week.currency == currency]
    came = _came_in(read, weeks)

    def units(minor: int) -> float:
        return float(format_minor(minor, currency))

    points = [
        ForecastPoint(
            week.week_start,
            units(week.expected_minor),
            units(week.p10_minor),
            units(week.p90_minor),
            None if week.week_start not in came else units(came[week.week_start]),
        )
        for week in weeks
    ]
    return Response(svg(forecast_chart(points, currency)), media_type="image/svg+xml")


def _came_in(read: Reading, weeks: list[ForecastWeek]) -> dict[date, int]:
    """Week → customers' money that came in, of weeks that are over."""
    over = {week.week_start: 0 for week in weeks if (read.as_of - week.week_start).days >= DAYS_A_WEEK}
    if over:
        for row in columns_money(read.session, read.company_id, read.as_of):
            week = row.known_on - timedelta(days=row.known_on.weekday())
            if week in over and row.currency == weeks[0].currency:
                over[week] += row.amount_minor
    return over


@router.get("/books")
def books(request: Request, read: Read) -> Response:
    """Show the trial balance of the day."""
    rows = trial_balance(read.session, read.company_id, read.as_of)
    return draw(request, "books.html", actor=read.actor, as_of=read.as_of, rows=rows)


@router.get("/audit")
def audit(
    request: Request,
    read: Read,
    who: Annotated[str, Query(max_length=100)] = "",
    verb: Annotated[str, Query(max_length=100)] = "",
    after: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show who did what, when and why, newest first."""
    rows, place = page_events(
        read.session, read.actor, who=who, verb=verb, after=place_of(after or None), limit=EVENTS_A_PAGE
    )
    return draw(
        request,
        "audit.html",
        actor=read.actor,
        as_of=read.as_of,
        rows=rows,
        who=who,
        verb=verb,
        following="" if place is None else cursor_of(place),
    )
