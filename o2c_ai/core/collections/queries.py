"""Questions about collections: promises, contacts, and what the worklist must know of each customer."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, func, select

from o2c_ai.core.collections.rules import Event, EventKind, Exposure, PromiseState, Strategy, promise_state
from o2c_ai.core.collections.tables import Activity, Promise
from o2c_ai.core.disputes.queries import disputed_as_of
from o2c_ai.core.receivables.queries import columns_open_items, credit_by_customer
from o2c_ai.core.receivables.rules import ApplicationKind
from o2c_ai.core.receivables.tables import Application, OpenItem
from o2c_ai.core.timings.queries import latest_timings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session


def stored_promises(session: Session, company_id: int) -> set[tuple[int, date]]:
    """(open item, promised on) of every promise."""
    asked = select(Promise.open_item_id, Promise.promised_on).where(Promise.company_id == company_id)
    return {(row[0], row[1]) for row in session.execute(asked)}


def columns_promises(session: Session, company_id: int, as_of: date) -> list[tuple[int, date, date]]:
    """(open item, promised on, promised date) of every promise known by the day, oldest first."""
    asked = select(Promise.open_item_id, Promise.promised_on, Promise.promised_date).where(
        Promise.company_id == company_id, Promise.promised_on <= as_of
    )
    return [(row[0], row[1], row[2]) for row in session.execute(asked.order_by(Promise.promised_on, Promise.id))]


def stored_activities(session: Session, company_id: int) -> set[tuple[int, date, str, str, str]]:
    """Every contact as (customer, day, kind, result, note)."""
    asked = select(Activity.customer_id, Activity.contacted_on, Activity.kind, Activity.result, Activity.note).where(
        Activity.company_id == company_id
    )
    return {(row[0], row[1], row[2], row[3], row[4]) for row in session.execute(asked)}


def last_contacts(session: Session, company_id: int, as_of: date) -> dict[int, date]:
    """Customer → last contact known on the day."""
    asked = (
        select(Activity.customer_id, func.max(Activity.contacted_on))
        .where(Activity.company_id == company_id, Activity.contacted_on <= as_of)
        .group_by(Activity.customer_id)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def promises_as_of(
    session: Session, company_id: int, as_of: date, tolerance_days: int
) -> dict[int, tuple[PromiseState, date]]:
    """Open item → how its newest promise stands on the day, and the promised date.

    Paid counts from the day of the promise to the end of its tolerance.
    """
    newest = (
        select(Promise.open_item_id, func.max(Promise.promised_on).label("on"))
        .where(Promise.company_id == company_id, Promise.promised_on <= as_of)
        .group_by(Promise.open_item_id)
        .subquery()
    )
    # What goes over to a residual item is not paid.
    counted = (Application.known_on >= Promise.promised_on) & (Application.known_on <= as_of)
    counted &= (Application.open_item_id == Promise.open_item_id) & (Application.kind != ApplicationKind.RESIDUAL)
    asked = (
        select(Promise.open_item_id, Promise.promised_date, Promise.amount_minor)
        .add_columns(Application.id, Application.reverses_id, Application.known_on, Application.amount_minor)
        .join(newest, (newest.c.open_item_id == Promise.open_item_id) & (newest.c.on == Promise.promised_on))
        .outerjoin(Application, counted)
        .order_by(Promise.id, Application.id)
    )
    paid: dict[int, int] = {}
    promises: dict[int, tuple[date, int]] = {}
    in_time: set[int] = set()
    for item, promised_date, promised, row_id, undoes, known_on, minor in session.execute(asked):
        promises[item] = (promised_date, promised)
        paid.setdefault(item, 0)
        last_day = promised_date + timedelta(days=tolerance_days)
        # Money that bounced was not paid, whenever it bounced.
        if row_id is not None and (undoes in in_time if undoes is not None else known_on <= last_day):
            in_time.add(row_id)
            paid[item] += minor
    return {
        item: (_state(paid[item], day, promised, as_of, tolerance_days), day)
        for item, (day, promised) in promises.items()
    }


def _state(paid_minor: int, promised_date: date, promised_minor: int, as_of: date, tolerance_days: int) -> PromiseState:
    return promise_state(
        promised_minor=promised_minor,
        paid_minor=paid_minor,
        days_since_promised=(as_of - promised_date).days,
        tolerance_days=tolerance_days,
    )


def exposures(
    session: Session, company_id: int, as_of: date, strategy: Strategy, late_ppm: Mapping[int, int]
) -> list[Exposure]:
    """What the worklist knows of each customer and currency on the day.

    `late_ppm` gives for each open item the probability, in millionths, of being unpaid at the strategy's horizon;
    an item it does not name counts in full once it is due.
    """
    disputed = disputed_as_of(session, company_id, as_of)
    promises = promises_as_of(session, company_id, as_of, strategy.promise_tolerance_days)
    sums: dict[tuple[int, str], _Sums] = {}
    for row in columns_open_items(session, company_id, as_of):
        entry = sums.setdefault((row.customer_id, row.currency), _Sums(row.customer_code))
        chance = late_ppm.get(row.id, 1_000_000 if row.due_date <= as_of else 0)
        state = promises[row.id][0] if row.id in promises else None
        entry.add(
            row.left_minor, (as_of - row.due_date).days, min(disputed.get(row.id, 0), row.left_minor), chance, state
        )
    credit = credit_by_customer(session, company_id, as_of)
    contacts = last_contacts(session, company_id, as_of)
    return [
        entry.exposure(customer, currency, credit.get((customer, currency), 0), contacts.get(customer))
        for (customer, currency), entry in sorted(sums.items())
    ]


class _Sums:
    """Running sums of one customer's open items in one currency."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.open = self.overdue = self.disputed = self.oldest = self.broken = self.promised = 0
        self.late_ppm = 0

    def add(self, left: int, days: int, disputed: int, chance_ppm: int, promise: PromiseState | None) -> None:
        self.open += left
        self.disputed += disputed
        if days > 0:
            self.overdue += left
            self.oldest = max(self.oldest, days)
        self.late_ppm += (left - disputed) * chance_ppm
        self.broken += promise in {PromiseState.BROKEN, PromiseState.PARTIALLY_KEPT}
        self.promised += promise is PromiseState.OPEN

    def exposure(self, customer: int, currency: str, credit: int, contact: date | None) -> Exposure:
        return Exposure(
            customer,
            self.code,
            currency,
            self.open,
            self.overdue,
            self.disputed,
            credit,
            self.oldest,
            self.late_ppm // 1_000_000,
            self.broken,
            self.promised,
            contact,
        )


def late_ppm_at_horizon(session: Session, company_id: int, as_of: date, strategy: Strategy) -> dict[int, int]:
    """Open item → probability of being unpaid at the horizon, read off the prediction stored for the day.

    Between the stored quantiles the chance falls in straight lines; before the first it is 0.9 at least.
    """
    horizon = as_of + timedelta(days=strategy.horizon_days)
    return {
        row.open_item_id: unpaid_ppm(as_of, horizon, (row.p10, row.p50, row.p90))
        for row in latest_timings(session, company_id, as_of)
    }


def unpaid_ppm(as_of: date, day: date, quantiles: tuple[date, date, date]) -> int:
    """Probability of being unpaid at the end of a day, in millionths, by straight lines between (p10, p50, p90)."""
    knots = [(as_of, 1_000_000), (quantiles[0], 900_000), (quantiles[1], 500_000), (quantiles[2], 100_000)]
    if day >= quantiles[2]:
        return 100_000
    for (left, high), (right, low) in pairwise(knots):
        if left <= day < right:
            return high - (high - low) * (day - left).days // (right - left).days
    return 1_000_000


def timeline(session: Session, company_id: int, customer_id: int, as_of: date, *, limit: int = 50) -> list[Event]:
    """What happened with a customer up to the day, newest first: contacts, promises, payments and what came back."""
    events = [
        *_contacts(session, company_id, customer_id, as_of, limit),
        *_promises(session, company_id, customer_id, as_of, limit),
        *_payments(session, company_id, customer_id, as_of, limit),
    ]
    return sorted(events, key=lambda event: event.on, reverse=True)[:limit]


def _contacts(session: Session, company_id: int, customer_id: int, as_of: date, limit: int) -> list[Event]:
    mine = Activity.company_id == company_id, Activity.customer_id == customer_id, Activity.contacted_on <= as_of
    asked = select(Activity).where(*mine).order_by(Activity.contacted_on.desc(), Activity.id.desc()).limit(limit)
    return [
        Event(row.contacted_on, EventKind.CONTACT, ": ".join(filter(None, (row.kind, row.result))), row.note, None, "")
        for row in session.scalars(asked)
    ]


def _promises(session: Session, company_id: int, customer_id: int, as_of: date, limit: int) -> list[Event]:
    asked = (
        select(Promise, OpenItem.number)
        .join(OpenItem, OpenItem.id == Promise.open_item_id)
        .where(Promise.company_id == company_id, Promise.promised_on <= as_of, OpenItem.customer_id == customer_id)
        .order_by(Promise.promised_on.desc(), Promise.id.desc())
        .limit(limit)
    )
    return [
        Event(
            row.promised_on, EventKind.PROMISE, f"{number} by {row.promised_date}", "", row.amount_minor, row.currency
        )
        for row, number in session.execute(asked)
    ]


def _payments(session: Session, company_id: int, customer_id: int, as_of: date, limit: int) -> list[Event]:
    """Money applied to the customer's items, a line a day and clearing."""
    minor = cast(func.sum(Application.amount_minor), BigInteger)
    asked = (
        select(Application.known_on, OpenItem.currency, minor, func.count(), func.min(OpenItem.number))
        .join(OpenItem, OpenItem.id == Application.open_item_id)
        .where(
            Application.company_id == company_id,
            Application.known_on <= as_of,
            Application.kind == ApplicationKind.RECEIPT,
            OpenItem.customer_id == customer_id,
        )
        .group_by(Application.known_on, Application.entry_id, OpenItem.currency)
        .order_by(Application.known_on.desc(), Application.entry_id.desc())
        .limit(limit)
    )
    return [
        Event(
            on,
            EventKind.PAYMENT if amount > 0 else EventKind.RETURN,
            number if items == 1 else f"{items} items, {number} the first",
            "",
            amount,
            currency,
        )
        for on, currency, amount, items, number in session.execute(asked)
    ]
