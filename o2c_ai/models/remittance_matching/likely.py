"""Proposes the sets of open items that are likeliest to be in a payment: those that add up, and those one cut short."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import OPTIONS_MAX, Hypothesis, Rule, from_solution
from o2c_ai.models.remittance_matching.likely_sets import Choice, find_likeliest, log_odds
from o2c_ai.models.remittance_matching.records import ProposedRow, Reason
from o2c_ai.models.remittance_matching.ways import (
    Fit,
    Solution,
    Way,
    cut_way,
    earns_discount,
    partial_ways,
    ways_to_pay,
)

NEARBY_MAX = 12
"""Least certain items that are put in or left out, one at a time, where the items do not add up to the money."""
CERTAIN = 7.0
"""Log odds beyond which an item is in or out without a search."""

_Found = tuple[Solution, ProposedRow | None]
"""A solution, and what is left over."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """An item of the pool, the log odds that it is in the payment, and the ways it would be, with their costs."""

    odds: float
    ways: tuple[Way, ...]
    costs: tuple[float, ...]

    @property
    def likeliest(self) -> Way:
        return self.ways[min(range(len(self.ways)), key=self.costs.__getitem__)]

    @property
    def choices(self) -> list[Choice]:
        """Left out, or paid in one of the ways."""
        paid = [(way.cash_minor, self.odds - cost) for way, cost in zip(self.ways, self.costs, strict=True)]
        return [(0, 0.0), *paid]


def likely_sets(desk: Desk, case: Case) -> list[Hypothesis]:
    """Hypotheses from the chances of the case's items, the likeliest first; none where nobody learnt to say."""
    slots = sorted(_slots(desk, case), key=lambda slot: abs(slot.odds))
    found = [*_adding_up(desk, case, slots), *_with_a_difference(desk, case, slots)]
    ranked = sorted((_hypothesis(desk, case, *one) for one in found), key=lambda way: cost_of(desk, case, way))
    return ranked[:OPTIONS_MAX]


def cost_of(desk: Desk, case: Case, way: Hypothesis) -> float:
    """How much less likely a way to book the line is than its likeliest items paid in full, in nats.

    A difference that could have been any amount of cents is as much less likely as there are such amounts.
    """
    paid = {one.item.item_id for one in way.ways}
    cost = CERTAIN * len(paid - case.chances.keys())
    for item_id, chance in case.chances.items():
        odds = log_odds(chance)
        cost += max(0.0, -odds if item_id in paid else odds)
    cost += sum(_way_cost(desk, one, case.line.booking_date) for one in way.ways)
    for row in way.rows:
        if row.item_id is None:
            any_cent = row.reason is Reason.OVERPAYMENT and not way.usual
            rare = _rare(desk, {one.item.customer_id for one in way.ways}, row.reason)
            cost += rare + (math.log(case.line.amount_minor) if any_cent else 0.0)
    return cost


def _way_cost(desk: Desk, way: Way, day: date) -> float:
    """What it costs to believe that an item is paid in this way."""
    customer = {way.item.customer_id}
    if way.fit is Fit.SHORT:
        return _rare(desk, customer, way.reason) + math.log(way.item.amount_minor)
    if way.reason in (Reason.WITHHOLDING, Reason.PARTIAL):
        return _rare(desk, customer, way.reason)
    if way.item.discount_minor and earns_discount(desk.habits, way.item, day):
        taken = desk.punctuality.takes_discount(way.item.customer_id)
        return -math.log(taken) if way.reason is Reason.DISCOUNT else -math.log1p(-taken)
    return _rare(desk, customer, way.reason) if way.reason is Reason.DISCOUNT else 0.0


def _rare(desk: Desk, customers: Collection[int], reason: Reason) -> float:
    """What it costs to believe in a difference of a kind: the rarer with these customers, the more."""
    return -math.log(desk.habits.share_with(customers, reason))


def _slots(desk: Desk, case: Case) -> Iterator[_Slot]:
    day = case.line.booking_date
    for item in case.pool:
        odds = log_odds(case.chances.get(item.item_id, 0.0))
        if odds > -CERTAIN:
            ways = tuple(ways_to_pay(desk.open_items, desk.habits, item, day))
            yield _Slot(odds, ways, tuple(_way_cost(desk, way, day) for way in ways))


def _adding_up(desk: Desk, case: Case, slots: Sequence[_Slot]) -> Iterator[_Found]:
    """Sets to the cent, with or without a bank charge."""
    charges = desk.habits.fees(sorted(case.payer.customers), case.line.currency)
    rare = _rare(desk, case.payer.customers, Reason.BANK_CHARGE)
    targets = [(case.line.amount_minor, 0.0), *((case.line.amount_minor + charge, -rare) for charge in charges)]
    for one in find_likeliest([slot.choices for slot in slots], targets, OPTIONS_MAX):
        ways = tuple(slot.ways[choice - 1] for slot, choice in zip(slots, one.choices, strict=True) if choice)
        if ways:
            yield Solution(ways, charges[one.target - 1] if one.target else 0, 0), None


def _with_a_difference(desk: Desk, case: Case, slots: Sequence[_Slot]) -> Iterator[_Found]:
    """The likeliest sets whatever they add up to: one item cut short, or the rest left over."""
    for chosen in _nearby(slots):
        short = sum(way.cash_minor for way in chosen) - case.line.amount_minor
        if short < 0:
            yield Solution(chosen, 0, 0), ProposedRow(None, -short, Reason.OVERPAYMENT)
        for way in chosen:
            cut = _cut(desk, way, short)
            if cut is not None:
                yield Solution(tuple(cut if one is way else one for one in chosen), 0, 0), None


def _nearby(slots: Sequence[_Slot]) -> Iterator[tuple[Way, ...]]:
    """The likeliest set, and those with one of the least certain items put in or left out."""
    best = frozenset(place for place, slot in enumerate(slots) if slot.odds > 0)
    for places in [best, *(best ^ {place} for place in range(len(slots[:NEARBY_MAX])))]:
        if places:
            yield tuple(slots[place].likeliest for place in sorted(places))


def _cut(desk: Desk, way: Way, short: int) -> Way | None:
    """The way as it would be if all that is missing were cut from its item; None where that is too much."""
    cash = way.cash_minor - short
    if not 0 < cash < way.cash_minor:
        return None
    usual = [part for part in partial_ways(desk.open_items, desk.habits, way.item) if part.cash_minor == cash]
    return usual[0] if usual else cut_way(desk.habits, way, cash)


def _hypothesis(desk: Desk, case: Case, solution: Solution, over: ProposedRow | None) -> Hypothesis:
    paid = {way.item.item_id for way in solution.ways}
    mentions = [mention for mention in case.reading.mentions if not paid.isdisjoint(mention.item_ids)]
    usual = desk.habits.usual_overpayment(case.line.currency, over.amount_minor) if over else True
    usual = usual and all(way.fit is not Fit.SHORT for way in solution.ways)
    rule = Rule.LIKELY_SET.value
    return from_solution(desk, case, rule, solution, mentions, unread=case.unread, over=over, usual=usual)
