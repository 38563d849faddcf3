"""How far what a model reads has moved from what it was trained on: a stability index, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BINS = 10
"""Bins of a column, each with about as many values in training."""
SEEN_BEFORE = 0.5
"""Values every bin is taken to have had besides, so that an empty one gives no infinite answer."""


@dataclass(frozen=True, slots=True)
class Reference:
    """How a column was spread in training."""

    edges: tuple[float, ...]
    """Upper ends of the bins but the last, ascending; a value belongs to the first bin whose end it does not pass."""
    counts: tuple[int, ...]
    """Values in each bin; the last counts rows without a value."""


def reference_of(column: Floats) -> Reference:
    """Bins of about equal size; fewer where many values are alike. NaN is no value."""
    there = column[np.isfinite(column)]
    edges = np.unique(np.quantile(there, np.arange(1, BINS) / BINS)) if len(there) else np.empty(0)
    return Reference(tuple(map(float, edges)), tuple(map(int, _counts(edges, column))))


def stability(reference: Reference, column: Floats) -> float:
    """Population stability index: Σ (now - then) · ln(now / then) over the shares of the bins.

    By custom (Siddiqi, Credit Risk Scorecards, 2006) below 0.1 nothing has moved, and above 0.25 much has.
    """
    then, now = (_shares(counts) for counts in (np.array(reference.counts), _counts(np.array(reference.edges), column)))
    return float(np.sum((now - then) * np.log(now / then)))


def references(columns: Mapping[str, Floats]) -> dict[str, Reference]:
    """Column → how it is spread."""
    return {name: reference_of(column) for name, column in columns.items()}


def _counts(edges: Floats, column: Floats) -> npt.NDArray[np.int64]:
    bins = np.where(np.isfinite(column), np.searchsorted(edges, column, side="left"), len(edges) + 1)
    return np.bincount(bins, minlength=len(edges) + 2)


def _shares(counts: npt.NDArray[np.int64]) -> Floats:
    shares: Floats = (counts + SEEN_BEFORE) / (counts.sum() + SEEN_BEFORE * len(counts))
    return shares
