"""What was known of every payer on the evening of any day: how they had paid, what they owed, what they had promised.

Everything is a count or a sum of whole numbers over dated events, read up to a day. So an answer about a day is the
same, to the last bit, whether the books end on that day or go on for years: what came later is never added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, weekday_of
from o2c_ai.models.payment_timing.events import BOOK, Dated, distinct, keys_of, owner_and_day
from o2c_ai.models.payment_timing.pay_places import Paid, PayPlaces, places_of
from o2c_ai.models.payment_timing.states import Spoken, States, disputes_of, promises_of, states_of

UNKNOWN = -1
"""A payer without any event."""
THRESHOLDS = (0, 7, 30)
TERMS_MAX = 512
AGE_MAX = 365
"""Days since issue beyond which one payment does not weigh more in a mean."""
_EXTREME_LATE = 180
"""Days late beyond which one payment does not weigh more in a mean."""


@dataclass(frozen=True, slots=True)
class Kin:
    """How items of a kind turned out."""

    paid: Dated
    """A payment each, worth its days late."""
    late: Dated
    """An item each on the day it was known to be late."""
    in_time: Dated


@dataclass(frozen=True)
class History:
    """The dated events of a book; owners are BOOK and the payers."""

    payers: pd.Index[Any]
    payments: Dated
    """A payment each, worth its days late."""
    late: tuple[Dated, ...]
    """For each threshold: an item each, on the day it was known to be later than that."""
    in_time: tuple[Dated, ...]
    """For each threshold: an item each, on the day it was paid no later than that."""
    issued: Dated
    """An item each; payers only, as in what follows up to `settled`."""
    standing: Dated
    """Worth 1 where an item came to be open, issued or opened again, and -1 where it was not any more."""
    billed: Dated
    """An item each, worth its amount; by payer and currency (`purses_of`)."""
    owed: Dated
    """As `standing`, worth the amount; by payer and currency."""
    fallen_due: Dated
    """An item each, from the first evening it was overdue, worth its due date."""
    settled: Dated
    """Overdue items that were not open any more, or not for that day."""
    ages: Dated
    """A payment each, worth the days since its issue; payers only."""
    alike: Kin
    """By owner and terms (`alike`)."""
    due_weekday: Kin
    """By owner x 7 + weekday of the due date."""
    same_amount: Kin
    """By payer, currency and amount (`amount_owner`)."""
    amounts: pd.Index[Any]
    """Every amount there was."""
    currencies: pd.Index[Any]
    """Every currency there was."""
    pay_days: Dated
    """A day each on which the payer paid anything; payers only."""
    paid: Paid
    """Every item, and when it was paid."""
    disputed: Dated
    """A dispute each."""
    promised: Dated
    """A promise each."""
    broken: Dated
    """Promises on the day they were known to be broken."""

    @cached_property
    def places(self) -> PayPlaces:
        """The payments by what kind of day they came on; counted for who asks about coming days."""
        return places_of(self.paid, self.pay_days)

    def owners_of(self, payers: pd.Series[Any]) -> Days:
        """Owner of each payer's events; UNKNOWN for one without."""
        found = self.payers.get_indexer(pd.Index(payers)).astype(np.int64)
        return np.where(found < 0, UNKNOWN, found + 1)

    def purses_of(self, owners: Days, currencies: pd.Series[Any]) -> Days:
        """Owner of what each payer has in a currency; UNKNOWN for a payer or currency without an event."""
        return _purses(owners, self.currencies.get_indexer(pd.Index(currencies)).astype(np.int64), self.currencies)


def read_history(items: pd.DataFrame) -> History:
    """Read a frame of items (items.py) with all it knows; questions say as of which day. Raises MissingDay.

    What came is never taken away: a payment that bounced stays a payment of its day, and its item is open again from
    the day it bounced. Likewise an item whose due date was amended is from then on an open item due on the new day.
    """
    codes, payers = pd.factorize(items["customer_id"])
    all_states, payer_of = states_of(items), codes.astype(np.int64) + 1
    opened = all_states.at(_stood_open(all_states))
    # Payer by payer and day by day every kind of event is nearly in order, and sorted ten times as fast.
    order = np.lexsort((opened.issued, payer_of[opened.rows]))
    states, opens = opened.at(order), opened.opens[order]
    owners, left, due, since = payer_of[states.rows], states.left, states.due, states.since
    amounts = items["amount_minor"].to_numpy(dtype=np.int64)[states.rows]
    kinds_of_amount, currencies = pd.Index(pd.unique(amounts)), pd.Index(pd.unique(items["currency"]))
    money = currencies.get_indexer(pd.Index(items["currency"])).astype(np.int64)[states.rows]
    purses = _purses(owners, money, currencies)
    paid = (states.cleared <= states.withdrawn) & (states.cleared < states.until)
    paid_on, late = np.where(paid, states.cleared, NEVER), left - due
    capped = np.where(paid, np.clip(late, -_EXTREME_LATE, _EXTREME_LATE), 0)
    issued_on = np.where(opens, since, NEVER)
    overdue_on = np.maximum(due + 1, since)
    overdue = left > overdue_on
    late_on, in_time_on = _known_late(states, 0), np.where(late <= 0, paid_on, NEVER)
    disputes, promises = disputes_of(items), promises_of(items)

    def kin(keys: Days) -> Kin:
        return Kin(Dated(keys, paid_on, capped), Dated(keys, late_on), Dated(keys, in_time_on))

    age = np.where(paid, left, due) - states.issued
    return History(
        payers=pd.Index(payers),
        payments=_both(owners, paid_on, capped, ranked=True),
        late=tuple(_both(owners, _known_late(states, days)) for days in THRESHOLDS),
        in_time=tuple(_both(owners, np.where(late <= days, paid_on, NEVER)) for days in THRESHOLDS),
        issued=Dated(owners, issued_on),
        standing=_changes(owners, since, left, np.ones_like(owners)),
        billed=Dated(purses, issued_on, amounts),
        owed=_changes(purses, since, left, amounts),
        fallen_due=Dated(owners, np.where(overdue, overdue_on, NEVER), due),
        settled=Dated(owners, np.where(overdue, left, NEVER), due),
        ages=Dated(owners, paid_on, np.clip(age, -AGE_MAX, AGE_MAX), ranked=True),
        alike=kin(alike(owners, due - states.issued)),
        due_weekday=kin(owners * WEEK + weekday_of(due)),
        same_amount=kin(amount_owner(kinds_of_amount, purses, amounts)),
        amounts=kinds_of_amount,
        currencies=currencies,
        pay_days=Dated(*_days_paid_on(owners, paid_on)),
        paid=Paid(owners, paid_on, states.issued, due),
        disputed=Dated(payer_of[disputes.rows], disputes.on),
        promised=Dated(payer_of[promises.rows], promises.on),
        broken=Dated(payer_of[promises.rows], _known_broken(all_states, promises)),
    )


def _stood_open(states: States) -> Days:
    """Places of states in which an item came to be open, or would have but for what closed it the same day."""
    return np.flatnonzero((states.opens == 1) | (states.left >= states.since))


def _known_broken(states: States, promises: Spoken) -> Days:
    """Day after the evening on which a promise had come due and the item was still open; NEVER where it was not."""
    there = promises.until < NEVER
    evening = np.where(there, np.maximum(promises.until, promises.on), 0)
    return np.where(there & states.open_on(promises.rows, evening), evening + 1, NEVER)


def _changes(owners: Days, since: Days, left: Days, values: Days) -> Dated:
    """What came to an owner and what left it."""
    return Dated(np.tile(owners, 2), np.concatenate([since, left]), np.concatenate([values, -values]))


def _purses(owners: Days, currencies: Days, known: pd.Index[Any]) -> Days:
    return np.where((owners == UNKNOWN) | (currencies < 0), UNKNOWN, owners * len(known) + currencies)


def alike(owners: Days, terms: Days) -> Days:
    """Owner of the items of a payer that have the same terms, in days from issue to due."""
    return owners * TERMS_MAX + np.clip(terms, 0, TERMS_MAX - 1)


def _both(owners: Days, days: Days, values: Days | None = None, *, ranked: bool = False) -> Dated:
    """Every event twice: its payer's and the book's."""
    twice = None if values is None else np.tile(values, 2)
    return Dated(np.concatenate([owners, np.full_like(owners, BOOK)]), np.tile(days, 2), twice, ranked=ranked)


def _days_paid_on(owners: Days, paid_on: Days) -> tuple[Days, Days]:
    """Owner and day, once for every day on which a payer paid."""
    return owner_and_day(distinct(keys_of(owners, paid_on)[paid_on < NEVER]))


def _known_late(states: States, days: int) -> Days:
    """Day on whose evening an item was still open so many days after its due date; NEVER where it was not."""
    evening = np.maximum(states.due + days, states.since)
    return np.where(states.left > evening, evening, NEVER)


def spread(first: Days, last: Days) -> tuple[Days, Days]:
    """Every day from first to last of each row: the row and the day; nothing where last is before first."""
    lengths = np.maximum(last - first + 1, 0)
    rows = np.repeat(np.arange(len(first)), lengths)
    begins = np.cumsum(lengths) - lengths
    return rows, first[rows] + np.arange(len(rows)) - begins[rows]


def amount_owner(amounts: pd.Index[Any], owners: Days, asked: Days) -> Days:
    """Owner of items of the same amount; UNKNOWN where nobody ever had that amount. `owners` are purses."""
    place = amounts.get_indexer(pd.Index(asked)).astype(np.int64)
    return np.where((place >= 0) & (owners != UNKNOWN), owners * len(amounts) + place, UNKNOWN)
