"""What the predictions would have been: the past asked again, each day knowing only its own past."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from o2c_ai.jobs.forecast_cash import forecast, forecast_rows
from o2c_ai.jobs.score_open_items import Scored, prediction_rows, timing_model
from o2c_ai.jobs.versions import RULES
from o2c_ai.models.payment_timing.evaluation import predict_at_issue
from o2c_ai.models.payment_timing.features import items_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from sqlalchemy.orm import Session

    from o2c_ai.jobs.versions import LearnedTimingVersion
    from o2c_ai.models.cash_forecast.past import Told


def backtest_timing(
    session: Session, company_id: int, *, cutoff: date, days: int, timing: LearnedTimingVersion | None = None
) -> list[tuple[object, ...]]:
    """Rows of predictions.csv behind an as_of column: every item issued in the days after the cutoff, on its issue day.

    The model is frozen at the cutoff, and by the rules without `timing`; the learned one measures each item with what
    was known that evening. An item cleared on its issue day is not open that evening and has no row.
    """
    items = items_frame(session, company_id, cutoff + timedelta(days=days))
    frozen = timing_model(timing).fit(items, cutoff)

    def predict(_items: pd.DataFrame, still_open: pd.DataFrame, as_of: date) -> pd.DataFrame:
        told: pd.DataFrame = frozen.predict(still_open, as_of)
        return told.assign(number=still_open["number"], customer_code=still_open["customer_code"])

    found: Any = predict_at_issue(items, cutoff, days, predict)
    rows = prediction_rows(Scored(found, RULES if timing is None else timing.version))
    return [(day.date().isoformat(), *row) for day, row in zip(found["as_of"], rows, strict=True)]


def by_rules(_: date) -> None:
    """The rules serve on every day."""


def backtest_forecast(
    session: Session,
    company_id: int,
    *,
    first: date,
    last: date,
    every: int,
    weeks: int,
    timing_on: Callable[[date], LearnedTimingVersion | None] = by_rules,
    progress: Callable[[str], object] = str,
) -> list[tuple[object, ...]]:
    """Rows of forecast.csv behind an as_of column, for a forecast made every so many days from first to last.

    `timing_on` says which version served on a day. Later forecasts learn from how the earlier ones turned out.
    """
    rows: list[tuple[object, ...]] = []
    told: dict[int, Told] = {}
    day = first
    while day <= last:
        progress(f"as of {day}")
        made = forecast(session, company_id, as_of=day, weeks=weeks, timing=timing_on(day), told=told)
        rows += [(day.isoformat(), *row) for row in forecast_rows(made.weeks)]
        day += timedelta(days=every)
    return rows
