"""Trains the judge of proposals on the company's own history, replayed in order of time with balances as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from o2c_ai.models.remittance_matching import membership
from o2c_ai.models.remittance_matching.baseline import days, is_right, measure
from o2c_ai.models.remittance_matching.calibration import PPM, Calibration, pooled, runs
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.estimator import ItemJudge, ProposalJudge, one_of_them
from o2c_ai.models.remittance_matching.features import Frame
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import BankLine, Booking, Decision, Facts, Papers, Policy
from o2c_ai.models.remittance_matching.scoring import LearnedScorer, RuleScorer, Scored, Scorer, equally_good, measured

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
    """A row of COLUMNS a way, likeliest by the rules first."""
    right: tuple[bool, ...]
    right_by_rules: bool
    """Whether the likeliest way that the rules find alone was chosen."""


@dataclass(frozen=True, slots=True)
class ItemExample:
    """The open items a past payment could have been for, and which of them people booked."""

    day: date
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

    def facts_if_certain(self, worth: Calibration) -> Facts:
        """What the policy would be asked if the way were certain, all else as it was."""
        margin = worth.ppm(self.score) - max(map(worth.ppm, self.others[:1]), default=0)
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
    lines = len(student.examples)
    if lines < LINES_MIN:
        raise TooLittleHistory(lines, LINES_MIN)
    if len(student.judged) < JUDGED_MIN:
        raise TooLittleHistory(lines, LINES_MIN + JUDGED_MIN)
    progress(f"learning from {lines:,} lines")
    judge, items = _learn(student.examples, seed), _learn_items(student.items, seed)
    scorer = LearnedScorer(rates, items, judge, _calibrated(student.judged, policy))
    right = sum(one.right for one in student.judged)
    return Trained(scorer, lines, len(student.judged), right, student.right_by_rules)


class _Student:
    """Learns stretch by stretch: each is decided by what was learnt before it, with the balances that this leaves."""

    def __init__(
        self, papers: Papers, policy: Policy, items: Sequence[ItemExample], seed: int, progress: Callable[[str], object]
    ) -> None:
        self.policy, self.items, self.seed, self.progress = policy, items, seed, progress
        self.examples: list[Example] = []
        self.judged: list[Judged] = []
        self.right_by_rules = 0
        self._booked: defaultdict[int, list[Booking]] = defaultdict(list)
        for booking in papers.bookings:
            self._booked[booking.line_id].append(booking)
        self._watched: _Watching | None = None

    def next_stretch(self, rates: RuleRates, first: date) -> Scorer:
        """What decides the stretch that begins on a day."""
        self.mark()
        items = _learn_items([one for one in self.items if one.day < first], self.seed)
        scorer: RuleScorer | LearnedScorer = RuleScorer(rates, items)
        if len(self.examples) >= LINES_MIN:
            judge = _learn(self.examples, self.seed)
            scorer = LearnedScorer(rates, items, judge, _calibrated(self.judged, self.policy))
        self.progress(f"replaying history from {first} on, with {len(self.examples):,} lines learnt")
        self._watched = _Watching(scorer)
        return self._watched

    def mark(self) -> None:
        """Compare the stretch just decided with what people booked, and keep it as examples."""
        if self._watched is None:
            return
        scorer, seen = self._watched.scorer, self._watched.seen
        found = [
            _example(*measured, self._booked[line_id])
            for line_id, measured in seen.items()
            if not any(row.untouched for row in self._booked[line_id])
        ]
        if isinstance(scorer, LearnedScorer) and found:
            self.judged += _judged(scorer.judge, found)
            self.right_by_rules += sum(example.right_by_rules for example in found)
        self.examples += found


@dataclass(frozen=True)
class _Watching:
    """A scorer, and what it measured of every way it weighed."""

    scorer: RuleScorer | LearnedScorer
    seen: dict[int, tuple[BankLine, Frame, list[Hypothesis]]] = field(default_factory=dict)

    @property
    def items(self) -> ItemJudge | None:
        return self.scorer.items

    def weigh(self, desk: Desk, case: Case, found: Sequence[Hypothesis]) -> list[Scored]:
        plain = RuleScorer(self.scorer.rates).weigh(desk, case, found)
        ways, frame = measured(desk, case, plain)
        if not ways:
            return plain
        self.seen[case.line.line_id] = case.line, frame, [one.hypothesis for one in ways]
        return self.scorer.told(plain, ways, frame) if isinstance(self.scorer, LearnedScorer) else plain

    def counts_as_equal(self, best: Scored, others: Sequence[Scored]) -> int:
        return self.scorer.counts_as_equal(best, others)

    def explained(self, best: Hypothesis) -> bool:
        return self.scorer.explained(best)

    def threshold_for(self, precision_ppm: int) -> int:
        return self.scorer.threshold_for(precision_ppm)


def _calibrated(judged: Sequence[Judged], policy: Policy) -> Calibration:
    """What scores were worth, and which lines only their probability kept from being applied untouched."""
    outcomes = [(one.score, one.right) for one in judged]
    steps = pooled(outcomes)
    worth = Calibration(steps)
    clear = [
        outcome
        for one, outcome in zip(judged, outcomes, strict=True)
        if policy(one.facts_if_certain(worth)) is Decision.AUTO
    ]
    return Calibration(steps, runs(clear if len(clear) >= JUDGED_MIN else outcomes))


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
                    frame = membership.measure(desk, case)
                    yield ItemExample(day, frame, tuple(item.item_id in paid for item in case.pool))
            desk.book(line)


def _learn_items(seen: Sequence[ItemExample], seed: int) -> ItemJudge | None:
    if len(seen) < LINES_MIN:
        return None
    frame = np.vstack([example.frame for example in seen])
    return ItemJudge.fit(frame, [paid for example in seen for paid in example.paid], seed=seed)


def _example(line: BankLine, frame: Frame, ways: Sequence[Hypothesis], booked: Sequence[Booking]) -> Example:
    right = tuple(is_right(way, booked) for way in ways)
    by_rules = [ok for way, ok in zip(ways, right, strict=True) if way.rule is not Rule.LIKELY_SET]
    return Example(line, tuple(ways), frame, right, any(by_rules[:1]))


def _learn(examples: Sequence[Example], seed: int) -> ProposalJudge:
    frame = np.vstack([example.frame for example in examples])
    return ProposalJudge.fit(frame, [right for example in examples for right in example.right], seed=seed)


def _judged(judge: ProposalJudge, examples: Sequence[Example]) -> Iterator[Judged]:
    """The best way of every line beside the others: its score, and whether people booked it."""
    scores = judge.scores(np.vstack([example.frame for example in examples]))
    start = 0
    for example in examples:
        mine = one_of_them(scores[start : start + len(example.right)])
        start += len(example.right)
        best, *others = sorted(range(len(mine)), key=lambda place: -mine[place])
        rest = tuple(mine[place] for place in others)
        yield Judged(example.line, mine[best], rest, example.ways[best].rule.value, example.right[best])
