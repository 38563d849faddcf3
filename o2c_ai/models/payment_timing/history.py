"""What was known of every payer on the evening of any day: how they had paid, what they owed, what they had promised.

Everything is a count or a sum of whole numbers over dated events, read up to a day. So an answer about a day is the
same, to the last bit, whether the books end on that day or go on for years: what came later is never added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, as_dates, weekday_of
from o2c_ai.models.payment_timing.items import KnownItems, known_items

BOOK = 0
"""Owner of everybody's events; the payers follow, numbered from 1."""
UNKNOWN = -1
"""A payer without any event."""
LATE_EDGES: Days = np.array([*range(-10, 21), 22, 25, 28, 31, 35, 42, 49, 56, 63, 77, 91, 120])
"""First number of days late of every span that is counted by itself; earlier ones are counted with the first."""
AGE_EDGES: Days = np.array([*range(80), 85, 90, 95, 105, 120, 150])
"""The same for the days since the item was issued."""
EARLY_PLACES = 31
"""Spans of days late that are counted by weekday of the due date as well: the single days."""
MONTH_PLACES = 31
THRESHOLDS = (0, 7, 30)
TERMS_MAX = 512
AGE_MAX = 365
"""Days since issue beyond which one payment does not weigh more in a mean."""
_SPAN, _SHIFT = 2**20, 2**19
_EXTREME_LATE = 180
"""Days late beyond which one payment does not weigh more in a mean."""


class Dated:
    """Events of owners, each known from a day on; counted and summed as of any day."""

    def __init__(self, owners: Days, days: Days, values: Days | None = None) -> None:
        """Take one event a place; days that never came are left out."""
        came = days < NEVER
        owners, days = owners[came], days[came]
        values = np.zeros(len(days), dtype=np.int64) if values is None else values[came]
        keys = owners * _SPAN + days + _SHIFT
        order = np.lexsort((values, keys))
        self._keys, self.worth = keys[order], values[order]
        self._sums = np.concatenate([[0], np.cumsum(self.worth)])

    def places(self, owners: Days, days: Days) -> tuple[Days, Days]:
        """For each question the places of the owner's events up to the evening of the day: first, and one past last."""
        start = owners * _SPAN
        return np.searchsorted(self._keys, start), np.searchsorted(self._keys, start + days + _SHIFT, side="right")

    def upto(self, owners: Days, days: Days) -> tuple[Days, Days]:
        """How many events were known on the evening of each day, and the sum of their values."""
        first, last = self.places(owners, days)
        return last - first, self._sums[last] - self._sums[first]

    def within(self, owners: Days, days: Days, length: int) -> tuple[Days, Days]:
        """The same for the `length` days that end on each day."""
        now, before = self.upto(owners, days), self.upto(owners, days - length)
        return now[0] - before[0], now[1] - before[1]

    def last_day(self, owners: Days, days: Days) -> Days:
        """Day of the newest event; NEVER where there is none."""
        first, last = self.places(owners, days)
        keys = np.concatenate([self._keys, [0]])
        return np.where(last > first, keys[last - 1] % _SPAN - _SHIFT, NEVER)


@dataclass(frozen=True, slots=True)
class Kin:
    """How items of a kind turned out."""

    paid: Dated
    """A payment each, worth its days late."""
    late: Dated
    """An item each on the day it was known to be late."""
    in_time: Dated


@dataclass(frozen=True, slots=True)
class History:
    """The dated events of a book; owners are BOOK and the payers."""

    payers: pd.Index[Any]
    payments: Dated
    """A payment each, worth its days late."""
    squares: Dated
    late: tuple[Dated, ...]
    """For each threshold: an item each, on the day it was known to be later than that."""
    in_time: tuple[Dated, ...]
    """For each threshold: an item each, on the day it was paid no later than that."""
    issued: Dated
    """An item each, worth its amount."""
    ended: Dated
    fallen_due: Dated
    """An item each, from the first evening it was overdue, worth its due date."""
    settled: Dated
    """Overdue items that ended since."""
    ages: Dated
    """A payment each, worth the days since its issue; payers only."""
    age_squares: Dated
    alike: Kin
    """By owner and terms (`alike`)."""
    due_weekday: Kin
    """By owner x 7 + weekday of the due date."""
    same_amount: Kin
    """By owner and amount (`amount_owner`)."""
    amounts: Days
    """Every amount there was, ascending."""
    weekdays: Dated
    """A payment each; owner x 7 + weekday."""
    month_days: Dated
    """A payment each; owner x MONTH_PLACES + days left in the month."""
    pay_days: Dated
    """A day each on which the payer paid anything; payers only."""
    pay_weekdays: Dated
    """The same; owner x 7 + weekday."""
    paid_late: Dated
    """A payment each; owner x spans of days late."""
    paid_age: Dated
    """A payment each; owner x spans of days since issue."""
    paid_by_due: Dated
    """A payment each; owner x 7 x EARLY_PLACES: weekday of the due date and days late (`due_place`)."""
    disputed: Dated
    promised: Dated
    broken: Dated
    """Promises on the day they were known to be broken."""

    def owners_of(self, payers: pd.Series[Any]) -> Days:
        """Owner of each payer's events; UNKNOWN for one without."""
        found = self.payers.get_indexer(pd.Index(payers)).astype(np.int64)
        return np.where(found < 0, UNKNOWN, found + 1)


def read_history(items: pd.DataFrame) -> History:
    """Read a frame of items (items.py) with all it knows; questions say as of which day. Raises MissingDay."""
    known = known_items(items, NEVER - 1)
    codes, payers = pd.factorize(known.customers)
    owners = codes.astype(np.int64) + 1
    amounts = items["amount_minor"].to_numpy(dtype=np.int64)[known.rows]
    ended, late = np.where(known.is_open, NEVER, known.last_seen), known.last_seen - known.due
    paid_on = np.where(known.paid, known.last_seen, NEVER)
    capped = np.where(known.paid, np.clip(late, -_EXTREME_LATE, _EXTREME_LATE), 0)
    overdue_on = np.maximum(known.due + 1, known.issued)
    overdue = ended > overdue_on
    grace = np.where(known.promised_date == NEVER, NEVER, np.maximum(known.promised_date, known.promised_on) + 1)
    broken = ended >= grace
    late_on, in_time_on = _known_late(known, ended, 0), np.where(late <= 0, paid_on, NEVER)

    def kin(keys: Days) -> Kin:
        return Kin(Dated(keys, paid_on, capped), Dated(keys, late_on), Dated(keys, in_time_on))

    day = np.where(known.paid, known.last_seen, known.due)
    age = day - known.issued
    paid_days, kinds_of_amount = _days_paid_on(owners, paid_on), np.unique(amounts)
    return History(
        payers=pd.Index(payers),
        payments=_both(owners, paid_on, capped),
        squares=_both(owners, paid_on, capped**2),
        late=tuple(_both(owners, _known_late(known, ended, days)) for days in THRESHOLDS),
        in_time=tuple(_both(owners, np.where(late <= days, paid_on, NEVER)) for days in THRESHOLDS),
        issued=_both(owners, known.issued, amounts),
        ended=_both(owners, ended, amounts),
        fallen_due=_both(owners, np.where(overdue, overdue_on, NEVER), known.due),
        settled=_both(owners, np.where(overdue, ended, NEVER), known.due),
        ages=Dated(owners, paid_on, np.minimum(age, AGE_MAX)),
        age_squares=Dated(owners, paid_on, np.minimum(age, AGE_MAX) ** 2),
        alike=kin(alike(owners, known.due - known.issued)),
        due_weekday=kin(owners * WEEK + weekday_of(known.due)),
        same_amount=kin(amount_owner(kinds_of_amount, owners, amounts)),
        amounts=kinds_of_amount,
        weekdays=_both(owners, paid_on, width=WEEK, place=weekday_of(day)),
        month_days=_both(owners, paid_on, width=MONTH_PLACES, place=month_places(day)[1]),
        pay_days=Dated(*paid_days),
        pay_weekdays=Dated(paid_days[0] * WEEK + weekday_of(paid_days[1]), paid_days[1]),
        paid_late=_both(owners, paid_on, width=len(LATE_EDGES), place=place_of(late, LATE_EDGES)),
        paid_age=_both(owners, paid_on, width=len(AGE_EDGES), place=place_of(age, AGE_EDGES)),
        paid_by_due=Dated(due_place(owners, known.due, late), paid_on),
        disputed=_both(owners, known.disputed_on),
        promised=_both(owners, known.promised_on),
        broken=_both(owners, np.where(broken, grace, NEVER)),
    )


def alike(owners: Days, terms: Days) -> Days:
    """Owner of the items of a payer that have the same terms, in days from issue to due."""
    return owners * TERMS_MAX + np.clip(terms, 0, TERMS_MAX - 1)


def _both(owners: Days, days: Days, values: Days | None = None, *, width: int = 1, place: Days | int = 0) -> Dated:
    """Every event twice: its payer's and the book's."""
    owner = np.concatenate([owners * width + place, np.zeros_like(owners) + BOOK * width + place])
    return Dated(owner, np.tile(days, 2), None if values is None else np.tile(values, 2))


def _days_paid_on(owners: Days, paid_on: Days) -> tuple[Days, Days]:
    """Owner and day, once for every day on which a payer paid."""
    came = paid_on < NEVER
    found = np.unique(np.column_stack([owners[came], paid_on[came]]), axis=0)
    return found[:, 0], found[:, 1]


def _known_late(known: KnownItems, ended: Days, days: int) -> Days:
    """Day on whose evening an item was still open so many days after its due date; NEVER where it was not."""
    evening = np.maximum(known.due + days, known.issued)
    return np.where(ended > evening, evening, NEVER)


def spread(first: Days, last: Days) -> tuple[Days, Days]:
    """Every day from first to last of each row: the row and the day; nothing where last is before first."""
    lengths = np.maximum(last - first + 1, 0)
    rows = np.repeat(np.arange(len(first)), lengths)
    begins = np.cumsum(lengths) - lengths
    return rows, first[rows] + np.arange(len(rows)) - begins[rows]


def place_of(numbers: Days, edges: Days) -> Days:
    """Which of the spans that begin at the edges each number is in; the outermost for what is beyond."""
    return np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 1).astype(np.int64)


def due_place(owners: Days, due: Days, late: Days) -> Days:
    """Owner of the payments of what falls due on one weekday, so many days late."""
    place: Days = np.clip(late - LATE_EDGES[0], 0, EARLY_PLACES - 1)
    return (owners * WEEK + weekday_of(due)) * EARLY_PLACES + place


def amount_owner(amounts: Days, owners: Days, asked: Days) -> Days:
    """Owner of the items of a payer that have the same amount; UNKNOWN where nobody ever had that amount."""
    if not len(amounts):
        return np.full(len(owners), UNKNOWN)
    place = np.minimum(np.searchsorted(amounts, asked), len(amounts) - 1)
    return np.where((amounts[place] == asked) & (owners != UNKNOWN), owners * len(amounts) + place, UNKNOWN)


def month_places(days: Days) -> tuple[Days, Days]:
    """Day of the month from 1, and days until its last day."""
    if not len(days):
        return days, days
    least = int(days.min())
    calendar = pd.DatetimeIndex(as_dates(np.arange(least, int(days.max()) + 1)))
    number = calendar.day.to_numpy(dtype=np.int64)
    left = calendar.days_in_month.to_numpy(dtype=np.int64) - number
    return number[days - least], left[days - least]
