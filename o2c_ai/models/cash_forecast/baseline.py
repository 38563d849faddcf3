"""The day-one forecast of money coming in: open items as they are usually paid, and invoices written as lately.

The two add up to a bottom-up figure. Where receipts go back far enough, it is averaged with the mean of the last eight
weeks, which forgets who owes what but cannot be fooled by a payer's odd month; `from_new_business` then holds the
difference to the open items and never less than nothing. All arithmetic is on minor units; results are whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.intervals import Spread, spread_of
from o2c_ai.models.cash_forecast.new_business import Issuing, issuing_of
from o2c_ai.models.cash_forecast.open_items import LearnTiming, OpenFlows, Timing, day_one_timing, open_flows
from o2c_ai.models.cash_forecast.weeks import WEEKS, Horizon, past_weeks, receipts_of, received
from o2c_ai.models.payment_timing.days import WEEK, Days, as_dates, date_of, day_number, optional_days
from o2c_ai.models.payment_timing.hazard import Floats
from o2c_ai.models.payment_timing.items import known_items

RECEIPT_WEEKS = 8
"""Whole weeks of receipts whose mean is the top-down forecast."""
SPREAD_WEEKS = 26
"""Whole weeks of receipts whose ups and downs are looked at."""
RAMP_WEEKS = 8
"""Weeks after the first invoice in which receipts are still building up and are no measure."""
PAST_ORIGINS = 26
"""Past forecasts made to measure errors: half a year, one a week."""
RUNS = 400
"""Simulated quarters: tenths are then sure to about one and a half points."""


@dataclass(frozen=True, slots=True)
class CashForecast:
    """A forecast of customers' money made on the evening of a day."""

    as_of: date
    weeks: pd.DataFrame
    """One row per currency and week, zeros included, in order: week_start (a Monday), currency, expected_minor,
    p10_minor, p90_minor, from_open_items_minor, from_new_business_minor (int; the two add up to expected_minor),
    total_p10_minor (low tenth of the total up to and including the week), past_forecasts (how many the interval
    rests on)."""
    before: pd.DataFrame
    """Per currency: currency, expected_minor, money expected from as_of + 1 to the Sunday before the first Monday."""
    outcomes: pd.DataFrame
    """The past forecasts the intervals rest on, as in intervals.py."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a forecast is made of, each (currencies, weeks + 1)."""

    open_items: Floats
    new_business: Floats
    flows: OpenFlows
    issuing: Issuing


def forecast_cash(
    items: pd.DataFrame,
    as_of: date,
    *,
    receipts: pd.DataFrame | None = None,
    credits_left: pd.DataFrame | None = None,
    learn_timing: LearnTiming = day_one_timing,
    timing: Timing | None = None,
    outcomes: pd.DataFrame | None = None,
    weeks: int = WEEKS,
    seed: int = 0,
) -> CashForecast:
    """Forecast every currency of the items, week by week.

    `items` as in payment_timing/items.py; `receipts` as in weeks.py, taken from the items where not given;
    `credits_left` as in open_items.py. `timing` is learnt with `learn_timing` where not given. `outcomes` of earlier
    forecasts are worked out by `replay` where not given.
    """
    horizon, currencies = Horizon.after(as_of, weeks), currencies_of(items, as_of)
    money = receipts_of(items) if receipts is None else receipts
    if outcomes is None:
        outcomes = replay(items, as_of, receipts=money, learn_timing=learn_timing, weeks=weeks)
    learnt = learn_timing(items, as_of) if timing is None else timing
    parts = _parts(items, money, horizon, learnt, credits_left)
    past = past_weeks(money, currencies, horizon.as_of, built_up_from(items, money, horizon.as_of), SPREAD_WEEKS)
    spread = spread_of(outcomes, past, currencies, weeks)
    frame = _frame(parts, spread, currencies, horizon, seed)
    before = (parts.open_items + parts.new_business)[:, 0]
    early = pd.DataFrame({"currency": currencies, "expected_minor": np.rint(before).astype(np.int64)})
    return CashForecast(as_of, frame, early, outcomes)


def replay(
    items: pd.DataFrame,
    as_of: date,
    *,
    receipts: pd.DataFrame | None = None,
    learn_timing: LearnTiming = day_one_timing,
    weeks: int = WEEKS,
    origins: int = PAST_ORIGINS,
) -> pd.DataFrame:
    """Outcomes (intervals.py) of the same forecast made 1 … `origins` weeks before as_of, for weeks that have ended.

    A past forecast is made only where eight weeks of receipts lie before it and the eight weeks of building up. Items
    count with their full amount: what had been paid of them in part by then is not known here.
    """
    today = day_number(as_of)
    money = receipts_of(items) if receipts is None else receipts
    first = built_up_from(items, money, today)
    rows = []
    for back in range(1, origins + 1):
        origin = today - WEEK * back
        if origin < first + WEEK * RECEIPT_WEEKS:
            break
        rows.append(outcomes_at(items, money, Horizon(origin, weeks), today, learn_timing))
    columns = ["as_of", "currency", "week", "expected_minor", "actual_minor"]
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame({name: [] for name in columns})


def outcomes_at(
    items: pd.DataFrame, receipts: pd.DataFrame, horizon: Horizon, known_until: int, learn_timing: LearnTiming
) -> pd.DataFrame:
    """Outcomes of the forecast of one past day, for its weeks that had ended by the evening of a day number."""
    origin = date_of(horizon.as_of)
    currencies, ended = currencies_of(items, origin), horizon.complete_weeks(known_until)
    parts = _parts(items, receipts, horizon, learn_timing(items, origin))
    expected = (parts.open_items + parts.new_business)[:, 1 : ended + 1]
    actual = received(receipts, currencies, horizon)[:, 1 : ended + 1]
    return pd.DataFrame(
        {
            "as_of": np.full(expected.size, horizon.as_of),
            "currency": np.repeat(currencies, ended),
            "week": np.tile(np.arange(ended), len(currencies)),
            "expected_minor": expected.ravel(),
            "actual_minor": actual.ravel(),
        }
    )


def currencies_of(items: pd.DataFrame, as_of: date) -> list[str]:
    """Currencies of the items known on a day, sorted."""
    return sorted(items["currency"].iloc[known_items(items, day_number(as_of)).rows].unique())


def built_up_from(items: pd.DataFrame, receipts: pd.DataFrame, as_of: int) -> int:
    """First day number whose receipts measure the business: after the first receipt, and eight weeks of invoices."""
    known = known_items(items, as_of)
    first_issue = int(known.issued.min()) if len(known.issued) else as_of
    first_receipt = int(optional_days(receipts["received_on"]).min()) if len(receipts) else as_of
    return max(first_issue + WEEK * RAMP_WEEKS, first_receipt)


def _parts(
    items: pd.DataFrame,
    receipts: pd.DataFrame,
    horizon: Horizon,
    timing: Timing,
    credits_left: pd.DataFrame | None = None,
) -> _Parts:
    currencies = currencies_of(items, date_of(horizon.as_of))
    flows = open_flows(timing, items, currencies, horizon, credits_left)
    issuing = issuing_of(items, currencies, horizon.as_of)
    from_open, from_new = flows.expected(len(currencies)), issuing.expected(horizon)
    usual = _usual_week(items, receipts, currencies, horizon.as_of)
    if usual is not None:
        middle = (from_open[:, 1:] + from_new[:, 1:] + usual[:, None]) / 2
        from_new[:, 1:] = np.maximum(middle - from_open[:, 1:], 0.0)
    return _Parts(from_open, from_new, flows, issuing)


def _usual_week(items: pd.DataFrame, receipts: pd.DataFrame, currencies: list[str], as_of: int) -> Floats | None:
    """(currencies): mean of the last eight weeks of receipts, None before they have built up."""
    past = past_weeks(receipts, currencies, as_of, built_up_from(items, receipts, as_of), RECEIPT_WEEKS)
    return np.maximum(past.mean(axis=1), 0.0) if past.shape[1] == RECEIPT_WEEKS else None


def _simulated(parts: _Parts, spread: Spread, horizon: Horizon, seed: int) -> tuple[Floats, Floats, Floats]:
    """Low and high tenth of each week, low tenth of the running totals: (currencies, weeks); drawn where needed.

    Open items and new business are drawn together; where the spread is known everywhere it is given back undrawn.
    """
    count = len(parts.open_items)
    if not np.isnan(spread.low).any():
        return spread.low, spread.high, spread.low_total
    generator = np.random.default_rng(seed)
    drawn = parts.flows.simulate(count, RUNS, generator) + parts.issuing.simulate(horizon, RUNS, generator)
    low, high = np.quantile(drawn[:, :, 1:], (0.1, 0.9), axis=0)
    return low, high, np.quantile(np.cumsum(drawn[:, :, 1:], axis=2), 0.1, axis=0)


def _frame(parts: _Parts, spread: Spread, currencies: list[str], horizon: Horizon, seed: int) -> pd.DataFrame:
    from_open, from_new = np.rint(parts.open_items[:, 1:]), np.rint(parts.new_business[:, 1:])
    expected = from_open + from_new
    total = np.cumsum(expected, axis=1)
    drawn_low, drawn_high, drawn_total = _simulated(parts, spread, horizon, seed)
    low = np.where(np.isnan(spread.low), drawn_low, expected * spread.low)
    high = np.where(np.isnan(spread.high), drawn_high, expected * spread.high)
    total_low = np.where(np.isnan(spread.low_total), drawn_total, total * spread.low_total)
    mondays = horizon.first_monday + WEEK * np.arange(horizon.weeks)
    return pd.DataFrame(
        {
            "week_start": np.tile(as_dates(mondays), len(currencies)),
            "currency": np.repeat(currencies, horizon.weeks),
            "expected_minor": _whole(expected),
            "p10_minor": _whole(np.clip(low, 0.0, expected)),
            "p90_minor": _whole(np.maximum(high, expected)),
            "from_open_items_minor": _whole(from_open),
            "from_new_business_minor": _whole(from_new),
            "total_p10_minor": _whole(np.clip(total_low, 0.0, total)),
            "past_forecasts": spread.origins.ravel(),
        }
    )


def _whole(values: Floats) -> Days:
    return np.rint(values).astype(np.int64).ravel()
