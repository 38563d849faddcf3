"""What the learned model measures of each open item on an evening, by name, and how much each moved its answer."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, Table, measure_moments, moments_of
from o2c_ai.models.payment_timing.baseline import open_on
from o2c_ai.models.payment_timing.days import day_number
from o2c_ai.models.payment_timing.estimator import Learnt
from o2c_ai.models.payment_timing.history import read_history
from o2c_ai.models.payment_timing.items import known_items

USUAL = "usual"
"""Column of `weights`: the answer where nothing is known of the item."""


def measurements(items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """(open items, MOMENT_COLUMNS without payer), indexed by document number. `items` as in items.py, with number."""
    still_open = open_on(items, as_of)
    frame = pd.DataFrame(_table(items, still_open, as_of, ()), still_open["number"], list(MOMENT_COLUMNS))
    return frame.drop(columns="payer")


def weights(learnt: Learnt, items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """(open items, MOMENT_COLUMNS and usual): what each adds to the log odds of being late, as its judge sees it.

    A row sums to the log odds that this judge says before the curve is heard and calibrated. Source: LightGBM's
    `pred_contrib`, which are the SHAP values of its trees (Lundberg et al. 2018).
    """
    still_open = open_on(items, as_of)
    told = learnt.late[0].booster_.predict(_table(items, still_open, as_of, learnt.payers), pred_contrib=True)
    return pd.DataFrame(np.asarray(told), still_open["number"], [*MOMENT_COLUMNS, USUAL])


def _table(items: pd.DataFrame, still_open: pd.DataFrame, as_of: date, payers: tuple[object, ...]) -> Table:
    known, history = known_items(still_open, day_number(as_of)), read_history(items)
    rows = np.arange(len(still_open))
    evenings = np.full(len(rows), day_number(as_of))
    return measure_moments(history, moments_of(known, still_open, history, pd.Index(payers), rows, evenings=evenings))
