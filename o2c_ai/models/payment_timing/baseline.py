"""The day-one answer to "when will this be paid?": as this customer has paid before, leaning on the book for the rest.

How it is worked out, all of it from what was known on the evening of as_of:

1. For each day before or after the due date, of the items that were unpaid that morning, the share paid that day: a
   hazard per customer (hazard.py). Open items count until as_of, then fall silent. The older its due date, the less an
   item weighs.
2. Each customer's hazard is blended with the book's: (paid + k x book) / (at risk + k), k = `strength` items.
3. Payments are moved between neighbouring days to the weekdays the customer pays on; that habit, too, is blended with
   the book's: (paid on weekday + k_w x book's factor) / (expected on weekday + k_w), k_w = `weekday_strength`
   payments.
4. The curve of an open item starts the day after as_of: it is the distribution given that the item is still open.
5. A dispute slows the curve by the ratio seen on disputed items; a promise replaces it up to the promised day.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from typing import Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from o2c_ai.models.payment_timing.answers import LATE_DAYS, answer_of, placed, summary_of
from o2c_ai.models.payment_timing.curves import Habits, Questions, interval_of, unpaid_curves
from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, Floats, day_number
from o2c_ai.models.payment_timing.hazard import (
    EARLIEST,
    GROUPS_AT_ONCE,
    LATEST,
    SCALE,
    blend,
    book_hazard,
    by_pay_weekday,
    count_days,
    weights_of,
)
from o2c_ai.models.payment_timing.items import KnownItems, known_items
from o2c_ai.models.payment_timing.reasons import customer_habits

DISPUTES_BELIEVED = 5.0
"""Payments of disputed items after which their own pace is believed half."""
PROMISES_BELIEVED = 10.0
PROMISES_KEPT_BEFORE = 0.7
"""Share of promises taken as kept until ten have come due."""
COVERAGE = 0.8
"""Share of payments meant to fall from p10 to p90."""
TAILS = tuple(hundredths / 100 for hundredths in range(10, 26))
"""Shares tried outside each end of the interval."""
ITEMS_FOR_TAIL = 1_000
"""Items, the latest issued, on which the share is chosen."""
PROMISE_GRACE_DAYS = 3
"""A promise paid this many days after its day is still kept: money takes a few days to arrive."""


class EmpiricalTiming(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no annotations
    """Distribution of the payment day of every open item, from customers' own history; frames as in items.py.

    Parameters:
        strength: items at risk on a day after which the customer's own hazard is believed half.
        weekday_strength: payments expected on a weekday after which the customer's own weekday habit is believed half.
        half_life_days: age of a due date at which an item counts half.

    Learnt: `customers_` (index), `habits_`, `sentences_` (customer → reason), `paid_items_` (how many payments were
    seen).
    """

    def __init__(self, strength: float = 1.0, weekday_strength: float = 5.0, half_life_days: float = 365.0) -> None:
        self.strength = strength
        self.weekday_strength = weekday_strength
        self.half_life_days = half_life_days

    def fit(self, items: pd.DataFrame, as_of: date) -> Self:
        """Learn habits from every item known on the evening of as_of; an empty book is allowed. Raises MissingDay."""
        known = known_items(items, day_number(as_of))
        groups, customers = pd.factorize(known.customers)
        self.customers_ = pd.Index(customers)
        hazard, weekdays = self._hazards(known, groups.astype(np.int64), len(customers))
        self.habits_ = Habits(
            pressure=-np.log1p(-hazard),
            weekdays=weekdays,
            dispute_factor=_dispute_factor(known, groups.astype(np.int64), hazard),
            promise_kept=_promise_kept(known),
        )
        self.tail_ = _tail_share(self.habits_, known, groups.astype(np.int64))
        self.sentences_: dict[Hashable, str] = customer_habits(known)
        self.paid_items_ = int(known.paid.sum())
        return self

    def predict(self, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
        """One row per open item, in the frame's order and with its index, given that it is open on that evening.

        Columns: item_id, customer_id; p_late, p_late_7, p_late_30 (chance of payment more than 0, 7, 30 days after the
        due date; 1 where that day is past); p10, p50, p90 (payment dates, ascending, after as_of, at most as_of +
        365); expected_days_late (signed, payment later than a year counted as a year); reasons (tuple of sentences).

        p50 is the first day by which half is paid; p10 and p90 are the ends of an interval meant to cover 80 %: whole
        days that leave nearest to `tail_` outside at each end.
        """
        known, asked = self.questions(open_items, as_of)
        distinct, place = asked.distinct()
        table = np.empty((len(distinct.due), len(LATE_DAYS) + 4))
        for part, questions in distinct.parts():
            table[part] = summary_of(unpaid_curves(self.habits_, questions), questions, self.tail_)
        return answer_of(open_items, known, table[place], self.sentences_)

    def distribution(self, open_items: pd.DataFrame, as_of: date, horizon_days: int) -> Floats:
        """(items, horizon_days): chance of payment on each of the days as_of + 1 … as_of + horizon_days, in row order.

        A row sums to less than 1 by the chance of payment after the horizon.
        """
        _, asked = self.questions(open_items, as_of)
        distinct, place = asked.distinct()
        chances = np.zeros((len(distinct.due), horizon_days))
        for part, questions in distinct.parts():
            chances[part] = placed(unpaid_curves(self.habits_, questions, horizon_days), questions, horizon_days)
        return chances[place]

    def _hazards(self, known: KnownItems, groups: Days, n_customers: int) -> tuple[Floats, Floats]:
        """Hazards (customers + 1, 546) and weekday factors (customers + 1, 7); the last row is the book's."""
        weights = weights_of(known, self.half_life_days)
        book = book_hazard(known, weights)
        hazard = np.empty((n_customers + 1, len(SCALE)))
        hazard[-1] = book
        paid, expected = np.zeros((n_customers, 7)), np.zeros((n_customers, 7))
        for start in range(0, n_customers, GROUPS_AT_ONCE):
            stop = min(start + GROUPS_AT_ONCE, n_customers)
            chosen = (groups >= start) & (groups < stop)
            at_risk, events = count_days(known, weights, groups[chosen] - start, chosen, stop - start)
            own = blend(at_risk.sum(axis=1), events.sum(axis=1), book, self.strength)
            hazard[start:stop] = own
            paid[start:stop] = by_pay_weekday(events)
            expected[start:stop] = by_pay_weekday(at_risk * own[:, None, :])
        common = (paid.sum(axis=0) + 1) / (expected.sum(axis=0) + 1)
        factors = (paid + self.weekday_strength * common) / (expected + self.weekday_strength)
        return hazard, np.vstack([factors, common])

    def questions(self, open_items: pd.DataFrame, as_of: date) -> tuple[KnownItems, Questions]:
        """Open items as known that evening, and what is asked of each, in row order. Raises NotOpen, MissingDay."""
        known = known_items(open_items, day_number(as_of))
        if not known.is_open.all() or len(known.due) != len(open_items):
            raise NotOpen(len(open_items) - int(known.is_open.sum()), as_of)
        found = self.customers_.get_indexer(pd.Index(known.customers))
        promised = np.where(known.promised_date > known.as_of, known.promised_date, NEVER)
        rows = np.where(found < 0, len(self.customers_), found).astype(np.int64)
        return known, Questions(known.as_of, rows, known.due, known.in_dispute, promised)


class NotOpen(ValueError):
    """Items were to be scored that were not open on the evening of as_of."""

    def __init__(self, items: int, as_of: date) -> None:
        """Name how many and the day."""
        self.items, self.as_of = items, as_of
        super().__init__(f"{items} items are not open on {as_of}: they were issued later, paid or withdrawn")


def _tail_share(habits: Habits, known: KnownItems, groups: Days) -> float:
    """What to leave outside each end of the interval so that it covers 80 % of the items issued last.

    Where a payer pays on few days an interval of whole days covers more than it means to. The level is found on the
    model's own curves, so it needs no outcomes; issue days are moved by whole weeks to stand in the week before as_of.
    """
    last: Days = np.argsort(known.issued, kind="stable")[-ITEMS_FOR_TAIL:]
    if not len(last):
        return TAILS[0]
    shift = (known.as_of - known.issued[last]) // WEEK * WEEK
    never = np.full(len(last), NEVER)
    asked = Questions(known.as_of, groups[last], known.due[last] + shift, np.zeros(len(last), dtype=np.bool_), never)
    distinct, place = asked.distinct()
    unpaid = unpaid_curves(habits, distinct)[place]
    gaps = [abs(float(interval_of(unpaid, tail)[2].mean()) - COVERAGE) for tail in TAILS]
    return TAILS[int(np.argmin(gaps))]


def _dispute_factor(known: KnownItems, groups: Days, hazard: Floats) -> float:
    """Payments after a dispute was raised by payments expected without one: (paid + k) / (expected + k), at most 1."""
    disputed = np.flatnonzero(known.last_seen > known.disputed_on)
    if not len(disputed):
        return 1.0
    customers, row = np.unique(groups[disputed], return_inverse=True)
    running = np.cumsum(hazard[customers], axis=1)
    place = [
        np.clip(day[disputed] - known.due[disputed], EARLIEST, LATEST) - EARLIEST
        for day in (known.last_seen, known.disputed_on)
    ]
    expected = float((running[row, place[0]] - running[row, place[1]]).sum())
    paid = float(known.paid[disputed].sum())
    return min(1.0, (paid + DISPUTES_BELIEVED) / (expected + DISPUTES_BELIEVED))


def _promise_kept(known: KnownItems) -> float:
    """Share of promises kept among those that have come due, leaning on 70 % while there are few."""
    said = known.promises
    last = said.until + PROMISE_GRACE_DAYS
    rows, last = said.rows[last <= known.as_of], last[last <= known.as_of]
    kept = known.paid[rows] & (known.last_seen[rows] <= last)
    return float((kept.sum() + PROMISES_BELIEVED * PROMISES_KEPT_BEFORE) / (len(rows) + PROMISES_BELIEVED))


def open_on(items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The rows of a frame of items that were open on the evening of as_of."""
    known = known_items(items, day_number(as_of))
    return items.iloc[known.rows[known.is_open]]
