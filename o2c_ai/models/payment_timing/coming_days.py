"""What is measured of each coming day on which an open item could be paid: how late it is, who pays on such days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from o2c_ai.models.payment_timing.as_of_features import FAR_DAYS, MOMENT_COLUMNS, QUARTER, RATE_WEIGHT, Moments, Table
from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, Floats, month_places, weekday_of
from o2c_ai.models.payment_timing.events import BOOK, Dated
from o2c_ai.models.payment_timing.history import History
from o2c_ai.models.payment_timing.pay_places import (
    AGE_EDGES,
    EARLY_PLACES,
    LATE_EDGES,
    MONTH_PLACES,
    PayPlaces,
    place_of,
)

HAZARD_WEIGHT = 2.0
"""Payments after which a payer's own share is believed half."""
DAY_COLUMNS = (
    "days_late",
    "days_ahead",
    "weekday",
    "month_day",
    "to_month_end",
    "own_hazard",
    "own_hazard_quarter",
    "book_hazard",
    "own_seen",
    "own_due_weekday_hazard",
    "own_age_hazard",
    "own_age_seen",
    "own_weekday",
    "book_weekday",
    "own_weekday_used",
    "own_month_day",
    "since_pay_day",
)
COLUMNS = (*DAY_COLUMNS, *MOMENT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Habit:
    """How the payers of some moments paid by days late, age, weekday and day of the month, as known on their evenings.

    Tables have a row a pair of payer and evening. Shares of spans are of what was not paid earlier, for each day.
    """

    place: Days
    """Row of each moment in the tables."""
    late: Table
    """By span of days late, leaning on the book."""
    late_quarter: Table
    """The same of the newest quarter, leaning on all of the payer's."""
    late_seen: Table
    """Payments not earlier than that."""
    book_late: Table
    by_due: Table
    """By weekday of the due date and days late, leaning on `late`."""
    age: Table
    """By span of days since issue, leaning on the book."""
    age_seen: Table
    weekday: Table
    """Share of payments, leaning on the book."""
    book_weekday: Table
    weekday_used: Table
    """Share of the weekdays of the newest quarter on which the payer paid anything."""
    month_day: Table
    """Share of payments by days left in the month, leaning on the book."""
    last_pay_day: Days


def habits_of(history: History, asked: Moments) -> Habit:
    """Habits by payer and evening; moments of one payer on one evening share them."""
    pairs, place = np.unique(np.column_stack([asked.owners, asked.evenings]), axis=0, return_inverse=True)
    owners, evenings = pairs[:, 0], pairs[:, 1]
    days, day_of = np.unique(evenings, return_inverse=True)
    book = np.full(len(days), BOOK)

    def both(events: Dated, width: int) -> tuple[Days, Days]:
        return _by_place(events, owners, evenings, width), _by_place(events, book, days, width)[day_of]

    places = history.places
    own_late, all_late = both(places.late, len(LATE_EDGES))
    book_late = _hazard(all_late, _widths(LATE_EDGES), 0.05, 1.0)
    late = _hazard(own_late, _widths(LATE_EDGES), HAZARD_WEIGHT * book_late, HAZARD_WEIGHT)
    newest = own_late - _by_place(places.late, owners, evenings - QUARTER, len(LATE_EDGES))
    own_age, all_age = both(places.age, len(AGE_EDGES))
    book_age = _hazard(all_age, _widths(AGE_EDGES), 0.05, 1.0)
    weekday, book_weekday = _shares(*both(places.weekdays, WEEK))
    used = _by_place(places.pay_weekdays, owners, evenings, WEEK)
    used = used - _by_place(places.pay_weekdays, owners, evenings - QUARTER, WEEK)
    return Habit(
        place=place.reshape(-1).astype(np.int64),
        late=late.astype(np.float32),
        late_quarter=_hazard(newest, _widths(LATE_EDGES), HAZARD_WEIGHT * late, HAZARD_WEIGHT).astype(np.float32),
        late_seen=_not_earlier(own_late).astype(np.float32),
        book_late=book_late.astype(np.float32),
        by_due=_by_due_weekday(places, owners, evenings, late[:, :EARLY_PLACES]),
        age=_hazard(own_age, _widths(AGE_EDGES), HAZARD_WEIGHT * book_age, HAZARD_WEIGHT).astype(np.float32),
        age_seen=_not_earlier(own_age).astype(np.float32),
        weekday=weekday.astype(np.float32),
        book_weekday=book_weekday.astype(np.float32),
        weekday_used=(used * (WEEK / QUARTER)).astype(np.float32),
        month_day=_shares(*both(places.month_days, MONTH_PLACES))[0].astype(np.float32),
        last_pay_day=history.pay_days.known(owners, evenings).last_day(),
    )


def _by_place(events: Dated, owners: Days, evenings: Days, width: int) -> Days:
    asked = np.repeat(owners * width, width) + np.tile(np.arange(width), len(owners))
    counted = events.known(asked, np.repeat(evenings, width)).count()
    return counted.reshape(len(owners), width)


def _widths(edges: Days) -> Days:
    """Days of each span; of the last, which has no end, those of the one before."""
    return np.diff(edges, append=2 * edges[-1] - edges[-2])


def _not_earlier(counts: Days) -> Days:
    reached: Days = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
    return reached


def _hazard(counts: Days, widths: Days, paid: Floats | float, reached: float) -> Floats:
    """Share paid on each day of a span of what was not paid earlier; `paid` of `reached` are added."""
    hazard: Floats = (counts / widths + paid) / (_not_earlier(counts) + reached)
    return hazard


def _by_due_weekday(places: PayPlaces, owners: Days, evenings: Days, usual: Floats) -> Table:
    """(pairs, 7 x EARLY_PLACES): the hazard of days late of what falls due on each weekday."""
    counts = _by_place(places.by_due, owners, evenings, WEEK * EARLY_PLACES).reshape(-1, EARLY_PLACES)
    leaning = HAZARD_WEIGHT * np.repeat(usual, WEEK, axis=0)
    hazard = _hazard(counts, np.ones(EARLY_PLACES, dtype=np.int64), leaning, HAZARD_WEIGHT)
    return hazard.reshape(len(owners), -1).astype(np.float32)


def _shares(own: Days, everybody: Days) -> tuple[Floats, Floats]:
    """Shares of the payer's payments, leaning on the book's, and the book's."""
    usual = (everybody + 1.0 / everybody.shape[1]) / (everybody.sum(axis=1, keepdims=True) + 1.0)
    return (own + RATE_WEIGHT * usual) / (own.sum(axis=1, keepdims=True) + RATE_WEIGHT), usual


def measure_days(asked: Moments, measured: Table, habit: Habit, rows: Days, days: Days) -> Table:
    """(coming days, COLUMNS): `rows` are places among the moments, `measured` and `habit` are theirs."""
    late, weekday, pair = days - asked.due[rows], weekday_of(days), habit.place[rows]
    month_day, to_end = month_places(days)
    table = np.empty((len(rows), len(COLUMNS)), dtype=np.float32)
    place, age = place_of(late, LATE_EDGES), place_of(days - asked.issued[rows], AGE_EDGES)
    by_due = weekday_of(asked.due)[rows] * EARLY_PLACES + np.minimum(place, EARLY_PLACES - 1)
    last = habit.last_pay_day[pair]
    coming = (
        late,
        days - asked.evenings[rows],
        weekday,
        month_day,
        to_end,
        habit.late[pair, place],
        habit.late_quarter[pair, place],
        habit.book_late[pair, place],
        habit.late_seen[pair, place],
        np.where(place < EARLY_PLACES, habit.by_due[pair, by_due], habit.late[pair, place]),
        habit.age[pair, age],
        habit.age_seen[pair, age],
        habit.weekday[pair, weekday],
        habit.book_weekday[pair, weekday],
        habit.weekday_used[pair, weekday],
        habit.month_day[pair, to_end],
        np.where(last == NEVER, FAR_DAYS, np.minimum(days - last, FAR_DAYS)),
    )
    for column, values in enumerate(coming):
        table[:, column] = values
    table[:, len(DAY_COLUMNS) :] = measured[rows]
    return table
