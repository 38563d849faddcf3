"""What is measured of each coming day on which an open item could be paid: how late it is, who pays on such days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, RATE_WEIGHT, Moments, Table, month_places
from o2c_ai.models.payment_timing.days import WEEK, Days, weekday_of
from o2c_ai.models.payment_timing.history import BOOK, PLACES, Dated, History, place_of

HAZARD_WEIGHT = 2.0
"""Items that could have been paid after which a payer's own share is believed half."""
DAY_COLUMNS = (
    "days_late",
    "days_ahead",
    "weekday",
    "month_day",
    "to_month_end",
    "own_hazard",
    "book_hazard",
    "own_seen",
    "own_weekday",
    "book_weekday",
)
COLUMNS = (*DAY_COLUMNS, *MOMENT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Habit:
    """How the payers of some moments paid by days late and by weekday, as known on their evenings."""

    place: Days
    """Row of each moment in the tables."""
    own_hazard: Table
    """(pairs, PLACES): share paid of those that could have been, leaning on the book."""
    book_hazard: Table
    own_seen: Table
    own_weekday: Table
    """(pairs, 7): share of payments, leaning on the book."""
    book_weekday: Table


def habits_of(history: History, asked: Moments) -> Habit:
    """Habits by payer and evening; moments of one payer on one evening share them."""
    pairs, place = np.unique(np.column_stack([asked.owners, asked.evenings]), axis=0, return_inverse=True)
    owners, evenings = pairs[:, 0], pairs[:, 1]
    own_paid, own_risk = (_by_place(events, owners, evenings, PLACES) for events in (history.paid, history.at_risk))
    days, day_of = np.unique(evenings, return_inverse=True)
    book = np.full(len(days), BOOK)
    paid, risk = (_by_place(events, book, days, PLACES)[day_of] for events in (history.paid, history.at_risk))
    common = (paid + 0.05) / (risk + 1.0)
    own_days, all_days = (
        _by_place(history.weekdays, owners, evenings, WEEK),
        _by_place(history.weekdays, book, days, WEEK)[day_of],
    )
    usual = (all_days + 1.0 / WEEK) / (all_days.sum(axis=1, keepdims=True) + 1.0)
    weekday = (own_days + RATE_WEIGHT * usual) / (own_days.sum(axis=1, keepdims=True) + RATE_WEIGHT)
    return Habit(
        place.reshape(-1).astype(np.int64),
        ((own_paid + HAZARD_WEIGHT * common) / (own_risk + HAZARD_WEIGHT)).astype(np.float32),
        common.astype(np.float32),
        own_risk.astype(np.float32),
        weekday.astype(np.float32),
        usual.astype(np.float32),
    )


def _by_place(events: Dated, owners: Days, evenings: Days, width: int) -> Days:
    asked = np.repeat(owners * width, width) + np.tile(np.arange(width), len(owners))
    counted = events.upto(asked, np.repeat(evenings, width))[0]
    return counted.reshape(len(owners), width)


def measure_days(asked: Moments, measured: Table, habit: Habit, rows: Days, days: Days) -> Table:
    """(coming days, COLUMNS): `rows` are places among the moments, `measured` and `habit` are theirs."""
    late, weekday, pair = days - asked.due[rows], weekday_of(days), habit.place[rows]
    month_day, to_end = month_places(days)
    table = np.empty((len(rows), len(COLUMNS)), dtype=np.float32)
    counted = place_of(late)
    coming = (
        late,
        days - asked.evenings[rows],
        weekday,
        month_day,
        to_end,
        habit.own_hazard[pair, counted],
        habit.book_hazard[pair, counted],
        habit.own_seen[pair, counted],
        habit.own_weekday[pair, weekday],
        habit.book_weekday[pair, weekday],
    )
    for column, values in enumerate(coming):
        table[:, column] = values
    table[:, len(DAY_COLUMNS) :] = measured[rows]
    return table
