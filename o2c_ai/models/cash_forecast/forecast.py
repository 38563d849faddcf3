"""The forecast of money coming in: open items as they will be paid, invoices to come, and receipts as lately, weighed.

Each week is a weighted mean of a bottom-up figure and means of past receipts (methods.py); the weights rest on how far
each was off in the past (past.py), and so do the intervals (intervals.py). What open items bring is told as it is;
`from_new_business` holds the difference to the week's expectation. All arithmetic is on minor units; results are whole.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.intervals import Spread, spread_of
from o2c_ai.models.cash_forecast.methods import METHODS, weights_of
from o2c_ai.models.cash_forecast.open_items import LearnTiming, Timing, day_one_timing, open_flows
from o2c_ai.models.cash_forecast.parts import Parts, parts_of, weeks_built_up
from o2c_ai.models.cash_forecast.past import ToldOn, outcomes_of, told_by
from o2c_ai.models.cash_forecast.scenario import Scenario
from o2c_ai.models.cash_forecast.weeks import WEEKS, Horizon, receipts_of
from o2c_ai.models.payment_timing.days import WEEK, Days, Floats, as_dates, date_of

SPREAD_WEEKS = 26
"""Whole weeks of receipts whose ups and downs are looked at."""
RUNS = 400
"""Simulated quarters: tenths are then sure to about one and a half points."""
AS_IT_IS = Scenario()


@dataclass(frozen=True, slots=True)
class CashForecast:
    """A forecast of customers' money made on the evening of a day."""

    as_of: date
    weeks: pd.DataFrame
    """One row per currency and week, zeros included, in order: week_start (a Monday), currency, expected_minor,
    p10_minor, p90_minor, from_open_items_minor, from_new_business_minor (int; the two add up to expected_minor),
    bottom_up_minor (before weighing), total_p10_minor (low tenth of the total up to and including the week),
    past_forecasts (how many the interval rests on)."""
    before: pd.DataFrame
    """Per currency: currency, expected_minor (from as_of + 1 to the Sunday before the first Monday), disputed_minor
    (open and in dispute, not counted on)."""


def forecast_cash(
    items: pd.DataFrame,
    as_of: date,
    *,
    receipts: pd.DataFrame | None = None,
    credits_left: pd.DataFrame | None = None,
    learn_timing: LearnTiming = day_one_timing,
    told: ToldOn | None = None,
    scenario: Scenario = AS_IT_IS,
    besides: Collection[str] = (),
    weeks: int = WEEKS,
    seed: int = 0,
) -> CashForecast:
    """Forecast every currency of the items, and those told besides, week by week.

    `items` as in payment_timing/items.py; `receipts` as in weeks.py, taken from the items where not given;
    `credits_left` as in open_items.py. `learn_timing` is asked for the day and for each day of the past that is made
    again. What is told of a day is added to `told`, which later forecasts may be given.
    """
    money = receipts_of(items) if receipts is None else receipts
    timing = learn_timing(items, as_of)
    horizon = Horizon.after(as_of, weeks)
    parts = parts_of(items, money, horizon, timing, credits_left=credits_left, besides=besides)
    outcomes = outcomes_of(items, money, as_of, learn_timing, weeks=weeks, told=told)
    if told is not None:
        told[horizon.as_of] = told_by(parts)
    weights = weights_of(outcomes, parts.currencies, weeks)
    spread = _spread(items, money, parts, outcomes, weights)
    flows = _flows(parts, weights)
    if scenario != AS_IT_IS:
        parts, flows = _supposed(items, credits_left, parts, flows, timing=timing, scenario=scenario)
    from_open, from_new = flows
    before = pd.DataFrame(
        {
            "currency": parts.currencies,
            "expected_minor": _whole((from_open + from_new)[:, 0]),
            "disputed_minor": _whole(parts.flows.disputed),
        }
    )
    return CashForecast(as_of, _frame(parts, from_open[:, 1:], from_new[:, 1:], spread, seed), before)


def _flows(parts: Parts, weights: Floats) -> tuple[Floats, Floats]:
    """From open items and from new business, each (currencies, weeks + 1); the weeks add up to the weighted mean."""
    from_open, from_new = parts.open_items.copy(), parts.new_business.copy()
    expected = (weights * parts.by_method()).sum(axis=0)
    from_open[:, 1:] = np.minimum(from_open[:, 1:], expected)
    from_new[:, 1:] = expected - from_open[:, 1:]
    return from_open, from_new


def _supposed(
    items: pd.DataFrame,
    credits_left: pd.DataFrame | None,
    parts: Parts,
    flows: tuple[Floats, Floats],
    *,
    timing: Timing,
    scenario: Scenario,
) -> tuple[Parts, tuple[Floats, Floats]]:
    """The parts and the flows under a supposition: open items paid so, new business of those who pay.

    Of what is open the forecast believes a share, week by week; what is paid later is believed as it was before.
    """
    currencies, horizon = parts.currencies, parts.horizon
    paying, credit = scenario.paying(items), None if credits_left is None else scenario.paying(credits_left)
    in_time, supposed = (
        open_flows(told, paying, currencies, horizon, credit) for told in (timing, scenario.timing(timing))
    )
    share = scenario.new_business_share(items, currencies, date_of(horizon.as_of))[:, None]
    still = in_time.expected(len(currencies))
    believed = flows[0] * np.divide(still, parts.open_items, out=np.zeros_like(still), where=parts.open_items > 0)
    open_items = supposed.expected(len(currencies))
    changed = replace(
        parts,
        flows=supposed,
        issuing=replace(parts.issuing, weekly=parts.issuing.weekly * share),
        open_items=open_items,
        new_business=parts.new_business * share,
    )
    return changed, (_moved(believed, still, open_items), flows[1] * share)


def _moved(believed: Floats, in_time: Floats, later: Floats) -> Floats:
    """What is believed of money (currencies, weeks + 1) once it comes later: the first to come stays the first."""
    rows = zip(*(np.cumsum(flows, axis=1) for flows in (later, in_time, believed)), strict=True)
    running = [np.interp(total, np.append(0.0, told), np.append(0.0, counted)) for total, told, counted in rows]
    return np.diff(np.reshape(running, believed.shape), axis=1, prepend=0.0)


def _spread(
    items: pd.DataFrame, receipts: pd.DataFrame, parts: Parts, outcomes: pd.DataFrame, weights: Floats
) -> Spread:
    currencies, as_of = parts.currencies, parts.horizon.as_of
    place = pd.Index(currencies).get_indexer(pd.Index(outcomes["currency"]))
    mine = weights[:, place, outcomes["week"].to_numpy(dtype=np.int64)].T
    expected = (outcomes[list(METHODS)].to_numpy(dtype=np.float64) * mine).sum(axis=1)
    past = weeks_built_up(items, receipts, currencies, as_of, SPREAD_WEEKS)
    return spread_of(outcomes.assign(expected_minor=expected), past, currencies, parts.horizon.weeks)


def _simulated(parts: Parts, spread: Spread, seed: int) -> tuple[Floats, Floats, Floats]:
    """Low and high tenth of each week, low tenth of the running totals: (currencies, weeks); drawn where needed.

    Open items and new business are drawn together. Undrawn, what is unknown is nothing, as nothing is to come there.
    """
    count = len(parts.open_items)
    to_come = parts.by_method()[0] > 0
    if not np.isnan(spread.low[to_come.any(axis=1)]).any():
        low, high, low_total = (np.nan_to_num(known) for known in (spread.low, spread.high, spread.low_total))
        return low, high, low_total
    generator = np.random.default_rng(seed)
    drawn = parts.flows.simulate(count, RUNS, generator) + parts.issuing.simulate(parts.horizon, RUNS, generator)
    low, high = np.quantile(drawn[:, :, 1:], (0.1, 0.9), axis=0)
    return low, high, np.quantile(np.cumsum(drawn[:, :, 1:], axis=2), 0.1, axis=0)


def _frame(parts: Parts, from_open: Floats, from_new: Floats, spread: Spread, seed: int) -> pd.DataFrame:
    horizon, currencies = parts.horizon, parts.currencies
    from_open, from_new = np.rint(from_open), np.rint(from_new)
    expected = from_open + from_new
    total = np.cumsum(expected, axis=1)
    drawn_low, drawn_high, drawn_total = _simulated(parts, spread, seed)
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
            "bottom_up_minor": _whole(parts.by_method()[0]),
            "total_p10_minor": _whole(np.clip(total_low, 0.0, total)),
            "past_forecasts": spread.origins.ravel(),
        }
    )


def _whole(values: Floats) -> Days:
    return np.rint(values).astype(np.int64).ravel()
