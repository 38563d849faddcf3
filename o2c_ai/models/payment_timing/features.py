"""What is known of every open item on the evening of a day, as the frame the timing models read."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
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

    from o2c_ai.models.payment_timing.days import Days

_KEPT = {
    "id": "item_id",
    "number": "number",
    "customer_id": "customer_id",
    "customer_code": "customer_code",
    "currency": "currency",
    "amount_minor": "amount_minor",
    "left_minor": "open_minor",
}
_NUMBERS = ("item_id", "customer_id", "amount_minor", "open_minor")
_STOOD = ("due_date", "cleared_on", "withdrawn_on")
_DISPUTED = ("disputed_on", "dispute_resolved_on")
_PROMISED = ("promised_on", "promised_date")
_ROWS_A_PART = 10_000
_Told = tuple[tuple[int, ...], ...]


def items_frame(session: Session, company_id: int, as_of: date) -> pd.DataFrame:
    """One row per item known on the evening of the day, in id order; columns of items.py and number, customer_code.

    Days are day numbers (int64, NEVER where there is none); amounts are minor units (int64). An item closed without
    any money counts as withdrawn, not as paid. A due date amended is known from the day the amendment was recorded.
    """
    rows = columns_items_history(session, company_id, as_of)
    parts = [_frame(part) for part in iter(lambda: list(islice(rows, _ROWS_A_PART)), [])]
    frame = pd.concat(parts or [_frame([])], ignore_index=True)
    promises = _by_item(columns_promises(session, company_id, as_of))
    disputes = _by_item(sorted(columns_disputes(session, company_id, as_of), key=itemgetter(1)))
    used = _by_item(columns_partly_undone(session, company_id, as_of))
    amended = _by_item(columns_due_dates(session, company_id))
    _tell(frame, _STOOD, "earlier_states", _states(frame, used, amended, as_of))
    _tell(frame, _DISPUTED, "earlier_disputes", disputes)
    _tell(frame, _PROMISED, "earlier_promises", promises)
    return frame


def _frame(rows: list[Any]) -> pd.DataFrame:
    """Rows of `columns_items_history` as columns, each item as it stands last."""
    held = dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True)) if rows else defaultdict(tuple)
    ended, cash = _day_numbers(held["cleared_on"]), np.array(held["cash_minor"], dtype=np.int64)
    columns = {
        **{name: held[told] for told, name in _KEPT.items()},
        "issue_date": _day_numbers(held["document_date"]),
        "known_on": _day_numbers(held["known_on"]),
        "due_date": _day_numbers(held["due_date"]),
        "cleared_on": np.where(cash == 0, NEVER, ended),
        "withdrawn_on": np.where(cash == 0, ended, NEVER),
        **dict.fromkeys((*_DISPUTED, *_PROMISED), np.full(len(ended), NEVER)),
    }
    return pd.DataFrame(columns).astype(dict.fromkeys(_NUMBERS, "int64"))


def _day_numbers(days: Sequence[date | None]) -> Days:
    """Day numbers; there are many items a day, and each day is counted once."""
    numbers = {day: NEVER if day is None else day_number(day) for day in set(days)}
    return np.fromiter((numbers[day] for day in days), dtype=np.int64, count=len(days))


def _tell(frame: pd.DataFrame, columns: Sequence[str], earlier: str, told: dict[int, _Told]) -> None:
    """Write what is told of some items: the newest into `columns`, earlier ones into a column of tuples."""
    places = pd.Index(frame["item_id"]).get_indexer(list(told))
    known = [(place, one) for place, one in zip(places.tolist(), told.values(), strict=True) if place >= 0]
    rows = [place for place, _ in known]
    for name, days in zip(columns, zip(*(one[-1][-len(columns) :] for _, one in known), strict=True), strict=False):
        frame.loc[rows, name] = days
    before = np.full(len(frame), None)
    before[:] = [()] * len(frame)
    for place, one in known:
        before[place] = one[:-1]
    frame[earlier] = before


def _by_item(rows: Iterable[Sequence[Any]]) -> dict[int, _Told]:
    """Item → what is told of it, its days as day numbers; of each row the item stands first."""
    found: dict[int, list[tuple[int, ...]]] = {}
    for item, *told in rows:
        found.setdefault(item, []).append(tuple(one if isinstance(one, int) else _number(one) for one in told))
    return {item: tuple(told) for item, told in found.items()}


def _states(frame: pd.DataFrame, used: dict[int, _Told], amended: dict[int, _Told], as_of: date) -> dict[int, _Told]:
    """Item → how it stood, of those that did not always stand as they do.

    `used` says day, amount and cash of what was used or taken back, where anything was; `amended` day, old and new due
    date.
    """
    today, items = _number(as_of), used.keys() | amended.keys()
    changed = frame.loc[frame["item_id"].isin(items), ["item_id", "amount_minor", *_STOOD]]
    found = {}
    for item, amount, due, *closed in changed.itertuples(index=False):
        closings = _closings(amount, used[item]) if item in used else {min(closed): tuple(closed)}
        told = amended.get(item, ())
        found[item] = _stood(told[0][1] if told else due, {on: to for on, _, to in told if on <= today}, closings)
    return found


def _stood(due: int, due_dates: dict[int, int], closings: dict[int, tuple[int, ...]]) -> _Told:
    """(until, due_date, cleared_on, withdrawn_on), oldest first; the last one stands."""
    closed, found = _OPEN, []
    for on in sorted((closings.keys() | due_dates.keys()) - {NEVER}):
        if closed != _OPEN or on in due_dates:
            found.append((on, due, *closed))
        due, closed = due_dates.get(on, due), closings.get(on, closed)
    return (*found, (NEVER, due, *closed))


_OPEN: tuple[int, ...] = (NEVER, NEVER)


def _closings(left: int, used: _Told) -> dict[int, tuple[int, ...]]:
    """Day → (cleared_on, withdrawn_on) from that evening on, for every evening on which it was closed or opened."""
    found: dict[int, tuple[int, ...]] = {}
    cash, stands = 0, _OPEN
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
