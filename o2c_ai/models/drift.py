"""How far what a model reads has moved from what it was trained on: a stability index, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

BINS = 10
"""Bins of a column, each with about as many values in training."""
SEEN_BEFORE = 0.5
"""Values every bin is taken to have had besides, so that an empty one gives no infinite answer."""


MUCH_MOVED = 0.25
"""From here on much of a column has moved, by custom (Siddiqi, Credit Risk Scorecards, 2006); below 0.1 nothing has."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured of some rows."""

    columns: Mapping[str, Floats]
    """Column → a value a row; NaN is no value."""
    owners: Integers
    """Whose each row is: rows of one owner share its fate."""


@dataclass(frozen=True, slots=True)
class Reference:
    """How a column was spread in training."""

    edges: tuple[float, ...]
    """Upper ends of the bins but the last, ascending; a value belongs to the first bin whose end it does not pass."""
    counts: tuple[int, ...]
    """Values in each bin; the last counts rows without a value."""
    by_chance: float = 0.0
    """What the chance of who was in the sample adds to an index on average."""


def reference_of(column: Floats, owners: Integers) -> Reference:
    """Bins of about equal size; fewer where many values are alike."""
    there = column[np.isfinite(column)]
    edges = np.unique(np.quantile(there, np.arange(1, BINS) / BINS)) if len(there) else np.empty(0)
    bins = _bins(edges, column)
    counts = np.bincount(bins, minlength=len(edges) + 2)
    return Reference(tuple(map(float, edges)), tuple(map(int, counts)), _by_chance(bins, owners, len(counts)))


def stability(reference: Reference, column: Floats) -> float:
    """Population stability index: Σ (now - then) · ln(now / then) over the shares of the bins (Siddiqi 2006)."""
    came = np.bincount(_bins(np.array(reference.edges), column), minlength=len(reference.counts))
    then, now = _shares(np.array(reference.counts)), _shares(came)
    return float(np.sum((now - then) * np.log(now / then)))


def moved(reference: Reference, column: Floats, owners: Integers) -> float:
    """The index less what two samples of one world differ by on average; 0 where they differ by no more than that."""
    bins = _bins(np.array(reference.edges), column)
    by_chance = reference.by_chance + _by_chance(bins, owners, len(reference.counts))
    return max(stability(reference, column) - by_chance, 0.0)


def references(sample: Sample) -> dict[str, Reference]:
    """Column → how it is spread."""
    return {name: reference_of(column, sample.owners) for name, column in sample.columns.items()}


def _by_chance(bins: Integers, owners: Integers, count: int) -> float:
    """Σ variance of a bin's share / the share, where owners were drawn and not rows (Rao and Scott 1981).

    Where each row has an owner of its own it is about (bins - 1) / rows, as of any stability index (Yurdakul 2018).
    """
    if len(bins) <= 1:
        return 0.0
    whose, owner = np.unique(owners, return_inverse=True)
    if len(whose) == 1:  # how much owners differ cannot be seen
        whose = owner = np.arange(len(bins))
    held = np.bincount(owner * count + bins, minlength=len(whose) * count).reshape(len(whose), count)
    shares = held.sum(axis=0) / len(bins)
    missed = held - held.sum(axis=1, keepdims=True) * shares
    variance = (missed**2).sum(axis=0) / len(bins) ** 2 * len(whose) / (len(whose) - 1)
    return float((variance[shares > 0] / shares[shares > 0]).sum())


def _bins(edges: Floats, column: Floats) -> Integers:
    bins: Integers = np.where(np.isfinite(column), np.searchsorted(edges, column, side="left"), len(edges) + 1)
    return bins


def _shares(counts: Integers) -> Floats:
    shares: Floats = (counts + SEEN_BEFORE) / (counts.sum() + SEEN_BEFORE * len(counts))
    return shares
