"""The figures published about payment timing: how well late payers are told apart, and how near the dates come.

Every item is scored on a day with what was known that evening, and measured against what became known by a later day.
An item whose answer to a question is not known by then is left out of that question and counted, never called on time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from o2c_ai.models.payment_timing.answers import LATE_DAYS
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming, open_on
from o2c_ai.models.payment_timing.days import NEVER, Days, Floats, date_of, day_number, days_if_there, required_days
from o2c_ai.models.payment_timing.items import Flags, KnownItems, known_items
from o2c_ai.models.splits import asked_after

Predict = Callable[[pd.DataFrame, pd.DataFrame, date], pd.DataFrame]
"""(items, open items, as_of) → the columns of `EmpiricalTiming.predict`; must use what was known on as_of only."""

Bins = tuple[tuple[float, float, int], ...]
"""What was said on average, the share that came true, and how many."""

CHANCES = dict(zip(LATE_DAYS, ("p_late", "p_late_7", "p_late_30"), strict=True))
"""Days → the column with the chance of being paid more than so many days late."""
QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_NEAR_DAYS = 3
_BINS = 10
_SURE = 1e-6


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
    """Mean of |payment day - p50|; this and what follows is None where no dates were told."""
    within_3_days: float | None
    """Share paid at most three days from p50."""
    coverage: float | None
    """Share paid from p10 to p90, both included: 0.8 is meant."""
    pinball_days: float | None
    """Mean pinball loss of p10, p50 and p90, in days (Koenker and Bassett 1978)."""
    calibration: Bins = ()
    """Of p_late: what each tenth of the scale said on average, the share that came true, and its items."""
    brier_tails: tuple[float | None, float | None] = (None, None)
    """Mean squared error of p_late_7 and p_late_30."""
    log_loss: float | None = None
    """Mean of -log of the chance given to what came of p_late's question, chances kept off 0 and 1 by 1e-6."""


def outcomes_of(predictions: pd.DataFrame, items: pd.DataFrame, known_until: date) -> KnownItems:
    """The items predicted, in that order, as known on the evening of `known_until`; by item_id. Raises MissingDay."""
    seen = items.set_index("item_id").loc[predictions["item_id"]].reset_index()
    return known_items(seen, day_number(known_until))


def score_timing(predictions: pd.DataFrame, items: pd.DataFrame, known_until: date) -> TimingScore:
    """Measure predictions against what is known of the items on the evening of `known_until`; joined by item_id.

    `predictions` holds the columns of `EmpiricalTiming.predict`, those of days if it has any; `items` those of
    items.py, at least one row per prediction.
    """
    came = outcomes_of(predictions, items, known_until)
    chances = {days: predictions[name].to_numpy(dtype=np.float64) for days, name in CHANCES.items()}
    answers = {days: came.told_late(days) for days in CHANCES}
    told = {days: answer[0] for days, answer in answers.items()}
    truth = {days: late[told[days]] for days, (_, late) in answers.items()}
    aucs = [_auc(truth[days], chances[days][told[days]]) for days in CHANCES]
    briers = [_mean((chances[days][told[days]] - truth[days]) ** 2) for days in CHANCES]
    unlabelled = [int((~told[days]).sum()) for days in CHANCES]
    late, answer = chances[0][told[0]], truth[0]
    return TimingScore(
        items=len(predictions),
        unlabelled=(unlabelled[0], unlabelled[1], unlabelled[2]),
        unpaid=int((~came.paid).sum()),
        auc=(aucs[0], aucs[1], aucs[2]),
        brier=briers[0],
        brier_tails=(briers[1], briers[2]),
        log_loss=_mean(-np.log(np.maximum(np.where(answer, late, 1 - late), _SURE))),
        ece=calibration_error(late, answer),
        calibration=calibration_bins(late, answer),
        **_of_days(predictions, came),
    )


def _of_days(predictions: pd.DataFrame, came: KnownItems) -> dict[str, float | None]:
    if not set(QUANTILES) <= set(predictions.columns):
        return dict.fromkeys(("mae_days", "within_3_days", "coverage", "pinball_days"))
    missed = {name: days_missed(predictions, came, name)[came.paid] for name in QUANTILES}
    return {
        "mae_days": _mean(np.abs(missed["p50"])),
        "within_3_days": _mean(np.abs(missed["p50"]) <= _NEAR_DAYS),
        "coverage": _mean((missed["p10"] >= 0) & (missed["p90"] <= 0)),
        "pinball_days": _mean(np.concatenate([pinball(missed[name], share) for name, share in QUANTILES.items()])),
    }


def days_missed(predictions: pd.DataFrame, came: KnownItems, name: str) -> Days:
    """Days from the day told, p10, p50 or p90, to the payment: positive where it came later; for paid items only."""
    return came.last_seen - required_days(predictions, name)


def pinball(missed: Days, share: float) -> Floats:
    """Loss of a quantile missed by so many days: a day too late costs `share`, a day too early 1 - `share`."""
    loss: Floats = np.maximum(share * missed, (share - 1) * missed)
    return loss


def last_known(items: pd.DataFrame) -> date | None:
    """The newest day of which the items tell anything: an issue, a payment or a withdrawal; None without items."""
    days = [days_if_there(items, name) for name in ("issue_date", "cleared_on", "withdrawn_on")]
    came = np.concatenate(days)
    came = came[came < NEVER]
    return date_of(int(came.max())) if len(came) else None


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
    parts = []
    for day in np.unique(issued[asked_after(day_number(cutoff), issued, days)]).tolist():
        chosen = open_on(items[issued == day], date_of(day))
        if len(chosen):
            parts.append(predict(items, chosen, date_of(day)).assign(as_of=pd.Timestamp(date_of(day))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["item_id", "as_of"])


def day_one(items: pd.DataFrame, open_items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The day-one model as a `Predict`, learnt anew every evening."""
    return EmpiricalTiming().fit(items, as_of).predict(open_items, as_of)


class ReadsBooks(Protocol):
    """A model that has read the books and answers on any later evening."""

    def predict(self, open_items: pd.DataFrame, as_of: date, /) -> pd.DataFrame:
        """One row per open item: the columns of `EmpiricalTiming.predict`."""


def frozen(model: ReadsBooks) -> Predict:
    """A model that has read the books, as a way to predict that learns nothing more."""
    return lambda _, still_open, day: model.predict(still_open, day)


def _auc(truth: Flags, chance: Floats) -> float | None:
    if truth.all() or not truth.any():
        return None
    return float(roc_auc_score(truth, chance))


def _mean(values: Floats | Flags) -> float | None:
    return float(np.mean(values)) if len(values) else None
