"""The matcher of the first day and the rule to beat: day by day, with probabilities measured on booked history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby

from o2c_ai.models.remittance_matching.assignment import DayOfLines, Decided
from o2c_ai.models.remittance_matching.desk import Desk
from o2c_ai.models.remittance_matching.explanation import explained
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.objections import Objections
from o2c_ai.models.remittance_matching.rates import RateCounter, RuleRates
from o2c_ai.models.remittance_matching.receipts import Receipt
from o2c_ai.models.remittance_matching.records import (
    BankLine,
    Booking,
    Papers,
    Policy,
    Proposal,
    Reason,
)
from o2c_ai.models.remittance_matching.scoring import RuleScorer, Scorer

HORIZON_DAYS = 60
"""Days that a replay of history goes on without being told what was booked, as a long run would."""
CENT = 1
"""Minor units by which booked and proposed cash may differ."""


def match(papers: Papers, scorer: Scorer, policy: Policy, from_day: date, to_day: date) -> list[Proposal]:
    """One proposal for every line booked from `from_day` to `to_day` that nobody decided yet, in order of days.

    `papers` is what is known on the evening of the run. Lines with bookings are history; lines before `from_day`
    without bookings are known to have come in and are not decided. Within the run nothing is learnt from its own
    proposals, but what it applies is no longer open, and what it takes for returned is open again.
    """
    desk = Desk(papers)
    desk.keep_for_later()
    desk.payers.tell(papers.aliases)
    work = DayOfLines(desk, scorer, policy, Objections(desk.payers, papers.customers, papers.refusals))
    proposals: list[Proposal] = []
    for day, lines in days(papers.lines):
        if day > to_day:
            break
        desk.advance(day)
        undecided = []
        for line in lines:
            if desk.bookings(line):
                desk.book(line)
            elif day >= from_day:
                undecided.append(line)
            elif line.amount_minor > 0:
                desk.receipts.add(Receipt(line))
        proposals += [explained(decided) for decided in work.decide(undecided)]
    return proposals


def measure(
    papers: Papers,
    policy: Policy,
    horizon_days: int = HORIZON_DAYS,
    scorer_of: Callable[[RuleRates, date], Scorer] | None = None,
) -> RuleRates:
    """Replay the booked history in order of time, and count how often each rule was right.

    History is cut into stretches, short at first (1, 2, 4… days), then of `horizon_days`. Within a stretch the rules
    see only their own applications, as in a run without people; at its end these are undone, what people booked takes
    their place and is learnt from. `scorer_of` is asked once a stretch, with what was counted before it and
    its first day.
    """
    desk, counter = Desk(papers), RateCounter()
    for stretch in _stretches([line for line in papers.lines if desk.bookings(line)], horizon_days):
        rates = counter.rates()
        scorer = scorer_of(rates, stretch[0].booking_date) if scorer_of else RuleScorer(rates)
        work = DayOfLines(desk, scorer, policy)
        decided: list[Decided] = []
        for day, lines in days(stretch):
            desk.advance(day)
            decided += work.decide(list(lines))
        desk.forget()
        for one in decided:
            if desk.taught_by(one.case.line):
                _count(counter, one, desk.bookings(one.case.line))
        for line in stretch:
            desk.book(line)
    return counter.rates()


def days(lines: Sequence[BankLine]) -> Iterator[tuple[date, Iterator[BankLine]]]:
    """The lines by booking date, in the order they were booked."""
    in_order = sorted(lines, key=lambda line: (line.booking_date, line.line_id))
    return groupby(in_order, key=lambda line: line.booking_date)


def is_right(hypothesis: Hypothesis, booked: Sequence[Booking]) -> bool:
    """Whether people booked the same: the same items with the same cash, or the same reason for booking none.

    A bank charge may stand apart or against the items.
    """
    if hypothesis.outcome not in (Reason.IN_FULL, Reason.RETURNED):
        return any(row.reason is hypothesis.outcome for row in booked)
    paid = {row.item_id: row.cash_minor for row in booked if row.item_id is not None}
    said = {row.item_id: row.amount_minor for row in hypothesis.rows if row.item_id is not None}
    if not paid or paid.keys() != said.keys():
        return False
    charge = -sum(row.cash_minor for row in booked if row.reason is Reason.BANK_CHARGE)
    return max(abs(paid[item] - said[item]) for item in paid) <= max(CENT, charge)


def _stretches(lines: Sequence[BankLine], horizon_days: int) -> Iterator[list[BankLine]]:
    size, stretch = 1, list[BankLine]()
    for day, booked in days(lines):
        if stretch and (day - stretch[0].booking_date).days >= size:
            yield stretch
            size, stretch = min(2 * size, horizon_days), []
        stretch += booked
    if stretch:
        yield stretch


def _count(counter: RateCounter, decided: Decided, booked: Sequence[Booking]) -> None:
    """Count what the rules say first and second, whoever decides, and keep the score of what they propose to pay.

    The likeliest of the sets that no rule finds is counted too, so that the rules know what such sets are worth.
    """
    all_ = [decided.best, *decided.options] if decided.best is not None else []
    likely = [one for one in all_ if one.hypothesis.rule is Rule.LIKELY_SET]
    of_rules = [one for one in all_ if one.hypothesis.rule is not Rule.LIKELY_SET]
    of_rules.sort(key=lambda one: one.by_rules, reverse=True)
    for one in (*of_rules[:2], *likely[:1]):
        counter.count(one.hypothesis.circumstances, right=is_right(one.hypothesis, booked))
    for first in of_rules[:1]:
        if first.hypothesis.outcome is Reason.IN_FULL:
            counter.score(first.by_rules[1], right=is_right(first.hypothesis, booked))
