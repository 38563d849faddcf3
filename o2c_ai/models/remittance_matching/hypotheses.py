"""Names the sets of open items that an incoming payment may pay, each by a rule an AR clerk would use."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace

from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.payer import How, Payer
from o2c_ai.models.remittance_matching.receipts import Receipt
from o2c_ai.models.remittance_matching.records import Advice, Item, ProposedRow, Reason
from o2c_ai.models.remittance_matching.references import Mention, Quality
from o2c_ai.models.remittance_matching.ways import (
    Fit,
    Solution,
    Solved,
    Way,
    netted_ways,
    partial_ways,
    solve,
    ways_to_pay,
)

SET_MAX = 14
"""Open items of a payer, earliest due first, among which sets are searched without a reference."""
MEMOS_MAX = 8
"""Credit memos, earliest first, that may have been netted without being quoted."""
OPTIONS_MAX = 20
"""Solutions of one rule that are kept as options."""
TWINS_MAX = 50
"""Items of equal amount that are looked at where nothing but the amount is known."""


class Rule(enum.StrEnum):
    """The rules; each is measured on history by itself."""

    ADVICE = "advice"
    REFERENCES = "references"
    REFERENCES_AND_MORE = "references and more"
    ONE_ITEM = "one item of the payer"
    SET_OF_ITEMS = "set of the payer's items"
    AMOUNT_ONLY = "amount only"
    WORDING = "wording"
    PAID_BEFORE = "paid before"
    BOUNCED = "bounced"
    OUTGOING = "outgoing"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to book a line, and the circumstances under which its rule's success is measured."""

    rule: Rule
    circumstances: tuple[str, ...]
    """From coarse to fine; every beginning of it is counted."""
    rows: tuple[ProposedRow, ...]
    customer_id: int | None = None
    ways: tuple[Way, ...] = ()
    fit: Fit = Fit.EXACT
    fits: int = 1
    """How many sets explain the amount as simply."""
    explained: bool = True
    mentions: tuple[Mention, ...] = ()
    unread: int = 0
    outcome: Reason = Reason.IN_FULL
    """IN_FULL where items are paid; NOT_AR, PREPAYMENT, DUPLICATE or RETURNED where not."""
    bounced: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted number and the ways to pay the items it may mean."""

    mention: Mention
    ways: tuple[Way, ...]


class Clerk:
    """Tries the rules on one case after another."""

    def __init__(self, desk: Desk) -> None:
        """Sit down at a desk; what changes there is seen at once."""
        self._desk = desk

    def hypotheses(self, case: Case) -> list[Hypothesis]:
        """All ways to book an incoming payment on items that some rule finds, in no order."""
        found: list[Hypothesis] = []
        if case.advice is not None:
            found += self._by_advice(case, case.advice)
        quoted = self._quoted(case, case.reading.mentions)
        if quoted:
            found += self._by_references(case, quoted)
        if not any(hypothesis.explained for hypothesis in found):
            found += self._by_amount(case)
        return found

    def _by_advice(self, case: Case, advice: Advice) -> list[Hypothesis]:
        """The items an advice names, with its amounts and its cuts."""
        numbers, pool = self._desk.open_items.numbers, [item.item_id for item in case.pool]
        named: list[tuple[int, Quoted]] = []
        cuts: list[int] = []
        unread = 0
        for row in advice.rows:
            reading = numbers.read_among(numbers.read(row.invoice_ref), pool)
            quoted = self._quoted(case, reading.mentions[:1])
            if quoted:
                named.append((row.amount_minor, quoted[0]))
            elif reading.mentions or numbers.unread(reading):
                unread += 1
            else:
                cuts.append(row.amount_minor)
        if not named:
            return []
        must = [_advised(amount, quoted.ways, cuts) for amount, quoted in named]
        solved = solve(case.line.amount_minor, must, [], self._charges(case, must))
        return self._solved(case, Rule.ADVICE, solved, [quoted.mention for _, quoted in named], unread)

    def _by_references(self, case: Case, quoted: Sequence[Quoted]) -> list[Hypothesis]:
        """The items quoted: in full, cut by what is known, netted with credit memos, or with more of the payer's."""
        minor, mentions = case.line.amount_minor, [number.mention for number in quoted]
        must = [number.ways for number in quoted]
        others = _others(case.pool, must)
        charges = self._charges(case, must)
        solved = solve(minor, must, netted_ways(self._desk.open_items, others)[:MEMOS_MAX], charges)
        found = self._solved(case, Rule.REFERENCES, solved, mentions, case.unread)
        if found:
            return found
        parts = [(*ways, *self._partial(ways[0].item)) for ways in must]
        found += self._solved(case, Rule.REFERENCES, solve(minor, parts, []), mentions, case.unread)
        more = [self._ways(case, item) for item in others[:SET_MAX]]
        solved = solve(minor, must, more, charges)
        found += self._solved(case, Rule.REFERENCES_AND_MORE, solved, mentions, case.unread)
        return found or self._unexplained(case, mentions, must)

    def _unexplained(
        self, case: Case, mentions: Sequence[Mention], must: Sequence[Sequence[Way]]
    ) -> list[Hypothesis]:
        """The quoted items, with a difference: too much goes on account, too little is the largest item's."""
        chosen = list({ways[0].item.item_id: ways[0] for ways in must}.values())
        rest = case.line.amount_minor - sum(way.cash_minor for way in chosen)
        if rest > 0:
            usual = self._desk.habits.usual_overpayment(case.line.currency, rest)
            over = self._make(case, Rule.REFERENCES, Solution(tuple(chosen), 0, 0), mentions, fit=Fit.OVERPAID)
            return [replace(over, rows=(*over.rows, ProposedRow(None, rest, Reason.OVERPAYMENT)), explained=usual)]
        largest = max(chosen, key=lambda way: way.cash_minor)
        cash = largest.cash_minor + rest
        if cash <= 0:
            return []
        cut = replace(largest, cash_minor=cash, reason=Reason.DEDUCTION, fit=Fit.SHORT)
        ways = tuple(cut if way is largest else way for way in chosen)
        return [replace(self._make(case, Rule.REFERENCES, Solution(ways, 0, 0), mentions), explained=False)]

    def _by_amount(self, case: Case) -> list[Hypothesis]:
        """What the amount says: one open item of the payer, else a set of them, else one item of anybody."""
        minor = case.line.amount_minor
        if not case.pool:
            alike = self._desk.open_items.payable_with(case.line.currency, minor, TWINS_MAX)
            ways = [way for item in alike for way in self._ways(case, item)]
            return self._solved(case, Rule.AMOUNT_ONLY, solve(minor, [ways], []), (), case.unread)
        charges = self._charges(case, ())
        slots = [self._ways(case, item) for item in case.pool]
        single = solve(minor, [[way for ways in slots for way in ways]], [], charges)
        found = self._solved(case, Rule.ONE_ITEM, single, (), case.unread)
        if found or len(slots) == 1:
            return found
        return self._solved(case, Rule.SET_OF_ITEMS, solve(minor, [], slots[:SET_MAX], charges), (), case.unread)

    def _quoted(self, case: Case, mentions: Sequence[Mention]) -> list[Quoted]:
        """For every quoted number the open items it may mean, the payer's own before others', each item set once."""
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

    def _ways(self, case: Case, item: Item) -> list[Way]:
        return ways_to_pay(self._desk.open_items, self._desk.habits, item, case.line.booking_date)

    def _partial(self, item: Item) -> list[Way]:
        return partial_ways(self._desk.open_items, self._desk.habits, item)

    def _charges(self, case: Case, must: Sequence[Sequence[Way]]) -> tuple[int, ...]:
        customers = {ways[0].item.customer_id for ways in must} or case.payer.customers
        return self._desk.habits.fees(sorted(customers), case.line.currency)

    def _solved(
        self, case: Case, rule: Rule, solved: Solved, mentions: Sequence[Mention], unread: int
    ) -> list[Hypothesis]:
        return [
            self._make(
                case,
                rule,
                solution,
                mentions,
                unread=unread,
                fits=solved.equally_good,
                simplest=solution.cost == solved.solutions[0].cost,
            )
            for solution in solved.solutions[:OPTIONS_MAX]
        ]

    def _make(
        self,
        case: Case,
        rule: Rule,
        solution: Solution,
        mentions: Sequence[Mention],
        *,
        fit: Fit | None = None,
        unread: int = 0,
        fits: int = 1,
        simplest: bool = True,
    ) -> Hypothesis:
        customers = {way.item.customer_id for way in solution.ways}
        quality = max((mention.quality for mention in mentions), default=Quality.NUMBER)
        fit = fit or solution.fit
        circumstances = (
            rule.value if simplest else f"{rule.value}, less simple",
            "alone" if fits == 1 else "among equals",
            fit.value,
            self._state(solution.ways, customers),
            relation(case.payer, customers),
            f"{quality.name.lower()}{', unread' if unread else ''}",
            _size(len(solution.ways)),
        )
        return Hypothesis(
            rule=rule,
            circumstances=circumstances,
            rows=solution.rows(),
            customer_id=min(customers),
            ways=solution.ways,
            fit=fit,
            fits=fits,
            mentions=tuple(mentions),
            unread=unread,
        )

    def _state(self, ways: Sequence[Way], customers: set[int]) -> str:
        """Whether the books are up to date for these items."""
        if any(way.item.item_id in self._desk.claimed for way in ways):
            return "claimed"
        return "behind" if customers & self._desk.behind else "settled"


def relation(payer: Payer, customers: set[int]) -> str:
    """How the payer found stands to the customers whose items a hypothesis pays."""
    if payer.how in (How.UNKNOWN, How.SHARED) or customers <= payer.customers:
        return payer.how.value
    return "other"


def _others(pool: Sequence[Item], must: Sequence[Sequence[Way]]) -> list[Item]:
    quoted = {way.item.item_id for ways in must for way in ways}
    customers = {way.item.customer_id for ways in must for way in ways}
    return [item for item in pool if item.item_id not in quoted and item.customer_id in customers]


def _advised(amount: int, ways: Sequence[Way], cuts: Sequence[int]) -> list[Way]:
    """The ways an advice row allows: its amount, or its amount less one of the advice's cuts."""
    allowed = {amount, *(amount + cut for cut in cuts)}
    kept = [way for way in ways if way.cash_minor in allowed]
    full = ways[0]
    for cash in sorted(allowed):
        if 0 < cash < full.cash_minor and all(way.cash_minor != cash for way in kept):
            kept.append(replace(full, cash_minor=cash, reason=Reason.DEDUCTION, fit=Fit.ADVISED))
    return kept or list(ways)


def _size(items: int) -> str:
    return next((name for most, name in ((1, "1"), (3, "2-3"), (9, "4-9")) if items <= most), "10+")
