"""The learned judges: how probable a way to book a line is, and how probable an open item is to be in a payment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from o2c_ai.models.remittance_matching import features, membership
from o2c_ai.models.remittance_matching.chances import Chances
from o2c_ai.models.remittance_matching.features import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from o2c_ai.models.remittance_matching.desk import Case, Desk

PARAMETERS: dict[str, object] = {
    "objective": "binary",
    "num_leaves": 31,
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
"""Small trees: a company's history is some ten thousand lines. One thread: same data, same bytes."""


Frame = npt.NDArray[np.float64]
Rows = Sequence[Row] | Frame
"""Measurements of several ways or items, a row each."""

LEAST = 1e-6
"""No judge is surer than this."""


class Judge:
    """LightGBM over fixed columns, kept as its text: safe to read from a file, the same bytes for the same history."""

    columns: ClassVar[tuple[str, ...]]
    rounds: ClassVar[int]
    rate: ClassVar[float]

    def __init__(self, text: str) -> None:
        """Take a model as `fit` wrote it."""
        import lightgbm

        self.text = text
        self._booster = lightgbm.Booster(model_str=text)

    @classmethod
    def fit(cls, rows: Rows, right: Sequence[bool], *, seed: int = 0) -> Self:
        """Learn from a row of the columns each, and whether it was right."""
        import lightgbm

        data = lightgbm.Dataset(_frame(rows), np.asarray(right, dtype=np.float64), feature_name=list(cls.columns))
        parameters = {**PARAMETERS, "learning_rate": cls.rate, "seed": seed}
        return cls(lightgbm.train(parameters, data, num_boost_round=cls.rounds).model_to_string())

    def scores(self, rows: Rows) -> list[float]:
        """The probability of each row, before calibration."""
        (told,) = self.scores_of([rows])
        return told

    def scores_of(self, parts: Sequence[Rows]) -> list[list[float]]:
        """The same for several parts; asked at once they cost little more than one."""
        frames = [_frame(rows) for rows in parts if len(rows)]
        told: Any = self._booster.predict(np.concatenate(frames), num_threads=1) if frames else np.empty(0)
        scores = iter(told.tolist())
        return [list(islice(scores, len(rows))) for rows in parts]

    def gains(self) -> Mapping[str, float]:
        """How much each column helped, the most helpful first."""
        gains = zip(self.columns, self._booster.feature_importance("gain"), strict=True)
        return dict(sorted(((name, float(gain)) for name, gain in gains), key=lambda pair: -pair[1]))


class ProposalJudge(Judge):
    """How probable it is that a way to book a line is what people would book."""

    columns = features.COLUMNS
    rounds = 400
    rate = 0.04


def _frame(rows: Rows) -> Frame:
    return np.asarray(rows, dtype=np.float64)


def one_of_them(scores: Sequence[float]) -> list[float]:
    """The probabilities of the ways to book one line, of which at most one is right, each judged by itself before."""
    odds = [score / max(1.0 - score, LEAST) for score in scores]
    total = 1.0 + sum(odds)
    return [one / total for one in odds]


class ItemJudge(Judge):
    """How probable it is that an open item is in a payment, before any sum is looked at."""

    columns = membership.COLUMNS
    rounds = 150
    rate = 0.1

    def chances(self, desk: Desk, cases: Sequence[Case]) -> list[Chances]:
        """What to expect of the items each line may pay; nothing where only its amount says which these are."""
        asked = [() if case.anybody else case.pool for case in cases]
        rows = [membership.measure(desk, case) if pool else [] for case, pool in zip(cases, asked, strict=True)]
        return [
            Chances({item.item_id: chance for item, chance in zip(pool, told, strict=True)})
            for pool, told in zip(asked, self.scores_of(rows), strict=True)
        ]
