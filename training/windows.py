"""Measures a way to train on windows of the past: trained on each cutoff, judged on what was issued after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

import pandas as pd

from o2c_ai.models.payment_timing.estimator import LearnedTiming
from o2c_ai.models.payment_timing.evaluation import (
    Predict,
    TimingScore,
    day_one,
    frozen,
    predict_at_issue,
    score_timing,
)
from o2c_ai.models.payment_timing.judges import Config
from o2c_ai.models.payment_timing.training import learn

DAYS = 61
"""Length of a window."""


@dataclass(frozen=True)
class PastWindows:
    """Windows that lie one before the other and end before a day whose later items are kept for the last judgement."""

    items: pd.DataFrame
    """As known on the evening of `as_of` (payment_timing/items.py)."""
    as_of: date
    count: int

    @property
    def cutoffs(self) -> list[date]:
        """The evening before each window, oldest first; the last window ends on `as_of`."""
        return [self.as_of - timedelta(days=DAYS * back) for back in range(self.count, 0, -1)]

    def learned(self, config: Config) -> list[TimingScore]:
        """How judges trained so on each cutoff did on its window; their chances are not calibrated."""
        return [self._score(cutoff, self._judges(cutoff, config)) for cutoff in self.cutoffs]

    def rules(self) -> list[TimingScore]:
        """How the day-one rules did on the same items."""
        return [self._score(cutoff, day_one) for cutoff in self.cutoffs]

    def _judges(self, cutoff: date, config: Config) -> Predict:
        return frozen(LearnedTiming(learn(self.items, cutoff, config)).fit(self.items, cutoff))

    def _score(self, cutoff: date, predict: Predict) -> TimingScore:
        return score_timing(predict_at_issue(self.items, cutoff, DAYS, predict), self.items, self.as_of)


def loss(scores: Sequence[TimingScore], rules: Sequence[TimingScore]) -> float:
    """Brier and pinball as shares of the rules' on the same windows, averaged: 1 is no better, smaller is."""
    shares = [
        ours / theirs
        for one, other in zip(scores, rules, strict=True)
        for ours, theirs in ((one.brier, other.brier), (one.pinball_days, other.pinball_days))
        if ours is not None and theirs
    ]
    return fmean(shares)
