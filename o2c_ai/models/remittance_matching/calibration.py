"""What scores were worth on lines whose outcome is known: the share that was right, and where a precision begins."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PPM = 1_000_000
"""Certainty, in millionths."""

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


def threshold(steps: Sequence[Step], precision_ppm: int, *, supposed: int = 0) -> int:
    """The lowest probability from which up all lines were right as often as asked; beyond certainty where none.

    So many wrong lines more than were seen are supposed: a short history then promises less.
    """
    least, wrong, seen = PPM + 1, supposed, supposed
    for step in reversed(steps):
        wrong += step[2] - step[1]
        seen += step[2]
        if wrong * PPM > (PPM - precision_ppm) * seen:
            break
        least = share_ppm(step)
    return least


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a judge's scores, 0 to 1, were worth on later lines than those it learnt from."""

    steps: tuple[Step, ...] = ()

    def ppm(self, score: float) -> int:
        """The share of right ones among lines whose best way scored about so."""
        place = place_of(self.steps, score)
        if place >= 0:
            return share_ppm(self.steps[place])
        # No line's best way scored so low: such a score is taken at its word, and for no more than the lowest step.
        return min(round(score * PPM), share_ppm(self.steps[0]) if self.steps else PPM)

    def threshold_for(self, precision_ppm: int) -> int:
        """The least probability for applying untouched at a precision, one more wrong line supposed than was seen."""
        return threshold(self.steps, precision_ppm, supposed=1)
