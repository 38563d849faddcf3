"""What was known of every payer on the evening of any day: how they had paid, what they owed, what they had promised.

Everything is a count or a sum of whole numbers over dated events, read up to a day. So an answer about a day is the
same, to the last bit, whether the books end on that day or go on for years: what came later is never added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, weekday_of
from o2c_ai.models.payment_timing.items import KnownItems, known_items

BOOK = 0
"""Owner of everybody's events; the payers follow, numbered from 1."""
UNKNOWN = -1
"""A payer without any event."""
FIRST_LATE, LAST_LATE = -8, 15
"""Days late that are counted one by one; earlier and later ones are counted with the outermost."""
PLACES = LAST_LATE - FIRST_LATE + 1
WATCHED_FROM, WATCHED_UNTIL = -21, 30
"""Days late between which it is counted who could have paid and who did."""
THRESHOLDS = (0, 7, 30)
TERMS_MAX = 512
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
    alike_paid: Dated
    """A payment each, worth its days late; by owner and terms (`alike`)."""
    alike_late: Dated
    """An item each on the day it was known to be late; by owner and terms."""
    alike_in_time: Dated
    due_late: Dated
    """The same by owner x 7 + weekday of the due date."""
    due_in_time: Dated
    weekdays: Dated
    """A payment each; owner x 7 + weekday."""
    at_risk: Dated
    """An item-day each, on which it could have been paid; owner x PLACES + place of its days late."""
    paid: Dated
    """A payment each, by owner and place as well."""
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
    risk_owner, risk_day = _days_at_risk(known, owners, ended)
    counted = known.paid & (late >= WATCHED_FROM) & (late <= WATCHED_UNTIL) & (ended > known.issued)
    late_on, in_time_on = _known_late(known, ended, 0), np.where(late <= 0, paid_on, NEVER)
    terms, due_weekday = alike(owners, known.due - known.issued), owners * WEEK + weekday_of(known.due)
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
        alike_paid=Dated(terms, paid_on, capped),
        alike_late=Dated(terms, late_on),
        alike_in_time=Dated(terms, in_time_on),
        due_late=Dated(due_weekday, late_on),
        due_in_time=Dated(due_weekday, in_time_on),
        weekdays=_both(owners, paid_on, width=WEEK, place=weekday_of(known.last_seen)),
        at_risk=_placed(risk_owner, risk_day),
        paid=_both(owners, np.where(counted, paid_on, NEVER), width=PLACES, place=place_of(late)),
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


def _placed(owners: Days, days: Days) -> Dated:
    book = owners % PLACES + BOOK * PLACES
    return Dated(np.concatenate([owners, book]), np.tile(days, 2))


def _known_late(known: KnownItems, ended: Days, days: int) -> Days:
    """Day on whose evening an item was still open so many days after its due date; NEVER where it was not."""
    evening = np.maximum(known.due + days, known.issued)
    return np.where(ended > evening, evening, NEVER)


def _days_at_risk(known: KnownItems, owners: Days, ended: Days) -> tuple[Days, Days]:
    """Owner x PLACES + place, and day, for every day on which an item could have been paid."""
    first = np.maximum(known.issued + 1, known.due + WATCHED_FROM)
    last = np.minimum(ended, known.due + WATCHED_UNTIL)
    row, days = spread(first, last)
    return owners[row] * PLACES + place_of(days - known.due[row]), days


def spread(first: Days, last: Days) -> tuple[Days, Days]:
    """Every day from first to last of each row: the row and the day; nothing where last is before first."""
    lengths = np.maximum(last - first + 1, 0)
    rows = np.repeat(np.arange(len(first)), lengths)
    begins = np.cumsum(lengths) - lengths
    return rows, first[rows] + np.arange(len(rows)) - begins[rows]


def place_of(days_late: Days) -> Days:
    """Place of a number of days late among those counted."""
    return np.clip(days_late, FIRST_LATE, LAST_LATE) - FIRST_LATE
