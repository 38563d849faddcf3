"""Tries on an incoming payment, one after another, the rules an AR clerk would use to name the items it pays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from o2c_ai.models.remittance_matching.desk import TWINS_MAX, Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule, from_solution, from_solved
from o2c_ai.models.remittance_matching.records import Item, ProposedRow, Reason
from o2c_ai.models.remittance_matching.references import Mention
from o2c_ai.models.remittance_matching.ways import (
    Fit,
    Solution,
    Way,
    cut_way,
    netted_ways,
    partial_ways,
    solve,
    ways_to_pay,
)

SET_MAX = 14
"""Open items of a payer, earliest due first, among which sets are searched."""
WHOLE_MAX = 26
"""Open items, earliest due first, among which sets of items paid in full are searched where those give none."""
SINGLE_MAX = 200
"""Open items of a payer that are compared with the amount in all their ways; beyond, only by their exact amounts."""
MEMOS_MAX = 8
"""Credit memos, earliest first, that may have been netted without being quoted."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted number and the ways to pay the items it may mean."""

    mention: Mention
    ways: tuple[Way, ...]


class Clerk:
    """Works at one desk; what changes there is seen at once."""

    def __init__(self, desk: Desk) -> None:
        """Sit down at a desk."""
        self._desk = desk

    def hypotheses(self, case: Case) -> list[Hypothesis]:
        """All ways to book an incoming payment on open items that some rule finds, in no order."""
        found = self._by_advice(case)
        quoted = self._quoted(case, case.reading.mentions)
        if quoted:
            found += self._by_references(case, quoted)
        if not any(hypothesis.usual for hypothesis in found):
            found += self._by_amount(case)
        return found

    def _by_advice(self, case: Case) -> list[Hypothesis]:
        """The items an advice names, with its amounts and its cuts."""
        named = [
            (row.amount_minor, quoted[0])
            for row in case.advised
            if row.mention is not None and (quoted := self._quoted(case, [row.mention]))
        ]
        cuts = [row.amount_minor for row in case.advised if row.mention is None and not row.unread]
        must = [self._advised(amount, quoted.ways, cuts) for amount, quoted in named]
        if not must:
            return []
        solved = solve(case.line.amount_minor, must, [], self._charges(case, must))
        mentions = [quoted.mention for _, quoted in named]
        unread = len(case.advised) - len(cuts) - len(named)
        return from_solved(self._desk, case, Rule.ADVICE, solved, mentions, unread=unread)

    def _by_references(self, case: Case, quoted: Sequence[Quoted]) -> list[Hypothesis]:
        """The items quoted: in full, cut as usual, netted with credit memos, or together with more of the payer's."""
        minor, mentions = case.line.amount_minor, [number.mention for number in quoted]
        must = [number.ways for number in quoted]
        others = [] if case.anybody else _others(case.pool, must)
        charges = self._charges(case, must)
        memos = netted_ways(self._desk.open_items, others)[:MEMOS_MAX]
        found = from_solved(self._desk, case, Rule.REFERENCES, solve(minor, must, memos, charges), mentions)
        if found:
            return found
        parts = [(*ways, *partial_ways(self._desk.open_items, self._desk.habits, ways[0].item)) for ways in must]
        found = from_solved(self._desk, case, Rule.REFERENCES, solve(minor, parts, []), mentions)
        more = [self._ways(case, item) for item in others[:SET_MAX]]
        solved = solve(minor, must, more, charges)
        found += from_solved(self._desk, case, Rule.REFERENCES_AND_MORE, solved, mentions)
        return found or self._unexplained(case, mentions, must)

    def _unexplained(self, case: Case, mentions: Sequence[Mention], must: Sequence[Sequence[Way]]) -> list[Hypothesis]:
        """The quoted items with a difference: too much goes on account, too little is taken from the largest."""
        chosen = list({ways[0].item.item_id: ways[0] for ways in must}.values())
        rest = case.line.amount_minor - sum(way.cash_minor for way in chosen)
        over = ProposedRow(None, rest, Reason.OVERPAYMENT) if rest > 0 else None
        usual = self._desk.habits.usual_overpayment(case.line.currency, rest)
        if over is None:
            largest = max(chosen, key=lambda way: way.cash_minor)
            cash = largest.cash_minor + rest
            if cash <= 0:
                return []
            cut = cut_way(self._desk.habits, largest, cash)
            chosen = [cut if way is largest else way for way in chosen]
        solution = Solution(tuple(chosen), 0, 0)
        rule = Rule.REFERENCES.value
        return [from_solution(self._desk, case, rule, solution, mentions, unread=case.unread, over=over, usual=usual)]

    def _by_amount(self, case: Case) -> list[Hypothesis]:
        """What the amount alone says: one open item, else a set of the payer's."""
        minor, items = case.line.amount_minor, list(case.pool)
        rule = Rule.AMOUNT_ONLY if case.anybody else Rule.ONE_ITEM
        charges = () if case.anybody else self._charges(case, ())
        if len(items) > SINGLE_MAX:
            items = self._payable(case, [minor, *(minor + charge for charge in charges)])
        single = solve(minor, [[way for item in items for way in self._ways(case, item)]], [], charges)
        found = from_solved(self._desk, case, rule, single)
        if found or case.anybody or len(case.pool) == 1:
            return found
        slots = [self._ways(case, item) for item in case.pool[:SET_MAX]]
        solved = solve(minor, [], slots, charges)
        if not solved.solutions:
            solved = solve(minor, [], [self._ways(case, item)[:1] for item in case.pool[:WHOLE_MAX]])
        return from_solved(self._desk, case, Rule.SET_OF_ITEMS, solved)

    def _payable(self, case: Case, amounts: Sequence[int]) -> list[Item]:
        """The items of a payer with very many that one of these amounts would pay exactly."""
        is_paid_by = self._desk.open_items.is_paid_by
        found = (item for item in case.pool if any(is_paid_by(item, amount) for amount in amounts))
        return list(islice(found, TWINS_MAX))

    def _quoted(self, case: Case, mentions: Sequence[Mention]) -> list[Quoted]:
        """For every quoted number the open items it may mean, the payer's own before others'; each set once."""
        open_items = self._desk.open_items
        quoted: dict[tuple[int, ...], Quoted] = {}
        for mention in mentions:
            able = [
                open_items.items[item_id]
                for item_id in mention.item_ids
                if open_items.items[item_id].currency == case.line.currency and open_items.open_minor(item_id)
            ]
            own = [item for item in able if item.customer_id in case.payer.customers] or able
            ids = tuple(item.item_id for item in own)
            if ids and ids not in quoted:
                quoted[ids] = Quoted(mention, tuple(way for item in own for way in self._ways(case, item)))
        return list(quoted.values())

    def _advised(self, amount: int, ways: Sequence[Way], cuts: Sequence[int]) -> list[Way]:
        """The ways an advice row allows: its amount, or its amount less one of the advice's cuts."""
        allowed = {amount, *(amount + cut for cut in cuts)}
        kept = [way for way in ways if way.cash_minor in allowed]
        full = ways[0]
        for cash in sorted(allowed):
            if 0 < cash < full.cash_minor and all(way.cash_minor != cash for way in kept):
                kept.append(cut_way(self._desk.habits, full, cash, Fit.ADVISED))
        return kept or list(ways)

    def _ways(self, case: Case, item: Item) -> list[Way]:
        return ways_to_pay(self._desk.open_items, self._desk.habits, item, case.line.booking_date)

    def _charges(self, case: Case, must: Sequence[Sequence[Way]]) -> tuple[int, ...]:
        customers = {ways[0].item.customer_id for ways in must} or case.payer.customers
        return self._desk.habits.fees(sorted(customers), case.line.currency)


def _others(pool: Sequence[Item], must: Sequence[Sequence[Way]]) -> list[Item]:
    """Open items that are not quoted themselves."""
    quoted = {way.item.item_id for ways in must for way in ways}
    return [item for item in pool if item.item_id not in quoted]
