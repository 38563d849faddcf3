"""What is known of every open item on the evening of a day, as the frame the timing models read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from o2c_ai.core.cash_application.queries import columns_parts
from o2c_ai.core.collections.queries import columns_promises
from o2c_ai.core.disputes.queries import columns_disputes
from o2c_ai.core.forecasts.queries import planned_flows
from o2c_ai.core.payments.queries import columns_lines
from o2c_ai.core.receivables.queries import columns_items_history, columns_money, credit_by_customer
from o2c_ai.core.suggestions.rules import Reason
from o2c_ai.models.payment_timing.days import NEVER, day_number

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

_DAYS = (
    "issue_date",
    "due_date",
    "cleared_on",
    "withdrawn_on",
    "disputed_on",
    "dispute_resolved_on",
    "promised_on",
    "promised_date",
)


def items_frame(session: Session, company_id: int, as_of: date) -> pd.DataFrame:
    """One row per item known on the evening of the day, in id order; columns of items.py and number, customer_code.

    Days are day numbers (int64, NEVER where there is none); amounts are minor units (int64). An item closed without
    any money counts as withdrawn, not as paid.
    """
    disputes = {item: (opened, closed) for item, opened, closed in columns_disputes(session, company_id, as_of)}
    promises = {item: (on, until) for item, on, until in columns_promises(session, company_id, as_of)}
    columns: dict[str, list[Any]] = {name: [] for name in (*_COLUMNS, *_DAYS)}
    for row in columns_items_history(session, company_id, as_of):
        ended = _number(row.cleared_on)
        opened, closed = disputes.get(row.id, (None, None))
        promised_on, promised_date = promises.get(row.id, (None, None))
        values = (
            row.id,
            row.number,
            row.customer_id,
            row.customer_code,
            row.currency,
            row.amount_minor,
            row.left_minor,
            _number(row.document_date),
            _number(row.due_date),
            ended if row.cash_minor else NEVER,
            NEVER if row.cash_minor else ended,
            *map(_number, (opened, closed, promised_on, promised_date)),
        )
        for name, value in zip(columns, values, strict=True):
            columns[name].append(value)
    return pd.DataFrame(columns).astype(dict.fromkeys(("amount_minor", "open_minor", *_DAYS), "int64"))


_COLUMNS = ("item_id", "number", "customer_id", "customer_code", "currency", "amount_minor", "open_minor")


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


def planned_frame(session: Session, company_id: int) -> pd.DataFrame:
    """Planned flows: on (day number), currency, amount_minor (signed)."""
    rows = [(day_number(on), currency, minor) for on, currency, minor, _ in planned_flows(session, company_id)]
    return pd.DataFrame(rows, columns=["on", "currency", "amount_minor"])


def credits_frame(session: Session, company_id: int, as_of: date) -> pd.DataFrame:
    """Credit left on the day: customer_id, currency, open_minor (positive)."""
    left = credit_by_customer(session, company_id, as_of)
    rows = [(customer, currency, minor) for (customer, currency), minor in sorted(left.items())]
    return pd.DataFrame(rows, columns=["customer_id", "currency", "open_minor"])
