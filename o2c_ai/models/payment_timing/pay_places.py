"""On what kind of day payers paid: so late, so old, on which weekday, how near the end of the month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, month_places, weekday_of
from o2c_ai.models.payment_timing.events import BOOK, Dated, owner_and_day

LATE_EDGES: Days = np.array([*range(-10, 21), 22, 25, 28, 31, 35, 42, 49, 56, 63, 77, 91, 120])
"""First number of days late of every span that is counted by itself; earlier ones are counted with the first."""
AGE_EDGES: Days = np.array([*range(80), 85, 90, 95, 105, 120, 150])
"""The same for the days since the item was issued."""
EARLY_PLACES = 31
"""Spans of days late that are counted by weekday of the due date as well: the single days."""
MONTH_PLACES = 31


@dataclass(frozen=True, slots=True)
class Paid:
    """Items, and when each was paid; arrays of one length."""

    owners: Days
    on: Days
    """Day of the payment; NEVER without one."""
    issued: Days
    due: Days


@dataclass(frozen=True, slots=True)
class PayPlaces:
    """A payment each, its owner's number told apart by what kind of day it came on; of payers and of the book."""

    weekdays: Dated
    """Owner x 7 + weekday."""
    month_days: Dated
    """Owner x MONTH_PLACES + days left in the month."""
    pay_weekdays: Dated
    """A day each on which the payer paid anything: owner x 7 + weekday; payers only."""
    late: Dated
    """Owner x spans of days late."""
    age: Dated
    """Owner x spans of days since issue."""
    by_due: Dated
    """Owner x 7 x EARLY_PLACES: weekday of the due date and days late; payers only."""


def places_of(paid: Paid, pay_days: Dated) -> PayPlaces:
    """Count the payments; `pay_days` is a day each on which a payer paid anything."""
    there = np.flatnonzero(paid.on < NEVER)
    owners, days, due = paid.owners[there], paid.on[there], paid.due[there]
    late, (payers, paid_on) = days - due, owner_and_day(pay_days.keys)
    due_weekday = owners * WEEK + weekday_of(due)
    return PayPlaces(
        weekdays=_placed(owners, days, weekday_of(days), WEEK),
        month_days=_placed(owners, days, month_places(days)[1], MONTH_PLACES),
        pay_weekdays=Dated(payers * WEEK + weekday_of(paid_on), paid_on),
        late=_placed(owners, days, place_of(late, LATE_EDGES), len(LATE_EDGES)),
        age=_placed(owners, days, place_of(days - paid.issued[there], AGE_EDGES), len(AGE_EDGES)),
        by_due=Dated(due_weekday * EARLY_PLACES + np.clip(late - LATE_EDGES[0], 0, EARLY_PLACES - 1), days),
    )


def place_of(numbers: Days, edges: Days) -> Days:
    """Which of the spans that begin at the edges each number is in; the outermost for what is beyond."""
    return np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 1).astype(np.int64)


def _placed(owners: Days, days: Days, place: Days, width: int) -> Dated:
    return Dated(np.concatenate([owners * width + place, BOOK * width + place]), np.tile(days, 2))
