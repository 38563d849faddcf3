"""Trains the judge of proposals on the company's own history, replayed in order of time with balances as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import compress

import numpy as np

from o2c_ai.models.remittance_matching import membership
from o2c_ai.models.remittance_matching.baseline import days, is_right, measure
from o2c_ai.models.remittance_matching.calibration import PPM, Calibration, pooled, runs
from o2c_ai.models.remittance_matching.desk import Desk
from o2c_ai.models.remittance_matching.estimator import Frame, ItemJudge, ProposalJudge, one_of_them
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import BankLine, Booking, Decision, Facts, Papers, Policy
from o2c_ai.models.remittance_matching.scoring import (
    Asked,
    LearnedScorer,
    RuleScorer,
    Scored,
    Scorer,
    Weighing,
    equally_good,
    paying,
    proven,
    weighed,
)

LINES_MIN = 1_000
"""Fewer past lines with a proposal teach less than the rules know already."""
JUDGED_MIN = 500
"""Fewer lines judged later than they were learnt from cannot prove a precision."""


class TooLittleHistory(ValueError):
    """There is too little booked history to learn from; the rules go on serving."""

    def __init__(self, lines: int, needed: int) -> None:
        """Say how many lines there are and how many are needed."""
        self.lines, self.needed = lines, needed
        super().__init__(f"{lines} booked lines with a proposal, {needed} are needed")


@dataclass(frozen=True, slots=True)
class Example:
    """The ways to book a past line and which of them people chose."""

    line: BankLine
    ways: tuple[Hypothesis, ...]
    frame: Frame
    """A row of the judge's columns a way, likeliest by the rules first."""
    right: tuple[bool, ...]
    right_by_rules: bool
    """Whether the likeliest way that the rules find alone was chosen."""


@dataclass(frozen=True, slots=True)
class ItemExample:
    """The open items a past payment could have been for, and which of them people booked."""

    line: BankLine
    frame: Frame
    """A row of the item judge's columns an item."""
    paid: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """The likeliest way to book a past line, as a judge saw it that had learnt from earlier lines only."""

    line: BankLine
    score: float
    others: tuple[float, ...]
    """Scores of the other ways, the highest first."""
    rule: str
    right: bool
    sure: bool = False
    """Whether the rules alone were sure, so that no judge was asked."""

    def ppm(self, worth: Calibration) -> int:
        """Its probability, in millionths."""
        return worth.sure_ppm if self.sure else worth.ppm(self.score)

    def facts_if_certain(self, worth: Calibration) -> Facts:
        """What the policy would be asked if the way were certain, all else as it was."""
        margin = self.ppm(worth) - max(map(worth.ppm, self.others[:1]), default=0)
        equal = equally_good(self.score, self.others)
        explained = True
        return Facts(self.rule, PPM, margin, equal, explained, self.line.currency, self.line.amount_minor)


@dataclass(frozen=True, slots=True)
class Trained:
    """A judge with all that serving needs, and what it did on lines later than those it had learnt from."""

    scorer: LearnedScorer
    lines: int
    judged: int
    """Lines judged by a judge that had learnt from earlier ones only."""
    right: int
    """Of them, those whose best way was right."""
    right_by_rules: int

    @property
    def beats_rules(self) -> bool:
        """Whether it may take the rules' place."""
        return self.right > self.right_by_rules


def train(papers: Papers, policy: Policy, *, seed: int = 0, progress: Callable[[str], object] = str) -> Trained:
    """Replay history, learn from all of it, and calibrate on stretches judged by what was learnt before them.

    Raises TooLittleHistory.
    """
    progress("walking through history")
    student = _Student(papers, policy, list(_item_examples(papers)), seed, progress)
    rates = measure(papers, policy, scorer_of=student.next_stretch)
    student.mark()
    if student.lines < LINES_MIN:
        raise TooLittleHistory(student.lines, LINES_MIN)
    if len(student.judged) < JUDGED_MIN:
        raise TooLittleHistory(student.lines, LINES_MIN + JUDGED_MIN)
    lines = student.lines
    progress(f"learning from {lines:,} lines")
    scorer = LearnedScorer(rates, student.learn_items(), student.learn(), _calibrated(student.judged, policy))
    right = sum(one.right for one in student.judged)
    return Trained(scorer, lines, len(student.judged), right, student.right_by_rules)


class _Student:
    """Learns stretch by stretch: each is decided by what was learnt before it, with the balances that this leaves."""

    def __init__(
        self, papers: Papers, policy: Policy, items: Sequence[ItemExample], seed: int, progress: Callable[[str], object]
    ) -> None:
        self.policy, self.items, self.seed, self.progress = policy, items, seed, progress
        self.lines = 0
        """Past lines with a proposal."""
        self.examples: list[Example] = []
        """Those that the rules alone were not sure of."""
        self.judged: list[Judged] = []
        self.right_by_rules = 0
        self._booked: defaultdict[int, list[Booking]] = defaultdict(list)
        for booking in papers.bookings:
            self._booked[booking.line_id].append(booking)
        self._watched: _Watching | None = None

    def learn(self) -> ProposalJudge:
        """A judge from all lines seen so far."""
        rows = np.vstack([example.frame for example in self.examples])
        return ProposalJudge.fit(rows, [right for example in self.examples for right in example.right], seed=self.seed)

    def learn_items(self) -> ItemJudge | None:
        """A judge of items from all lines seen so far; None where these are too few."""
        asked = {example.line.line_id for example in self.examples}
        seen = [one for one in self.items if one.line.line_id in asked]
        if self.lines < LINES_MIN or not seen:
            return None
        rows = np.vstack([example.frame for example in seen])
        return ItemJudge.fit(rows, [paid for example in seen for paid in example.paid], seed=self.seed)

    def next_stretch(self, rates: RuleRates, first: date) -> Scorer:
        """What decides the stretch that begins on a day."""
        self.mark()
        learnt = None
        if self.lines >= LINES_MIN:
            learnt = LearnedScorer(rates, self.learn_items(), self.learn(), _calibrated(self.judged, self.policy))
        self.progress(f"replaying history from {first} on, with {self.lines:,} lines learnt")
        self._watched = _Watching(rates, learnt)
        return self._watched

    def mark(self) -> None:
        """Compare the stretch just decided with what people booked, and keep it as examples."""
        if self._watched is None:
            return
        seen = [one for one in self._watched.seen if self._taught_by(one.case.line)]
        sure = [self._sure(*one) for one in self._watched.sure if self._taught_by(one[0])]
        found = [_example(one, self._booked[one.case.line.line_id]) for one in seen]
        if self._watched.learnt is not None:
            self.judged += [*_judged(self._watched.learnt.judge, found), *sure]
            self.right_by_rules += sum(one.right_by_rules for one in found) + sum(one.right for one in sure)
        self.lines += len(found) + len(sure)
        self.examples += found

    def _taught_by(self, line: BankLine) -> bool:
        return not any(row.untouched for row in self._booked[line.line_id])

    def _sure(self, line: BankLine, way: Scored) -> Judged:
        right = is_right(way.hypothesis, self._booked[line.line_id])
        return Judged(line, way.ppm / PPM, (), way.hypothesis.rule.value, right, sure=True)


@dataclass(frozen=True)
class _Watching:
    """What decides a stretch of history, and what it measured of every line."""

    rates: RuleRates
    learnt: LearnedScorer | None
    seen: list[Weighing] = field(default_factory=list)
    sure: list[tuple[BankLine, Scored]] = field(default_factory=list)
    """Lines that the rules alone were sure of, with their way."""

    def weigh(self, desk: Desk, asked: Sequence[Asked]) -> list[list[Scored]]:
        sure = [proven(self.rates, one) for one in asked]
        self.sure.extend((one.case.line, paying(one.plain)[0]) for one in compress(asked, sure))
        unsure = [one for one, is_sure in zip(asked, sure, strict=True) if not is_sure]
        weighings = weighed(desk, unsure, self.rates, None if self.learnt is None else self.learnt.items)
        self.seen.extend(one for one in weighings if one.ways)
        told = iter([one.plain for one in weighings] if self.learnt is None else self.learnt.told(weighings))
        return [list(one.plain if is_sure else next(told)) for one, is_sure in zip(asked, sure, strict=True)]

    def counts_as_equal(self, best: Scored, others: Sequence[Scored]) -> int:
        return self._scorer.counts_as_equal(best, others)

    def explained(self, best: Hypothesis) -> bool:
        return self._scorer.explained(best)

    def threshold_for(self, precision_ppm: int) -> int:
        return self._scorer.threshold_for(precision_ppm)

    @property
    def _scorer(self) -> Scorer:
        return self.learnt or RuleScorer(self.rates)


def _calibrated(judged: Sequence[Judged], policy: Policy) -> Calibration:
    """What scores were worth, and which lines only their probability kept from being applied untouched."""
    steps = pooled([(one.score, one.right) for one in judged if not one.sure])
    sure = [one.right for one in judged if one.sure]
    worth = Calibration(steps, (sum(sure), len(sure)))
    outcomes = [(float(one.ppm(worth)), one.right) for one in judged]
    clear = [
        outcome
        for one, outcome in zip(judged, outcomes, strict=True)
        if policy(one.facts_if_certain(worth)) is Decision.AUTO
    ]
    return replace(worth, clear=runs(clear if len(clear) >= JUDGED_MIN else outcomes))


def _item_examples(papers: Papers) -> Iterator[ItemExample]:
    """Every payment that people booked, with the balances of its day."""
    desk = Desk(papers)
    for day, lines in days([line for line in papers.lines if desk.bookings(line)]):
        desk.advance(day)
        for line in lines:
            if line.amount_minor > 0 and desk.taught_by(line):
                case = desk.read(line)
                paid = {row.item_id for row in desk.bookings(line)}
                if case.pool and not case.anybody:
                    frame = np.array(membership.measure(desk, case), dtype=np.float64)
                    yield ItemExample(line, frame, tuple(item.item_id in paid for item in case.pool))
            desk.book(line)


def _example(one: Weighing, booked: Sequence[Booking]) -> Example:
    ways = tuple(way.hypothesis for way in one.ways)
    right = tuple(is_right(way, booked) for way in ways)
    by_rules = [ok for way, ok in zip(ways, right, strict=True) if way.rule is not Rule.LIKELY_SET]
    return Example(one.case.line, ways, np.array(one.rows, dtype=np.float64), right, any(by_rules[:1]))


def _judged(judge: ProposalJudge, examples: Sequence[Example]) -> Iterator[Judged]:
    """The best way of every line beside the others: its score, and whether people booked it."""
    for example, scores in zip(examples, judge.scores_of([example.frame for example in examples]), strict=True):
        mine = one_of_them(scores)
        best, *others = sorted(range(len(mine)), key=lambda place: -mine[place])
        rest = tuple(mine[place] for place in others)
        yield Judged(example.line, mine[best], rest, example.ways[best].rule.value, example.right[best])
