"""What a forecast is made of on one evening: the open items, invoices not written yet, and receipts as they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.methods import MEAN_WEEKS, METHODS
from o2c_ai.models.cash_forecast.new_business import Issuing, issuing_of
from o2c_ai.models.cash_forecast.open_items import OpenFlows, Timing, open_flows
from o2c_ai.models.cash_forecast.weeks import Horizon, past_weeks
from o2c_ai.models.payment_timing.days import WEEK, date_of, day_number, optional_days
from o2c_ai.models.payment_timing.hazard import Floats
from o2c_ai.models.payment_timing.items import known_items

RAMP_WEEKS = 8
"""Weeks after the first invoice in which receipts are still building up and are no measure."""


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
    usual: Floats | None
    """As by `usual_weeks`."""

    def by_method(self) -> Floats:
        """(methods, currencies, weeks): what each way to foresee tells; bottom up alone before receipts built up."""
        return by_method(self.open_items[:, 1:] + self.new_business[:, 1:], self.usual)


def by_method(bottom_up: Floats, usual: Floats | None) -> Floats:
    """(methods, currencies, weeks) of what was told bottom up (currencies, weeks) and usual weeks."""
    told = np.tile(bottom_up, (len(METHODS), 1, 1))
    if usual is not None:
        told[1:] = usual[:, :, None]
    return told


def parts_of(
    items: pd.DataFrame,
    receipts: pd.DataFrame,
    horizon: Horizon,
    timing: Timing,
    credits_left: pd.DataFrame | None = None,
) -> Parts:
    """The parts on the evening of the horizon's as_of; frames as in forecast.py."""
    currencies = currencies_of(items, date_of(horizon.as_of))
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


def usual_weeks(items: pd.DataFrame, receipts: pd.DataFrame, currencies: list[str], as_of: int) -> Floats | None:
    """(means, currencies): mean week of receipts over each of MEAN_WEEKS; None before receipts have built up."""
    first = built_up_from(items, receipts, as_of)
    past = [past_weeks(receipts, currencies, as_of, first, limit) for limit in MEAN_WEEKS]
    if past[0].shape[1] < MEAN_WEEKS[0]:
        return None
    return np.stack([np.maximum(weeks.mean(axis=1), 0.0) for weeks in past])


def currencies_of(items: pd.DataFrame, as_of: date) -> list[str]:
    """Currencies of the items known on a day, sorted."""
    return sorted(items["currency"].iloc[known_items(items, day_number(as_of)).rows].unique())


def built_up_from(items: pd.DataFrame, receipts: pd.DataFrame, as_of: int) -> int:
    """First day number whose receipts measure the business: after the first receipt, and eight weeks of invoices."""
    known = known_items(items, as_of)
    first_issue = int(known.issued.min()) if len(known.issued) else as_of
    first_receipt = int(optional_days(receipts["received_on"]).min()) if len(receipts) else as_of
    return max(first_issue + WEEK * RAMP_WEEKS, first_receipt)
