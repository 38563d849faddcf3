"""Turns a customer's habit into the chance that one open item is still unpaid on each coming day, weekends and all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, Floats, weekday_of
from o2c_ai.models.payment_timing.hazard import EARLIEST, LATEST
from o2c_ai.models.payment_timing.items import Flags

HALF_WEEK = WEEK // 2
CURVES_AT_ONCE = 512
"""Curves worked on together: small enough for a processor's cache."""
YEAR = 365
"""Days a curve is followed."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What was learnt of payers: row by row a customer, the last row the whole book's for customers never seen."""

    pressure: Floats
    """(customers + 1, 546): -log(1 - hazard) for each day of the scale of days late."""
    weekdays: Floats
    """(customers + 1, 7): how much likelier than other days a payment is on each weekday."""
    dispute_factor: float
    """What a dispute makes of the pressure to pay, between 0 and 1."""
    promise_kept: float
    """Share of promises kept."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Items whose payment day is asked, as open on the evening of as_of; arrays of one length."""

    as_of: int
    habit: Days
    """Row in `Habits`."""
    due: Days
    in_dispute: Flags
    promised: Days
    """Day promised, NEVER where there is no promise for a day to come."""

    def distinct(self) -> tuple[Questions, Days]:
        """The distinct questions, and for every item the place of its own: items alike share one curve."""
        table = np.column_stack([self.habit, self.due, self.in_dispute.astype(np.int64), self.promised])
        order = np.lexsort(table.T[::-1])
        ranked = table[order]
        changes = np.any(ranked[1:] != ranked[:-1], axis=1) if len(ranked) else np.zeros(0, dtype=np.bool_)
        numbers = np.concatenate([np.zeros(min(1, len(ranked)), dtype=np.int64), np.cumsum(changes)])
        place = np.empty(len(table), dtype=np.int64)
        place[order] = numbers
        alike = ranked[np.concatenate([np.ones(min(1, len(ranked)), dtype=np.bool_), changes])]
        return Questions(self.as_of, alike[:, 0], alike[:, 1], alike[:, 2] == 1, alike[:, 3]), place

    def parts(self) -> Iterator[tuple[slice, Questions]]:
        """The questions in parts small enough for memory."""
        for start in range(0, len(self.due), CURVES_AT_ONCE):
            part = slice(start, start + CURVES_AT_ONCE)
            yield (
                part,
                Questions(self.as_of, self.habit[part], self.due[part], self.in_dispute[part], self.promised[part]),
            )


def first_days(asked: Questions) -> Days:
    """Day on which each curve begins: tomorrow, or 180 days before a due date that is further off than that."""
    return np.maximum(asked.as_of + 1, asked.due + EARLIEST)


def unpaid_curves(habits: Habits, asked: Questions, days: int = YEAR) -> Floats:
    """(questions, days): chance of being unpaid on the evening of each day from `first_days` on, given open at as_of.

    The weekday habit moves payments between neighbouring days only: over the seven days around each day the pressure to
    pay stays what the days late say, so it never makes a customer better or worse than their history.
    """
    return unpaid_under(pressures(habits, asked, days), habits, asked)


def pressures(habits: Habits, asked: Questions, days: int = YEAR) -> Floats:
    """(questions, days): -log(1 - hazard) on each day from `first_days` on, without disputes and promises."""
    steps = np.arange(-HALF_WEEK, days + HALF_WEEK)
    start = first_days(asked)[:, None]
    late = np.clip(start - asked.due[:, None] + steps, EARLIEST, LATEST) - EARLIEST
    plain = habits.pressure[asked.habit[:, None], late]
    one_week = habits.weekdays[asked.habit[:, None], weekday_of(start + steps[:WEEK])]
    shaped = plain * np.tile(one_week, -(-len(steps) // WEEK))[:, : len(steps)]
    share = _weekly(plain) / np.maximum(_weekly(shaped), 1e-12)
    pressure: Floats = shaped[:, HALF_WEEK:-HALF_WEEK] * share
    return pressure


def unpaid_under(pressure: Floats, habits: Habits, asked: Questions) -> Floats:
    """The chance of being unpaid after so much pressure, which a dispute slows and a promise replaces."""
    pressure[asked.in_dispute] *= habits.dispute_factor
    unpaid: Floats = np.exp(-np.cumsum(pressure, axis=1))
    return _with_promises(unpaid, asked, habits.promise_kept)


def _weekly(values: Floats) -> Floats:
    running = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    sums: Floats = running[:, WEEK:] - running[:, :-WEEK]
    return sums


def _with_promises(unpaid: Floats, asked: Questions, kept: float) -> Floats:
    """Nothing before the promised day, the kept share on it, and the usual curve for the rest from there on."""
    places = asked.promised - first_days(asked)
    unpaid[(asked.promised != NEVER) & (places >= unpaid.shape[1])] = 1.0
    for row in np.flatnonzero((places >= 0) & (places < unpaid.shape[1])):
        place = places[row]
        after = unpaid[row, place:] / max(unpaid[row, place], 1e-12)
        unpaid[row, :place] = 1.0
        unpaid[row, place:] = (1 - kept) * np.minimum(after, 1.0)
    return unpaid


def interval_of(unpaid: Floats, tail: float) -> tuple[Days, Days, Floats]:
    """First and last day of an interval, as places on the curve, and the chance of payment in it.

    The first day leaves nearest to `tail` paid before it, the last has nearest to 1 - `tail` paid by its evening; ties
    go to the wider interval. Places may be one beyond the curve: after its last day.
    """
    paid = np.pad(1 - unpaid, ((0, 0), (1, 1)), constant_values=((0, 0), (0, 1)))
    rows = np.arange(len(unpaid))
    first, last = (unpaid > 1 - tail).sum(axis=1), (unpaid > tail).sum(axis=1)
    first = first + (paid[rows, first + 1] - tail < tail - paid[rows, first])
    last = last - (1 - tail - paid[rows, last] < paid[rows, last + 1] - 1 + tail)
    first = np.minimum(first, last)
    return first, last, paid[rows, np.minimum(last, unpaid.shape[1]) + 1] - paid[rows, first]
