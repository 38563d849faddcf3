"""What is measured about every open item that a payment may be for, before any sum is looked at."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.features import Row
from o2c_ai.models.remittance_matching.payer import How
from o2c_ai.models.remittance_matching.records import Item

NEVER = 999
"""Days for what never happened, or has no date."""
_Column = Sequence[float] | float
"""A measurement of every item, or one that they share."""
_HOW = {how: place for place, how in enumerate(How)}

COLUMNS = (
    "days_late",
    "surprise",
    "late_beside_usual",
    "payments_seen",
    "spread",
    "days_since_paid",
    "age",
    "days_after_discount",
    "discount_whole",
    "takes_discount",
    "share_of_line",
    "share_open",
    "memo",
    "twins",
    "rank",
    "due_sum",
    "likely_sum",
    "quality",
    "alone",
    "advised",
    "quoted_before",
    "quoted_after",
    "quoted_sum",
    "read",
    "unread",
    "text_length",
    "pool",
    "pool_due",
    "claimed",
    "behind",
    "relation",
)
"""The item judge's columns."""


def measure(desk: Desk, case: Case) -> list[Row]:
    """A row of COLUMNS for each item of the case's pool, in its order."""
    opened = [desk.open_items.open_minor(item.item_id) for item in case.pool]
    columns = [*_timing(desk, case), *_amounts(desk, case, opened), *_words(case, opened), *_around(desk, case)]
    of_all = [column if isinstance(column, Sequence) else [column] * len(opened) for column in columns]
    return list(zip(*of_all, strict=True))


def _timing(desk: Desk, case: Case) -> list[_Column]:
    """When it would be paid, beside when its customer usually pays and takes discounts."""
    day, habits = case.line.booking_date, [desk.punctuality.habit(item.customer_id) for item in case.pool]
    late = [(day - item.due_date).days for item in case.pool]
    last = [desk.punctuality.last_paid(item.customer_id) for item in case.pool]
    return [
        late,
        [habit.surprise(days) for habit, days in zip(habits, late, strict=True)],
        [days - habit.usual for habit, days in zip(habits, late, strict=True)],
        [habit.seen for habit in habits],
        [habit.spread for habit in habits],
        [NEVER if paid is None else (day - paid).days for paid in last],
        [(day - item.issue_date).days for item in case.pool],
        [(day - item.discount_until).days if item.discount_until else NEVER for item in case.pool],
    ]


def _amounts(desk: Desk, case: Case, opened: Sequence[int]) -> list[_Column]:
    """What is open on it, beside the line, its twins, and all that would be paid before it."""
    minor, items = case.line.amount_minor, case.pool
    surprise = [_surprise(desk, case, item) for item in items]
    likely = sorted(range(len(items)), key=lambda place: -surprise[place])
    twins = Counter(opened)
    return [
        [item.discount_minor > 0 and left == item.amount_minor for item, left in zip(items, opened, strict=True)],
        [desk.punctuality.takes_discount(item.customer_id) for item in items],
        [left / minor for left in opened],
        [left / item.amount_minor for item, left in zip(items, opened, strict=True)],
        [left < 0 for left in opened],
        [twins[left] for left in opened],
        _ranks(likely),
        _sums(range(len(items)), opened, minor),
        _sums(likely, opened, minor),
    ]


def _words(case: Case, opened: Sequence[int]) -> list[_Column]:
    """How it is quoted, and where it stands in the order of numbers beside those quoted."""
    quality: dict[int, int] = {}
    alone: set[int] = set()
    for mention in case.reading.mentions:
        quality |= {item_id: min(quality.get(item_id, NEVER), mention.quality) for item_id in mention.item_ids}
        alone.update(mention.item_ids if len(mention.item_ids) == 1 else ())
    advised = {
        item_id: row.amount_minor for row in case.advised if row.mention is not None for item_id in row.mention.item_ids
    }
    items = case.pool
    quoted = sorted((item.issue_date, item.item_id) for item in items if item.item_id in quality)
    places = [(item.issue_date, item.item_id) for item in items]
    return [
        [quality.get(item.item_id, -1) for item in items],
        [item.item_id in alone for item in items],
        [advised.get(item.item_id, 0) / left for item, left in zip(items, opened, strict=True)],
        [bisect_left(quoted, place) for place in places],
        [len(quoted) - bisect_right(quoted, place) for place in places],
        sum(left for item, left in zip(items, opened, strict=True) if item.item_id in quality) / case.line.amount_minor,
        len(case.reading.mentions),
        case.unread,
        len(case.line.narrative),
    ]


def _around(desk: Desk, case: Case) -> list[_Column]:
    """The pool it lies in, and what is not known yet about it."""
    return [
        len(case.pool),
        sum(item.due_date <= case.line.booking_date for item in case.pool),
        [item.item_id in desk.claimed for item in case.pool],
        [item.customer_id in desk.behind for item in case.pool],
        _HOW[case.payer.how],
    ]


def _surprise(desk: Desk, case: Case, item: Item) -> float:
    return desk.punctuality.habit(item.customer_id).surprise((case.line.booking_date - item.due_date).days)


def _ranks(order: Sequence[int]) -> list[int]:
    ranks = [0] * len(order)
    for rank, place in enumerate(order):
        ranks[place] = rank
    return ranks


def _sums(order: Iterable[int], opened: Sequence[int], minor: int) -> list[float]:
    """For each item, what is open on it and on all invoices before it in an order, beside the line."""
    sums, running = [0.0] * len(opened), 0
    for place in order:
        running += max(0, opened[place])
        sums[place] = running / minor
    return sums
