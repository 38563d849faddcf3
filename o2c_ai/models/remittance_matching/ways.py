"""The ways one open item may appear in a payment, and the search that combines them to the amount of a bank line."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import NamedTuple

from o2c_ai.models.remittance_matching.balances import OpenItems
from o2c_ai.models.remittance_matching.habits import MILLE, Habits, part_of
from o2c_ai.models.remittance_matching.records import Item, ProposedRow, Reason
from o2c_ai.models.remittance_matching.sets import find_sets

SOLUTIONS_MAX = 64
"""Solutions of one search that are looked at; more only add to the count."""


class Fit(enum.StrEnum):
    """What makes the items add up to the money."""

    EXACT = "exact"
    DISCOUNT = "discount"
    NETTED = "netted"
    WITHHELD = "withheld"
    CHARGE = "charge"
    PARTIAL = "partial"
    ADVISED = "advised"
    """A cut that the remittance advice declares."""
    OVERPAID = "overpaid"
    OVERPAID_AS_USUAL = "overpaid as usual"
    SHORT = "short"
    """The money is less than the items and nothing says why."""
    SEVERAL = "several"
    """More than one of these at once."""


_COSTS = {
    Fit.EXACT: 0,
    Fit.DISCOUNT: 1,
    Fit.NETTED: 1,
    Fit.WITHHELD: 1,
    Fit.ADVISED: 1,
    Fit.CHARGE: 2,
    Fit.PARTIAL: 3,
}
"""Simpler causes are believed first; sets of equal cost fit equally well."""


class Way(NamedTuple):
    """One way an item takes part: the cash it gets, what that clears, and why."""

    item: Item
    cash_minor: int
    cleared_minor: int
    reason: Reason
    fit: Fit


class Solution(NamedTuple):
    """Items and their cash that add up to the line, and a bank charge where one is needed."""

    ways: tuple[Way, ...]
    charge_minor: int
    cost: int

    @property
    def fit(self) -> Fit:
        """The one cause of all differences, or SEVERAL."""
        causes = {way.fit for way in self.ways} - {Fit.EXACT} | ({Fit.CHARGE} if self.charge_minor else set())
        return Fit.EXACT if not causes else causes.pop() if len(causes) == 1 else Fit.SEVERAL

    def rows(self) -> tuple[ProposedRow, ...]:
        """The rows to book, summing to the line."""
        rows = tuple(ProposedRow(way.item.item_id, way.cash_minor, way.reason) for way in self.ways)
        return (*rows, ProposedRow(None, -self.charge_minor, Reason.BANK_CHARGE)) if self.charge_minor else rows


@dataclass(frozen=True, slots=True)
class Solved:
    """All solutions found, simplest first."""

    solutions: tuple[Solution, ...]
    equally_good: int
    """How many of them are as simple as the first."""


UNSOLVED = Solved((), 0)


def ways_to_pay(open_items: OpenItems, habits: Habits, item: Item, day: date) -> list[Way]:
    """The usual ways: in full, less the earned discount, less what this customer is used to withhold."""
    opened = open_items.open_minor(item.item_id)
    if opened <= 0:
        return [Way(item, opened, opened, Reason.NETTED, Fit.EXACT)] if opened else []
    ways = [Way(item, opened, opened, Reason.IN_FULL, Fit.EXACT)]
    if item.discount_minor and opened == item.amount_minor and earns_discount(habits, item, day):
        ways.append(Way(item, opened - item.discount_minor, opened, Reason.DISCOUNT, Fit.DISCOUNT))
    for reason, fit in ((Reason.WITHHOLDING, Fit.WITHHELD), (Reason.DISCOUNT, Fit.DISCOUNT)):
        for share in habits.ratios(item.customer_id, reason):
            cash = part_of(opened, share)
            if all(way.cash_minor != cash for way in ways):
                ways.append(Way(item, cash, opened, reason, fit))
    return ways


def partial_ways(open_items: OpenItems, habits: Habits, item: Item) -> list[Way]:
    """The part payments that the company often sees."""
    opened = open_items.open_minor(item.item_id)
    shares = habits.common_ratios(Reason.PARTIAL) if opened > 0 else ()
    # Payers round the half cent up or down.
    parts = {part for share in shares for part in (opened * share // MILLE, part_of(opened, share))}
    return [Way(item, part, part, Reason.PARTIAL, Fit.PARTIAL) for part in sorted(parts) if 0 < part < opened]


def cut_way(habits: Habits, way: Way, cash_minor: int, fit: Fit = Fit.SHORT) -> Way:
    """The way with less cash: a deduction as far as deductions usually go, beyond that a part payment."""
    if (way.cleared_minor - cash_minor) * MILLE > habits.most_deducted() * way.cleared_minor:
        return way._replace(cash_minor=cash_minor, cleared_minor=cash_minor, reason=Reason.PARTIAL, fit=fit)
    return way._replace(cash_minor=cash_minor, reason=Reason.DEDUCTION, fit=fit)


def earns_discount(habits: Habits, item: Item, day: date) -> bool:
    """Whether a payment on that day is within the discount date and the days of grace customers take."""
    return item.discount_until is not None and (day - item.discount_until).days <= habits.grace()


def netted_ways(open_items: OpenItems, items: Sequence[Item]) -> list[list[Way]]:
    """Credit memos that may or may not be used up although nobody quoted them."""
    return [
        [Way(item, opened, opened, Reason.NETTED, Fit.NETTED)]
        for item in items
        if (opened := open_items.open_minor(item.item_id)) < 0
    ]


def solve(
    minor: int, must: Sequence[Sequence[Way]], may: Sequence[Sequence[Way]], charges: Sequence[int] = ()
) -> Solved:
    """Pick one way of every slot in `must` and at most one of every slot in `may` so that the cash is `minor`.

    `charges` are bank charges to try: with one, the items get more cash than the bank paid out. Where the search would
    be too large, `may` and the second ways are given up and only the plain sums are tried.
    """
    slots = [[way.cash_minor for way in slot] for slot in must]
    slots += [[0, *(way.cash_minor for way in slot)] for slot in may]
    search = find_sets(slots, [minor, *(minor + charge for charge in charges)], SOLUTIONS_MAX)
    if not search.complete:
        return _plain_sums(minor, must)
    solutions = []
    for target, picks in search.found:
        chosen = [slot[pick] for slot, pick in zip(must, picks, strict=False)]
        chosen += [slot[pick - 1] for slot, pick in zip(may, picks[len(must) :], strict=True) if pick]
        solution = _solution(chosen, charges[target - 1] if target else 0)
        if solution is not None:
            solutions.append(solution)
    return _ranked(solutions, search.count - len(search.found))


def _plain_sums(minor: int, must: Sequence[Sequence[Way]]) -> Solved:
    """For payments of hundreds of items: all in full, or each in its second way where it has one."""
    solutions = []
    for which in (0, -1):
        chosen = [slot[which] for slot in must if slot]
        solution = _solution(chosen, 0)
        if chosen and solution is not None and sum(way.cash_minor for way in chosen) == minor:
            solutions.append(solution)
    return _ranked(solutions, 0)


def _solution(chosen: Sequence[Way], charge: int) -> Solution | None:
    """The solution, unless it pays one item twice or nothing at all."""
    if not chosen or len({way.item.item_id for way in chosen}) < len(chosen):
        return None
    cost = sum(_COSTS[way.fit] for way in chosen) + (_COSTS[Fit.CHARGE] if charge else 0)
    return Solution(tuple(chosen), charge, cost)


def _ranked(solutions: Sequence[Solution], unseen: int) -> Solved:
    """Simplest first; solutions that give the same items the same cash are one."""
    distinct: dict[frozenset[tuple[int, int]], Solution] = {}
    for solution in sorted(solutions, key=lambda solution: (solution.cost, len(solution.ways))):
        distinct.setdefault(frozenset((way.item.item_id, way.cash_minor) for way in solution.ways), solution)
    ranked = tuple(distinct.values())
    if not ranked:
        return UNSOLVED
    equally = sum(solution.cost == ranked[0].cost for solution in ranked)
    return Solved(tuple(islice(ranked, SOLUTIONS_MAX)), equally + unseen)
