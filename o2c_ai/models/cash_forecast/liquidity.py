"""What will be in the bank: customers' money as forecast, other money in and out as lately, and flows somebody plans.

Frame of other lines, the bank statement lines that are not customers' money:

    booked_on       day
    currency        ISO 4217 code
    amount_minor    int, signed: negative went out
    party           the other side, as the bank names it; empty where it does not

What moves once a month is expected again on its day (recurring.py), the rest as its weekly mean.

Frame of planned flows: on (day after as_of), currency, amount_minor (signed). They come on top of what recurs in the
other lines, so what recurs there must not be planned again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.forecast import CashForecast
from o2c_ai.models.cash_forecast.recurring import recurring
from o2c_ai.models.cash_forecast.weeks import Horizon, past_weeks, received
from o2c_ai.models.payment_timing.days import WEEK, Floats, day_number
from o2c_ai.models.payment_timing.items import Flags

HISTORY_WEEKS = 13
"""Whole weeks of other lines whose mean is carried on."""
HISTORY_WEEKS_MIN = 8
"""Weeks of statements needed to say what recurs."""


@dataclass(frozen=True, slots=True)
class Statements:
    """What the bank says beside customers' money."""

    balances: Mapping[str, int]
    """Currency → minor units on the evening of as_of; a currency left out is unknown."""
    other_lines: pd.DataFrame
    """As above; may be empty."""
    since: date | None
    """First day the statements cover, None where there are none."""


def currencies_held(statements: Statements, planned: pd.DataFrame) -> set[str]:
    """Currencies that have a cash position whether or not anything was ever invoiced in them."""
    return {*statements.balances, *statements.other_lines["currency"], *planned["currency"]}


def with_bank_balance(
    forecast: CashForecast, statements: Statements | None, planned: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The weeks of a forecast with other_in_minor, outflow_minor, closing_cash_minor, closing_p10_minor (Int64).

    Other money is what recurs monthly, the weekly mean of the last thirteen weeks of all other lines, in and out apart,
    and planned flows; outflow is positive. It is empty (NA) where statements cover less than eight weeks and nothing is
    planned in the currency. Closing cash is the balance plus everything up to the Sunday of the week, the days before
    the first Monday included; closing_p10 takes customers' money at the low tenth of its running total. Both are empty
    where the balance or the other money is unknown.
    """
    currencies = list(dict.fromkeys(forecast.weeks["currency"]))
    count = len(forecast.weeks) // max(len(currencies), 1)
    horizon = Horizon.after(forecast.as_of, count)
    money_in, money_out, known = _other_money(statements, planned, currencies, horizon)
    balances = {} if statements is None else statements.balances
    opening = np.array([balances.get(currency, 0) for currency in currencies], dtype=np.float64)
    closes = known & np.array([currency in balances for currency in currencies], dtype=np.bool_)
    shape = (len(currencies), count)
    expected = np.cumsum(forecast.weeks["expected_minor"].to_numpy(dtype=np.float64).reshape(shape), axis=1)
    low = forecast.weeks["total_p10_minor"].to_numpy(dtype=np.float64).reshape(shape)
    early = forecast.before["expected_minor"].to_numpy(dtype=np.float64)
    other = np.cumsum(money_in - money_out, axis=1)[:, 1:] + (opening + early)[:, None]
    return forecast.weeks.assign(
        other_in_minor=_known(money_in[:, 1:], known),
        outflow_minor=_known(money_out[:, 1:], known),
        closing_cash_minor=_known(other + expected, closes),
        closing_p10_minor=_known(other + low, closes),
    )


def _other_money(
    statements: Statements | None, planned: pd.DataFrame | None, currencies: list[str], horizon: Horizon
) -> tuple[Floats, Floats, Flags]:
    """In and out, each (currencies, weeks + 1), and which currencies are known."""
    days = np.full(horizon.weeks + 1, WEEK, dtype=np.float64)
    days[0] = horizon.first_monday - horizon.as_of - 1
    sides = [np.zeros((len(currencies), horizon.weeks + 1)) for _ in range(2)]
    known = np.zeros(len(currencies), dtype=np.bool_)
    if statements is not None and statements.since is not None:
        first = day_number(statements.since)
        if (horizon.as_of - first + 1) // WEEK >= HISTORY_WEEKS_MIN:
            known[:] = True
            monthly, belongs = recurring(statements.other_lines, horizon)
            for place, lines in enumerate(_in_and_out(statements.other_lines[~belongs], "booked_on")):
                mean = past_weeks(lines, currencies, horizon.as_of, first, HISTORY_WEEKS).mean(axis=1)
                sides[place] += mean[:, None] * days / WEEK
            for place, flows in enumerate(_in_and_out(monthly, "on")):
                sides[place] += received(flows, currencies, horizon)
    if planned is not None and len(planned):
        known |= np.isin(currencies, planned["currency"].unique())
        for place, flows in enumerate(_in_and_out(planned, "on")):
            sides[place] += received(flows, currencies, horizon)
    return np.rint(sides[0]), np.rint(sides[1]), known


def _in_and_out(lines: pd.DataFrame, day: str) -> list[pd.DataFrame]:
    """Lines in and lines out as frames of receipts, both positive."""
    amounts = lines["amount_minor"].to_numpy(dtype=np.int64)
    frame = pd.DataFrame({"received_on": lines[day], "currency": lines["currency"], "amount_minor": np.abs(amounts)})
    return [frame[amounts > 0], frame[amounts < 0]]


def _known(values: Floats, known: Flags) -> pd.Series[int]:
    """Whole minor units (currencies, weeks) row by row, NA for currencies that are not known."""
    flat = pd.Series(np.rint(values).astype(np.int64).ravel(), dtype="Int64")
    return flat.mask(~np.repeat(known, values.shape[1]))
