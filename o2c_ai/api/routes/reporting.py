"""The reports people ask for, as JSON or as a file."""

from __future__ import annotations

import enum
from datetime import date

from fastapi import APIRouter, Response
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.handing_out import REPORT, AsShape, Shape, handed_out
from o2c_ai.api.schemas import Written
from o2c_ai.api.turns import TurnRoute
from o2c_ai.jobs.listings import report_listing
from o2c_ai.jobs.report import REPORTS

router = APIRouter(tags=["reporting"], route_class=TurnRoute)


class Name(enum.Enum):
    """What can be reported."""

    AGING = "aging"
    """Open items by age."""
    DSO = "dso"
    """Days sales outstanding and its relatives."""
    CEI = "cei"
    """Collection effectiveness."""
    TRIAL_BALANCE = "trial-balance"
    """Debits and credits by account."""
    MATCH_RATES = "match-rates"
    """How well cash was applied, with denominators."""
    FORECAST_ACCURACY = "forecast-accuracy"
    """Stored forecasts beside what came in."""


class ReportOut(Written):
    """A titled table; amounts are decimal texts."""

    title: str = Field(examples=["Days sales outstanding"])
    as_of: date
    columns: list[str]
    rows: list[list[str | int]]


@router.get("/reports/{name}", response_model=ReportOut, responses=REPORT)
def report(read: Read, name: Name, shape: AsShape = Shape.JSON) -> ReportOut | Response:
    """Report on the books as they were known on the day."""
    made = REPORTS[name.value](read.session, read.company_id, read.as_of)
    if shape is not Shape.JSON:
        return handed_out(report_listing(name.value, made, read.as_of), shape)
    rows = [[cell if isinstance(cell, int) else str(cell) for cell in row] for row in made.rows]
    return ReportOut(title=made.title, as_of=read.as_of, columns=list(made.columns), rows=rows)
