"""Lines that nobody could decide from the papers: equal twins that nothing tells apart, and sums that fit twice.

- Equal twins: an invoice of the line is neither quoted nor advised, and another item of the same customer, currency
  and open amount was open that day and is not paid by the line. Either pays as well as the other, and the score takes
  either where their full amounts are equal too: these lines may still be right.
- Fits twice: nothing of the line is quoted, slipped or advised, and another set of open items, no larger than the true
  one, adds up to the line's amount to the minor unit, credit memos counted as what they take off. Only items of the
  customers that the line truly pays for count, at their whole open amounts. Of more than 24 such items the true ones
  and those due first are searched; lines of more than 12 items are not searched, and counted apart. A habit (oldest
  first, everything due) may still tell, so this is the most that nobody could decide by the papers alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from benchmarks.kinds import Kinds
from benchmarks.open_items import Moment, moments
from benchmarks.papers import OTHERS, Papers

POOL, LARGEST = 24, 12


class Undecidable(NamedTuple):
    """Lines by why nobody could decide them."""

    twins: frozenset[str]
    fits_twice: frozenset[str]
    not_searched: frozenset[str]
    """Lines of too many items to look for a second set; they are not counted as undecidable."""

    @property
    def lines(self) -> frozenset[str]:
        """Lines that nobody could decide for either reason."""
        return self.twins | self.fits_twice


def undecidable(papers: Papers, kinds: Kinds) -> Undecidable:
    """Look through the paying lines of a set."""
    twins, twice, skipped = set(), set(), set()
    for moment in moments(papers):
        if any(row.reason in OTHERS for row in moment.rows):
            continue
        line_id, named = moment.line.line_id, kinds.named(moment.line.line_id, moment.rows)
        true = {row.number for row in moment.rows if row.number}
        if has_twin(papers, moment, true, named):
            twins.add(line_id)
        if not named and "slipped reference" not in kinds.of[line_id]:
            if len(true) > LARGEST:
                skipped.add(line_id)
            elif fits_twice(papers, moment, true):
                twice.add(line_id)
    return Undecidable(frozenset(twins), frozenset(twice), frozenset(skipped))


def has_twin(papers: Papers, moment: Moment, true: set[str], named: set[str]) -> bool:
    """True where an unnamed invoice of the line has an equal that stays open."""
    for number in sorted(true - named):
        invoice = papers.invoices[number]
        items = moment.open_items.get(invoice.customer_id, {})
        equal = (other for other, left in items.items() if left == items.get(number) and other not in true)
        if any(papers.invoices[other].currency == invoice.currency for other in equal):
            return True
    return False


def fits_twice(papers: Papers, moment: Moment, true: set[str]) -> bool:
    """True where a set of open items other than the true one adds up to the line."""
    pool = _pool(papers, moment, true)
    amounts = [left for _, left in pool]
    places = frozenset(place for place, (number, _) in enumerate(pool) if number in true)
    return other_set_fits(amounts, moment.line.amount, places)


def _pool(papers: Papers, moment: Moment, true: set[str]) -> list[tuple[str, int]]:
    customers = sorted({row.customer_id for row in moment.rows if row.number})
    items = [
        (number, left)
        for customer_id in customers
        for number, left in moment.open_items.get(customer_id, {}).items()
        if papers.invoices[number].currency == moment.line.currency
    ]
    items.sort(key=lambda item: (item[0] not in true, papers.invoices[item[0]].due, item[0]))
    return items[:POOL]


def other_set_fits(amounts: Sequence[int], target: int, true: frozenset[int]) -> bool:
    """True where places other than `true`, at most as many, hold amounts that add up to the target.

    Half of the places are combined, then looked up for every combination of the other half.
    """
    most, middle = len(true), len(amounts) // 2
    left: dict[int, list[frozenset[int]]] = defaultdict(list)
    for chosen in _choices(range(middle), most):
        left[sum(amounts[place] for place in chosen)].append(frozenset(chosen))
    for chosen in _choices(range(middle, len(amounts)), most):
        rest = target - sum(amounts[place] for place in chosen)
        for partner in left.get(rest, ()):
            found = partner.union(chosen)
            if 0 < len(found) <= most and found != true:
                return True
    return False


def _choices(places: range, most: int) -> Iterable[tuple[int, ...]]:
    return (chosen for size in range(min(most, len(places)) + 1) for chosen in combinations(places, size))


def told_share(papers: Papers, kinds: Kinds) -> Counter[str]:
    """How many paying lines name all, some or none of their invoices."""
    counted: Counter[str] = Counter()
    for line_id in papers.paying():
        true, named = {row.number for row in papers.paid(line_id)}, kinds.named(line_id, papers.truth[line_id])
        counted["all" if named == true else "some" if named else "none"] += 1
    return counted
