"""Decides the lines of one day together, so that no invoice is paid twice and no two lines take the same item."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import Clerk, Hypothesis
from o2c_ai.models.remittance_matching.other_money import bounced_or_outgoing, no_items
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.receipts import Receipt
from o2c_ai.models.remittance_matching.records import BankLine, Decision, Facts, Policy, Reason


@dataclass(frozen=True, slots=True)
class Scored:
    """A hypothesis and how often such hypotheses were right."""

    ppm: int
    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class Decided:
    """What becomes of a line, with what was considered."""

    case: Case
    decision: Decision
    facts: Facts
    best: Hypothesis | None
    options: tuple[Scored, ...]
    """The other hypotheses, likeliest first."""
    rivals: int = 0
    """Other lines of the day that want the same items."""


class Day:
    """The lines of one day in the course of being decided."""

    def __init__(self, desk: Desk, rates: RuleRates, policy: Policy) -> None:
        """Work at a desk with measured rates and the company's policy."""
        self._desk, self._rates, self._policy, self._clerk = desk, rates, policy, Clerk(desk)

    def decide(self, lines: Sequence[BankLine]) -> list[Decided]:
        """Outgoing lines first, since what bounced can be paid again; then the likeliest incoming ones before others."""
        outgoing = [self._outgoing(line) for line in lines if line.amount_minor <= 0]
        cases = [self._desk.read(line) for line in lines if line.amount_minor > 0]
        options = [self._score(case) for case in cases]
        wanted = _wanted(options)
        queue = [(-scored[0].ppm, index, 0) for index, scored in enumerate(options) if scored]
        heapq.heapify(queue)
        decided: dict[int, Decided] = {}
        while queue:
            _, index, place = heapq.heappop(queue)
            scored = options[index][place:]
            if self._still_open(scored[0].hypothesis):
                rivals = [options[other][0].ppm for other in wanted[index] if other not in decided]
                decided[index] = self._settle(cases[index], scored, rivals)
            elif len(scored) > 1:
                heapq.heappush(queue, (-scored[1].ppm, index, place + 1))
        return outgoing + [decided.get(index) or self._nothing(case) for index, case in enumerate(cases)]

    def _score(self, case: Case) -> list[Scored]:
        found = self._clerk.hypotheses(case)
        found += no_items(self._desk, case, found)
        scored = [Scored(self._rates.probability_ppm(found.circumstances), found) for found in found]
        ranked: dict[object, Scored] = {}
        for option in sorted(scored, key=lambda option: -option.ppm):
            ranked.setdefault(_booking(option.hypothesis), option)
        return list(ranked.values())

    def _still_open(self, hypothesis: Hypothesis) -> bool:
        opened = self._desk.open_items.open_minor
        return all(
            opened(way.item.item_id) >= way.cleared_minor
            if way.cleared_minor > 0
            else opened(way.item.item_id) <= way.cleared_minor
            for way in hypothesis.ways
        )

    def _settle(self, case: Case, scored: Sequence[Scored], rivals: Sequence[int]) -> Decided:
        best, line = scored[0].hypothesis, case.line
        next_best = max([*rivals, *(option.ppm for option in scored[1:2])], default=0)
        facts = Facts(
            rule=best.rule.value,
            probability_ppm=scored[0].ppm,
            margin_ppm=scored[0].ppm - next_best,
            sets_that_fit=best.fits,
            residual_explained=best.explained,
            currency=line.currency,
            amount_minor=line.amount_minor,
        )
        decision = _decision(best) or self._policy(facts)
        decided = Decided(case, decision, facts, best, tuple(scored[1:]), len(rivals))
        self._note(decided, best)
        return decided

    def _note(self, decided: Decided, best: Hypothesis) -> None:
        """Consume what is applied; remember what is left for a person."""
        line = decided.case.line
        if decided.decision is Decision.AUTO:
            cleared = [(way.item.item_id, way.cleared_minor) for way in best.ways]
            self._desk.apply(line, cleared, Receipt(line, best.rows, best.customer_id))
            return
        self._desk.receipts.add(Receipt(line, (), best.customer_id))
        if decided.decision is not Decision.NOT_AR:
            self._desk.claimed.update((way.item.item_id, line.line_id) for way in best.ways)
            self._desk.behind.update(way.item.customer_id for way in best.ways)
            self._desk.behind.update(decided.case.payer.customers)

    def _nothing(self, case: Case) -> Decided:
        line = case.line
        self._desk.receipts.add(Receipt(line, (), None))
        self._desk.behind.update(case.payer.customers)
        facts = Facts("none", 0, 0, 0, residual_explained=False, currency=line.currency, amount_minor=line.amount_minor)
        return Decided(case, Decision.EXCEPTION, facts, None, ())

    def _outgoing(self, line: BankLine) -> Decided:
        case = self._desk.read(line)
        best = bounced_or_outgoing(self._desk, line)
        ppm = self._rates.probability_ppm(best.circumstances)
        if best.bounced is not None:
            self._desk.reopen(best.bounced)
        facts = Facts(best.rule.value, ppm, ppm, 1, residual_explained=True, currency=line.currency, amount_minor=line.amount_minor)
        decision = Decision.RETURNED if best.bounced is not None else Decision.NOT_AR
        return Decided(case, decision, facts, best, ())


def _decision(hypothesis: Hypothesis) -> Decision | None:
    """What the outcome alone decides; None where items are named and the policy has to say."""
    if hypothesis.outcome is Reason.NOT_AR:
        return Decision.NOT_AR
    return Decision.EXCEPTION if hypothesis.outcome in (Reason.PREPAYMENT, Reason.DUPLICATE) else None


def _wanted(options: Sequence[Sequence[Scored]]) -> list[list[int]]:
    """For every line the other lines whose likeliest hypothesis takes one of the same items."""
    takers: defaultdict[int, list[int]] = defaultdict(list)
    for index, scored in enumerate(options):
        for way in scored[0].hypothesis.ways if scored else ():
            takers[way.item.item_id].append(index)
    return [
        sorted({other for way in scored[0].hypothesis.ways for other in takers[way.item.item_id]} - {index})
        if scored
        else []
        for index, scored in enumerate(options)
    ]


def _booking(hypothesis: Hypothesis) -> object:
    """What the books would show: a charge apart and the same charge against the only item are one booking."""
    if len(hypothesis.ways) == 1:
        return hypothesis.ways[0].item.item_id
    paid = frozenset((row.item_id, row.amount_minor) for row in hypothesis.rows if row.item_id is not None)
    return paid or hypothesis.outcome
