"""How often each rule was right on the books' own history: the only probabilities the rules claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PPM = 1_000_000
STRENGTH = 4
"""A finer circumstance is trusted over the coarser one once it was seen about so many times."""

DEFAULTS = {
    "advice": 970_000,
    "references": 960_000,
    "references and more": 700_000,
    "one item of the payer": 850_000,
    "set of the payer's items": 500_000,
    "amount only": 400_000,
    "wording": 800_000,
    "duplicate": 600_000,
    "returned": 900_000,
    "outgoing": 900_000,
}
"""Where there is no history: cautious opening guesses, each below any sensible threshold for applying untouched."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often proposals made in these circumstances were right."""

    circumstances: tuple[str, ...]
    right: int
    seen: int


class RuleRates:
    """Successes counted for every rule and every refinement of its circumstances."""

    def __init__(self, rates: Iterable[Rate] = (), trail: Iterable[tuple[int, int, int]] = ()) -> None:
        self._counts: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
        self._trail: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
        for rate in rates:
            self._counts[rate.circumstances] = [rate.right, rate.seen]
        for ppm, right, seen in trail:
            self._trail[ppm] = [right, seen]

    def count(self, circumstances: Sequence[str], ppm: int | None, *, right: bool) -> None:
        for size in range(1, len(circumstances) + 1):
            cell = self._counts[tuple(circumstances[:size])]
            cell[0] += right
            cell[1] += 1
        if ppm is None:
            return
        cell = self._trail[ppm]
        cell[0] += right
        cell[1] += 1

    def probability_ppm(self, circumstances: Sequence[str]) -> int:
        ppm = DEFAULTS.get(circumstances[0], 50_000)
        for size in range(1, len(circumstances) + 1):
            right, seen = self._counts.get(tuple(circumstances[:size]), [0, 0])
            ppm = (right * PPM + STRENGTH * ppm) // (seen + STRENGTH)
        return ppm

    def rates(self):
        return [Rate(c, k, n) for c, (k, n) in sorted(self._counts.items())]

    def threshold_for(self, precision_ppm: int) -> int:
        k = n = 0
        best = PPM
        for ppm in sorted(self._trail, reverse=True):
            k += self._trail[ppm][0]; n += self._trail[ppm][1]
            if k * PPM >= precision_ppm * n:
                best = ppm
        return best
