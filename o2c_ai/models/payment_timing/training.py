"""Trains the judges of payment days on a company's own history, and measures them on later items."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.answers import LATE_DAYS
from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, Moments, Table, measure_moments, moments_of
from o2c_ai.models.payment_timing.baseline import COVERAGE, TAILS
from o2c_ai.models.payment_timing.coming_days import COLUMNS, habits_of, measure_days
from o2c_ai.models.payment_timing.days import NEVER, Days, Floats, date_of, day_number
from o2c_ai.models.payment_timing.estimator import LearnedTiming, Learnt, first_judged, last_judged
from o2c_ai.models.payment_timing.evaluation import (
    Predict,
    TimingScore,
    day_one,
    frozen,
    predict_at_issue,
    score_timing,
)
from o2c_ai.models.payment_timing.history import read_history, spread
from o2c_ai.models.payment_timing.items import KnownItems, known_items
from o2c_ai.models.payment_timing.judges import Config, TimingJudge
from o2c_ai.models.payment_timing.plain_rules import pays_as_usual, pays_on_due_date

PAID_MIN = 800
"""Fewer paid items teach less than the rules know already."""
JUDGED_MIN = 200
"""Fewer newer items that fell due can neither set intervals nor prove the model better than the rules."""
ANSWERS_MIN = 100
"""Fewer answers teach nothing about being so late."""
NEWER_DAYS = (61, 91, 122)
"""Newest days kept for measuring: the first of these in which enough fell due."""
LEARNED, DAY_ONE = "learned model", "day-one model"
RULES: dict[str, Predict] = {
    "pays on the due date": pays_on_due_date,
    "customer's own rate and median": pays_as_usual,
    DAY_ONE: day_one,
}
"""What a learned model is measured beside."""
PAYER_ITEMS_MIN = 10
"""Payers with fewer items are not told apart by name, only by what is measured of them."""
LANDMARK_DAYS = 14
"""Items still open are asked about again every so many days."""
SILENT_KEPT = 0.34
"""Share of the days without a payment that is learnt from, at its reciprocal's weight: most days are alike."""
USUAL = Config()
"""As `o2c train` trains."""


class TooLittleHistory(ValueError):
    """There is too little history to learn from; the rules go on serving."""

    def __init__(self, items: int, needed: int, what: str) -> None:
        """Say how many items there are and how many are needed."""
        self.items, self.needed, self.what = items, needed, what
        super().__init__(f"{items:,} {what}, {needed:,} are needed")


@dataclass(frozen=True, slots=True)
class Trained:
    """Judges with all that serving needs, and how they did on later items than they had learnt from."""

    learnt: Learnt
    learnt_from: int
    """Paid items."""
    window: tuple[date, date]
    """The items measured were issued and fell due after the first day, up to the second."""
    measured: dict[str, TimingScore]
    """By name: the learned model and the rules beside it, all on the same items."""
    config: Config = USUAL

    @property
    def beats_rules(self) -> bool:
        """Whether it may take the day-one model's place: nearer chances and nearer dates."""
        ours, theirs = self.measured[LEARNED], self.measured[DAY_ONE]
        pairs = ((ours.brier, theirs.brier), (ours.pinball_days, theirs.pinball_days))
        return all(one is not None and other is not None and one < other for one, other in pairs)


def train(
    items: pd.DataFrame, as_of: date, *, config: Config = USUAL, progress: Callable[[str], object] = str
) -> Trained:
    """Learn from older history, fit intervals to what came next, measure on the newest; then learn from all.

    Chances stay as they were learnt: isotonic regression on the middle items made them worse on later ones (Brier
    .1434 for .1411 and .1445 for .1379 in both seasons tried), since what it mends is last season's drift.

    Raises TooLittleHistory, MissingDay.
    """
    known = known_items(items, day_number(as_of))
    paid = int(known.paid.sum())
    if paid < PAID_MIN:
        raise TooLittleHistory(paid, PAID_MIN, "paid items")
    middle, newest, split = _later(items, known)
    progress("learning from older history")
    early = LearnedTiming(learn(items, split, config)).fit(items, split)
    progress("fitting intervals to what came next")
    tail = _tail(early, middle, split, as_of)
    early = early.having(replace(early.learnt, tail=tail))
    progress("measuring on the newest items, beside the rules")
    measured = measure(items, newest, split, as_of, {**RULES, LEARNED: frozen(early)})
    progress("learning from all of history")
    return Trained(replace(learn(items, as_of, config), tail=tail), paid, (split, as_of), measured, config)


def _later(items: pd.DataFrame, known: KnownItems) -> tuple[pd.DataFrame, pd.DataFrame, date]:
    """Items issued in the newer half of history that fell due by now, those due first apart; and the day before them.

    Raises TooLittleHistory.
    """
    first = int(known.last_seen[known.paid].min())
    told = (known.due <= known.as_of) & (known.last_seen > known.issued)
    splits = [known.as_of - min((known.as_of - first) // 2, days) for days in NEWER_DAYS]
    split = next((day for day in splits if (told & (known.issued > day)).sum() >= JUDGED_MIN), splits[-1])
    rows = np.flatnonzero(told & (known.issued > split))
    if len(rows) < JUDGED_MIN:
        raise TooLittleHistory(len(rows), JUDGED_MIN, "newer items that fell due")
    middle = known.due[rows] <= int(np.median(known.due[rows]))
    return items.iloc[known.rows[rows[middle]]], items.iloc[known.rows[rows[~middle]]], date_of(split)


def _tail(model: LearnedTiming, middle: pd.DataFrame, split: date, as_of: date) -> float:
    """The share to leave outside each end of the interval for which it covered nearest to 80 %."""

    def intervals(_: pd.DataFrame, still_open: pd.DataFrame, day: date) -> pd.DataFrame:
        ends = model.intervals(still_open, day, TAILS).reshape(len(still_open), -1)
        return pd.DataFrame(ends).assign(item_id=still_open["item_id"].to_numpy())

    told = predict_at_issue(middle, split, (as_of - split).days, intervals)
    known = known_items(middle.set_index("item_id").loc[told["item_id"]].reset_index(), day_number(as_of))
    ends = told[list(range(2 * len(TAILS)))].to_numpy(dtype=np.int64)[known.paid].reshape(-1, len(TAILS), 2)
    paid = known.last_seen[known.paid][:, None]
    covered = ((ends[:, :, 0] <= paid) & (paid <= ends[:, :, 1])).mean(axis=0)
    return TAILS[int(np.argmin(np.abs(covered - COVERAGE)))]


def measure(
    items: pd.DataFrame, newest: pd.DataFrame, split: date, as_of: date, ways: Mapping[str, Predict]
) -> dict[str, TimingScore]:
    """Each way to foresee, on the issue day of the same items; rules learn anew every evening."""
    told = foresee(items, newest, split, as_of, ways)
    return {name: score_timing(one, newest, as_of) for name, one in told.items()}


def foresee(
    items: pd.DataFrame, newest: pd.DataFrame, split: date, as_of: date, ways: Mapping[str, Predict]
) -> dict[str, pd.DataFrame]:
    """What each way foresees on the issue day of the same items, as `measure` measures it."""
    days = (as_of - split).days
    return {
        name: predict_at_issue(newest, split, days, partial(_with_all, items, predict))
        for name, predict in ways.items()
    }


def _with_all(
    items: pd.DataFrame, predict: Predict, _: pd.DataFrame, still_open: pd.DataFrame, day: date
) -> pd.DataFrame:
    return predict(items, still_open, day)


def learn(items: pd.DataFrame, as_of: date, config: Config = USUAL) -> Learnt:
    """Learn from what was known on the evening of a day; nothing is calibrated. Raises TooLittleHistory, MissingDay."""
    today = day_number(as_of)
    known, history = known_items(items, today), read_history(items)
    payers = _payers(known)
    rows, evenings = _questions(known)
    asked = moments_of(known, items, history, payers, rows, evenings=evenings)
    measured = _seen(measure_moments(history, asked), MOMENT_COLUMNS, config)
    place, days, weights, paid = _coming_days(known, rows, asked, config.seed)
    table = _seen(measure_days(asked, measured, habits_of(history, asked), place, days), COLUMNS, config)
    judges = tuple(_lateness(known, rows, asked, measured, late, config=config) for late in LATE_DAYS)
    by_day = TimingJudge.of_days(table, paid, weights, items=int(known.paid.sum()), config=config)
    return Learnt(tuple(payers.tolist()), by_day, judges)


def _seen(table: Table, columns: Sequence[str], config: Config) -> Table:
    """The measurements without those left out; a column that is empty everywhere is never asked about."""
    if not config.left_out:
        return table
    return np.where(np.isin(columns, config.left_out), np.float32(np.nan), table)


def _payers(known: KnownItems) -> pd.Index[Any]:
    counts = known.customers.value_counts()
    payers: pd.Index[Any] = pd.Index(sorted(counts.index[counts >= PAYER_ITEMS_MIN].tolist()))
    return payers


def _questions(known: KnownItems) -> tuple[Days, Days]:
    """Rows and evenings: every item on the day it became known, and every second week for as long as it was open."""
    last = known.last_seen - 1
    rows, days = spread(known.known_on, last)
    asked = (days == known.known_on[rows]) | (days % LANDMARK_DAYS == 0)
    near = days <= known.due[rows] + 4 * LANDMARK_DAYS
    rows, days = rows[asked & near], days[asked & near]
    then = known.states.open_on(known.rows[rows], days)
    return rows[then], days[then]


def _coming_days(known: KnownItems, rows: Days, asked: Moments, seed: int) -> tuple[Days, Days, Floats, Floats]:
    """Places among the moments, days, weights, and whether the item was paid on the day.

    Days from a dispute on are left out: how it slows payment is counted apart.
    """
    ended = np.minimum(known.last_seen, np.where(known.disputed_on == NEVER, NEVER, known.disputed_on - 1))[rows]
    place, days = spread(first_judged(asked), np.minimum(last_judged(asked), ended))
    paid = known.paid[rows][place] & (days == known.last_seen[rows][place])
    kept = paid | (np.random.default_rng(seed).random(len(days)) < SILENT_KEPT)
    weights = np.where(paid, 1.0, 1 / SILENT_KEPT)
    return place[kept], days[kept], weights[kept], paid[kept].astype(np.float64)


def _lateness(
    known: KnownItems, rows: Days, asked: Moments, measured: Table, late: int, *, config: Config
) -> TimingJudge:
    """Learn from moments before that day whose answer was known to all by the evening. Raises TooLittleHistory."""
    answered, truth = known.told_late(late)
    told = answered[rows] & (asked.evenings < asked.due + late)
    if told.sum() < ANSWERS_MIN:
        raise TooLittleHistory(int(told.sum()), ANSWERS_MIN, f"answers to whether an item is {late} days late")
    paid = int(known.paid.sum())
    return TimingJudge.of_lateness(measured[told], truth[rows][told].astype(np.float64), items=paid, config=config)
