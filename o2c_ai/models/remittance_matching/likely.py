"""Proposes the sets of open items that are likeliest to be in a payment: those that add up, and those one cut short."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest

from o2c_ai.models.remittance_matching.chances import CERTAIN
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import OPTIONS_MAX, Hypothesis, Rule, from_solution
from o2c_ai.models.remittance_matching.likely_sets import Choice, find_likeliest
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

DOUBTFUL_MAX = 64
"""Least certain items that are searched; beyond, those that are likely not in the payment are left out."""
NEARBY_MAX = 12
"""Least certain items that are put in or left out, one at a time, where the items do not add up to the money."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A set, and how much less likely it is than the likeliest items paid in full, in nats."""

    cost: float
    ways: tuple[Way, ...]
    charge_minor: int = 0
    over_minor: int = 0
    usual: bool = True


@dataclass(frozen=True, slots=True)
class _Slot:
    """An item of the pool, the log odds that it is in the payment, and the ways it would be, with their costs."""

    odds: float
    ways: tuple[Way, ...]
    costs: tuple[float, ...]
    likeliest: int

    @property
    def choices(self) -> list[Choice]:
        """Left out, or paid in one of the ways."""
        paid = [(way.cash_minor, self.odds - cost) for way, cost in zip(self.ways, self.costs, strict=True)]
        return [(0, 0.0), *paid]


def likely_sets(desk: Desk, case: Case) -> list[Hypothesis]:
    """Hypotheses from the chances of the case's items, the likeliest first; none where nobody learnt to say."""
    if not case.chances:
        return []
    slots = sorted(_slots(desk, case), key=lambda slot: abs(slot.odds))
    slots = [slot for place, slot in enumerate(slots) if place < DOUBTFUL_MAX or slot.odds > 0]
    found = [*_adding_up(desk, case, slots), *_with_a_difference(desk, case, slots)]
    return [_hypothesis(desk, case, one) for one in nsmallest(OPTIONS_MAX, found, key=lambda one: one.cost)]


def cost_of(desk: Desk, case: Case, way: Hypothesis) -> float:
    """How much less likely a way to book the line is than its likeliest items paid in full, in nats.

    A difference that could have been any amount of cents is as much less likely as there are such amounts.
    """
    customers = {one.item.customer_id for one in way.ways}
    cost = case.chances.cost_of([one.item.item_id for one in way.ways])
    cost += sum(_way_cost(desk, one, case.line.booking_date) for one in way.ways)
    for row in way.rows:
        if row.item_id is None:
            any_cent = row.reason is Reason.OVERPAYMENT and not way.usual
            cost += _rare(desk, customers, row.reason) + (math.log(case.line.amount_minor) if any_cent else 0.0)
    return cost


def _way_cost(desk: Desk, way: Way, day: date) -> float:
    """What it costs to believe that an item is paid in this way."""
    customer = (way.item.customer_id,)
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
        odds = case.chances.odds.get(item.item_id, -CERTAIN)
        if odds > -CERTAIN:
            ways = tuple(ways_to_pay(desk.open_items, desk.habits, item, day))
            costs = tuple(_way_cost(desk, way, day) for way in ways)
            yield _Slot(odds, ways, costs, min(range(len(ways)), key=costs.__getitem__))


def _adding_up(desk: Desk, case: Case, slots: Sequence[_Slot]) -> Iterator[_Found]:
    """Sets to the cent, with or without a bank charge."""
    charges = desk.habits.fees(sorted(case.payer.customers), case.line.currency)
    rare = _rare(desk, case.payer.customers, Reason.BANK_CHARGE)
    targets = [(case.line.amount_minor, 0.0), *((case.line.amount_minor + charge, -rare) for charge in charges)]
    for one in find_likeliest([slot.choices for slot in slots], targets, OPTIONS_MAX):
        chosen = [(slot, choice - 1) for slot, choice in zip(slots, one.choices, strict=True) if choice]
        if chosen:
            charge, cost = (charges[one.target - 1], rare) if one.target else (0, 0.0)
            cost += _cost(case, chosen)
            yield _Found(cost, tuple(slot.ways[which] for slot, which in chosen), charge)


def _cost(case: Case, chosen: Sequence[tuple[_Slot, int]]) -> float:
    paid = [slot.ways[which].item.item_id for slot, which in chosen]
    return case.chances.cost_of(paid) + sum(slot.costs[which] for slot, which in chosen)


def _with_a_difference(desk: Desk, case: Case, slots: Sequence[_Slot]) -> Iterator[_Found]:
    """The likeliest sets whatever they add up to: one item cut short, or the rest left over."""
    day = case.line.booking_date
    for chosen in _nearby(slots):
        cost, ways = _cost(case, chosen), tuple(slot.ways[which] for slot, which in chosen)
        short = sum(way.cash_minor for way in ways) - case.line.amount_minor
        if short < 0:
            yield _left_over(desk, case, cost, ways, -short)
        for place, (slot, which) in enumerate(chosen):
            cut = _cut(desk, ways[place], short)
            if cut is not None:
                change = _way_cost(desk, cut, day) - slot.costs[which]
                yield _Found(cost + change, (*ways[:place], cut, *ways[place + 1 :]), usual=cut.fit is not Fit.SHORT)


def _left_over(desk: Desk, case: Case, cost: float, ways: tuple[Way, ...], over_minor: int) -> _Found:
    usual = desk.habits.usual_overpayment(case.line.currency, over_minor)
    cost += _rare(desk, {way.item.customer_id for way in ways}, Reason.OVERPAYMENT)
    return _Found(cost + (0.0 if usual else math.log(case.line.amount_minor)), ways, over_minor=over_minor, usual=usual)


def _nearby(slots: Sequence[_Slot]) -> Iterator[list[tuple[_Slot, int]]]:
    """The likeliest set, and those with one of the least certain items put in or left out."""
    best = frozenset(place for place, slot in enumerate(slots) if slot.odds > 0)
    for places in [best, *(best ^ {place} for place in range(len(slots[:NEARBY_MAX])))]:
        if places:
            yield [(slots[place], slots[place].likeliest) for place in sorted(places)]


def _cut(desk: Desk, way: Way, short: int) -> Way | None:
    """The way as it would be if all that is missing were cut from its item; None where that is too much."""
    cash = way.cash_minor - short
    if not 0 < cash < way.cash_minor:
        return None
    usual = [part for part in partial_ways(desk.open_items, desk.habits, way.item) if part.cash_minor == cash]
    return usual[0] if usual else cut_way(desk.habits, way, cash)


def _hypothesis(desk: Desk, case: Case, found: _Found) -> Hypothesis:
    paid = {way.item.item_id for way in found.ways}
    mentions = [mention for mention in case.reading.mentions if not paid.isdisjoint(mention.item_ids)]
    over = ProposedRow(None, found.over_minor, Reason.OVERPAYMENT) if found.over_minor else None
    solution, rule = Solution(found.ways, found.charge_minor, 0), Rule.LIKELY_SET.value
    return from_solution(desk, case, rule, solution, mentions, unread=case.unread, over=over, usual=found.usual)
