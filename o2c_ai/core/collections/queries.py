"""Questions about collections: promises, contacts, and what the worklist must know of each customer."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Date, and_, case, cast, func, literal, select

from o2c_ai.core.collections.rules import Event, EventKind, Exposure, PromiseState, Strategy, promise_state
from o2c_ai.core.collections.tables import Activity, Promise
from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import among, days_between
from o2c_ai.core.disputes.queries import disputes_by_item
from o2c_ai.core.disputes.tables import Dispute
from o2c_ai.core.invoices.tables import Invoice
from o2c_ai.core.receivables.queries import credit_by_customer, left_as_of
from o2c_ai.core.receivables.rules import ApplicationKind
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem
from o2c_ai.core.timings.rules import SHADOW
from o2c_ai.core.timings.tables import PaymentTiming

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

PPM = 1_000_000


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


def last_contacts(
    session: Session, company_id: int, as_of: date, customer_ids: Collection[int] | None = None
) -> dict[int, date]:
    """Customer → last contact known on the day, of all customers or of some."""
    asked = (
        select(Activity.customer_id, func.max(Activity.contacted_on))
        .where(Activity.company_id == company_id, Activity.contacted_on <= as_of)
        .group_by(Activity.customer_id)
    )
    if customer_ids is not None:
        asked = asked.where(among(session, Activity.customer_id, customer_ids))
    return {row[0]: row[1] for row in session.execute(asked)}


def promises_as_of(
    session: Session,
    company_id: int,
    as_of: date,
    tolerance_days: int,
    customer_ids: Collection[int] | None = None,
) -> dict[int, tuple[PromiseState, date]]:
    """Open item → how its newest promise stands on the day, and the promised date; of all customers or of some.

    Paid counts from the day of the promise to the end of its tolerance.
    """
    told = (
        select(Promise.open_item_id, func.max(Promise.promised_on).label("on"))
        .where(Promise.company_id == company_id, Promise.promised_on <= as_of)
        .group_by(Promise.open_item_id)
    )
    if customer_ids is not None:
        theirs = select(OpenItem.id).where(among(session, OpenItem.customer_id, customer_ids))
        told = told.where(Promise.open_item_id.in_(theirs))
    newest = told.subquery()
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
    session: Session, company_id: int, as_of: date, strategy: Strategy, *, customer_ids: Collection[int] | None = None
) -> list[Exposure]:
    """What the worklist knows of each customer and currency on the day, or of some customers; all summed by the store.

    Of each item counts the probability of being unpaid at the strategy's horizon, as predicted on the day; an item
    without a prediction counts in full once it is due.
    """
    items = _items(session, company_id, as_of, strategy, customer_ids).cte("items").prefix_with("MATERIALIZED")
    left, said = items.c.left_minor, items.c.disputed_minor
    disputed, overdue = case((said < left, said), else_=left), items.c.due_date < as_of
    # Millionths of the largest amounts are more than a whole number of the store holds.
    worth = (left - disputed) // PPM * items.c.chance_ppm, (left - disputed) % PPM * items.c.chance_ppm
    minors = (left, case((overdue, left), else_=0), disputed, *worth)
    summed = (
        select(items.c.customer_id, items.c.currency, func.min(items.c.due_date).label("oldest"))
        .add_columns(*(cast(func.sum(minor), BigInteger) for minor in minors))
        .where(left > 0)
        .group_by(items.c.customer_id, items.c.currency)
        .subquery()
    )
    asked = select(CustomerRow.code, *summed.c).join(CustomerRow, CustomerRow.id == summed.c.customer_id)
    credit = credit_by_customer(session, company_id, as_of, customer_ids)
    contacts = last_contacts(session, company_id, as_of, customer_ids)
    promises = _promises_by_customer(session, company_id, as_of, strategy.promise_tolerance_days, customer_ids)
    return [
        Exposure(
            customer,
            code,
            currency,
            open_,
            late,
            held,
            credit.get((customer, currency), 0),
            max((as_of - oldest).days, 0),
            above + below // PPM,
            promises[customer, currency, True],
            promises[customer, currency, False],
            contacts.get(customer),
        )
        for code, customer, currency, oldest, open_, late, held, above, below in session.execute(
            asked.order_by(summed.c.customer_id, summed.c.currency)
        )
    ]


def _items(
    session: Session, company_id: int, as_of: date, strategy: Strategy, customer_ids: Collection[int] | None
) -> Select[*tuple[Any, ...]]:
    """Items known by the day, paid ones included, each with what is left and disputed, and its chance of staying so."""
    disputed = disputes_by_item(company_id, as_of).subquery()
    unpredicted = case((OpenItem.due_date <= as_of, PPM), else_=0)
    chance = _chance_ppm(session, as_of, as_of + timedelta(days=strategy.horizon_days))
    asked = (
        select(OpenItem.customer_id, OpenItem.currency, OpenItem.due_date, left_as_of(as_of).label("left_minor"))
        .add_columns(func.coalesce(disputed.c.minor, 0).label("disputed_minor"))
        .add_columns(func.coalesce(chance, unpredicted).label("chance_ppm"))
        .outerjoin(disputed, disputed.c.open_item_id == OpenItem.id)
        .where(OpenItem.company_id == company_id, OpenItem.known_on <= as_of)
    )
    return asked if customer_ids is None else asked.where(among(session, OpenItem.customer_id, customer_ids))


def _chance_ppm(session: Session, as_of: date, day: date) -> ColumnElement[int]:
    """Probability that the item of the row is unpaid at the end of a day, in millionths, by what was predicted last.

    Between the quantiles predicted it falls in straight lines; before the first it is 0.9 at least. NULL where nothing
    was predicted on exactly the day of the question; what a challenger said silently does not count.
    """
    made, first, last = PaymentTiming, literal(as_of, Date), literal(day, Date)
    knots = ((first, PPM), (made.p10, 900_000), (made.p50, 500_000), (made.p90, 100_000))
    lines = (
        (
            and_(left <= last, last < right),
            high - (high - low) * days_between(session, left, last) // days_between(session, left, right),
        )
        for (left, high), (right, low) in pairwise(knots)
    )
    asked = (
        select(case((made.p90 <= last, 100_000), *lines, else_=PPM))
        .where(made.open_item_id == OpenItem.id, made.as_of == as_of, ~made.model_version.endswith(SHADOW))
        .order_by(made.id.desc())
        .limit(1)
    )
    return asked.scalar_subquery()


def _promises_by_customer(
    session: Session, company_id: int, as_of: date, tolerance_days: int, customer_ids: Collection[int] | None
) -> Counter[tuple[int, str, bool]]:
    """(customer, currency, whether broken) → promises for items that are open on the day; kept ones are not counted."""
    states = promises_as_of(session, company_id, as_of, tolerance_days, customer_ids)
    unkept = {item: state is not PromiseState.OPEN for item, (state, _) in states.items() if state in _UNKEPT}
    mine = OpenItem.company_id + 0 == company_id, among(session, OpenItem.id, unkept), OpenItem.known_on <= as_of
    asked = select(OpenItem.id, OpenItem.customer_id, OpenItem.currency).where(*mine, left_as_of(as_of) > 0)
    return Counter((customer, currency, unkept[item]) for item, customer, currency in session.execute(asked))


_UNKEPT = {PromiseState.OPEN, PromiseState.BROKEN, PromiseState.PARTIALLY_KEPT}


def customers_touched(session: Session, company_id: int, acts: Sequence[Any]) -> set[int] | None:
    """Whose exposures acts may have changed (rows of `audit.acts_since`); None where only looking at all would tell."""
    named: dict[str, set[int]] = {"customers": set()}
    for act in acts:
        told = _told(act)
        if told is None:
            return None
        for subject, rows in told.items():
            named.setdefault(subject, set()).update(rows)
    found = named.pop("customers")
    for subject, ids in named.items():
        for owners, key in _OWNERS[subject]:
            mine = key.class_.company_id + 0 == company_id, among(session, key, ids)
            found.update(session.scalars(owners.where(*mine)))
    return found - {None}


def _told(act: Any) -> dict[str, list[int]] | None:  # noqa: ANN401 - a row of columns
    """Subject → rows that lead from an act to customers; None where the act does not say which."""
    if act.subject in _ELSEWHERE:
        return {}
    if act.subject_id is not None and act.subject in _OWNERS:
        before = act.detail.get("old") if act.verb == "identify" else None
        return {act.subject: [act.subject_id], "customers": [] if before is None else [before]}
    told = {subject: ids for subject, ids in act.detail.items() if subject in {"customers", "open_items"}}
    return told or None


_ELSEWHERE = frozenset(
    {
        "accounts",
        "approvals",
        "assignments",
        "bank_accounts",
        "customers",
        "documents",
        "exchange_rates",
        "forecast_runs",
        "match_suggestions",
        "model_versions",
        "payer_accounts",
        "payer_aliases",
        "periods",
        "planned_flows",
        "remittance_advices",
        "second_factors",
        "sign_ins",
        "spot_checks",
        "tokens",
        "users",
    }
)
"""What the worklist does not ask about. Approving, booking and identifying write down what they change besides."""
_OWNERS: dict[str, tuple[tuple[Select[Any], InstrumentedAttribute[int]], ...]] = {
    "open_items": ((select(OpenItem.customer_id), OpenItem.id),),
    "credit_items": ((select(CreditItem.customer_id), CreditItem.id),),
    "invoices": ((select(Invoice.customer_id), Invoice.id),),
    "disputes": ((select(OpenItem.customer_id).join(Dispute), Dispute.id),),
    "journal_entries": (
        (select(OpenItem.customer_id).join(Application), Application.entry_id),
        (select(CreditItem.customer_id).join(Application), Application.entry_id),
        (select(CreditItem.customer_id).join(CreditMovement), CreditMovement.entry_id),
        (select(CreditMovement.customer_id), CreditMovement.entry_id),
    ),
}
"""Subject of an act → the customers it leads to, each with the column that its number stands in."""


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
