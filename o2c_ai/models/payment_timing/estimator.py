"""The learned answer to "when will this be paid?": one curve an open item, from LightGBM over what is known of it.

How it is worked out, all of it from what was known on the evening of as_of:

1. For each day up to 30 days after the due date (or after as_of, whichever is later): the chance that the item, if
   still open, is paid that day. After that the day-one model's curve of the payer goes on (baseline.py).
2. The chance of being more than 0, 7 and 30 days late: the mean of what that curve says and what a judge of lateness
   says directly. The curve is then stretched to say the same.
3. A dispute slows the curve and a promise replaces it up to its day, as in the day-one model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from o2c_ai.models.payment_timing.answers import LATE_DAYS, answer_of, placed, summary_of
from o2c_ai.models.payment_timing.as_of_features import Moments, Table, measure_moments, moments_of
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming
from o2c_ai.models.payment_timing.coming_days import habits_of, measure_days
from o2c_ai.models.payment_timing.curves import YEAR, Questions, first_days, interval_of, pressures, unpaid_under
from o2c_ai.models.payment_timing.days import Days, Floats
from o2c_ai.models.payment_timing.hazard import EARLIEST, HAZARD_MAX
from o2c_ai.models.payment_timing.history import read_history, spread
from o2c_ai.models.payment_timing.items import KnownItems
from o2c_ai.models.payment_timing.judges import TimingJudge
from o2c_ai.models.payment_timing.words import reasons_in_words

DAYS_BEYOND = 30
"""Days after the due date, or after the evening of the question where that is later, that are judged one by one."""
SURE = 0.002
"""No chance of being late is nearer to 0 or 1, unless the day is past."""
STRETCH_MAX = 20.0
"""A stretch of the curve is not sped up more than so many times, nor slowed more."""


@dataclass(frozen=True)
class Learnt:
    """What training leaves: judges, the payers they tell apart, and how wide intervals must be."""

    payers: tuple[Any, ...]
    days: TimingJudge
    late: tuple[TimingJudge, ...]
    """More than 0, 7 and 30 days late."""
    tail: float = 0.1
    """Share left outside each end of the interval."""


class LearnedTiming(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no annotations
    """Distribution of the payment day of every open item; answers as `EmpiricalTiming` does, frames as in items.py.

    Parameters:
        learnt: what training left (training.py).

    Read by `fit`: `rules_` (the day-one model of that evening), `history_`.
    """

    def __init__(self, learnt: Learnt) -> None:
        self.learnt = learnt

    def fit(self, items: pd.DataFrame, as_of: date) -> Self:
        """Read the books; nothing is trained. Later evenings may be asked if the frame knows them. Raises MissingDay.

        The judges see what was known on the evening asked about; rules_ stay as they were on as_of.
        """
        self.rules_ = EmpiricalTiming().fit(items, as_of)
        self.history_ = read_history(items)
        self.payers_ = pd.Index(self.learnt.payers)
        return self

    def predict(self, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
        """One row per open item with the columns of `EmpiricalTiming.predict`. Raises NotOpen."""
        known, asked = self.rules_.questions(open_items, as_of)
        table = np.empty((len(asked.due), len(LATE_DAYS) + 4))
        for part, questions, moments in self._parts(known, open_items, asked):
            table[part] = summary_of(self._unpaid(questions, moments, YEAR), questions, self.learnt.tail)
        return answer_of(open_items, known, table, self.rules_.sentences_)

    def distribution(self, open_items: pd.DataFrame, as_of: date, horizon_days: int) -> Floats:
        """(items, horizon_days): chance of payment on each of the days as_of + 1 … as_of + horizon_days, in row order.

        A row sums to less than 1 by the chance of payment after the horizon. Raises NotOpen.
        """
        known, asked = self.rules_.questions(open_items, as_of)
        chances = np.zeros((len(asked.due), horizon_days))
        for part, questions, moments in self._parts(known, open_items, asked):
            unpaid = self._unpaid(questions, moments, max(horizon_days, YEAR))
            chances[part] = placed(unpaid, questions, horizon_days)
        return chances

    def intervals(self, open_items: pd.DataFrame, as_of: date, tails: Sequence[float]) -> Days:
        """(items, tails, 2): first and last day of the interval that leaves each share outside at each end."""
        known, asked = self.rules_.questions(open_items, as_of)
        ends = np.empty((len(asked.due), len(tails), 2), dtype=np.int64)
        for part, questions, moments in self._parts(known, open_items, asked):
            unpaid, start = self._unpaid(questions, moments, YEAR), first_days(questions)
            for place, tail in enumerate(tails):
                first, last, _ = interval_of(unpaid, tail)
                ends[part, place] = np.column_stack([start + first, start + last])
        return ends

    def explain(self, open_items: pd.DataFrame, as_of: date) -> list[tuple[str, ...]]:
        """For each item, in row order, in words: what speaks most for and against its being late. Raises NotOpen.

        Worked out for what is shown: it takes about a millisecond an item.
        """
        known, asked = self.rules_.questions(open_items, as_of)
        told: list[tuple[str, ...]] = []
        for _, _, moments in self._parts(known, open_items, asked):
            measured = measure_moments(self.history_, moments)
            told += reasons_in_words(measured, self.learnt.late[0].shares(measured))
        return told

    def having(self, learnt: Learnt) -> LearnedTiming:
        """The same books seen by other judges."""
        other = LearnedTiming(learnt)
        other.rules_, other.history_, other.payers_ = self.rules_, self.history_, pd.Index(learnt.payers)
        return other

    def _parts(
        self, known: KnownItems, items: pd.DataFrame, asked: Questions
    ) -> Iterator[tuple[slice, Questions, Moments]]:
        rows = np.arange(len(asked.due))
        moments = moments_of(known, items, self.history_, self.payers_, rows, evenings=np.full(len(rows), asked.as_of))
        for part, questions in asked.parts():
            yield part, questions, moments.at(rows[part])

    def _unpaid(self, questions: Questions, asked: Moments, days: int) -> Floats:
        """(questions, days): chance of being unpaid on the evening of each day from `first_days` on."""
        measured = measure_moments(self.history_, asked)
        judged = self._judged(asked, measured)
        pressure = pressures(self.rules_.habits_, questions, days)
        one_by_one = np.arange(judged.shape[1]) < (last_judged(asked) - first_judged(asked) + 1)[:, None]
        pressure[:, : judged.shape[1]][one_by_one] = judged[one_by_one]
        chances = np.clip(self._late(asked, measured, judged), SURE, 1 - SURE)
        stretched = stretch(pressure, late_places(asked), np.minimum.accumulate(chances, axis=1))
        return unpaid_under(stretched, self.rules_.habits_, questions)

    def _judged(self, asked: Moments, measured: Table) -> Floats:
        """(moments, days): pressure to pay on each day from `first_judged` to `last_judged`, 0 beyond."""
        first = first_judged(asked)
        rows, days = spread(first, last_judged(asked))
        hazard = self.learnt.days.scores(measure_days(asked, measured, habits_of(self.history_, asked), rows, days))
        places = days - first[rows]
        pressure = np.zeros((len(first), int(places.max(initial=0)) + 1))
        pressure[rows, places] = -np.log1p(-np.minimum(hazard, HAZARD_MAX))
        return pressure

    def _late(self, asked: Moments, measured: Table, judged: Floats) -> Floats:
        unpaid = np.exp(-np.cumsum(judged, axis=1))
        rows = np.arange(len(unpaid))
        told = []
        for place, judge in zip(late_places(asked).T, self.learnt.late, strict=True):
            by_days = unpaid[rows, np.clip(place, 0, unpaid.shape[1] - 1)]
            told.append(np.where(place < 0, 1.0, (by_days + judge.scores(measured)) / 2))
        return np.column_stack(told)


def first_judged(asked: Moments) -> Days:
    """Day on which each curve begins: the day after, or 180 days before a due date that is further off than that."""
    return np.maximum(asked.evenings + 1, asked.due + EARLIEST)


def last_judged(asked: Moments) -> Days:
    """Last day that is judged by itself."""
    return np.maximum(asked.due, asked.evenings) + DAYS_BEYOND


def late_places(asked: Moments) -> Days:
    """(moments, 3): place on the curve of the last day not more than 0, 7, 30 days late; negative where past."""
    places: Days = (asked.due - first_judged(asked))[:, None] + np.array(LATE_DAYS)
    return places


def stretch(pressure: Floats, places: Days, chances: Floats) -> Floats:
    """Speed the curve up or slow it down between days, so that the chance of being unpaid on them is as given.

    `places` and `chances` are (questions, 3), chances falling; days that are past are left out.
    """
    total = np.pad(np.cumsum(pressure, axis=1), ((0, 0), (1, 0)))
    rows, columns = np.arange(len(pressure)), np.arange(pressure.shape[1])
    before, reached = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows))
    for column in range(places.shape[1]):
        after = np.maximum(places[:, column] + 1, before)
        stretch_of = total[rows, after] - total[rows, before]
        wanted = -np.log(chances[:, column]) - reached
        speed = np.clip(wanted / np.maximum(stretch_of, 1e-9), 1 / STRETCH_MAX, STRETCH_MAX)
        within = (columns >= before[:, None]) & (columns < after[:, None])
        pressure = np.where(within, pressure * speed[:, None], pressure)
        before, reached = after, reached + speed * stretch_of
    return pressure
