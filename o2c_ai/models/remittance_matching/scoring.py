"""Who says how probable a way to book a line is: the rules' own counts, or a judge that learnt from history."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from o2c_ai.models.remittance_matching.calibration import PPM, Calibration
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.estimator import ItemJudge, ProposalJudge, one_of_them
from o2c_ai.models.remittance_matching.features import Frame, measure
from o2c_ai.models.remittance_matching.hypotheses import OPTIONS_MAX, Hypothesis
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import Reason


@dataclass(frozen=True, slots=True)
class Scored:
    """A hypothesis, its score and the share of such hypotheses that were right; both in millionths."""

    ppm: int
    score_ppm: int
    hypothesis: Hypothesis


class Scorer(Protocol):
    """Weighs the ways to book a line."""

    @property
    def items(self) -> ItemJudge | None:
        """Says how probable each open item is to be in a payment; None where nobody learnt to."""

    def weigh(self, desk: Desk, case: Case, found: Sequence[Hypothesis]) -> list[Scored]:
        """Each way with its probability, in the order given."""

    def counts_as_equal(self, best: Scored, others: Sequence[Scored]) -> int:
        """How many ways explain the line as well as the best, itself included."""

    def explained(self, best: Hypothesis) -> bool:
        """Whether every difference between money and items has a cause."""

    def threshold_for(self, precision_ppm: int) -> int:
        """The least probability for applying untouched at a precision, as history shows; both in millionths."""


@dataclass(frozen=True, slots=True)
class RuleScorer:
    """The share of past proposals of the same kind that were right."""

    rates: RuleRates
    items: ItemJudge | None = None

    def weigh(self, desk: Desk, case: Case, found: Sequence[Hypothesis]) -> list[Scored]:
        """Score by circumstances, calibrated where items are paid."""
        del desk, case
        return [self._weighed(way) for way in found]

    def _weighed(self, way: Hypothesis) -> Scored:
        score = self.rates.score_ppm(way.circumstances)
        return Scored(self.rates.calibrated_ppm(score) if way.outcome is Reason.IN_FULL else score, score, way)

    def counts_as_equal(self, best: Scored, _others: Sequence[Scored]) -> int:
        """Sets of items that explain the amount as simply."""
        return best.hypothesis.fits

    def explained(self, best: Hypothesis) -> bool:
        """False for a difference that no term, advice or habit explains."""
        return best.usual

    def threshold_for(self, precision_ppm: int) -> int:
        """As the replay of history counted."""
        return self.rates.threshold_for(precision_ppm)


@dataclass(frozen=True, slots=True)
class LearnedScorer:
    """A judge that learnt from history; what pays no item is still weighed by the rules."""

    rates: RuleRates
    items: ItemJudge | None
    judge: ProposalJudge
    calibration: Calibration

    def weigh(self, desk: Desk, case: Case, found: Sequence[Hypothesis]) -> list[Scored]:
        """Score by what is measured of each way and of all together."""
        plain = RuleScorer(self.rates).weigh(desk, case, found)
        ways, frame = measured(desk, case, plain)
        return self.told(plain, ways, frame) if ways else plain

    def told(self, plain: Sequence[Scored], ways: Sequence[Scored], frame: Frame) -> list[Scored]:
        """The judge's word on the ways measured; what pays no item has, by the rules, a share of what that leaves."""
        told = zip(ways, one_of_them(self.judge.scores(frame)), strict=True)
        weighed = [Scored(self.calibration.ppm(score), round(score * PPM), one.hypothesis) for one, score in told]
        left = PPM - max(one.ppm for one in weighed)
        others = [one for one in plain if not one.hypothesis.ways]
        return weighed + [replace(one, ppm=min(one.ppm, left), score_ppm=min(one.score_ppm, left)) for one in others]

    def counts_as_equal(self, best: Scored, others: Sequence[Scored]) -> int:
        """Ways at least half as probable as the best."""
        return equally_good(best.score_ppm, [other.score_ppm for other in others])

    def explained(self, best: Hypothesis) -> bool:
        """Every row has its reason; how sure that is, is in the probability."""
        return bool(best.rows)

    def threshold_for(self, precision_ppm: int) -> int:
        """As judged on stretches of history later than what was learnt from."""
        return self.calibration.threshold_for(precision_ppm)


def measured(desk: Desk, case: Case, plain: Sequence[Scored]) -> tuple[list[Scored], Frame]:
    """The ways that pay items, as the rules weighed them, and what is measured of each."""
    ways = paying(plain)
    otherwise = max((one.ppm for one in plain if not one.hypothesis.ways), default=0)
    return ways, measure(desk, case, [(one.hypothesis, one.ppm) for one in ways], otherwise)


def equally_good(best: float, others: Sequence[float]) -> int:
    """How many scores are at least half as high as the best, itself included."""
    return 1 + sum(2 * other >= best for other in others)


def paying(scored: Sequence[Scored]) -> list[Scored]:
    """The likeliest ways, by the rules, that pay items; each booking once."""
    ranked: dict[Hashable, Scored] = {}
    for one in sorted(scored, key=lambda one: (-one.ppm, -one.score_ppm)):
        if one.hypothesis.ways:
            ranked.setdefault(one.hypothesis.booking, one)
    return list(ranked.values())[:OPTIONS_MAX]
