"""Laws of collections: what a promise is, when a customer is left alone, and what a contact is worth."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from o2c_ai.core.money import Rounding, divide

if TYPE_CHECKING:
    from datetime import date


class PromiseState(enum.Enum):
    """How a promise to pay turned out, as of a day."""

    OPEN = "open"
    """The promised day, with its tolerance, has not passed."""
    KEPT = "kept"
    """Everything promised was paid in time."""
    PARTIALLY_KEPT = "partially_kept"
    """Some of it was paid in time."""
    BROKEN = "broken"
    """Nothing was paid in time."""


@dataclass(frozen=True, slots=True)
class StatedPromise:
    """A promise as a leading system states it."""

    at: int
    number: str
    """The invoice promised."""
    promised_on: date
    promised_date: date
    amount: str
    """Decimal text in the invoice's currency; empty for all that is open."""


@dataclass(frozen=True, slots=True)
class StatedActivity:
    """A contact as a leading system states it."""

    at: int
    customer_code: str
    on: date
    kind: str
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class NewPromise:
    """A promise to be recorded."""

    open_item_id: int
    promised_on: date
    promised_date: date
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class NewActivity:
    """A contact to be recorded."""

    customer_id: int
    on: date
    kind: str
    result: str
    note: str


@dataclass(frozen=True, slots=True)
class Strategy:
    """How the worklist weighs customers; money in minor units of each row's own currency."""

    horizon_days: int = 14
    """A contact is worth what would still be unpaid then."""
    contact_effect_ppm: int = 200_000
    """Share of that money a contact brings in sooner: an assumption until acts and outcomes are logged."""
    quiet_days: int = 5
    """Days a customer is left alone after a contact."""
    small_balance_minor: int = 5_000
    """Overdue below this is not worth a call."""
    promise_tolerance_days: int = 2
    """Days after the promised date before a promise counts as broken."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the worklist knows of one customer in one currency on the day."""

    customer_id: int
    customer_code: str
    currency: str
    open_minor: int
    overdue_minor: int
    disputed_minor: int
    unapplied_minor: int
    """Credit not applied: receipts, credit memos and money on account."""
    oldest_days_overdue: int
    expected_late_minor: int
    """Σ open times P(still unpaid at the horizon), of what is not disputed."""
    broken_promises: int
    open_promises: int
    last_contact: date | None


class EventKind(enum.Enum):
    """What a customer's timeline tells of."""

    CONTACT = "contact"
    """Somebody spoke or wrote to them."""
    PROMISE = "promise"
    """They promised to pay an item on a day."""
    PAYMENT = "payment"
    """Money was applied to their items."""
    RETURN = "return"
    """Money applied before was taken back, or bounced."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a customer's timeline."""

    on: date
    kind: EventKind
    what: str
    note: str
    amount_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """A customer a collector should touch, and why."""

    rank: int
    customer_code: str
    priority: int
    """Expected value of a contact in minor units: the ordering."""
    open_minor: int
    overdue_minor: int
    currency: str
    expected_value_minor: int
    action: str
    reasons: tuple[str, ...]
    days_late: int
    """Days the oldest item is overdue."""


def promise_state(
    *, promised_minor: int, paid_minor: int, days_since_promised: int, tolerance_days: int
) -> PromiseState:
    """How a promise stands: kept once all of it is paid, broken or partially kept once its tolerance has passed."""
    if paid_minor >= promised_minor:
        return PromiseState.KEPT
    if days_since_promised <= tolerance_days:
        return PromiseState.OPEN
    return PromiseState.PARTIALLY_KEPT if paid_minor > 0 else PromiseState.BROKEN


def parked(exposure: Exposure, strategy: Strategy, as_of: date) -> str:
    """Why a customer is left alone today; empty where a contact makes sense."""
    if exposure.overdue_minor < strategy.small_balance_minor:
        return "nothing overdue worth a call"
    if exposure.last_contact is not None and (as_of - exposure.last_contact).days < strategy.quiet_days:
        return f"contacted on {exposure.last_contact}"
    if exposure.open_promises and not exposure.broken_promises:
        return "a promise to pay is open"
    if exposure.disputed_minor >= exposure.open_minor:
        return "everything open is disputed"
    if exposure.unapplied_minor >= exposure.overdue_minor:
        return "unapplied credit covers what is overdue"
    return ""


def contact_value(exposure: Exposure, strategy: Strategy) -> int:
    """What a contact is worth in minor units: money still unpaid at the horizon times the effect of a contact."""
    return divide(exposure.expected_late_minor * strategy.contact_effect_ppm, 1_000_000, Rounding.HALF_EVEN)


def rank(exposures: list[Exposure], strategy: Strategy, as_of: date) -> list[WorklistRow]:
    """Customers worth a contact, best first; ties by broken promises, amount overdue, age, then customer number.

    Amounts of two currencies are never compared: each currency is ranked by itself, and the lists are merged in
    proportion to their lengths, so that the best fifth of the list is the best fifth of every currency.
    """
    touchable = [exposure for exposure in exposures if not parked(exposure, strategy, as_of)]
    touchable.sort(
        key=lambda e: (
            -contact_value(e, strategy),
            -e.broken_promises,
            -e.overdue_minor,
            -e.oldest_days_overdue,
            e.customer_code,
        )
    )
    count = Counter(exposure.currency for exposure in touchable)
    seen: Counter[str] = Counter()
    places: list[tuple[Fraction, int, str, Exposure]] = []
    for exposure in touchable:
        currency = exposure.currency
        places.append((Fraction(seen[currency], count[currency]), -count[currency], currency, exposure))
        seen[currency] += 1
    places.sort(key=lambda place: place[:3])
    return [_row(place, exposure, strategy) for place, (*_, exposure) in enumerate(places, start=1)]


def _row(place: int, exposure: Exposure, strategy: Strategy) -> WorklistRow:
    value = contact_value(exposure, strategy)
    reasons = [f"oldest item {exposure.oldest_days_overdue} days overdue"]
    if exposure.broken_promises:
        reasons.append(f"{exposure.broken_promises} broken promise{'s' * (exposure.broken_promises > 1)}")
    if exposure.disputed_minor:
        reasons.append("part of it is disputed")
    if exposure.unapplied_minor:
        reasons.append("has unapplied credit")
    if exposure.last_contact is None:
        reasons.append("never contacted")
    action = "call" if exposure.broken_promises or exposure.oldest_days_overdue > 30 else "remind"  # noqa: PLR2004
    return WorklistRow(
        place,
        exposure.customer_code,
        value,
        exposure.open_minor,
        exposure.overdue_minor,
        exposure.currency,
        value,
        action,
        tuple(reasons),
        exposure.oldest_days_overdue,
    )
