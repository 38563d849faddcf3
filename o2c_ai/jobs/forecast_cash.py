"""Forecast customers' money week by week, and keep the forecast with the day it was made."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from o2c_ai.core.forecasts import actions as forecasts
from o2c_ai.core.forecasts.rules import ForecastWeek
from o2c_ai.core.money import format_minor
from o2c_ai.jobs.versions import version_for
from o2c_ai.models.cash_forecast.forecast import forecast_cash
from o2c_ai.models.cash_forecast.liquidity import Statements, with_bank_balance
from o2c_ai.models.payment_timing.features import (
    credits_frame,
    items_frame,
    other_lines_frame,
    planned_frame,
    receipts_frame,
)

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
    other, since = other_lines_frame(session, company_id, as_of)
    # Papers give movements, not balances: until a statement's balance is kept, closing cash stays unknown.
    position = with_bank_balance(made, Statements({}, other, since), planned_frame(session, company_id))
    before = {row.currency: int(row.expected_minor) for row in _rows(made.before)}
    return Forecast([_week(row) for row in _rows(position)], before, version)


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
        _known(row.other_in_minor),
        _known(row.outflow_minor),
        _known(row.closing_cash_minor),
        _known(row.closing_p10_minor),
    )


def _known(minor: Any) -> int | None:  # noqa: ANN401 - an integer or pandas' NA
    return None if pd.isna(minor) else int(minor)


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
