"""Finds the sets of open items that add up to a payment to the cent, and counts how many such sets there are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Sums = npt.NDArray[np.int64]

HALF_LIMIT = 1 << 13
"""Largest number of partial sums of one half: 13 items with two choices, 8 with three."""
FEW = 256
"""So many combinations are tried one by one: quicker than to sort them."""
SUM_LIMIT = 1 << 62
"""Sums beyond this would not fit an int64 and are not searched."""


@dataclass(frozen=True, slots=True)
class SetSearch:
    """The outcome of one search."""

    count: int
    """How many combinations hit a target, exact; 0 where `complete` is False."""
    found: tuple[tuple[int, tuple[int, ...]], ...]
    """Up to `limit` of them: index of the target, and for every slot the index of its choice."""
    complete: bool
    """False where the search would have been too large and was not made."""


NOT_SEARCHED = SetSearch(0, (), complete=False)


def find_sets(slots: Sequence[Sequence[int]], targets: Sequence[int], limit: int = 32) -> SetSearch:
    """Choose one amount from every slot so that the choices sum to one of the targets; all amounts in minor units.

    An item that may stay unpaid has 0 among its choices. Meet in the middle: all sums of the two halves, one half
    sorted, each target looked up by bisection; time and memory grow with the square root of the number of combinations.
    """
    cut = _middle(slots)
    if cut is None or not targets:
        return NOT_SEARCHED
    if combinations_of(slots) <= FEW:
        return _tried(slots, targets, limit)
    left, right = _sums(slots[:cut]), _sums(slots[cut:])
    order = np.argsort(right, kind="stable")
    ranked = right[order]
    count = 0
    found: list[tuple[int, tuple[int, ...]]] = []
    for which, target in enumerate(targets):
        wanted = target - left
        first = np.searchsorted(ranked, wanted, side="left")
        last = np.searchsorted(ranked, wanted, side="right")
        hits = last - first
        count += int(hits.sum())
        for index in np.flatnonzero(hits).tolist():
            for position in range(int(first[index]), int(last[index])):
                if len(found) >= limit:
                    break
                found.append((which, _choices(slots, cut, index, int(order[position]))))
    return SetSearch(count, tuple(found), complete=True)


def _tried(slots: Sequence[Sequence[int]], targets: Sequence[int], limit: int) -> SetSearch:
    """The same by trying all combinations, in the same order."""
    sums = [0]
    for slot in slots:
        sums = [before + minor for before in sums for minor in slot]
    wanted = set(targets)
    hits = [(place, total) for place, total in enumerate(sums) if total in wanted]
    found = [(which, place) for which, target in enumerate(targets) for place, total in hits if total == target]
    return SetSearch(
        len(found), tuple((which, _choices(slots, 0, 0, place)) for which, place in found[:limit]), complete=True
    )


def combinations_of(slots: Sequence[Sequence[int]]) -> int:
    """How many ways there are to choose one amount from every slot."""
    return math.prod(len(slot) for slot in slots)


def _middle(slots: Sequence[Sequence[int]]) -> int | None:
    """Where to cut the slots in two halves of about equal work; None where a half or a sum would be too large."""
    if not slots or sum(max(map(abs, slot), default=0) for slot in slots) >= SUM_LIMIT:
        return None
    size, cut = 1, 0
    root = math.isqrt(combinations_of(slots))
    while cut < len(slots) and size < root and size * len(slots[cut]) <= HALF_LIMIT:
        size *= len(slots[cut])
        cut += 1
    return cut if combinations_of(slots[cut:]) <= HALF_LIMIT else None


def _sums(slots: Sequence[Sequence[int]]) -> Sums:
    """All sums of one choice a slot; the index of a sum is the choices read as a number, first slot leading."""
    sums = np.zeros(1, dtype=np.int64)
    for slot in slots:
        sums = np.add.outer(sums, np.asarray(slot, dtype=np.int64)).ravel()
    return sums


def _choices(slots: Sequence[Sequence[int]], cut: int, left: int, right: int) -> tuple[int, ...]:
    chosen: list[int] = []
    for part, index in ((slots[cut:], right), (slots[:cut], left)):
        rest = index
        for slot in reversed(part):
            rest, choice = divmod(rest, len(slot))
            chosen.append(choice)
    return tuple(reversed(chosen))
