"""The learned judges: how probable a way to book a line is, and how probable an open item is to be in a payment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from o2c_ai.models.remittance_matching import features, membership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from o2c_ai.models.remittance_matching.desk import Case, Desk
    from o2c_ai.models.remittance_matching.features import Frame

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
    def fit(cls, frame: Frame, right: Sequence[bool], *, seed: int = 0) -> Self:
        """Learn from a row of the columns each, and whether it was right."""
        import lightgbm

        data = lightgbm.Dataset(frame, np.asarray(right, dtype=np.float64), feature_name=list(cls.columns))
        parameters = {**PARAMETERS, "learning_rate": cls.rate, "seed": seed}
        return cls(lightgbm.train(parameters, data, num_boost_round=cls.rounds).model_to_string())

    def scores(self, frame: Frame) -> list[float]:
        """The probability of each row, before calibration."""
        told: Any = self._booster.predict(frame, num_threads=1)
        return [float(score) for score in told]

    def gains(self) -> Mapping[str, float]:
        """How much each column helped, the most helpful first."""
        gains = zip(self.columns, self._booster.feature_importance("gain"), strict=True)
        return dict(sorted(((name, float(gain)) for name, gain in gains), key=lambda pair: -pair[1]))


class ProposalJudge(Judge):
    """How probable it is that a way to book a line is what people would book."""

    columns = features.COLUMNS
    rounds = 400
    rate = 0.04


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

    def chances(self, desk: Desk, case: Case) -> dict[int, float]:
        """Item → probability, for the items a line may pay; empty where only its amount says which these are."""
        if case.anybody or not case.pool:
            return {}
        told = self.scores(membership.measure(desk, case))
        return {item.item_id: chance for item, chance in zip(case.pool, told, strict=True)}
