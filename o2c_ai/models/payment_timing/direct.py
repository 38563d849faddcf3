"""Two ordinary models to measure against: one question, one model, over what is known of an item on its issue day.

They read the same measurements as the learned model (as_of_features.py), all but the payer's own name, and are trained
as anybody would: a classifier for each threshold, a regressor for each quantile, with a library's own settings. They
know neither open items that are still unpaid nor days to come, so they answer for the issue day only.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.dummy import DummyClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from o2c_ai.models.payment_timing.answers import LATE_DAYS
from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, Table, measure_moments, moments_of
from o2c_ai.models.payment_timing.days import Days, Floats, day_number
from o2c_ai.models.payment_timing.evaluation import Predict, frozen
from o2c_ai.models.payment_timing.history import read_history
from o2c_ai.models.payment_timing.items import KnownItems, known_items
from o2c_ai.models.payment_timing.plain_rules import answered
from o2c_ai.models.splits import known_by

SHARES = (0.1, 0.5, 0.9)
_MEASURED = [place for place, name in enumerate(MOMENT_COLUMNS) if name != "payer"]


class Direct(StrEnum):
    """Which library's model."""

    LOGISTIC = "logistic regression + history"
    """Missing measurements are filled with the median, all are brought to one scale; says chances, no dates."""
    LIGHTGBM = "plain LightGBM + history"


class DirectTiming(BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no annotations
    """Chances of being late, and days, straight from the measurements of the issue day; frames as in items.py.

    Parameters:
        kind: which model.

    Learnt: `late_` (a classifier for more than 0, 7, 30 days late), `days_` (a regressor each for p10, p50, p90).
    """

    def __init__(self, kind: Direct = Direct.LIGHTGBM) -> None:
        self.kind = kind

    def fit(self, items: pd.DataFrame, as_of: date) -> Self:
        """Learn from every item whose answer was known to all on the evening of as_of. Raises MissingDay.

        Whether an item is more than n days late is known on the evening of its due date + n: by then, and not earlier
        for those paid early, or they alone would be learnt from. Later evenings may be asked about if the frame knows
        them.
        """
        self.history_ = read_history(items)
        known = known_items(items, day_number(as_of))
        measured = self._measured(known, items, known.issued)
        late = known.last_seen - known.due
        self.late_ = []
        for days in LATE_DAYS:
            told, truth = known.told_late(days)
            self.late_.append(_fitted(self._classifier(), measured[told], truth[told]))
        # Of those not due yet only the early ones are paid: learnt from, they would make everybody early.
        due = known.paid & known_by(known.as_of, known.issued, known.due)
        self.days_ = [model.fit(measured[due], late[due]) for model in self._regressors() if due.any()]
        return self

    def predict(self, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
        """One row per open item, on its issue day: the columns of `EmpiricalTiming.predict` without reasons.

        Quantiles that cross are put in order. Without dates for the logistic regression.
        """
        known = known_items(open_items, day_number(as_of))
        measured = self._measured(known, open_items, np.full(len(known.due), known.as_of))
        chances: list[Floats] = [model.predict_proba(measured)[:, 1] for model in self.late_]
        days = [model.predict(measured) for model in self.days_]
        return answered(open_items, known.as_of, chances, list(np.sort(days, axis=0)))

    def _measured(self, known: KnownItems, items: pd.DataFrame, evenings: Days) -> Table:
        rows = np.arange(len(known.due))
        asked = moments_of(known, items, self.history_, pd.Index([]), rows, evenings=evenings)
        return measure_moments(self.history_, asked)[:, _MEASURED]

    def _classifier(self) -> Any:  # noqa: ANN401 - scikit-learn ships no annotations
        if self.kind is Direct.LOGISTIC:
            return make_pipeline(
                SimpleImputer(strategy="median", keep_empty_features=True),
                StandardScaler(),
                LogisticRegression(max_iter=1_000),
            )
        from lightgbm import LGBMClassifier

        return LGBMClassifier(**_REPEATABLE)

    def _regressors(self) -> list[Any]:
        if self.kind is Direct.LOGISTIC:
            return []
        from lightgbm import LGBMRegressor

        return [LGBMRegressor(objective="quantile", alpha=share, **_REPEATABLE) for share in SHARES]


def trained_beside(items: pd.DataFrame, as_of: date) -> dict[str, Predict]:
    """Both models by name, trained on what was known on the evening and frozen; they answer on later issue days."""
    return {kind.value: frozen(DirectTiming(kind).fit(items, as_of)) for kind in Direct}


_REPEATABLE: dict[str, Any] = {
    "n_jobs": 1,
    "random_state": 0,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
}
"""Same data, same model; everything else is as the library has it."""


def _fitted(model: Any, measured: Table, truth: Any) -> Any:  # noqa: ANN401 - scikit-learn ships no annotations
    """The model fitted; one that always says the same where all answers are the same, or there are none."""
    if len(set(truth.tolist())) > 1:
        return model.fit(measured, truth)
    share = float(truth.mean()) if len(truth) else 0.0
    prior = DummyClassifier(strategy="prior")
    return prior.fit(np.zeros((2, measured.shape[1])), [False, True], sample_weight=[1 - share, share])
