"""The learned judges of payment days: how probable a payment is on a coming day, and how probable it is to be late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np

from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, Table
from o2c_ai.models.payment_timing.coming_days import COLUMNS
from o2c_ai.models.payment_timing.hazard import Floats

PARAMETERS: dict[str, object] = {
    "objective": "binary",
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "cat_smooth": 30.0,
    "cat_l2": 30.0,
    "max_cat_threshold": 16,
    "min_data_per_group": 50,
    "max_bin": 127,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
"""Payers are a category, kept from telling one payment by heart. One thread: same data, same bytes."""
DAY_JUDGE: dict[str, object] = {
    "num_leaves": 47,
    "min_data_in_leaf": 150,
    "learning_rate": 0.06,
    "num_iterations": 220,
}
LATE_JUDGE: dict[str, object] = {
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "learning_rate": 0.04,
    "num_iterations": 180,
}


@dataclass(frozen=True, slots=True)
class Config:
    """What training does otherwise than usual: nothing, unless a data scientist says so (training/)."""

    seed: int = 0
    days: Mapping[str, float] = field(default_factory=dict)
    """LightGBM parameters of the judge of coming days, in the place of its usual ones."""
    late: Mapping[str, float] = field(default_factory=dict)
    """The same for the judges of lateness."""
    left_out: tuple[str, ...] = ()
    """Columns that no judge gets to see."""


class TimingJudge:
    """LightGBM over fixed columns, kept as its text: safe to read from a file, the same bytes for the same history."""

    def __init__(self, text: str) -> None:
        """Take a model as `fit` wrote it."""
        import lightgbm

        self.text = text
        self._booster = lightgbm.Booster(model_str=text)

    @classmethod
    def of_days(cls, rows: Table, paid: Floats, weights: Floats, config: Config) -> Self:
        """Learn from coming days whether the item was paid on each."""
        return cls._fit(rows, paid, weights, COLUMNS, config=config, shape={**DAY_JUDGE, **config.days})

    @classmethod
    def of_lateness(cls, rows: Table, late: Floats, config: Config) -> Self:
        """Learn from moments whether the item was paid later than so many days."""
        return cls._fit(
            rows, late, np.ones(len(late)), MOMENT_COLUMNS, config=config, shape={**LATE_JUDGE, **config.late}
        )

    @classmethod
    def _fit(
        cls,
        rows: Table,
        truth: Floats,
        weights: Floats,
        columns: Sequence[str],
        *,
        config: Config,
        shape: Mapping[str, object],
    ) -> Self:
        import lightgbm

        parameters = {**PARAMETERS, **shape, "seed": config.seed}
        if config.left_out:  # a column that is empty everywhere is never asked about
            rows = np.where(np.isin(columns, config.left_out), np.float32(np.nan), rows)
        data = lightgbm.Dataset(
            rows, truth, weight=weights, feature_name=list(columns), categorical_feature=["payer"], params=parameters
        )
        return cls(lightgbm.train(parameters, data).model_to_string())

    def scores(self, rows: Table) -> Floats:
        """The probability of each row."""
        if not len(rows):
            return np.empty(0)
        told: Any = self._booster.predict(rows, num_threads=1)
        return np.asarray(told, dtype=np.float64)
