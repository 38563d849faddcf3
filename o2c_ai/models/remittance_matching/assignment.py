"""Decides the lines of one day together, so that no invoice is paid twice and no two lines take the same item."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from o2c_ai.models.remittance_matching.calibration import PPM
from o2c_ai.models.remittance_matching.clerk import Clerk
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.objections import Objections
from o2c_ai.models.remittance_matching.other_money import bounced_or_outgoing, no_items
from o2c_ai.models.remittance_matching.receipts import Receipt
from o2c_ai.models.remittance_matching.records import BankLine, Decision, Facts, Policy, Reason
from o2c_ai.models.remittance_matching.scoring import Asked, Scored, Scorer, by_rules

IDEAL: dict[str, Any] = {
    "probability_ppm": PPM,
    "margin_ppm": PPM,
    "sets_that_fit": 1,
    "residual_explained": True,
    "amount_minor": 0,
}
"""What every policy would apply untouched, if it applies anything."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of a line, with what was considered."""

    case: Case
    decision: Decision
    facts: Facts
    best: Scored | None
    options: tuple[Scored, ...] = ()
    """The other hypotheses, likeliest first."""
    rivals: int = 0
    """Other lines of the day, not yet decided, that want the same items."""
    lacking: tuple[str, ...] = ()
    """For a line left to a person: the facts that alone, all else at its best, keep it from being applied untouched."""
    objections: tuple[str, ...] = ()
    """What people said against it, and against other options, in words."""


class DayOfLines:
    """The lines of a day, decided at one desk by measured probabilities and the company's policy."""

    def __init__(self, desk: Desk, scorer: Scorer, policy: Policy, objections: Objections | None = None) -> None:
        """Take what is needed; nothing is decided yet. A replay of history does without people's objections."""
        self._desk, self._scorer, self._policy, self._clerk = desk, scorer, policy, Clerk(desk)
        self._objections = objections or Objections(desk.payers, (), ())

    def decide(self, lines: Sequence[BankLine]) -> list[Decided]:
        """Outgoing lines first, since what bounced can be paid again; then the incoming ones, likeliest first."""
        outgoing = [self._outgoing(line) for line in lines if line.amount_minor <= 0]
        cases = [self._desk.read(line) for line in lines if line.amount_minor > 0]
        options = self.options(cases)
        wanted = _wanted(options)
        queue = [(*_rank(scored[0]), index, 0) for index, scored in enumerate(options) if scored]
        heapq.heapify(queue)
        decided: dict[int, Decided] = {}
        while queue:
            *_, index, place = heapq.heappop(queue)
            scored = options[index][place:]
            if self._still_open(scored[0].hypothesis):
                rivals = [options[other][0].ppm for other in wanted[index] if other not in decided]
                decided[index] = self._settle(cases[index], scored, rivals)
            elif len(scored) > 1:
                heapq.heappush(queue, (*_rank(scored[1]), index, place + 1))
        return outgoing + [decided.get(index) or self._nothing(case) for index, case in enumerate(cases)]

    def options(self, cases: Sequence[Case]) -> list[list[Scored]]:
        """All hypotheses for each incoming line, likeliest first, each booking once."""
        weighed = self._scorer.weigh(self._desk, [self._asked(case) for case in cases])
        ranked = [_each_booking_once(sorted(scored, key=_rank)) for scored in weighed]
        return [self._objections.refused_last(case, scored) for case, scored in zip(cases, ranked, strict=True)]

    def _asked(self, case: Case) -> Asked:
        found = self._clerk.hypotheses(case)
        found += no_items(self._desk, case, alone=not found)
        return Asked(case, by_rules(self._scorer.rates, found), self._objections.has_refused(case))

    def _still_open(self, hypothesis: Hypothesis) -> bool:
        return all(self._desk.allows(item_id, minor) for item_id, minor in hypothesis.cleared)

    def _settle(self, case: Case, scored: Sequence[Scored], rivals: Sequence[int]) -> Decided:
        best, line = scored[0].hypothesis, case.line
        next_best = max([*rivals, *(option.ppm for option in scored[1:2])], default=0)
        facts = self._facts(line, scored[0], next_best, scored[1:])
        decision = _without_policy(best) or self._policy(facts)
        against = self._objections.against(case, best)
        if against and decision is Decision.AUTO:
            decision = Decision.REVIEW
        self._note(case, best, decision)
        lacking = self._lacking(facts) if decision is Decision.REVIEW else ()
        heard = tuple(dict.fromkeys((*against, *self._objections.besides(case, best, scored[1:]))))
        return Decided(case, decision, facts, scored[0], tuple(scored[1:]), len(rivals), lacking, heard)

    def _lacking(self, facts: Facts) -> tuple[str, ...]:
        best = replace(facts, **IDEAL)
        actual = {name: getattr(facts, name) for name in IDEAL}
        return tuple(
            name for name, value in actual.items() if self._policy(replace(best, **{name: value})) is not Decision.AUTO
        )

    def _note(self, case: Case, best: Hypothesis, decision: Decision) -> None:
        """Consume what is applied; remember what is left to a person."""
        if decision is Decision.AUTO:
            self._desk.suppose(Receipt(case.line, best.rows, best.cleared, best.customer_id))
        elif decision is Decision.NOT_AR:
            self._desk.leave(Receipt(case.line), (), ())
        else:
            customers = {way.item.customer_id for way in best.ways} | case.payer.customers
            items = [item_id for item_id, _ in best.cleared]
            self._desk.leave(Receipt(case.line, customer_id=best.customer_id), items, customers)

    def _nothing(self, case: Case) -> Decided:
        self._desk.leave(Receipt(case.line), (), case.payer.customers)
        heard = self._objections.besides(case, None, ())
        return Decided(case, Decision.EXCEPTION, self._facts(case.line, None), None, objections=heard)

    def _outgoing(self, line: BankLine) -> Decided:
        best = bounced_or_outgoing(self._desk, line)
        case = self._desk.read(line)
        if best.bounced is not None:
            self._desk.reopen(best.bounced)
        (scored,) = by_rules(self._scorer.rates, [best])
        decision = Decision.NOT_AR if best.bounced is None else Decision.RETURNED
        return Decided(case, decision, self._facts(line, scored), scored)

    def _facts(self, line: BankLine, best: Scored | None, next_ppm: int = 0, others: Sequence[Scored] = ()) -> Facts:
        return Facts(
            rule=(Rule.NONE if best is None else best.hypothesis.rule).value,
            probability_ppm=0 if best is None else best.ppm,
            margin_ppm=0 if best is None else best.ppm - next_ppm,
            sets_that_fit=0 if best is None else self._scorer.counts_as_equal(best, others),
            residual_explained=best is not None and self._scorer.explained(best.hypothesis),
            currency=line.currency,
            amount_minor=line.amount_minor,
        )


def _each_booking_once(ranked: Sequence[Scored]) -> list[Scored]:
    first: dict[Hashable, Scored] = {}
    for option in ranked:
        first.setdefault(option.hypothesis.booking, option)
    return list(first.values())


def _rank(option: Scored) -> tuple[int, int]:
    return -option.ppm, -option.score_ppm


def _without_policy(hypothesis: Hypothesis) -> Decision | None:
    """What the outcome alone decides; None where items are named and the policy has to say."""
    if hypothesis.outcome is Reason.NOT_AR:
        return Decision.NOT_AR
    return Decision.EXCEPTION if hypothesis.outcome is not Reason.IN_FULL else None


def _wanted(options: Sequence[Sequence[Scored]]) -> list[list[int]]:
    """For every line the other lines whose likeliest hypothesis takes one of the same items."""
    first = [[item_id for item_id, _ in scored[0].hypothesis.cleared] if scored else [] for scored in options]
    takers: defaultdict[int, list[int]] = defaultdict(list)
    for index, items in enumerate(first):
        for item_id in items:
            takers[item_id].append(index)
    return [
        sorted({other for item_id in items for other in takers[item_id]} - {index}) for index, items in enumerate(first)
    ]
