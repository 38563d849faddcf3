"""Says whether one way to foresee payments is better than another on the same items, and how sure that is.

Invoices of one customer share its fate, so customers are drawn, not invoices: a thousand books of as many customers are
drawn with replacement, and both ways are measured on each (Efron 1979, over clusters as in Cameron et al. 2008).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from o2c_ai.models.payment_timing.days import Floats
from o2c_ai.models.payment_timing.evaluation import CHANCES, QUANTILES, days_missed, outcomes_of, pinball
from o2c_ai.models.payment_timing.items import Flags, KnownItems

RESAMPLES = 1_000
HIGHER_IS_BETTER = ("auc", "auc_7", "auc_30")


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of one way less the same figure of another."""

    point: float
    low: float
    """Lower end of the 95 % interval."""
    high: float
    better: float
    """Share of the books drawn on which the first way was strictly better."""


@dataclass(frozen=True, slots=True)
class Draws:
    """How often each customer was drawn into each book; the first book is the real one."""

    row_customers: npt.NDArray[np.int64]
    """Customer of each prediction, numbered from 0."""
    times: npt.NDArray[np.int64]
    """(books, customers)."""


def draw_customers(came: KnownItems, *, resamples: int = RESAMPLES, seed: int = 0) -> Draws:
    """Books of as many customers as there are, drawn with replacement; the same seed draws the same books."""
    rows, customers = pd.factorize(came.customers, sort=True)
    count = len(customers)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=resamples)
    return Draws(rows.astype(np.int64), np.vstack([np.ones((1, count), dtype=np.int64), drawn]))


def figures_drawn(predictions: pd.DataFrame, came: KnownItems, draws: Draws) -> dict[str, Floats]:
    """Each figure on every book drawn: auc, auc_7, auc_30, brier, brier_7, brier_30 and, of dates, mae and pinball."""
    figures: dict[str, Floats] = {}
    for days, name in CHANCES.items():
        (told, late), end = came.told_late(days), f"_{days}" if days else ""
        chance, truth = predictions[name].to_numpy(dtype=np.float64)[told], late[told]
        figures[f"auc{end}"] = _auc(chance, truth, draws, told)
        figures[f"brier{end}"] = _mean((chance - truth) ** 2, draws, told)
    if set(QUANTILES) <= set(predictions.columns):
        missed = {name: days_missed(predictions, came, name)[came.paid] for name in QUANTILES}
        losses = np.mean([pinball(missed[name], share) for name, share in QUANTILES.items()], axis=0)
        figures["mae_days"] = _mean(np.abs(missed["p50"]).astype(np.float64), draws, came.paid)
        figures["pinball_days"] = _mean(losses, draws, came.paid)
    return figures


def differences(ours: dict[str, Floats], theirs: dict[str, Floats]) -> dict[str, Difference]:
    """Ours less theirs for each figure that both have, both as `figures_drawn` gave them over the same draws."""
    found = {}
    for name in ours.keys() & theirs.keys():
        gap = ours[name] - theirs[name]
        gap = gap[np.isfinite(gap)]
        if len(gap):
            wins = gap[1:] > 0 if name in HIGHER_IS_BETTER else gap[1:] < 0
            low, high = np.quantile(gap[1:], (0.025, 0.975)) if len(gap) > 1 else (gap[0], gap[0])
            found[name] = Difference(float(gap[0]), float(low), float(high), float(wins.mean()) if len(gap) > 1 else 0)
    return dict(sorted(found.items()))


def clearly_worse(figure: str, found: Difference) -> bool:
    """Whether the whole interval of a difference lies on the worse side."""
    return found.high < 0 if figure in HIGHER_IS_BETTER else found.low > 0


def compared(
    predictions: Mapping[str, pd.DataFrame], ours: str, items: pd.DataFrame, known_until: date, *, seed: int = 0
) -> dict[str, dict[str, Difference]]:
    """By name of each other way, how ours differs from it; every way has predicted the same items in one order."""
    numbers = predictions[ours]["item_id"].tolist()
    assert all(told["item_id"].tolist() == numbers for told in predictions.values()), "ways that predict other items"
    came = outcomes_of(predictions[ours], items, known_until)
    draws = draw_customers(came, seed=seed)
    drawn = {name: figures_drawn(told, came, draws) for name, told in predictions.items()}
    return {name: differences(drawn[ours], theirs) for name, theirs in drawn.items() if name != ours}


def _mean(losses: Floats, draws: Draws, rows: Flags) -> Floats:
    """The mean loss on every book; NaN on one without any of these rows."""
    customers, count = draws.row_customers[rows], draws.times.shape[1]
    total = draws.times @ np.bincount(customers, losses, count)
    held = draws.times @ np.bincount(customers, minlength=count)
    mean: Floats = np.divide(total, held, out=np.full(len(total), np.nan), where=held > 0)
    return mean


def _auc(chance: Floats, truth: Flags, draws: Draws, rows: Flags) -> Floats:
    """Area under the ROC curve on every book: share of late and timely pairs ranked right, ties half."""
    order = np.argsort(chance, kind="stable")
    customers, late = draws.row_customers[rows][order], truth[order]
    starts = np.flatnonzero(np.concatenate([[True], np.diff(chance[order]) > 0])) if len(order) else np.array([], int)
    areas = np.full(len(draws.times), np.nan)
    for book, times in enumerate(draws.times):
        weights = times[customers].astype(np.float64)
        bad = np.add.reduceat(weights * late, starts) if len(starts) else np.zeros(0)
        good = np.add.reduceat(weights * ~late, starts) if len(starts) else np.zeros(0)
        pairs = bad.sum() * good.sum()
        if pairs:
            areas[book] = (bad * (np.cumsum(good) - good / 2)).sum() / pairs
    return areas
