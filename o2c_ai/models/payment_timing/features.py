"""What is known of every open item on the evening of a day, as the frame the timing models read."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

import pandas as pd

from o2c_ai.core.cash_application.queries import columns_parts
from o2c_ai.core.clearings.queries import columns_partly_undone
from o2c_ai.core.collections.queries import columns_promises
from o2c_ai.core.disputes.queries import columns_disputes
from o2c_ai.core.forecasts.queries import flows_to_come
from o2c_ai.core.invoices.queries import columns_due_dates
from o2c_ai.core.payments.queries import columns_lines
from o2c_ai.core.receivables.queries import columns_items_history, columns_money, credit_by_customer
from o2c_ai.core.suggestions.rules import Reason
from o2c_ai.models.payment_timing.days import NEVER, day_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

_DAYS = (
    "issue_date",
    "known_on",
    "due_date",
    "cleared_on",
    "withdrawn_on",
    "disputed_on",
    "dispute_resolved_on",
    "promised_on",
    "promised_date",
)
_EARLIER = ("earlier_states", "earlier_disputes", "earlier_promises")
_NEVER_SAID = ((NEVER, NEVER),)


def items_frame(session: Session, company_id: int, as_of: date) -> pd.DataFrame:
    """One row per item known on the evening of the day, in id order; columns of items.py and number, customer_code.

    Days are day numbers (int64, NEVER where there is none); amounts are minor units (int64). An item closed without
    any money counts as withdrawn, not as paid. A due date amended is known from the day the amendment was recorded.
    """
    disputes = _by_item(sorted(columns_disputes(session, company_id, as_of), key=itemgetter(1)))
    promises = _by_item(columns_promises(session, company_id, as_of))
    used = _by_item(columns_partly_undone(session, company_id, as_of))
    amended = _by_item(columns_due_dates(session, company_id))
    columns: dict[str, list[Any]] = {name: [] for name in (*_COLUMNS, *_DAYS, *_EARLIER)}
    for row in columns_items_history(session, company_id, as_of):
        states = _states(row, used.get(row.id, ()), amended.get(row.id, ()), as_of)
        spoken = (disputes.get(row.id, _NEVER_SAID), promises.get(row.id, _NEVER_SAID))
        values = (
            row.id,
            row.number,
            row.customer_id,
            row.customer_code,
            row.currency,
            row.amount_minor,
            row.left_minor,
            _number(row.document_date),
            _number(row.known_on),
            *states[-1][1:],
            *(day for said in spoken for day in said[-1]),
            states[:-1],
            *(said[:-1] for said in spoken),
        )
        for name, value in zip(columns, values, strict=True):
            columns[name].append(value)
    return pd.DataFrame(columns).astype(dict.fromkeys(("amount_minor", "open_minor", *_DAYS), "int64"))


_Told = tuple[tuple[int, ...], ...]
_OPEN = (NEVER, NEVER)
_COLUMNS = ("item_id", "number", "customer_id", "customer_code", "currency", "amount_minor", "open_minor")


def _by_item(rows: Iterable[Sequence[Any]]) -> dict[int, _Told]:
    """Item → what is told of it, its days as day numbers; of each row the item stands first."""
    found: dict[int, list[tuple[int, ...]]] = {}
    for item, *told in rows:
        found.setdefault(item, []).append(tuple(one if isinstance(one, int) else _number(one) for one in told))
    return {item: tuple(told) for item, told in found.items()}


def _states(row: Any, used: _Told, amended: _Told, as_of: date) -> _Told:  # noqa: ANN401 - a row of columns
    """(until, due_date, cleared_on, withdrawn_on), oldest first; the last one stands.

    `used` says day, amount and cash of what was used or taken back, where anything was; `amended` day, old and new due
    date.
    """
    ended = _number(row.cleared_on)
    closed = (ended, NEVER) if row.cash_minor else (NEVER, ended)
    if not used and not amended:
        return ((NEVER, _number(row.due_date), *closed),)
    closings = _closings(row.amount_minor, used) if used else {ended: closed}
    due_dates = {on: due for on, _, due in amended if on <= _number(as_of)}
    due, closed, found = amended[0][1] if amended else _number(row.due_date), _OPEN, []
    for on in sorted((closings.keys() | due_dates.keys()) - {NEVER}):
        if closed != _OPEN or on in due_dates:
            found.append((on, due, *closed))
        due, closed = due_dates.get(on, due), closings.get(on, closed)
    return (*found, (NEVER, due, *closed))


def _closings(left: int, used: _Told) -> dict[int, tuple[int, int]]:
    """Day → (cleared_on, withdrawn_on) from that evening on, for every evening on which it was closed or opened."""
    found, cash, stands = {}, 0, _OPEN
    for on, used_minor, cash_minor in used:
        left, cash = left - used_minor, cash + cash_minor
        now = _OPEN if left else (on, NEVER) if cash else (NEVER, on)
        if [day == NEVER for day in now] != [day == NEVER for day in stands]:
            found[on] = stands = now
    return found


def _number(day: date | None) -> int:
    return NEVER if day is None else day_number(day)


def receipts_frame(session: Session, company_id: int, as_of: date) -> pd.DataFrame:
    """Customers' money by the day: received_on (day number), currency, amount_minor; bounced money is negative."""
    rows = [(day_number(row[0]), row[1], row[2]) for row in columns_money(session, company_id, as_of)]
    return pd.DataFrame(rows, columns=["received_on", "currency", "amount_minor"])


def other_lines_frame(session: Session, company_id: int, as_of: date) -> tuple[pd.DataFrame, date | None]:
    """Statement lines that are not customers' money (booked_on, currency, amount_minor, party), and the first's day.

    A line counts from the day on which somebody had decided so.
    """
    decided = {row.line_id for row in columns_parts(session, company_id, as_of) if row.reason is Reason.NOT_AR}
    first: date | None = None
    rows = []
    for row in columns_lines(session, company_id, as_of):
        first = first or row.booking_date
        if row.credit_item_id is None and row.id in decided:
            party = row.payer_account or row.payer_name
            rows.append((day_number(row.booking_date), row.currency, row.amount_minor, party))
    return pd.DataFrame(rows, columns=["booked_on", "currency", "amount_minor", "party"]), first


def planned_frame(session: Session, company_id: int, as_of: date) -> pd.DataFrame:
    """Flows to come as planned by the evening of the day: on (day number), currency, amount_minor (signed)."""
    rows = [(day_number(on), currency, minor) for on, currency, minor in flows_to_come(session, company_id, as_of)]
    return pd.DataFrame(rows, columns=["on", "currency", "amount_minor"])


def credits_frame(session: Session, company_id: int, as_of: date) -> pd.DataFrame:
    """Credit left on the day: customer_id, currency, open_minor (positive)."""
    left = credit_by_customer(session, company_id, as_of)
    rows = [(customer, currency, minor) for (customer, currency), minor in sorted(left.items())]
    return pd.DataFrame(rows, columns=["customer_id", "currency", "open_minor"])
