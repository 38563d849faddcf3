"""Other money that moves once a month: payroll, rent, a loan's rate. It is expected again on its day of the month.

A party of one currency and direction recurs where it had exactly one line in each of the last three whole months, on
days of the month not more than five apart. The next lines are expected on the median day with the median amount of
these months; in a shorter month on its last day. This month's is expected while it has not come and is not five days
overdue.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.new_business import month_number
from o2c_ai.models.cash_forecast.weeks import Horizon
from o2c_ai.models.payment_timing.days import Days, month_places, optional_days
from o2c_ai.models.payment_timing.items import Flags

MONTHS = 3
"""Whole months that are looked at."""
DAYS_APART = 5
"""Days of the month may differ so much: weekends and bank holidays move payments."""


def recurring(lines: pd.DataFrame, horizon: Horizon) -> tuple[pd.DataFrame, Flags]:
    """Flows to expect (on, currency, amount_minor), and which lines belong to what recurs.

    `lines` as in liquidity.py; those without a party recur in no way that could be told.
    """
    days = optional_days(lines["booked_on"])
    month, today = month_number(days), int(month_number(np.array([horizon.as_of]))[0])
    place, _ = month_places(days)
    facts = lines.assign(month=month, place=place, comes_in=lines["amount_minor"] > 0).reset_index(drop=True)
    belongs = np.zeros(len(lines), dtype=np.bool_)
    flows: list[tuple[int, str, int]] = []
    for group, mine in facts.groupby(["currency", "party", "comes_in"]):
        currency, party = map(str, group[:2])
        recent = mine[mine["month"].between(today - MONTHS, today - 1)]
        once_a_month = len(recent) == recent["month"].nunique() == MONTHS
        if not party or not once_a_month or np.ptp(recent["place"]) > DAYS_APART:
            continue
        belongs[mine.index] = True
        amount = round(float(recent["amount_minor"].median()))
        first = today + int((mine["month"] == today).any())
        flows += [(on, currency, amount) for on in _coming(int(recent["place"].median()), first, horizon)]
    return pd.DataFrame(flows, columns=["on", "currency", "amount_minor"]), belongs


def _coming(place: int, first_month: int, horizon: Horizon) -> list[int]:
    """The day of each month from a month on that the horizon reaches; one some days overdue is expected tomorrow."""
    days: Days = horizon.as_of - DAYS_APART + 1 + np.arange(horizon.days + DAYS_APART)
    number, left = month_places(days)
    chosen = (number == place) | ((left == 0) & (number < place))
    coming = days[chosen & (month_number(days) >= first_month)]
    return [max(int(day), horizon.as_of + 1) for day in coming]
