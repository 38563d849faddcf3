"""What the worklist knows of customers, found the slow way, item by item: the referee of the queries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from o2c_ai.core.collections.queries import last_contacts, promises_as_of
from o2c_ai.core.collections.rules import Exposure, PromiseState, Strategy
from o2c_ai.core.disputes.queries import disputed_as_of
from o2c_ai.core.receivables.queries import columns_open_items, credit_by_customer
from o2c_ai.core.timings.queries import latest_timings


def exposures_one_by_one(
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
