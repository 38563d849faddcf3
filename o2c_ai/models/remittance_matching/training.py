"""Trains the judge of proposals on the company's own history, replayed in order of time with balances as they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from o2c_ai.models.remittance_matching.baseline import is_right, measure
from o2c_ai.models.remittance_matching.calibration import Calibration, pooled
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.estimator import ProposalJudge
from o2c_ai.models.remittance_matching.features import Frame
from o2c_ai.models.remittance_matching.features import measure as features_of
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import Booking, Papers, Policy
from o2c_ai.models.remittance_matching.scoring import LearnedScorer, RuleScorer, Scored, paying

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

    frame: Frame
    """A row of COLUMNS a way, likeliest by the rules first."""
    right: tuple[bool, ...]


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


@dataclass(frozen=True)
class _Watching(RuleScorer):
    """The rules' scorer, keeping what is measured of every way it weighs."""

    seen: dict[int, tuple[Frame, list[Hypothesis]]] = field(default_factory=dict)

    def weigh(self, desk: Desk, case: Case, found: Sequence[Hypothesis]) -> list[Scored]:
        """Weigh by the rules and keep the measurements."""
        scored = super().weigh(desk, case, found)
        ways = paying(scored)
        if ways:
            frame = features_of(desk, case, [(one.hypothesis, one.ppm) for one in ways])
            self.seen[case.line.line_id] = frame, [one.hypothesis for one in ways]
        return scored


def train(papers: Papers, policy: Policy, *, seed: int = 0, progress: Callable[[str], object] = str) -> Trained:
    """Replay history, learn from all of it, and calibrate on stretches judged by what was learnt before them.

    Raises TooLittleHistory.
    """
    progress("replaying history")
    rates, stretches = _examples(papers, policy)
    lines = sum(map(len, stretches))
    if lines < LINES_MIN:
        raise TooLittleHistory(lines, LINES_MIN)
    judged: list[tuple[float, bool]] = []
    right_by_rules = 0
    for place, later in enumerate(stretches):
        earlier = [example for stretch in stretches[:place] for example in stretch]
        if len(earlier) < LINES_MIN or not later:
            continue
        progress(f"judging {len(later):,} lines by {len(earlier):,} earlier ones")
        judged += _judged(_learn(earlier, seed), later)
        right_by_rules += sum(example.right[0] for example in later)
    if len(judged) < JUDGED_MIN:
        raise TooLittleHistory(lines, LINES_MIN + JUDGED_MIN)
    progress(f"learning from {lines:,} lines")
    judge = _learn([example for stretch in stretches for example in stretch], seed)
    scorer = LearnedScorer(rates, judge, Calibration(pooled(judged)))
    return Trained(scorer, lines, len(judged), sum(right for _, right in judged), right_by_rules)


def _examples(papers: Papers, policy: Policy) -> tuple[RuleRates, list[list[Example]]]:
    """What the rules count on history, and stretch after stretch the ways to book its lines."""
    watching: list[_Watching] = []

    def watch(rates: RuleRates) -> _Watching:
        watching.append(_Watching(rates))
        return watching[-1]

    rates = measure(papers, policy, scorer_of=watch)
    booked: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in papers.bookings:
        booked[booking.line_id].append(booking)
    return rates, [
        [
            Example(frame, tuple(is_right(way, booked[line_id]) for way in ways))
            for line_id, (frame, ways) in watched.seen.items()
            if not any(row.untouched for row in booked[line_id])
        ]
        for watched in watching
    ]


def _learn(examples: Sequence[Example], seed: int) -> ProposalJudge:
    frame = np.vstack([example.frame for example in examples])
    return ProposalJudge.fit(frame, [right for example in examples for right in example.right], seed=seed)


def _judged(judge: ProposalJudge, examples: Sequence[Example]) -> list[tuple[float, bool]]:
    """The best way of every line: its score, and whether people booked it."""
    scores = judge.scores(np.vstack([example.frame for example in examples]))
    found, start = [], 0
    for example in examples:
        mine = scores[start : start + len(example.right)]
        start += len(example.right)
        best = max(range(len(mine)), key=mine.__getitem__)
        found.append((mine[best], example.right[best]))
    return found
