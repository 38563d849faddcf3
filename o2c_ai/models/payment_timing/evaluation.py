"""The figures published about payment timing: how well late payers are told apart, and how near the dates come.

Every item is scored on a day with what was known that evening, and measured against what became known by a later day.
An item whose answer to a question is not known by then is left out of that question and counted, never called on time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from o2c_ai.models.payment_timing.answers import LATE_DAYS
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming, open_on
from o2c_ai.models.payment_timing.days import Days, date_of, day_number, required_days
from o2c_ai.models.payment_timing.hazard import Floats
from o2c_ai.models.payment_timing.items import Flags, known_items

Predict = Callable[[pd.DataFrame, pd.DataFrame, date], pd.DataFrame]
"""(items, open items, as_of) → the columns of `EmpiricalTiming.predict`; must use what was known on as_of only."""

Bins = tuple[tuple[float, float, int], ...]
"""What was said on average, the share that came true, and how many."""

_CHANCES = ("p_late", "p_late_7", "p_late_30")
_QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_NEAR_DAYS = 3
_BINS = 10


@dataclass(frozen=True, slots=True)
class TimingScore:
    """How a set of predictions turned out. Shares and chances are 0…1; None where nothing could be measured."""

    items: int
    """Predictions scored."""
    unlabelled: tuple[int, int, int]
    """Items left out of late > 0, > 7 and > 30 days because the answer was not known yet."""
    unpaid: int
    """Items left out of every figure about dates because they were not paid yet."""
    auc: tuple[float | None, float | None, float | None]
    """Area under the ROC curve for late > 0, > 7, > 30 days: 0.5 is a coin."""
    brier: float | None
    """Mean squared error of p_late."""
    ece: float | None
    """Expected calibration error of p_late over ten bins of equal width (Guo et al. 2017)."""
    mae_days: float | None
    """Mean of |payment day - p50|."""
    within_3_days: float | None
    """Share paid at most three days from p50."""
    coverage: float | None
    """Share paid from p10 to p90, both included: 0.8 is meant."""
    pinball_days: float | None
    """Mean pinball loss of p10, p50 and p90, in days (Koenker and Bassett 1978)."""
    calibration: Bins = ()
    """Of p_late: what each tenth of the scale said on average, the share that came true, and its items."""


def score_timing(predictions: pd.DataFrame, items: pd.DataFrame, known_until: date) -> TimingScore:
    """Measure predictions against what is known of the items on the evening of `known_until`; joined by item_id.

    `predictions` holds the columns of `EmpiricalTiming.predict`; `items` those of items.py, at least one row per
    prediction.
    """
    outcome = items.set_index("item_id").loc[predictions["item_id"]].reset_index()
    known = known_items(outcome, day_number(known_until))
    paid, late = known.paid, known.last_seen - known.due
    aucs, unlabelled = [], []
    for days, name in zip(LATE_DAYS, _CHANCES, strict=True):
        told = paid | (late > days)
        unlabelled.append(int((~told).sum()))
        aucs.append(_auc(late[told] > days, predictions[name].to_numpy(dtype=np.float64)[told]))
    told = paid | (late > 0)
    chance, truth = predictions["p_late"].to_numpy(dtype=np.float64)[told], late[told] > 0
    errors = {name: (known.last_seen - required_days(predictions, name))[paid] for name in _QUANTILES}
    return TimingScore(
        items=len(predictions),
        unlabelled=(unlabelled[0], unlabelled[1], unlabelled[2]),
        unpaid=int((~paid).sum()),
        auc=(aucs[0], aucs[1], aucs[2]),
        brier=_mean((chance - truth) ** 2),
        ece=calibration_error(chance, truth),
        mae_days=_mean(np.abs(errors["p50"])),
        within_3_days=_mean(np.abs(errors["p50"]) <= _NEAR_DAYS),
        coverage=_mean((errors["p10"] >= 0) & (errors["p90"] <= 0)),
        pinball_days=_mean(np.concatenate([_pinball(errors[name], share) for name, share in _QUANTILES.items()])),
        calibration=calibration_bins(chance, truth),
    )


def calibration_error(chance: Floats, truth: Flags) -> float | None:
    """Mean over ten equal bins of |mean chance - share true|, each weighted by its items; None without items."""
    gaps = [items * abs(said - came) for said, came, items in calibration_bins(chance, truth)]
    return sum(gaps) / len(chance) if len(chance) else None


def calibration_bins(chance: Floats, truth: Flags) -> Bins:
    """Bins of equal width that hold items: mean chance, share true, items."""
    bins = np.minimum((chance * _BINS).astype(np.int64), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    said, came = (np.bincount(bins, values, _BINS) / np.maximum(counts, 1) for values in (chance, truth))
    return tuple((float(said[b]), float(came[b]), int(counts[b])) for b in np.flatnonzero(counts))


def predict_at_issue(items: pd.DataFrame, cutoff: date, days: int, predict: Predict) -> pd.DataFrame:
    """Predict every item issued in the `days` days after the cutoff, each on its issue day as known that evening.

    Adds the column as_of. Items cleared on their issue day are not open that evening and have no prediction.
    """
    issued = required_days(items, "issue_date")
    first = day_number(cutoff) + 1
    parts = []
    for day in range(first, first + days):
        chosen = open_on(items[issued == day], date_of(day))
        if len(chosen):
            parts.append(predict(items, chosen, date_of(day)).assign(as_of=pd.Timestamp(date_of(day))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["item_id", "as_of"])


def day_one(items: pd.DataFrame, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The day-one model as a `Predict`, learnt anew every evening."""
    return EmpiricalTiming().fit(items, as_of).predict(open_items, as_of)


def _pinball(errors: Days, share: float) -> Floats:
    loss: Floats = np.maximum(share * errors, (share - 1) * errors)
    return loss


def _auc(truth: Flags, chance: Floats) -> float | None:
    if truth.all() or not truth.any():
        return None
    return float(roc_auc_score(truth, chance))


def _mean(values: Floats | Flags) -> float | None:
    return float(np.mean(values)) if len(values) else None
