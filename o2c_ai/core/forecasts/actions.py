"""Verbs of forecasts: store a run, note what is planned."""

from __future__ import annotations

from dataclasses import astuple, fields
from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, table_of
from o2c_ai.core.forecasts import queries
from o2c_ai.core.forecasts.rules import ForecastWeek, PlannedFlow
from o2c_ai.core.forecasts.tables import ForecastRun, ForecastWeekRow, PlannedFlowRow
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def plan_flows(session: Session, actor: Actor, *, flows: Sequence[PlannedFlow]) -> int:
    """Note planned flows not known yet; gives how many were new. The first word stands. Raises NotYourDuty."""
    require(actor, Duty.IMPORT)
    known = set(queries.planned_flows(session, actor.company_id))
    wanted: dict[tuple[date, str, int, str], date | None] = {}
    for flow in flows:
        wanted.setdefault((flow.on, flow.currency, flow.amount_minor, flow.label), flow.known_on)
    rows = [(actor.company_id, *key, known_on) for key, known_on in wanted.items() if key not in known]
    columns = ("company_id", "planned_on", "currency", "amount_minor", "label", "known_on")
    insert_rows(session, table_of(PlannedFlowRow), columns, rows)
    if rows:
        audit.record(session, actor, "plan", "planned_flows", detail={"count": len(rows)})
    return len(rows)


def store_run(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    model_version: str,
    weeks: Sequence[ForecastWeek],
    scenario: str = "",
) -> int:
    """Keep a forecast as it was made, or what it would be in a scenario; gives its number. Raises NotYourDuty."""
    require(actor, Duty.TRAIN)
    run = ForecastRun(company_id=actor.company_id, as_of=as_of, model_version=model_version, scenario=scenario)
    session.add(run)
    session.flush()
    columns = ("company_id", "run_id", *(field.name for field in fields(ForecastWeek)))
    rows = [(actor.company_id, run.id, *astuple(week)) for week in weeks]
    insert_rows(session, table_of(ForecastWeekRow), columns, rows)
    detail: dict[str, object] = {"as_of": audit.plain(as_of)}
    if scenario:
        detail["scenario"] = scenario
    audit.record(session, actor, "forecast", "forecast_runs", run.id, detail=detail)
    return run.id
