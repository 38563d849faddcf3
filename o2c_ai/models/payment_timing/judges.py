"""The learned judge of payments: how probable it is that an item is paid on a coming day, or that it is late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, Table
from o2c_ai.models.payment_timing.coming_days import COLUMNS
from o2c_ai.models.payment_timing.days import Floats

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
DAY_JUDGE: dict[str, Any] = {"min_data_in_leaf": 150, "learning_rate": 0.06, "num_iterations": 120}
LATE_JUDGE: dict[str, Any] = {"min_data_in_leaf": 40, "learning_rate": 0.04, "num_iterations": 180}
DAY_LEAVES, LATE_LEAVES = (15, 47), (7, 31)
"""Least and most leaves of a tree."""
ITEMS_A_LEAF = 200
"""Paid items that allow a tree one more leaf: little history is told with few distinctions."""


@dataclass(frozen=True, slots=True)
class Config:
    """What training does otherwise than usual: nothing, unless a data scientist says so (training/)."""

    seed: int = 0
    days: Mapping[str, float] = field(default_factory=dict)
    """Parameters of the judge of coming days, in the place of its usual ones."""
    late: Mapping[str, float] = field(default_factory=dict)
    """The same for the judges of lateness."""
    left_out: tuple[str, ...] = ()
    """Columns that no judge gets to see."""

    def settings(self) -> dict[str, object]:
        """What it does otherwise than usual, as plain values."""
        told = {"seed": self.seed, "days": dict(self.days), "late": dict(self.late), "left_out": list(self.left_out)}
        return {name: value for name, value in told.items() if value}


class TimingJudge(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no annotations
    """LightGBM for a yes or no, kept as its text: safe to read from a file, the same bytes for the same history.

    Parameters:
        num_leaves, min_data_in_leaf, learning_rate, num_iterations: as LightGBM's.
        columns: what each column measures, for who reads the model; any number of columns where none is given.
        categorical: places of the columns whose numbers are names.
        seed: of the samples drawn for each tree.

    Learnt: `text_` (the model), `booster_` (read from it), `classes_`, `n_features_in_`. Missing measurements are NaN.
    """

    def __init__(
        self,
        *,
        num_leaves: int = 31,
        min_data_in_leaf: int = 20,
        learning_rate: float = 0.1,
        num_iterations: int = 100,
        columns: tuple[str, ...] = (),
        categorical: tuple[int, ...] = (),
        seed: int = 0,
    ) -> None:
        self.num_leaves = num_leaves
        self.min_data_in_leaf = min_data_in_leaf
        self.learning_rate = learning_rate
        self.num_iterations = num_iterations
        self.columns = columns
        self.categorical = categorical
        self.seed = seed

    @classmethod
    def of_days(cls, rows: Table, paid: Floats, weights: Floats, *, items: int, config: Config) -> Self:
        """Learn from coming days (COLUMNS) whether the item was paid on each; `items` were paid in all."""
        shape = {"num_leaves": _leaves(items, DAY_LEAVES), **DAY_JUDGE, **config.days}
        payer = COLUMNS.index("payer")
        return cls(**shape, columns=COLUMNS, categorical=(payer,), seed=config.seed).fit(rows, paid, weights)

    @classmethod
    def of_lateness(cls, rows: Table, late: Floats, *, items: int, config: Config) -> Self:
        """Learn from moments (MOMENT_COLUMNS) whether the item was paid later than so many days."""
        shape = {"num_leaves": _leaves(items, LATE_LEAVES), **LATE_JUDGE, **config.late}
        payer = MOMENT_COLUMNS.index("payer")
        return cls(**shape, columns=MOMENT_COLUMNS, categorical=(payer,), seed=config.seed).fit(rows, late)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """A judge as `text_` holds it; it tells 1 from 0."""
        judge = cls()
        judge._take(text)
        judge.classes_, judge.n_features_in_ = np.array([0.0, 1.0]), judge.booster_.num_feature()
        return judge

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:  # noqa: ANN401  # scikit-learn's names; arrays or frames
        """Learn from rows of measurements. Raises ValueError where the answers are of more than two kinds.

        Answers may all be alike: where every one is 1 it is always so, else never.
        """
        rows, answers = validate_data(
            self, X, y, dtype=np.float32, order="C", ensure_all_finite="allow-nan", ensure_min_samples=2
        )
        check_classification_targets(answers)
        if type_of_target(answers) != "binary":
            message = f"Only binary classification is supported. The type of the target is {type_of_target(answers)}."
            raise ValueError(message)
        self.classes_, codes = np.unique(answers, return_inverse=True)
        if len(self.classes_) == 1:
            codes = codes + (self.classes_[0] == 1)
        self._take(self._text_of(rows, codes.astype(np.float64), _check_sample_weight(sample_weight, rows)))
        return self

    def _text_of(self, rows: Table, codes: Floats, weights: Floats) -> str:
        import lightgbm

        own = ("num_leaves", "min_data_in_leaf", "learning_rate", "num_iterations", "seed")
        parameters = {**PARAMETERS, **{name: getattr(self, name) for name in own}}
        names: list[str] | Literal["auto"] = list(self.columns) or "auto"
        data = lightgbm.Dataset(
            rows,
            codes,
            weight=weights,
            feature_name=names,
            categorical_feature=list(self.categorical),
            params=parameters,
        )
        return lightgbm.train(parameters, data).model_to_string()

    def _take(self, text: str) -> None:
        import lightgbm

        self.text_, self.booster_ = text, lightgbm.Booster(model_str=text)

    def scores(self, rows: Table) -> Floats:
        """The chance of the second class for rows of the right shape, which nobody checks."""
        if not len(rows):
            return np.empty(0)
        told: Any = self.booster_.predict(rows, validate_features=False)
        return np.asarray(told, dtype=np.float64)

    def shares(self, rows: Table) -> Floats:
        """(rows, columns): what each measurement adds to the log-odds (TreeSHAP, Lundberg et al. 2018)."""
        told: Any = self.booster_.predict(rows, pred_contrib=True)
        return np.asarray(told, dtype=np.float64)[:, :-1]

    def predict_proba(self, X: Any) -> Floats:  # noqa: ANN401  # scikit-learn's names; arrays or frames
        """(rows, classes): the chance of each class."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=np.float32, ensure_all_finite="allow-nan", order="C", reset=False)
        chances = self.scores(rows)
        if len(self.classes_) == 1:
            return np.ones((len(chances), 1))
        return np.column_stack([1 - chances, chances])

    def predict(self, X: Any) -> Any:  # noqa: ANN401  # scikit-learn's names; arrays or frames
        """The likelier class of each row."""
        check_is_fitted(self)
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401  # scikit-learn's class and hook
        """Two classes only; measurements may be missing."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = True
        return tags


def _leaves(items: int, bounds: tuple[int, int]) -> int:
    least, most = bounds
    return min(most, max(least, items // ITEMS_A_LEAF))
