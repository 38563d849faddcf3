"""The learned judge of proposals: how probable it is that a way to book a line is what people would book."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from o2c_ai.models.remittance_matching.features import COLUMNS, Frame

if TYPE_CHECKING:
    from collections.abc import Mapping

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
