"""Who says how probable a way to book a line is: the rules' own counts, or a judge that learnt from history."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from o2c_ai.models.remittance_matching.calibration import PPM, PROVEN, Calibration
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.estimator import ItemJudge, ProposalJudge, one_of_them
from o2c_ai.models.remittance_matching.features import Row, measure
from o2c_ai.models.remittance_matching.hypotheses import OPTIONS_MAX, Hypothesis
from o2c_ai.models.remittance_matching.likely import likely_sets
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import Reason


class Scored(NamedTuple):
    """A hypothesis, its score and the share of such hypotheses that were right; both in millionths."""

    ppm: int
    score_ppm: int
    hypothesis: Hypothesis
    by_rules: tuple[int, int]
    """The same two as the rules' own count has them, whoever weighs."""


class Scorer(Protocol):
    """Weighs the ways to book a line."""

    @property
    def rates(self) -> RuleRates:
        """How often the rules were right."""

    def weigh(self, desk: Desk, asked: Sequence[Asked]) -> list[list[Scored]]:
        """For each line all ways with their probability, in no order."""

    def counts_as_equal(self, best: Scored, others: Sequence[Scored]) -> int:
        """How many ways explain the line as well as the best, itself included."""

    def explained(self, best: Hypothesis) -> bool:
        """Whether every difference between money and items has a cause."""

    def threshold_for(self, precision_ppm: int) -> int:
        """The least probability for applying untouched at a precision, as history shows; both in millionths."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A line and the ways the rules find to book it, as the rules weigh them."""

    case: Case
    plain: Sequence[Scored]
    refused: bool = False
    """Whether people refused for this line what was proposed before: then other ways are looked for in any case."""


@dataclass(frozen=True, slots=True)
class RuleScorer:
    """The share of past proposals of the same kind that were right."""

    rates: RuleRates

    def weigh(self, desk: Desk, asked: Sequence[Asked]) -> list[list[Scored]]:
        """As the rules say."""
        del desk
        return [list(one.plain) for one in asked]

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

    def weigh(self, desk: Desk, asked: Sequence[Asked]) -> list[list[Scored]]:
        """Score by what is measured of each way and of all together, unless the rules alone have proven enough."""
        sure = [proven(self.rates, one) for one in asked]
        unsure = [one for one, is_sure in zip(asked, sure, strict=True) if not is_sure]
        told = iter(self.told(weighed(desk, unsure, self.rates, self.items)))
        return [self._sure(one.plain) if is_sure else next(told) for one, is_sure in zip(asked, sure, strict=True)]

    def _sure(self, plain: Sequence[Scored]) -> list[Scored]:
        ppm, left = self.calibration.sure_ppm, PPM - self.calibration.sure_ppm
        return [one._replace(ppm=ppm if one.hypothesis.ways else min(one.ppm, left)) for one in plain]

    def told(self, weighings: Sequence[Weighing]) -> list[list[Scored]]:
        """The judge's word on the ways measured; what pays no item has, by the rules, a share of what that leaves."""
        scores = self.judge.scores_of([one.rows for one in weighings])
        return [self._told(one, one_of_them(score)) for one, score in zip(weighings, scores, strict=True)]

    def _told(self, weighing: Weighing, scores: Sequence[float]) -> list[Scored]:
        scored = [
            one._replace(ppm=self.calibration.ppm(score), score_ppm=round(score * PPM))
            for one, score in zip(weighing.ways, scores, strict=True)
        ]
        left = PPM - max((one.ppm for one in scored), default=0)
        others = [one for one in weighing.plain if not one.hypothesis.ways]
        return scored + [one._replace(ppm=min(one.ppm, left), score_ppm=min(one.score_ppm, left)) for one in others]

    def counts_as_equal(self, best: Scored, others: Sequence[Scored]) -> int:
        """Ways at least half as probable as the best."""
        return equally_good(best.score_ppm, [other.score_ppm for other in others])

    def explained(self, best: Hypothesis) -> bool:
        """Every row has its reason; how sure that is, is in the probability."""
        return bool(best.rows)

    def threshold_for(self, precision_ppm: int) -> int:
        """As judged on stretches of history later than what was learnt from."""
        return self.calibration.threshold_for(precision_ppm)


@dataclass(frozen=True, slots=True)
class Weighing:
    """The ways to book a line, and what is measured of those that pay items."""

    case: Case
    plain: Sequence[Scored]
    ways: Sequence[Scored]
    rows: Sequence[Row]


def weighed(desk: Desk, asked: Sequence[Asked], rates: RuleRates, items: ItemJudge | None) -> list[Weighing]:
    """The rules' ways, with the likeliest sets beside them where somebody learnt how likely items are, measured."""
    cases = [one.case for one in asked]
    if items is not None:
        told = items.chances(desk, cases)
        cases = [replace(case, chances=chances) for case, chances in zip(cases, told, strict=True)]
    return [_measured(desk, case, one.plain, rates) for case, one in zip(cases, asked, strict=True)]


def _measured(desk: Desk, case: Case, plain: Sequence[Scored], rates: RuleRates) -> Weighing:
    all_ = [*plain, *by_rules(rates, likely_sets(desk, case))]
    ways = paying(all_)
    otherwise = max((one.ppm for one in plain if not one.hypothesis.ways), default=0)
    return Weighing(case, all_, ways, measure(desk, case, [(one.hypothesis, one.ppm) for one in ways], otherwise))


def by_rules(rates: RuleRates, found: Sequence[Hypothesis]) -> list[Scored]:
    """Each way as the rules weigh it: by its circumstances, calibrated where items are paid."""
    scored = []
    for way in found:
        score = rates.score_ppm(way.circumstances)
        ppm = rates.calibrated_ppm(score) if way.outcome is Reason.IN_FULL else score
        scored.append(Scored(ppm, score, way, (ppm, score)))
    return scored


def proven(rates: RuleRates, asked: Asked) -> bool:
    """Whether the rules found one way to pay items, of a kind that history has hardly ever seen go wrong."""
    ways = [one.hypothesis for one in asked.plain if one.hypothesis.ways]
    return len(ways) == 1 and not asked.refused and rates.least_share(ways[0].circumstances) >= PROVEN


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
