"""What a learned chance of being late was worth on later items than those it was learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression

from o2c_ai.models.payment_timing.hazard import Floats
from o2c_ai.models.payment_timing.items import Flags

ITEMS_A_BIN = 50
BINS_MAX = 20
ITEMS_MIN = 200
"""Fewer items with an answer leave a chance as it is."""
SURE = 0.002
"""No chance is nearer to 0 or 1."""


@dataclass(frozen=True, slots=True)
class Worth:
    """Points between which a chance is read; empty where too few answers were known."""

    told: tuple[float, ...] = ()
    came: tuple[float, ...] = ()

    def __call__(self, chances: Floats) -> Floats:
        """What the chances are worth."""
        if self.told:
            chances = np.interp(chances, (0.0, *self.told, 1.0), (0.0, *self.came, 1.0))
        return np.clip(chances, SURE, 1 - SURE)


def worth_of(chances: Floats, truth: Flags) -> Worth:
    """Isotonic regression over bins of equal size, read evenly between their middles."""
    if len(chances) < ITEMS_MIN:
        return Worth()
    order = np.argsort(chances, kind="stable")
    bins = np.array_split(order, min(BINS_MAX, len(order) // ITEMS_A_BIN))
    told = np.array([chances[part].mean() for part in bins])
    came = np.array([(truth[part].sum() + 0.5) / (len(part) + 1) for part in bins])
    rising = IsotonicRegression(y_min=0, y_max=1).fit_transform(told, came, sample_weight=[len(part) for part in bins])
    return Worth(tuple(map(float, told)), tuple(map(float, rising)))
