"""Forecast customers' money week by week, and keep the forecast with the day it was made."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from o2c_ai.core.balances.queries import bank_balances
from o2c_ai.core.customers.queries import codes
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.errors import BadInput, Invalid, Problem
from o2c_ai.core.forecasts import actions as forecasts
from o2c_ai.core.forecasts.queries import told_weeks
from o2c_ai.core.forecasts.rules import ForecastWeek, shortfalls
from o2c_ai.core.money import NotAnAmount, UnknownCurrency, format_minor, parse_minor
from o2c_ai.jobs.score_open_items import timing_model
from o2c_ai.jobs.versions import RULES
from o2c_ai.models.cash_forecast.forecast import forecast_cash
from o2c_ai.models.cash_forecast.liquidity import Statements, currencies_held, with_bank_balance
from o2c_ai.models.cash_forecast.past import recalled
from o2c_ai.models.cash_forecast.scenario import Scenario
from o2c_ai.models.payment_timing.days import WEEK, day_number
from o2c_ai.models.payment_timing.features import (
    credits_frame,
    items_frame,
    other_lines_frame,
    planned_frame,
    receipts_frame,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.jobs.versions import LearnedTimingVersion
    from o2c_ai.models.cash_forecast.open_items import Timing
    from o2c_ai.models.cash_forecast.past import ToldOn


@dataclass(frozen=True)
class Supposition:
    """What a forecast supposes that nobody foresees; empty for the forecast itself."""

    late_days: int = 0
    """Everything open is paid so many days later than foreseen."""
    without: str = ""
    """Code of a customer who pays nothing."""

    def __str__(self) -> str:
        """As it is kept with the run."""
        late = [f"late shock of {self.late_days} days"] if self.late_days else []
        return ", ".join(late + ([f"without {self.without}"] if self.without else []))


class NothingSupposed(Invalid):
    """A scenario supposes something."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("a scenario supposes something: say how many days later all is paid, or who pays nothing")


def supposing(late_days: int, without: str) -> Supposition:
    """A supposition that supposes something. Raises NothingSupposed."""
    supposed = Supposition(late_days, without)
    if not str(supposed):
        raise NothingSupposed
    return supposed


@dataclass(frozen=True)
class Forecast:
    """A forecast of one day."""

    weeks: list[ForecastWeek]
    before_minor: dict[str, int]
    """Currency → money expected before the first Monday."""
    disputed_minor: dict[str, int]
    """Currency → open, in dispute, and not counted on."""
    model_version: str
    supposed: Supposition


def forecast(
    session: Session,
    company_id: int,
    *,
    as_of: date,
    weeks: int,
    timing: LearnedTimingVersion | None = None,
    supposed: Supposition | None = None,
    told: ToldOn | None = None,
) -> Forecast:
    """The forecast made on the evening of the day, by the rules without `timing`; writes nothing.

    Days of the past are recalled from stored runs of the same kind and from `told`, which learns of this day; where
    neither knows a day, its forecast is made again by the rules, so that no version tells of days it was trained on.
    Raises UnknownCustomer.
    """
    items, receipts = items_frame(session, company_id, as_of), receipts_frame(session, company_id, as_of)
    known: ToldOn = {} if told is None else told
    for day, bottom_up in _stored(session, company_id, as_of, weeks, learned=timing is not None).items():
        if day not in known:
            known[day] = recalled(bottom_up, items, receipts, day, weeks)

    def learn_timing(seen: pd.DataFrame, day: date) -> Timing:
        return timing_model(timing if day == as_of else None).fit(seen, day)

    supposition = supposed or Supposition()
    other, since = other_lines_frame(session, company_id, as_of)
    statements = Statements(bank_balances(session, company_id, as_of), other, since)
    planned = planned_frame(session, company_id, as_of)
    made = forecast_cash(
        items,
        as_of,
        receipts=receipts,
        credits_left=credits_frame(session, company_id, as_of),
        learn_timing=learn_timing,
        told=known,
        scenario=_scenario(session, company_id, supposition),
        besides=currencies_held(statements, planned),
        weeks=weeks,
    )
    position = with_bank_balance(made, statements, planned)
    before, disputed = (
        {row.currency: int(minor) for row, minor in zip(_rows(made.before), made.before[name], strict=True)}
        for name in ("expected_minor", "disputed_minor")
    )
    version = RULES if timing is None else timing.version
    return Forecast([_week(row) for row in _rows(position)], before, disputed, version, supposition)


def _stored(
    session: Session, company_id: int, as_of: date, weeks: int, *, learned: bool
) -> dict[int, dict[str, list[int]]]:
    """Day → currency → what stored forecasts of the same kind told bottom up; of days whole weeks ago, week by week."""
    told: dict[int, dict[str, list[int]]] = {}
    for row in told_weeks(session, company_id, as_of):
        day = day_number(row.as_of)
        back = day_number(as_of) - day
        if back and back % WEEK == 0 and row.bottom_up_minor is not None and (row.model_version != RULES) == learned:
            told.setdefault(day, {}).setdefault(row.currency, []).append(row.bottom_up_minor)
    return {
        day: {currency: amounts[:weeks] for currency, amounts in by_currency.items()}
        for day, by_currency in told.items()
        if all(len(amounts) >= weeks for amounts in by_currency.values())
    }


def _scenario(session: Session, company_id: int, supposed: Supposition) -> Scenario:
    if not supposed.without:
        return Scenario(supposed.late_days)
    customer_id = codes(session, company_id).get(supposed.without)
    if customer_id is None:
        raise UnknownCustomer(supposed.without)
    return Scenario(supposed.late_days, customer_id)


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
        int(row.bottom_up_minor),
    )


def _known(minor: Any) -> int | None:  # noqa: ANN401 - an integer or pandas' NA
    return None if pd.isna(minor) else int(minor)


def store(session: Session, actor: Actor, *, as_of: date, made: Forecast) -> int:
    """Keep the run; gives its number. The caller commits."""
    return forecasts.store_run(
        session,
        actor,
        as_of=as_of,
        model_version=made.model_version,
        weeks=made.weeks,
        scenario=str(made.supposed),
    )


def read_minimum(text: str) -> dict[str, int]:
    """Currency → least closing cash, minor units, of a text such as EUR=50000,USD=10000. Raises BadInput."""
    minimum = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        currency, _, amount = part.partition("=")
        try:
            minimum[currency] = parse_minor(amount, currency)
        except (NotAnAmount, UnknownCurrency) as error:
            remedy = "write a currency and an amount, as EUR=50000,USD=10000.50"
            raise BadInput([Problem("minimum cash", None, None, f"{part}: {error}", remedy)]) from error
    return minimum


def beside(made: Forecast) -> dict[str, object]:
    """What is said beside the weeks: money expected before the first Monday, and open money that is in dispute."""
    told = {"expected_before_the_first_monday": made.before_minor, "in_dispute_and_not_counted_on": made.disputed_minor}
    return {
        name: {currency: format_minor(minor, currency) for currency, minor in amounts.items()}
        for name, amounts in told.items()
    }


def warnings(weeks: Sequence[ForecastWeek], minimum: Mapping[str, int]) -> list[str]:
    """A sentence for each currency whose closing cash may fall under its minimum, or whose is unknown."""
    said = []
    for one in shortfalls(weeks, minimum):
        closing, least = (format_minor(minor, one.currency) for minor in (one.closing_minor, one.minimum_minor))
        how = "is expected" if one.is_expected else "has one chance in ten"
        said.append(f"closing cash {how} to be {closing} {one.currency} or less, under {least}, from {one.week_start}")
    unknown = minimum.keys() - {week.currency for week in weeks if week.closing_cash_minor is not None}
    needs = "it takes a bank balance, and eight weeks of statements or a planned flow"
    return said + [f"closing cash in {currency} is unknown: {needs}" for currency in sorted(unknown)]


def forecast_rows(weeks: Sequence[ForecastWeek]) -> list[tuple[object, ...]]:
    """Rows of forecast.csv, in the order of its columns; what is unknown is empty."""
    rows = []
    for week in weeks:
        day, currency, *amounts, _ = astuple(week)
        shown = ("" if minor is None else format_minor(minor, currency) for minor in amounts)
        rows.append((day.isoformat(), currency, *shown))
    return rows
