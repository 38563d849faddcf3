"""Dated events of many owners, counted and summed up to any evening: the one way history is looked up.

An owner is a payer, the whole book, or a payer's items of one kind. An answer about an evening is the same, to the last
bit, whether the events end on that day or go on for years.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from o2c_ai.models.payment_timing.days import NEVER, Days, Floats

BOOK = 0
"""Owner of everybody's events; the payers follow, numbered from 1."""
_SPAN, _SHIFT = 2**20, 2**19
"""Days an owner has room for, and the place of day 0 among them."""
_WORTHS = 2**10
"""Values that ranked events may have."""
_NONE = np.zeros(0, dtype=np.int64)


class Dated:
    """Events of owners, each known from a day on, and maybe worth something."""

    def __init__(self, owners: Days, days: Days, values: Days | None = None, *, ranked: bool = False) -> None:
        """Take one event a place; days that never came are left out.

        Values of `ranked` events are less than 512 either way: they can be looked at one by one, those of one day in
        ascending order, and are squared.
        """
        came = days < NEVER
        keys = keys_of(owners, days)[came]
        if values is None:
            self.keys, self.values = np.sort(keys, kind="stable"), _NONE
        elif ranked:
            together = np.sort(keys * _WORTHS + values[came] + _WORTHS // 2, kind="stable")
            self.keys, self.values = together // _WORTHS, together % _WORTHS - _WORTHS // 2
        else:
            order = np.argsort(keys, kind="stable")
            self.keys, self.values = keys[order], values[came][order]
        self.sums = _running(self.values)
        self.squares = _running(self.values**2) if ranked else _NONE

    def known(self, owners: Days, evenings: Days) -> Known:
        """What was known of the owners' events on evenings, one of each a question."""
        return Known(self, owners, evenings)


class Known:
    """What was known of owners' events on evenings: arrays with a place a question."""

    def __init__(self, events: Dated, owners: Days, evenings: Days) -> None:
        """Take the questions."""
        self._events, self._owners, self._evenings = events, owners, evenings

    @cached_property
    def _first(self) -> Days:
        """The place of the owner's first event; questions in a row about one owner are looked up once."""
        begins = np.flatnonzero(np.diff(self._owners, prepend=self._owners[:1] - 1))
        found = np.searchsorted(self._events.keys, self._owners[begins] * _SPAN)
        return np.repeat(found, np.diff(begins, append=len(self._owners)))

    @cached_property
    def _end(self) -> Days:
        """The place after the owner's newest event."""
        return self._after(self._evenings)

    def _after(self, evenings: Days) -> Days:
        return np.searchsorted(self._events.keys, keys_of(self._owners, evenings), side="right")

    def _begin(self, length: int | None) -> Days:
        return self._first if length is None else self._after(self._evenings - length)

    def count(self, length: int | None = None) -> Days:
        """How many events there were; in the `length` days that end on the evening, if so many are given."""
        return self._end - self._begin(length)

    def total(self, length: int | None = None) -> tuple[Days, Days]:
        """How many, and the sum of their values."""
        begin = self._begin(length)
        return self._end - begin, self._events.sums[self._end] - self._events.sums[begin]

    def squares(self) -> Days:
        """The sum of the squares of the values."""
        return self._events.squares[self._end] - self._events.squares[self._first]

    def newest(self, count: int) -> Floats:
        """(questions, count): values of the newest events, newest first; NaN where there were fewer."""
        places = self._end[:, None] - 1 - np.arange(count)
        there = places >= self._first[:, None]
        values = np.full(places.shape, np.nan)
        values[there] = self._events.values[places[there]]
        return values

    def last_day(self) -> Days:
        """Day of the newest event; NEVER where there was none."""
        days = np.full(len(self._end), NEVER)
        there = self._end > self._first
        days[there] = owner_and_day(self._events.keys[self._end[there] - 1])[1]
        return days


def keys_of(owners: Days, days: Days) -> Days:
    """One number for an owner and a day, ascending by owner and day."""
    return owners * _SPAN + days + _SHIFT


def owner_and_day(keys: Days) -> tuple[Days, Days]:
    """What `keys_of` was given."""
    return keys // _SPAN, keys % _SPAN - _SHIFT


def distinct(values: Days) -> Days:
    """The distinct values, ascending."""
    ascending = np.sort(values, kind="stable")
    return ascending[np.flatnonzero(np.diff(ascending, prepend=ascending[:1] - 1))]


def _running(values: Days) -> Days:
    return np.concatenate([[0], np.cumsum(values)])
