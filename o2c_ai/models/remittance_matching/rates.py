"""How often each rule was right on the company's own history: the only probabilities the rules claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from o2c_ai.models.remittance_matching.calibration import PPM, Step, at_least, place_of, pooled, share_ppm, threshold

STRENGTH = 4
"""A finer count outweighs the coarser estimate once it holds more proposals than this."""
CALIBRATION_MIN = 100
"""Fewer scored proposals than this say nothing about what scores are worth."""
DEFAULT = 50_000
"""Opening guess for what is not listed below."""
DEFAULTS: Mapping[tuple[str, ...], int] = {
    ("references",): 700_000,
    ("references", "exact alone"): 998_000,
    ("references", "discount alone"): 995_000,
    ("references", "netted alone"): 980_000,
    ("references", "charge alone"): 960_000,
    ("references", "withheld alone"): 980_000,
    ("advice",): 800_000,
    ("advice", "exact alone"): 990_000,
    ("advice", "discount alone"): 990_000,
    ("advice", "advised alone"): 980_000,
    ("one item of the payer",): 400_000,
    ("one item of the payer", "exact alone"): 980_000,
    ("one item of the payer", "discount alone"): 980_000,
    ("references and more",): 300_000,
    ("references and more", "exact alone"): 950_000,
    ("set of the payer's items",): 150_000,
    ("set of the payer's items", "exact alone"): 900_000,
    ("amount only",): 200_000,
    ("amount only", "exact alone"): 900_000,
    ("wording",): 700_000,
    ("paid before",): 700_000,
    ("bounced",): 800_000,
    ("outgoing",): 950_000,
}
"""Opening guesses in millionths, for a company without history: round figures below what these rules reached on books
that were measured. They weigh as much as four proposals, so that a company's own history soon replaces them."""
DOUBTS = frozenset(
    {"claimed", "other", "shared", "unknown", "cut name", "like name", "tail", "slip", "unread numbers", "10+"}
    | {"other quoted", "closed quoted"}
)
"""Circumstances that speak against a proposal until history shows that they do not."""
DOUBT = 900_000
"""What a doubt leaves of a probability, in millionths, until then."""

Cell = tuple[str, ...]
Count = tuple[int, int]
"""Right, seen."""


@dataclass(frozen=True, slots=True)
class RuleRates:
    """What was counted on history: proposals right of proposals seen, by rule and circumstance.

    `probability_ppm` of a proposal is the share that was right among the past proposals of about the same score; its
    score is the lowest of the shares counted for its rule with each of its circumstances: a proposal is as good as its
    worst circumstance.
    """

    cells: Mapping[Cell, Count] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    """Calibration, ascending: lowest score of the step in millionths, right, seen."""

    def score_ppm(self, circumstances: Sequence[str]) -> int:
        """The least of the shares counted under the rule's circumstances, in millionths."""
        rule, *facts = circumstances
        whole = self._share((rule,), DEFAULTS.get((rule,), DEFAULT))
        if not facts:
            return whole
        fit = facts[0]
        first = self._share((rule, fit), DEFAULTS.get((rule, fit), whole))
        shares = [first]
        for fact in facts[1:]:
            doubted = first * DOUBT // PPM if fact in DOUBTS else first
            shares.append(self._share((rule, fit, fact), doubted))
        return min(shares)

    def least_share(self, circumstances: Sequence[str]) -> float:
        """The share that was right at least, with confidence, under the worst of the circumstances; 0 if not seen."""
        rule, *facts = circumstances
        counts = [self.cells.get((rule, *facts[:1], *more), (0, 0)) for more in ((), *((fact,) for fact in facts[1:]))]
        return min(at_least(right, seen) if seen else 0.0 for right, seen in counts)

    def probability_ppm(self, circumstances: Sequence[str]) -> int:
        """The measured share of such proposals that were right, in millionths; the bare score without history."""
        return self.calibrated_ppm(self.score_ppm(circumstances))

    def calibrated_ppm(self, score_ppm: int) -> int:
        """The share of past proposals with about this score that were right, after Jeffreys (right+½)/(seen+1)."""
        return score_ppm if not self.steps else share_ppm(self.steps[max(0, place_of(self.steps, score_ppm))])

    def threshold_for(self, precision_ppm: int) -> int:
        """The lowest probability at which all proposals from there up were right as often as asked, on history.

        Beyond certainty (and so never reached) where even the best proposals were not right so often; the precision
        itself where there is too little history to calibrate.
        """
        if not self.steps:
            return precision_ppm
        return threshold(self.steps, precision_ppm)

    def _share(self, cell: Cell, prior_ppm: int) -> int:
        right, seen = self.cells.get(cell, (0, 0))
        return (right * PPM + STRENGTH * prior_ppm) // (seen + STRENGTH)


class RateCounter:
    """Counts proposals against what people booked, while history is replayed."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._cells: defaultdict[Cell, list[int]] = defaultdict(lambda: [0, 0])
        self._trail: list[tuple[int, bool]] = []

    def count(self, circumstances: Sequence[str], *, right: bool) -> None:
        """A proposal under these circumstances was right or not."""
        rule, *facts = circumstances
        cells: set[Cell] = {(rule,)}
        if facts:
            cells |= {(rule, facts[0]), *((rule, facts[0], fact) for fact in facts[1:])}
        for cell in cells:
            self._cells[cell][0] += right
            self._cells[cell][1] += 1

    def score(self, score_ppm: int, *, right: bool) -> None:
        """The first proposal of a line had this score, given before its outcome was known."""
        self._trail.append((score_ppm, right))

    def rates(self) -> RuleRates:
        """The counts so far; the calibration rests on the later half, whose scores were given with some history."""
        cells = {cell: (right, seen) for cell, (right, seen) in sorted(self._cells.items())}
        later = self._trail[len(self._trail) // 2 :]
        return RuleRates(cells, pooled(later) if len(later) >= CALIBRATION_MIN else ())
