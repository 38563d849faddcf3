"""What a forecast is made of on one evening: the open items, invoices not written yet, and receipts as they were."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.methods import MEAN_WEEKS, METHODS
from o2c_ai.models.cash_forecast.new_business import Issuing, issuing_of
from o2c_ai.models.cash_forecast.open_items import OpenFlows, Timing, open_flows
from o2c_ai.models.cash_forecast.weeks import Horizon, past_weeks
from o2c_ai.models.payment_timing.days import (
    WEEK,
    Days,
    Floats,
    date_of,
    day_number,
    optional_days,
    required_days,
)
from o2c_ai.models.payment_timing.items import known_items

RAMP_WEEKS = 8
"""Weeks after the first invoice in a currency in which receipts are still building up and are no measure."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts, by currency in the order given; amounts in minor units."""

    currencies: list[str]
    horizon: Horizon
    flows: OpenFlows
    issuing: Issuing
    open_items: Floats
    """(currencies, weeks + 1)"""
    new_business: Floats
    """(currencies, weeks + 1)"""
    usual: Floats
    """As by `usual_weeks`."""

    def by_method(self) -> Floats:
        """(methods, currencies, weeks): what each way to foresee tells; bottom up alone before receipts built up."""
        return by_method(self.open_items[:, 1:] + self.new_business[:, 1:], self.usual)


def by_method(bottom_up: Floats, usual: Floats) -> Floats:
    """(methods, currencies, weeks) of what was told bottom up (currencies, weeks) and usual weeks."""
    told = np.tile(bottom_up, (len(METHODS), 1, 1))
    told[1:] = np.where(np.isnan(usual)[:, :, None], told[1:], usual[:, :, None])
    return told


def parts_of(
    items: pd.DataFrame,
    receipts: pd.DataFrame,
    horizon: Horizon,
    timing: Timing,
    *,
    credits_left: pd.DataFrame | None = None,
    besides: Collection[str] = (),
) -> Parts:
    """The parts on the evening of the horizon's as_of; frames and currencies besides the items' as in forecast.py."""
    currencies = sorted({*currencies_of(items, date_of(horizon.as_of)), *besides})
    flows = open_flows(timing, items, currencies, horizon, credits_left)
    issuing = issuing_of(items, currencies, horizon.as_of)
    return Parts(
        currencies,
        horizon,
        flows,
        issuing,
        flows.expected(len(currencies)),
        issuing.expected(horizon),
        usual_weeks(items, receipts, currencies, horizon.as_of),
    )


def usual_weeks(items: pd.DataFrame, receipts: pd.DataFrame, currencies: list[str], as_of: int) -> Floats:
    """(means, currencies): mean week of receipts over each of MEAN_WEEKS; NaN before receipts have built up."""
    past = weeks_built_up(items, receipts, currencies, as_of, max(MEAN_WEEKS))
    usual = np.full((len(MEAN_WEEKS), len(currencies)), np.nan)
    for row, weeks in enumerate(past):
        if len(weeks) >= MEAN_WEEKS[0]:
            usual[:, row] = [max(float(weeks[:limit].mean()), 0.0) for limit in MEAN_WEEKS]
    return usual


def weeks_built_up(
    items: pd.DataFrame, receipts: pd.DataFrame, currencies: list[str], as_of: int, limit: int
) -> list[Floats]:
    """Of each currency the last whole weeks of receipts since they have built up, the latest first."""
    first = built_up_from(items, receipts, currencies, as_of)
    past = past_weeks(receipts, currencies, as_of, int(first.min(initial=as_of)), limit)
    return [weeks[: max(0, (as_of - start + 1) // WEEK)] for weeks, start in zip(past, first.tolist(), strict=True)]


def currencies_of(items: pd.DataFrame, as_of: date) -> list[str]:
    """Currencies of the items known on a day, sorted."""
    return sorted(items["currency"].iloc[known_items(items, day_number(as_of)).rows].unique())


def built_up_from(items: pd.DataFrame, receipts: pd.DataFrame, currencies: list[str], as_of: int) -> Days:
    """(currencies): the first day whose receipts measure the business.

    It comes after the first receipt in the currency, and after eight weeks of invoices in it.
    """
    first_issue = _first_days(required_days(items, "issue_date"), items, currencies, as_of)
    first_receipt = _first_days(optional_days(receipts["received_on"]), receipts, currencies, as_of)
    return np.maximum(first_issue + WEEK * RAMP_WEEKS, first_receipt)


def _first_days(days: Days, frame: pd.DataFrame, currencies: list[str], as_of: int) -> Days:
    first = np.full(len(currencies) + 1, as_of)  # the last one takes what is in none of the currencies
    np.minimum.at(first, pd.Index(currencies).get_indexer(pd.Index(frame["currency"])), days)
    return first[:-1]
