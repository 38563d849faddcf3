"""Forecast customers' money week by week, and keep the forecast with the day it was made."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from o2c_ai.core.forecasts import actions as forecasts
from o2c_ai.core.forecasts.rules import ForecastWeek
from o2c_ai.core.money import format_minor
from o2c_ai.jobs.versions import version_for
from o2c_ai.models.cash_forecast.baseline import forecast_cash
from o2c_ai.models.payment_timing.features import credits_frame, items_frame, receipts_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


@dataclass(frozen=True)
class Forecast:
    """A forecast of one day."""

    weeks: list[ForecastWeek]
    before_minor: dict[str, int]
    """Currency → money expected before the first Monday."""
    model_version: str


def forecast(session: Session, company_id: int, *, as_of: date, weeks: int, model: str | None = None) -> Forecast:
    """The forecast made on the evening of the day; writes nothing. Raises UnknownVersion."""
    version = version_for(model)
    made = forecast_cash(
        items_frame(session, company_id, as_of),
        as_of,
        receipts=receipts_frame(session, company_id, as_of),
        credits_left=credits_frame(session, company_id, as_of),
        weeks=weeks,
    )
    before = {row.currency: int(row.expected_minor) for row in _rows(made.before)}
    return Forecast([_week(row) for row in _rows(made.weeks)], before, version)


def _rows(frame: Any) -> Iterator[Any]:  # noqa: ANN401 - rows of a frame have its columns as attributes
    yield from frame.itertuples(index=False)


def _week(row: Any) -> ForecastWeek:  # noqa: ANN401 - as _rows
    return ForecastWeek(
        row.week_start.date(),
        row.currency,
        int(row.expected_minor),
        int(row.p10_minor),
        int(row.p90_minor),
        int(row.from_open_items_minor),
        int(row.from_new_business_minor),
        None,
        None,
        None,
        None,
    )


def store(session: Session, actor: Actor, *, as_of: date, made: Forecast) -> int:
    """Keep the run; gives its number. The caller commits."""
    return forecasts.store_run(session, actor, as_of=as_of, model_version=made.model_version, weeks=made.weeks)


def forecast_rows(weeks: Sequence[ForecastWeek]) -> list[tuple[object, ...]]:
    """Rows of forecast.csv, in the order of its columns; what is unknown is empty."""
    rows = []
    for week in weeks:
        day, currency, *amounts = astuple(week)
        shown = ("" if minor is None else format_minor(minor, currency) for minor in amounts)
        rows.append((day.isoformat(), currency, *shown))
    return rows
