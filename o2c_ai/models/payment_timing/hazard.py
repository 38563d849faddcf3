"""Counts, for every day before or after the due date, how many items could have been paid and how many were.

The share of the two is a hazard: the chance of being paid on that day, given not paid before. Items still open count
among those that could have been paid until as_of and are silent afterwards, so an open item is neither late nor on
time. The product of (1 - hazard) is the Kaplan-Meier estimate of the share unpaid (Kaplan and Meier 1958).
"""

from __future__ import annotations

import numpy as np

from o2c_ai.models.payment_timing.days import WEEK, Days, Floats, weekday_of
from o2c_ai.models.payment_timing.items import Flags, KnownItems

EARLIEST = -180
"""First day on the scale of days late; earlier payments are counted there."""
LATEST = 365
"""Last day on the scale; the hazard is held constant beyond it."""
SCALE = np.arange(EARLIEST, LATEST + 1)
"""Days late, 546 of them: whole weeks, so that weekdays can be summed by reshaping."""
HAZARD_MAX = 0.995
"""No day is certain: keeps the logarithm finite."""
GROUPS_AT_ONCE = 400
"""Customers counted together: bounds memory at some tens of megabytes however many customers there are."""

_UNKNOWN_BEFORE_DUE = 0.02
_UNKNOWN_TAIL_DAYS = 20
PRIOR_HAZARD = np.where(SCALE < 0, _UNKNOWN_BEFORE_DUE, 1.0 / (_UNKNOWN_TAIL_DAYS + np.maximum(SCALE, 0)))
"""What is assumed of a book without any payment, with the weight of one item a day: 2 % a day before the due date, half
of what is unpaid then paid within 20 days, half of the rest within 40 more (a Lomax tail of shape 1)."""


def weights_of(known: KnownItems, half_life_days: float) -> Floats:
    """Weight of every item: 1 when due today or later, halved for every half-life since."""
    ages = np.maximum(known.as_of - known.due, 0)
    halved: Floats = 0.5 ** (ages / half_life_days)
    return halved


def count_days(known: KnownItems, weights: Floats, groups: Days, chosen: Flags, n_groups: int) -> tuple[Floats, Floats]:
    """Items at risk and items paid, each (n_groups, 7, 546): by group, weekday of the due date and days late.

    `chosen` picks the items to count; `groups` numbers each of those from 0. An item is at risk from the day it was
    issued until the day it was paid, withdrawn or last seen open.
    """
    due, paid = known.due[chosen], known.paid[chosen]
    last = _on_scale(known.last_seen[chosen] - due)
    first = np.minimum(_on_scale(known.issued[chosen] - due), last)
    width = len(SCALE) + 1
    offset = (groups * WEEK + weekday_of(due)) * width
    size, weight = n_groups * WEEK * width, weights[chosen]
    steps = np.bincount(offset + first, weight, size) - np.bincount(offset + last + 1, weight, size)
    at_risk = np.cumsum(steps.reshape(n_groups, WEEK, width), axis=2)[:, :, :-1]
    events: Floats = np.bincount((offset + last)[paid], weight[paid], size).astype(np.float64)
    return np.maximum(at_risk, 0.0), events.reshape(n_groups, WEEK, width)[:, :, :-1]


def _on_scale(days_late: Days) -> Days:
    return np.clip(days_late, EARLIEST, LATEST) - EARLIEST


def book_hazard(known: KnownItems, weights: Floats) -> Floats:
    """Hazard of the whole book for each day of the scale.

    Far from the due date few items are left, so counts are summed over a window of a fifth of the distance each side.
    """
    everyone = np.ones(len(known.due), dtype=np.bool_)
    at_risk, events = count_days(known, weights, np.zeros(len(known.due), dtype=np.int64), everyone, 1)
    reach = np.minimum(np.abs(SCALE) // 5, 30)
    smoothed = (_window(events.sum(axis=(0, 1)), reach) + PRIOR_HAZARD) / (_window(at_risk.sum(axis=(0, 1)), reach) + 1)
    hazard: Floats = np.minimum(smoothed, HAZARD_MAX)
    return hazard


def _window(counts: Floats, reach: Days) -> Floats:
    running = np.concatenate([[0.0], np.cumsum(counts)])
    places = np.arange(len(counts))
    summed: Floats = running[np.minimum(places + reach, len(counts) - 1) + 1] - running[np.maximum(places - reach, 0)]
    return summed


def blend(at_risk: Floats, events: Floats, book: Floats, strength: float) -> Floats:
    """Hazard per customer: (paid + strength x book) / (at risk + strength), the mean of a beta process posterior.

    Source: Hjort (1990), Nonparametric Bayes estimators based on beta processes. `strength` counts items: a customer
    with that many at risk on a day is believed half.
    """
    hazard: Floats = np.minimum((events + strength * book) / (at_risk + strength), HAZARD_MAX)
    return hazard


def by_pay_weekday(counts: Floats) -> Floats:
    """Sum (groups, weekday of due date, days late) to (groups, weekday of payment)."""
    folded = counts.reshape(len(counts), WEEK, -1, WEEK).sum(axis=2)
    totals = np.zeros((len(counts), WEEK))
    for due_weekday in range(WEEK):
        totals[:, (due_weekday + EARLIEST + np.arange(WEEK)) % WEEK] += folded[:, due_weekday, :]
    return totals
