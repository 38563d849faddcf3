"""What is measured about every way to book a line, by itself and beside the other ways: floats start here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from o2c_ai.models.remittance_matching.calibration import PPM
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule, relation
from o2c_ai.models.remittance_matching.likely import cost_of
from o2c_ai.models.remittance_matching.payer import How
from o2c_ai.models.remittance_matching.receipts import likeness
from o2c_ai.models.remittance_matching.records import Reason
from o2c_ai.models.remittance_matching.sight import Sight
from o2c_ai.models.remittance_matching.ways import Fit, Way

Row = tuple[float, ...]
"""Measurements, in the order of the columns."""

ALIKE = 0.3
"""Ways whose surprise differs by less than this are timed alike."""
_RULES = {rule: place for place, rule in enumerate(Rule)}
_FITS = {fit: place for place, fit in enumerate(Fit)}
_RELATIONS = {how.value: place for place, how in enumerate(How)} | {"other": len(How)}


class Measured(NamedTuple):
    """The measurements of one way, in the order of the model's columns."""

    rule: float
    fit: float
    relation: float
    quality_best: float
    """Of the numbers quoted for its items; -1 where none is."""
    quality_worst: float
    quoted: float
    """Numbers quoted for its items."""
    items: float
    share_quoted: float
    """Of its items, by any number or advice row."""
    share_named: float
    """Of its items, by one that can mean nothing else."""
    unread: float
    others_open: float
    """Quoted items it leaves out that are open."""
    others_closed: float
    others_closed_alike: float
    """Of these, the items whose whole amount is the line's: it may pay one of them a second time."""
    claimed: float
    behind: float
    fits: float
    options: float
    magnitude: float
    """Decimal logarithm of the line's minor units."""
    share_of_open: float
    share_least: float
    """Least share of an item's clearing that is paid in cash."""
    short_items: float
    surprise_most: float
    surprise_least: float
    surprise_mean: float
    days_late_most: float
    days_late_least: float
    payments_seen: float
    spread: float
    skipped: float
    """Open items of the customer that fell due before the latest it pays, and that it leaves out."""
    share_skipped: float
    pool: float
    twins: float
    """Open items with the same amount as its only one."""
    payers: float
    customers: float
    advised: float
    discounts_left: float
    """Items paid in full although their discount could still be taken."""
    less_simple: float
    memos: float
    anybody: float
    usual: float
    read: float
    """Numbers read in the whole text."""
    rules_say: float
    """What the rules' own count on history says, 0 to 1."""
    otherwise: float
    """What the rules say of the line paying no item at all, 0 to 1."""
    days_since_same: float
    """Days since the same amount came from the same payer or for the same number; missing where it did not."""
    likeness_of_same: float
    """In how many things the two agree."""
    usual_difference: float
    """Share of its customers' payments with the rarest difference that it has; 1 without a difference."""
    chance_least: float
    """Of its items, the chance of the least likely to be in the payment; like the following, missing if unknown."""
    chance_left: float
    """The chance of the likeliest item it leaves out."""
    unlikely: float
    """How much less likely it is than the likeliest items paid in full, in nats."""


BESIDE = (
    "surprise_over_least",
    "surprise_rank",
    "skipped_over_least",
    "quoted_under_most",
    "items_over_least",
    "rules_under_best",
    "timed_alike",
    "unlikely_over_least",
    "share_of_likely",
)
"""Measurements that compare a way with the others of its line."""

COLUMNS = (*Measured._fields, *BESIDE)
"""The model's columns."""


def measure(desk: Desk, case: Case, options: Sequence[tuple[Hypothesis, int]], otherwise_ppm: int) -> list[Row]:
    """A row of COLUMNS for each way to book the line on items, given with what the rules say of it in millionths.

    `otherwise_ppm` is what they say of the line paying no item.
    """
    if not options:
        return []
    sight = Sight(desk, case)
    said = {"options": len(options), "otherwise": otherwise_ppm / PPM, **_came_before(desk, case)}
    rows = [_measured(sight, way, {**said, "rules_say": ppm / PPM}) for way, ppm in options]
    return [(*row, *beside) for row, beside in zip(rows, _beside(rows), strict=True)]


def _beside(rows: Sequence[Measured]) -> list[Row]:
    surprise = [abs(row.surprise_mean) for row in rows]
    calm, quoted = min(surprise), max(row.share_quoted for row in rows)
    skipped, items = min(row.skipped for row in rows), min(row.items for row in rows)
    said, unlikely = max(row.rules_say for row in rows), min(row.unlikely for row in rows)
    alike = sum(one - calm < ALIKE for one in surprise)
    ranks = {place: rank for rank, place in enumerate(sorted(range(len(rows)), key=surprise.__getitem__))}
    likely = [math.exp(unlikely - row.unlikely) for row in rows]
    total = sum(likely)
    return [
        (
            surprise[place] - calm,
            ranks[place],
            row.skipped - skipped,
            quoted - row.share_quoted,
            row.items - items,
            said - row.rules_say,
            alike,
            row.unlikely - unlikely,
            likely[place] / total,
        )
        for place, row in enumerate(rows)
    ]


def _measured(sight: Sight, way: Hypothesis, said: dict[str, float]) -> Measured:
    desk, case = sight.desk, sight.case
    paid = {one.item.item_id for one in way.ways}
    customers = frozenset(one.item.customer_id for one in way.ways)
    invoices = [one for one in way.ways if one.item.amount_minor > 0]
    left = [quoted for quoted in sight.quoted if paid.isdisjoint(quoted.item_ids)]
    closed = [quoted for quoted in left if not quoted.is_open]
    late, surprise = _timed(sight, invoices)
    habit = desk.punctuality.habit(min(customers))
    pool, skipped = sight.passed_over(customers, invoices)
    short = [one.cash_minor / one.cleared_minor for one in invoices if one.cash_minor < one.cleared_minor]
    qualities = [mention.quality for mention in way.mentions]
    return Measured(
        rule=_RULES[way.rule],
        fit=_FITS[way.fit],
        relation=_RELATIONS[relation(case.payer, customers)],
        quality_best=max(qualities, default=-1),
        quality_worst=min(qualities, default=-1),
        quoted=len(way.mentions),
        items=len(paid),
        share_quoted=len(paid & sight.named) / max(1, len(paid)),
        share_named=len(paid & sight.named_alone) / max(1, len(paid)),
        unread=case.unread,
        others_open=len(left) - len(closed),
        others_closed=len(closed),
        others_closed_alike=sum(quoted.of_this_amount for quoted in closed),
        claimed=not paid.isdisjoint(desk.claimed),
        behind=not customers.isdisjoint(desk.behind),
        fits=way.fits,
        magnitude=sight.magnitude,
        share_of_open=_share_of_open(sight, invoices),
        share_least=min(short, default=1.0),
        short_items=len(short),
        surprise_most=max(surprise, default=0.0),
        surprise_least=min(surprise, default=0.0),
        surprise_mean=sum(surprise) / len(surprise) if surprise else 0.0,
        days_late_most=max(late, default=0),
        days_late_least=min(late, default=0),
        payments_seen=habit.seen if len(customers) == 1 else 0,
        spread=habit.spread,
        skipped=skipped,
        share_skipped=skipped / max(1, pool),
        pool=pool,
        twins=sight.twins(invoices[0].item) if len(invoices) == 1 else 0,
        payers=len(case.payer.customers),
        customers=len(customers),
        advised=case.advice is not None,
        discounts_left=sum(_leaves_discount(case, one) for one in invoices),
        less_simple=way.circumstances[0].endswith("less simple"),
        memos=len(way.ways) - len(invoices),
        anybody=case.anybody,
        usual=way.usual,
        read=len(case.reading.mentions),
        **said,
        usual_difference=min((desk.habits.share_with(customers, why) for why in _differences(way)), default=1.0),
        chance_least=case.chances.least_of(paid) if case.chances else math.nan,
        chance_left=case.chances.most_beside(paid) if case.chances else math.nan,
        unlikely=cost_of(desk, case, way) if case.chances else math.nan,
    )


def _came_before(desk: Desk, case: Case) -> dict[str, float]:
    """Whether the line may be the second payment of the same."""
    earlier = desk.receipts.paid_before(case.line)
    if earlier is None:
        return {"days_since_same": math.nan, "likeness_of_same": 0.0}
    days = (case.line.booking_date - earlier.line.booking_date).days
    return {"days_since_same": days, "likeness_of_same": likeness(case.line, earlier.line)}


def _differences(way: Hypothesis) -> set[Reason]:
    return {row.reason for row in way.rows} - {Reason.IN_FULL}


def _timed(sight: Sight, invoices: Sequence[Way]) -> tuple[list[int], list[float]]:
    """Days after the due date of each item, and how far that is from its customer's habit."""
    day, habit = sight.case.line.booking_date, sight.desk.punctuality.habit
    late = [(day - one.item.due_date).days for one in invoices]
    return late, [habit(one.item.customer_id).surprise(days) for one, days in zip(invoices, late, strict=True)]


def _share_of_open(sight: Sight, invoices: Sequence[Way]) -> float:
    opened = sum(sight.desk.open_items.open_minor(one.item.item_id) for one in invoices)
    return sum(one.cash_minor for one in invoices) / opened if opened else 1.0


def _leaves_discount(case: Case, one: Way) -> bool:
    until = one.item.discount_until
    return bool(one.item.discount_minor and until and case.line.booking_date <= until) and (
        one.cash_minor == one.cleared_minor
    )
