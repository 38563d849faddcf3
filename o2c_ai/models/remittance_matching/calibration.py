"""What scores were worth on lines whose outcome is known: the share that was right, and where a precision begins."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

import numpy as np

PPM = 1_000_000
"""Certainty, in millionths."""

PROVEN = 0.996
"""The rules need no judge for a kind of proposal of which at least this share is right, with confidence."""
CONFIDENCE = 1.28
"""Standard deviations of a one-sided bound that holds nine times in ten."""

Step = tuple[float, int, int]
"""Lowest score, right, seen."""


def pooled(judged: Iterable[tuple[float, bool]]) -> tuple[Step, ...]:
    """Steps of scores and outcomes, ascending; neighbours are merged until the share of right ones rises (PAV)."""
    steps: list[Step] = []
    for score, right in sorted(judged, key=lambda pair: (pair[0], not pair[1])):
        step = (score, int(right), 1)
        while steps and steps[-1][1] * step[2] >= step[1] * steps[-1][2]:
            lower = steps.pop()
            step = (lower[0], lower[1] + step[1], lower[2] + step[2])
        steps.append(step)
    return tuple(steps)


def place_of(steps: Sequence[Step], score: float) -> int:
    """The step a score belongs to; -1 below the lowest."""
    return bisect_right(steps, (score, PPM, PPM)) - 1


def share_ppm(step: Step) -> int:
    """The share of a step that was right, after Jeffreys (right+½)/(seen+1), in millionths."""
    _, right, seen = step
    return (2 * right + 1) * PPM // (2 * seen + 2)


def threshold(steps: Sequence[Step], precision_ppm: int) -> int:
    """The lowest probability from which up all lines were right as often as asked; beyond certainty where none."""
    least, wrong, seen = PPM + 1, 0, 0
    for step in reversed(steps):
        wrong += step[2] - step[1]
        seen += step[2]
        if wrong * PPM > (PPM - precision_ppm) * seen:
            break
        least = share_ppm(step)
    return least


def runs(judged: Iterable[tuple[float, bool]]) -> tuple[Step, ...]:
    """Scores and outcomes, ascending, as runs of right ones and runs with wrong ones; equal scores stay together."""
    counts: defaultdict[float, list[int]] = defaultdict(lambda: [0, 0])
    for score, is_right in judged:
        counts[score][0] += is_right
        counts[score][1] += 1
    found: list[Step] = []
    for score, (right, seen) in sorted(counts.items()):
        if found and found[-1][1] == found[-1][2] and right == seen:
            low, rights, all_ = found.pop()
            found.append((low, rights + right, all_ + seen))
        else:
            found.append((score, right, seen))
    return tuple(found)


@dataclass(frozen=True)
class Calibration:
    """What a judge's scores, 0 to 1, were worth on later lines than those it learnt from."""

    steps: tuple[Step, ...] = ()
    """All lines, pooled until the share of right ones rises."""
    sure: tuple[int, int] = (0, 0)
    """Right and seen, of later lines of which the rules alone were sure."""
    clear: tuple[Step, ...] = ()
    """In runs of probabilities in millionths, the lines that the policy would have applied untouched had those
    sufficed; among them those that the rules alone were sure of."""

    @cached_property
    def _curve(self) -> tuple[list[float], list[int]]:
        """The lowest step's beginning, the others' middles, and their shares; between them the share rises evenly.

        Few lines on a high step would promise less than many on the one below: it then promises as much.
        """
        lows = [low for low, _, _ in self.steps]
        middles = [(low + high) / 2 for low, high in pairwise([*lows[1:], 1.0])]
        return [0.0, lows[0], *middles], [0, *accumulate(map(share_ppm, self.steps), max)]

    def ppm(self, score: float) -> int:
        """The share of right ones among lines whose best way scored about so; the score itself without history."""
        return round(np.interp(score, *self._curve)) if self.steps else round(score * PPM)

    @property
    def sure_ppm(self) -> int:
        """The probability of a line of which the rules alone are sure; what they need for that without history."""
        return share_ppm((0.0, *self.sure)) if self.sure[1] else round(PROVEN * PPM)

    def threshold_for(self, precision_ppm: int) -> int:
        """The least probability for applying untouched at a precision, as the lines seen bear out with confidence."""
        least, right, seen = PPM + 1, 0, 0
        for low, rights, all_ in reversed(self.clear):
            right, seen = right + rights, seen + all_
            if at_least(right, seen) * PPM >= precision_ppm:
                least = int(low)
        return least


def at_least(right: int, seen: int) -> float:
    """The share that is right at least, with CONFIDENCE: Wilson's lower bound."""
    share, spread = right / seen, CONFIDENCE**2 / seen
    return (share + spread / 2 - math.sqrt(spread * (share * (1 - share) + spread / 4))) / (1 + spread)
