"""Questions about key figures: how each came to be what it is, and which items stand behind an age."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, case, cast, func, select, union_all

from o2c_ai.core.collections.queries import promises_as_of
from o2c_ai.core.collections.rules import PromiseState, Strategy
from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.invoices.tables import Invoice
from o2c_ai.core.key_figures.rules import (
    Figure,
    Point,
    UnknownBucket,
    month_ends,
    share_points,
    weeks_to,
)
from o2c_ai.core.ledger.queries import daily_changes
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.receivables.queries import open_items_as_of
from o2c_ai.core.receivables.rules import CreditKind, MovementKind
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem
from o2c_ai.core.reporting.queries import rates_by_day, untouched_by_day
from o2c_ai.core.reporting.rules import BUCKETS, Measures, bucket_names, countback_dso, monthly_sales
from o2c_ai.core.spot_checks.queries import list_checks

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session

SPAN_DAYS = 90
"""Days over which DSO and its relatives are measured."""
_MEASURED: Mapping[Figure, Callable[[Measures], Fraction | None]] = {
    Figure.DSO: lambda row: row.dso,
    Figure.BEST_POSSIBLE_DSO: lambda row: row.best_possible_dso,
    Figure.ADD: lambda row: row.add,
    Figure.COUNTBACK_DSO: lambda row: row.countback,
    Figure.TURNOVER: lambda row: row.turnover,
    Figure.CEI: lambda row: row.cei,
}
_BALANCES = {
    Figure.RECEIVABLES: (AccountRole.RECEIVABLES, 1),
    Figure.UNAPPLIED: (AccountRole.UNAPPLIED_CASH, -1),
    Figure.UNIDENTIFIED: (AccountRole.UNIDENTIFIED_CASH, -1),
}
"""Account and sign of figures that are balances."""
_RATES = {
    Figure.RIGHT_CUSTOMER: ("named_right", "named"),
    Figure.ROWS_UNTOUCHED: ("paid_untouched", "paid"),
    Figure.RECEIPTS_UNTOUCHED: ("receipts_untouched", "receipts"),
    Figure.STRAIGHT_THROUGH: ("straight", "decided"),
}


def trend(session: Session, company_id: int, figure: Figure, currency: str, as_of: date) -> list[Point]:
    """How a figure came to be what it is on the day, oldest first; shares of lines and promises know no currency."""
    days = month_ends(as_of)
    if figure in _MEASURED:
        measured = measures_on(session, company_id, days).get(currency, [])
        return [Point(row.as_of, _MEASURED[figure](row)) for row in measured]
    if figure in _BALANCES:
        role, sign = _BALANCES[figure]
        balance = _balances(session, company_id, [role], as_of).get((role, currency), _Running())
        return [Point(day, Fraction(sign * balance.on(day))) for day in days]
    if figure is Figure.OVERDUE:
        owed = _open_on(session, company_id, days).get(currency, [(0, 0)] * len(days))
        return [Point(day, Fraction(total - current)) for day, (total, current) in zip(days, owed, strict=True)]
    if figure is Figure.CASH_IN:
        return cash_in(session, company_id, currency, weeks_to(as_of), as_of)
    return share_points(_shares(session, company_id, figure, as_of), as_of)


def _shares(session: Session, company_id: int, figure: Figure, as_of: date) -> Mapping[date, tuple[int, int]]:
    """Day → (hits, of) of a figure that is a share."""
    if figure is Figure.PROMISES_KEPT:
        return promises_by_day(session, company_id, as_of)
    if figure is Figure.NEVER_TAKEN_BACK:
        return untouched_by_day(session, company_id, as_of)
    if figure is Figure.SPOT_CHECKED:
        return _checked(session, company_id, as_of)
    hits, of = _RATES[figure]
    return {row.known_on: (getattr(row, hits), getattr(row, of)) for row in rates_by_day(session, company_id, as_of)}


def _checked(session: Session, company_id: int, as_of: date) -> dict[date, tuple[int, int]]:
    """Day of booking → lines found right, and lines drawn that somebody looked at or took back."""
    found: dict[date, tuple[int, int]] = {}
    for check in list_checks(session, company_id, as_of):
        if check.right is not None:
            right, of = found.get(check.applied_on, (0, 0))
            found[check.applied_on] = (right + check.right, of + 1)
    return found


def promises_by_day(session: Session, company_id: int, as_of: date) -> dict[date, tuple[int, int]]:
    """Promised day → promises kept, and promises whose day, with its tolerance, has passed."""
    found: dict[date, tuple[int, int]] = {}
    tolerance = Strategy().promise_tolerance_days
    for state, day in promises_as_of(session, company_id, as_of, tolerance).values():
        if state is not PromiseState.OPEN:
            kept, of = found.get(day, (0, 0))
            found[day] = (kept + (state is PromiseState.KEPT), of + 1)
    return found


def promises_by_customer(
    session: Session, company_id: int, as_of: date, customer_ids: Collection[int] | None = None
) -> dict[tuple[int, str], tuple[int, int]]:
    """(customer, currency) → what `promises_by_day` counts, over all days; of all customers or of some."""
    tolerance = Strategy().promise_tolerance_days
    states = promises_as_of(session, company_id, as_of, tolerance, customer_ids)
    owners = select(OpenItem.id, OpenItem.customer_id, OpenItem.currency).where(
        OpenItem.company_id + 0 == company_id, among(session, OpenItem.id, states)
    )
    found: dict[tuple[int, str], tuple[int, int]] = {}
    for item, customer, currency in session.execute(owners):
        state, _ = states[item]
        if state is not PromiseState.OPEN:
            kept, of = found.get((customer, currency), (0, 0))
            found[customer, currency] = (kept + (state is PromiseState.KEPT), of + 1)
    return found


def cash_in(session: Session, company_id: int, currency: str, mondays: Sequence[date], as_of: date) -> list[Point]:
    """Customers' money of each of these weeks up to the day, bounced money taken off; a point lies on its Monday."""
    came = money_by_day(session, company_id, mondays[0], as_of) if mondays else {}
    sums = dict.fromkeys(mondays, 0)
    for (code, day), minor in came.items():
        monday = day - timedelta(days=day.weekday())
        if code == currency and monday in sums:
            sums[monday] += minor
    return [Point(monday, Fraction(minor)) for monday, minor in sums.items()]


def money_by_day(session: Session, company_id: int, since: date, until: date) -> dict[tuple[str, date], int]:
    """(currency, day) → customers' money booked from the first day to the last, less what bounced or was not theirs."""
    came = select(CreditItem.known_on, CreditItem.currency, CreditItem.amount_minor).where(
        CreditItem.company_id == company_id,
        CreditItem.kind == CreditKind.RECEIPT,
        CreditItem.known_on.between(since, until),
    )
    gone = (
        select(CreditMovement.known_on, CreditMovement.currency, (-CreditMovement.amount_minor).label("amount_minor"))
        .join(CreditItem, CreditItem.id == CreditMovement.credit_item_id)
        .where(
            CreditMovement.company_id == company_id,
            CreditMovement.known_on.between(since, until),
            CreditMovement.kind.in_((MovementKind.REVERSED, MovementKind.NOT_AR)),
            CreditItem.kind == CreditKind.RECEIPT,
        )
    )
    money = union_all(came, gone).subquery()
    asked = select(money.c.currency, money.c.known_on, _total(money.c.amount_minor))
    asked = asked.group_by(money.c.currency, money.c.known_on)
    return {(row[0], row[1]): row[2] for row in session.execute(asked)}


def measures_on(session: Session, company_id: int, days: Sequence[date]) -> dict[str, list[Measures]]:
    """Currency → what `reporting.measures` says on each of the days, ascending; asked of the books once for all."""
    balances = _balances(session, company_id, [AccountRole.RECEIVABLES], days[-1])
    owed, sold = _open_on(session, company_id, days), _sales(session, company_id, days[-1])
    found: dict[str, list[Measures]] = {}
    for currency in sorted({code for _, code in balances} | sold.keys()):
        balance = balances.get((AccountRole.RECEIVABLES, currency), _Running())
        for place, day in enumerate(days):
            daily = _standing(sold.get(currency, []), day)
            before, closing = day - timedelta(days=SPAN_DAYS), balance.on(day)
            sales = sum(minor for on, minor in daily.items() if on > before)
            current = owed[currency][place][1] if currency in owed else 0
            row = (currency, day, SPAN_DAYS, balance.on(before), closing, current, sales)
            measured = Measures(*row, countback_dso(closing, monthly_sales(daily, day)))
            found.setdefault(currency, []).append(measured)
    return found


class _Running:
    """A balance that changes on some days."""

    def __init__(self) -> None:
        self.days: list[date] = []
        self.sums: list[int] = []

    def add(self, day: date, minor: int) -> None:
        self.days.append(day)
        self.sums.append(minor + (self.sums[-1] if self.sums else 0))

    def on(self, day: date) -> int:
        """On the evening of the day."""
        place = bisect_right(self.days, day)
        return self.sums[place - 1] if place else 0


def _balances(
    session: Session, company_id: int, roles: Sequence[AccountRole], until: date
) -> dict[tuple[AccountRole, str], _Running]:
    found: dict[tuple[AccountRole, str], _Running] = defaultdict(_Running)
    for role, currency, day, minor in daily_changes(session, company_id, roles, until):
        found[role, currency].add(day, minor)
    return found


def _sales(session: Session, company_id: int, until: date) -> dict[str, list[tuple[date, date | None, int]]]:
    """Currency → (issued, reversed, minor units) of documents, summed by those days."""
    asked = (
        select(Invoice.currency, Invoice.issue_date, Invoice.reversed_on, _total(Invoice.amount_minor))
        .where(Invoice.company_id == company_id, Invoice.issue_date <= until)
        .group_by(Invoice.currency, Invoice.issue_date, Invoice.reversed_on)
    )
    found: dict[str, list[tuple[date, date | None, int]]] = defaultdict(list)
    for currency, issued, undone, minor in session.execute(asked):
        found[currency].append((issued, undone, minor))
    return found


def _standing(sold: Sequence[tuple[date, date | None, int]], day: date) -> dict[date, int]:
    """Day of issue → billed up to a day, of documents not reversed by then."""
    daily: dict[date, int] = defaultdict(int)
    for issued, undone, minor in sold:
        if issued <= day and (undone is None or undone > day):
            daily[issued] += minor
    return daily


def _open_on(session: Session, company_id: int, days: Sequence[date]) -> dict[str, list[tuple[int, int]]]:
    """Currency → on each of the days, ascending, what was open, and of that not overdue.

    Items are sorted by the database into when they were first known and first overdue, and never looked at one by one.
    """
    overdue = _first(days, lambda day: OpenItem.due_date < day).label("overdue")
    billed_on = _first(days, lambda day: OpenItem.known_on <= day).label("known")
    paid_on = _first(days, lambda day: and_(OpenItem.known_on <= day, Application.known_on <= day)).label("known")
    billed = select(OpenItem.currency, billed_on, overdue, _total(OpenItem.amount_minor))
    paid = select(OpenItem.currency, paid_on, overdue, -_total(Application.amount_minor))
    paid = paid.join(Application, Application.open_item_id == OpenItem.id)
    found: dict[str, list[tuple[int, int]]] = {}
    for asked in (billed, paid):
        mine = asked.where(OpenItem.company_id == company_id).group_by(OpenItem.currency, "known", "overdue")
        for currency, known, late, minor in session.execute(mine):
            sums = found.setdefault(currency, [(0, 0)] * len(days))
            for place in range(known, len(days)):
                total, current = sums[place]
                sums[place] = (total + minor, current + (minor if place < late else 0))
    return found


def _first(days: Sequence[date], holds: Callable[[date], ColumnElement[bool]]) -> ColumnElement[int]:
    """The place of the first day on which something holds; one more than the last where it never does."""
    return case(*((holds(day), place) for place, day in enumerate(days)), else_=len(days))


def page_aged(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    currency: str,
    bucket: str,
    customer_code: str | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the day's open items of an age by due date, the oldest first: columns of `open_items_as_of`, and name.

    Raises UnknownBucket, BadPlace.
    """
    asked = open_items_as_of(company_id, as_of).add_columns(CustomerRow.name)
    asked = asked.where(OpenItem.currency == currency, *_aged(bucket, as_of))
    if customer_code is not None:
        asked = asked.where(CustomerRow.code == customer_code)
    return page_of(session, asked, by="due_date", after=after, limit=limit)


def _aged(bucket: str, as_of: date) -> list[ColumnElement[bool]]:
    """Due dates of an age by its name."""
    names = bucket_names(BUCKETS)
    if bucket not in names:
        raise UnknownBucket(bucket)
    place, ends = names.index(bucket), (0, *BUCKETS)
    bounds = []
    if place < len(ends):
        bounds.append(OpenItem.due_date >= as_of - timedelta(days=ends[place]))
    if place:
        bounds.append(OpenItem.due_date < as_of - timedelta(days=ends[place - 1]))
    return bounds


def _total(column: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[int]:
    """Sum as an integer on both stores."""
    return func.coalesce(cast(func.sum(column), BigInteger), 0)
