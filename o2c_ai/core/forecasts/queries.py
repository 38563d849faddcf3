"""Questions about forecasts: what is planned, and what earlier runs said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from o2c_ai.core.database import Place, page_of
from o2c_ai.core.forecasts.rules import ForecastWeek, ToldWeek, UnknownRun
from o2c_ai.core.forecasts.tables import ForecastRun, ForecastWeekRow, PlannedFlowRow

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def planned_flows(session: Session, company_id: int) -> list[tuple[date, str, int, str]]:
    """(day, currency, signed minor units, label) of every planned flow, by day."""
    asked = (
        select(PlannedFlowRow.planned_on, PlannedFlowRow.currency, PlannedFlowRow.amount_minor, PlannedFlowRow.label)
        .where(PlannedFlowRow.company_id == company_id)
        .order_by(PlannedFlowRow.planned_on, PlannedFlowRow.id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(asked)]


def flows_to_come(session: Session, company_id: int, as_of: date) -> list[tuple[date, str, int]]:
    """(day, currency, signed minor units) of every flow of a later day that was planned by the evening of as_of."""
    known = or_(PlannedFlowRow.known_on.is_(None), PlannedFlowRow.known_on <= as_of)
    asked = (
        select(PlannedFlowRow.planned_on, PlannedFlowRow.currency, PlannedFlowRow.amount_minor)
        .where(PlannedFlowRow.company_id == company_id, PlannedFlowRow.planned_on > as_of, known)
        .order_by(PlannedFlowRow.planned_on, PlannedFlowRow.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked)]


def list_runs(session: Session, company_id: int) -> list[tuple[int, date, str]]:
    """(run, as_of, model version) of every stored forecast, oldest first; scenarios are none."""
    asked = select(ForecastRun.id, ForecastRun.as_of, ForecastRun.model_version).where(
        ForecastRun.company_id == company_id, ForecastRun.scenario == ""
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked.order_by(ForecastRun.id))]


def list_scenarios(session: Session, company_id: int) -> list[tuple[int, date, str]]:
    """(run, as_of, what was supposed) of every stored scenario, oldest first."""
    asked = select(ForecastRun.id, ForecastRun.as_of, ForecastRun.scenario).where(
        ForecastRun.company_id == company_id, ForecastRun.scenario != ""
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked.order_by(ForecastRun.id))]


def told_weeks(session: Session, company_id: int, as_of: date) -> list[ToldWeek]:
    """The weeks of the newest forecast of each day up to as_of, by day, in order; scenarios are left out."""
    newest = (
        select(func.max(ForecastRun.id))
        .where(ForecastRun.company_id == company_id, ForecastRun.scenario == "", ForecastRun.as_of <= as_of)
        .group_by(ForecastRun.as_of)
    )
    asked = (
        select(
            ForecastRun.as_of,
            ForecastRun.model_version,
            ForecastWeekRow.week_start,
            ForecastWeekRow.currency,
            ForecastWeekRow.expected_minor,
            ForecastWeekRow.p10_minor,
            ForecastWeekRow.p90_minor,
            ForecastWeekRow.bottom_up_minor,
        )
        .join(ForecastRun, ForecastRun.id == ForecastWeekRow.run_id)
        .where(ForecastWeekRow.company_id == company_id, ForecastRun.id.in_(newest))
        .order_by(ForecastRun.as_of, ForecastWeekRow.id)
    )
    return [ToldWeek(*row) for row in session.execute(asked)]


def page_runs(
    session: Session, company_id: int, as_of: date, *, after: Place | None = None, limit: int = 50
) -> tuple[list[Any], Place | None]:
    """A page of the runs made up to the day, the newest first: id, as_of, model_version; scenarios are left out.

    Raises BadPlace.
    """
    asked = select(ForecastRun.id, ForecastRun.as_of, ForecastRun.model_version)
    asked = asked.where(ForecastRun.company_id == company_id, ForecastRun.as_of <= as_of, ForecastRun.scenario == "")
    return page_of(session, asked, by="as_of", after=after, limit=limit, descending=True)


def page_scenarios(
    session: Session, company_id: int, as_of: date, *, after: Place | None = None, limit: int = 50
) -> tuple[list[Any], Place | None]:
    """A page of the scenarios made up to the day, the newest first: id, as_of, model_version, scenario.

    Raises BadPlace.
    """
    asked = select(ForecastRun.id, ForecastRun.as_of, ForecastRun.model_version, ForecastRun.scenario)
    asked = asked.where(ForecastRun.company_id == company_id, ForecastRun.as_of <= as_of, ForecastRun.scenario != "")
    return page_of(session, asked, by="id", after=after, limit=limit, descending=True)


def get_run(session: Session, company_id: int, run_id: int) -> ForecastRun:
    """A stored run. Raises UnknownRun."""
    run = session.scalar(select(ForecastRun).where(ForecastRun.company_id == company_id, ForecastRun.id == run_id))
    if run is None:
        raise UnknownRun(run_id)
    return run


def weeks_of_run(session: Session, company_id: int, run_id: int) -> list[ForecastWeek]:
    """The weeks of a stored run in order."""
    asked = select(ForecastWeekRow).where(ForecastWeekRow.company_id == company_id, ForecastWeekRow.run_id == run_id)
    return [
        ForecastWeek(
            row.week_start,
            row.currency,
            row.expected_minor,
            row.p10_minor,
            row.p90_minor,
            row.from_open_items_minor,
            row.from_new_business_minor,
            row.other_in_minor,
            row.outflow_minor,
            row.closing_cash_minor,
            row.closing_p10_minor,
            row.bottom_up_minor,
        )
        for row in session.scalars(asked.order_by(ForecastWeekRow.id))
    ]
