"""The learned judge of proposals: how probable it is that a way to book a line is what people would book."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from o2c_ai.models.remittance_matching.features import COLUMNS, Frame

if TYPE_CHECKING:
    from collections.abc import Mapping

PPM = 1_000_000
ROUNDS = 400
PARAMETERS: dict[str, object] = {
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.04,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
"""Small trees, slow steps: a company's history is some ten thousand lines. One thread: same data, same bytes."""


Step = tuple[float, int, int]
"""Lowest score, right, seen."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What scores were worth on later lines than those learnt from."""

    steps: tuple[Step, ...] = ()
    """Ascending; neighbours are pooled until the share of right ones rises with the score."""

    def ppm(self, score: float) -> int:
        """The share of right ones among lines of about this score, after Jeffreys, in millionths."""
        place = bisect_right(self.steps, (score, PPM, PPM)) - 1
        if place >= 0:
            return _jeffreys(self.steps[place])
        # No line's best way scored so low: such a score is taken at its word, and for no more than the lowest step.
        return min(round(score * PPM), _jeffreys(self.steps[0]) if self.steps else PPM)

    def threshold_for(self, precision_ppm: int) -> int:
        """The lowest probability from which up all lines were right as often as asked; beyond certainty where none.

        One more wrong line than was seen is supposed, so that a short history promises less.
        """
        threshold, wrong, seen = PPM + 1, 1, 1
        for step in reversed(self.steps):
            wrong += step[2] - step[1]
            seen += step[2]
            if wrong * PPM > (PPM - precision_ppm) * seen:
                break
            threshold = _jeffreys(step)
        return threshold


def calibrate(judged: Sequence[tuple[float, bool]]) -> Calibration:
    """The calibration of the best ways of lines, each with its score and whether it was right."""
    steps: list[Step] = []
    for score, right in sorted(judged, key=lambda pair: (pair[0], not pair[1])):
        step = (score, int(right), 1)
        while steps and steps[-1][1] * step[2] >= step[1] * steps[-1][2]:
            lower = steps.pop()
            step = (lower[0], lower[1] + step[1], lower[2] + step[2])
        steps.append(step)
    return Calibration(tuple(steps))


def _jeffreys(step: Step) -> int:
    _, right, seen = step
    return (2 * right + 1) * PPM // (2 * seen + 2)


class ProposalJudge:
    """LightGBM over COLUMNS, kept as its text: safe to read from a file, the same bytes for the same history."""

    def __init__(self, text: str) -> None:
        """Take a model as `fit` wrote it."""
        import lightgbm

        self.text = text
        self._booster = lightgbm.Booster(model_str=text)

    @classmethod
    def fit(cls, frame: Frame, right: Sequence[bool], *, seed: int = 0) -> ProposalJudge:
        """Learn from ways to book past lines, a row of COLUMNS each, and whether people booked that."""
        import lightgbm

        data = lightgbm.Dataset(frame, np.asarray(right, dtype=np.float64), feature_name=list(COLUMNS))
        booster = lightgbm.train({**PARAMETERS, "seed": seed}, data, num_boost_round=ROUNDS)
        return cls(booster.model_to_string())

    def scores(self, frame: Frame) -> list[float]:
        """The probability of each row, before calibration."""
        told: Any = self._booster.predict(frame, num_threads=1)
        return [float(score) for score in told]

    def gains(self) -> Mapping[str, float]:
        """How much each column helped, the most helpful first."""
        gains = zip(COLUMNS, self._booster.feature_importance("gain"), strict=True)
        return dict(sorted(((name, float(gain)) for name, gain in gains), key=lambda pair: -pair[1]))
