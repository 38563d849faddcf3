"""Who says how probable a way to book a line is: the rules' own counts, or a judge that learnt from history."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from o2c_ai.models.remittance_matching.calibration import PPM, Calibration
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.estimator import ProposalJudge
from o2c_ai.models.remittance_matching.features import measure
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
    judge: ProposalJudge
    calibration: Calibration

    def weigh(self, desk: Desk, case: Case, found: Sequence[Hypothesis]) -> list[Scored]:
        """Score by what is measured of each way and of all together."""
        plain = RuleScorer(self.rates).weigh(desk, case, found)
        ways = paying(plain)
        if not ways:
            return plain
        frame = measure(desk, case, [(one.hypothesis, one.ppm) for one in ways])
        told = zip(ways, self.judge.scores(frame), strict=True)
        weighed = [Scored(self.calibration.ppm(score), round(score * PPM), one.hypothesis) for one, score in told]
        return weighed + [scored for scored in plain if not scored.hypothesis.ways]

    def counts_as_equal(self, best: Scored, others: Sequence[Scored]) -> int:
        """Ways at least half as probable as the best."""
        return 1 + sum(2 * other.score_ppm >= best.score_ppm for other in others)

    def explained(self, best: Hypothesis) -> bool:
        """Every row has its reason; how sure that is, is in the probability."""
        return bool(best.rows)

    def threshold_for(self, precision_ppm: int) -> int:
        """As judged on stretches of history later than what was learnt from."""
        return self.calibration.threshold_for(precision_ppm)


def paying(scored: Sequence[Scored]) -> list[Scored]:
    """The likeliest ways, by the rules, that pay items; each booking once."""
    ranked: dict[Hashable, Scored] = {}
    for one in sorted(scored, key=lambda one: (-one.ppm, -one.score_ppm)):
        if one.hypothesis.ways:
            ranked.setdefault(one.hypothesis.booking, one)
    return list(ranked.values())[:OPTIONS_MAX]
