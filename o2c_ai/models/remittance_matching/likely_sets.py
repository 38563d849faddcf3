"""Finds the likeliest of all sets of items that add up to a payment: every choice has an amount and a weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Choice = tuple[int, float]
"""Minor units, and the logarithm of how probable the choice is."""
_Hit = tuple[float, int, int, int]
"""The cost, the target, and the places of the two halves' combinations."""

HALF_LIMIT = 1 << 11
"""Combinations of one half that are looked at, the likeliest."""
HOPELESS = 10.0
"""A combination so many nats less likely than the likeliest of its half is not looked at."""


@dataclass(frozen=True, slots=True)
class LikelySet:
    """One set that adds up to a target."""

    weight: float
    """Logarithm of how probable it is beside the likeliest set of all, whatever that adds up to; never positive."""
    target: int
    """Which target."""
    choices: tuple[int, ...]
    """The choice of every slot."""


def find_likeliest(slots: Sequence[Sequence[Choice]], targets: Sequence[Choice], limit: int) -> list[LikelySet]:
    """One choice from every slot, so that they sum to one of the targets; the likeliest sets first, at most `limit`.

    Meet in the middle over the likeliest combinations of two halves. Slots come the least certain first, so that both
    halves hold as many doubts. Time grows with the slots, and is bounded for each.
    """
    halves = _Half(slots[::2]), _Half(slots[1::2])
    return [_set(halves, hit) for hit in _meeting(halves, targets, limit)]


def _meeting(halves: tuple[_Half, _Half], targets: Sequence[Choice], limit: int) -> list[_Hit]:
    """Where combinations of the two halves meet a target, the likeliest first."""
    one, other = halves
    order = np.lexsort((-other.weights, other.amounts))
    ranked, weights = other.amounts[order], other.weights[order]
    found: list[_Hit] = []
    for which, (target, weight) in enumerate(targets):
        missing = target - one.amounts
        first, last = np.searchsorted(ranked, missing, side="left"), np.searchsorted(ranked, missing, side="right")
        hits = np.flatnonzero(last > first)
        best = one.weights[hits] + weights[first[hits]]
        for hit in hits[np.argsort(-best, kind="stable")[:limit]].tolist():
            for position in range(int(first[hit]), min(int(last[hit]), int(first[hit]) + limit)):
                total = weight + float(one.weights[hit] + weights[position])
                found.append((-total, which, hit, int(order[position])))
    found.sort()
    return found[:limit]


@dataclass(slots=True)
class _Half:
    """The likeliest combinations of one choice a slot; kept exact slot by slot, since each adds to all alike."""

    slots: Sequence[Sequence[Choice]]
    amounts: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, dtype=np.int64))
    weights: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))
    """Beside the likeliest combination."""
    steps: list[npt.NDArray[np.int64]] = field(default_factory=list)
    """For every slot, of every combination kept: that of the slots before it times the slot's choices, plus choice."""

    def __post_init__(self) -> None:
        for slot in self.slots:
            surest = max(weight for _, weight in slot)
            amounts = np.add.outer(self.amounts, np.array([minor for minor, _ in slot], dtype=np.int64)).ravel()
            weights = np.add.outer(self.weights, np.array([weight - surest for _, weight in slot])).ravel()
            kept = np.flatnonzero(weights >= -HOPELESS)
            if len(kept) > HALF_LIMIT:
                kept = kept[np.argpartition(-weights[kept], HALF_LIMIT)[:HALF_LIMIT]]
            self.amounts, self.weights = amounts[kept], weights[kept]
            self.steps.append(kept)

    def choices(self, place: int) -> list[int]:
        """The choice of every slot in one of the combinations."""
        chosen = []
        for slot, kept in zip(reversed(self.slots), reversed(self.steps), strict=True):
            place, choice = divmod(int(kept[place]), len(slot))
            chosen.append(choice)
        return chosen[::-1]


def _set(halves: tuple[_Half, _Half], hit: _Hit) -> LikelySet:
    cost, which, one, other = hit
    choices = [0] * (len(halves[0].slots) + len(halves[1].slots))
    choices[::2], choices[1::2] = halves[0].choices(one), halves[1].choices(other)
    return LikelySet(-cost, which, tuple(choices))
