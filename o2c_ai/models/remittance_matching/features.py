"""What is measured about every way to book a line, by itself and beside the other ways: floats start here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from o2c_ai.models.remittance_matching.calibration import PPM
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule, relation
from o2c_ai.models.remittance_matching.likely import cost_of
from o2c_ai.models.remittance_matching.payer import How
from o2c_ai.models.remittance_matching.receipts import likeness
from o2c_ai.models.remittance_matching.records import Reason
from o2c_ai.models.remittance_matching.references import Mention
from o2c_ai.models.remittance_matching.ways import Fit, Way

Frame = npt.NDArray[np.float64]

ALIKE = 0.3
"""Ways whose surprise differs by less than this are timed alike."""
_RULES = {rule: place for place, rule in enumerate(Rule)}
_FITS = {fit: place for place, fit in enumerate(Fit)}
_RELATIONS = {how.value: place for place, how in enumerate(How)} | {"other": len(How)}


@dataclass(frozen=True, slots=True)
class Measured:
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

COLUMNS = (*(field.name for field in fields(Measured)), *BESIDE)
"""The model's columns."""


def measure(desk: Desk, case: Case, options: Sequence[tuple[Hypothesis, int]], otherwise_ppm: int) -> Frame:
    """A row of COLUMNS for each way to book the line on items, given with what the rules say of it in millionths.

    `otherwise_ppm` is what they say of the line paying no item.
    """
    said = {"options": len(options), "otherwise": otherwise_ppm / PPM, **_came_before(desk, case)}
    rows = [_measured(desk, case, way, {**said, "rules_say": ppm / PPM}) for way, ppm in options]
    if not rows:
        return np.empty((0, len(COLUMNS)))
    alone = np.array([[float(getattr(row, field.name)) for field in fields(Measured)] for row in rows])
    return np.hstack([alone, _beside(rows)])


def _beside(rows: Sequence[Measured]) -> Frame:
    surprise = np.abs([row.surprise_mean for row in rows])
    skipped = np.array([row.skipped for row in rows])
    quoted = np.array([row.share_quoted for row in rows])
    items = np.array([row.items for row in rows])
    said = np.array([row.rules_say for row in rows])
    least = surprise - surprise.min()
    unlikely = np.array([row.unlikely for row in rows])
    unlikely = unlikely - unlikely.min()
    return np.column_stack([
        least,
        np.argsort(np.argsort(surprise, kind="stable"), kind="stable"),
        skipped - skipped.min(),
        quoted.max() - quoted,
        items - items.min(),
        said.max() - said,
        np.full(len(rows), (least < ALIKE).sum()),
        unlikely,
        np.exp(-unlikely) / np.exp(-unlikely).sum(),
    ])  # fmt: skip


def _measured(desk: Desk, case: Case, way: Hypothesis, said: Mapping[str, float]) -> Measured:
    paid = {one.item.item_id for one in way.ways}
    customers = {one.item.customer_id for one in way.ways}
    invoices = [one for one in way.ways if one.item.amount_minor > 0]
    mentions = [*case.reading.mentions, *(row.mention for row in case.advised if row.mention is not None)]
    left = [mention for mention in mentions if paid.isdisjoint(mention.item_ids)]
    still = sum(any(desk.open_items.open_minor(item_id) for item_id in mention.item_ids) for mention in left)
    late, surprise = _timed(desk, case, invoices)
    habit = desk.punctuality.habit(min(customers))
    pool = [item for item in case.pool if item.amount_minor > 0 and item.customer_id in customers]
    latest = max((one.item.due_date for one in invoices), default=None)
    skipped = sum(latest is not None and item.due_date <= latest and item.item_id not in paid for item in pool)
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
        share_quoted=_share(paid, mentions),
        share_named=_share(paid, [mention for mention in mentions if len(mention.item_ids) == 1]),
        unread=case.unread,
        others_open=still,
        others_closed=len(left) - still,
        claimed=not paid.isdisjoint(desk.claimed),
        behind=not customers.isdisjoint(desk.behind),
        fits=way.fits,
        magnitude=math.log10(case.line.amount_minor + 1),
        share_of_open=_share_of_open(desk, invoices),
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
        share_skipped=skipped / max(1, len(pool)),
        pool=len(pool),
        twins=_twins(desk, case, invoices),
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
        **_chances(desk, case, way),
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


def _chances(desk: Desk, case: Case, way: Hypothesis) -> dict[str, float]:
    """What the item judge says of the items paid and of those left out."""
    paid = {one.item.item_id for one in way.ways}
    inside = [chance for item_id, chance in case.chances.items() if item_id in paid]
    outside = [chance for item_id, chance in case.chances.items() if item_id not in paid]
    if not inside:
        return dict.fromkeys(("chance_least", "chance_left", "unlikely"), math.nan)
    cost = cost_of(desk, case, way)
    return {"chance_least": min(inside), "chance_left": max(outside, default=0.0), "unlikely": cost}


def _timed(desk: Desk, case: Case, invoices: Sequence[Way]) -> tuple[list[int], list[float]]:
    """Days after the due date of each item, and how far that is from its customer's habit."""
    late = [(case.line.booking_date - one.item.due_date).days for one in invoices]
    habits = [desk.punctuality.habit(one.item.customer_id) for one in invoices]
    return late, [habit.surprise(days) for habit, days in zip(habits, late, strict=True)]


def _share(paid: set[int], mentions: Sequence[Mention]) -> float:
    named = {item_id for mention in mentions for item_id in mention.item_ids}
    return len(paid & named) / max(1, len(paid))


def _share_of_open(desk: Desk, invoices: Sequence[Way]) -> float:
    opened = sum(desk.open_items.open_minor(one.item.item_id) for one in invoices)
    return sum(one.cash_minor for one in invoices) / opened if opened else 1.0


def _twins(desk: Desk, case: Case, invoices: Sequence[Way]) -> int:
    if len(invoices) != 1:
        return 0
    open_minor, mine = desk.open_items.open_minor, invoices[0].item
    return sum(
        item.item_id != mine.item_id
        and item.customer_id == mine.customer_id
        and open_minor(item.item_id) == open_minor(mine.item_id)
        for item in case.pool
    )


def _leaves_discount(case: Case, one: Way) -> bool:
    until = one.item.discount_until
    return bool(one.item.discount_minor and until and case.line.booking_date <= until) and (
        one.cash_minor == one.cleared_minor
    )
