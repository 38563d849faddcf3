"""Says in a clerk's words what the rows of a cash application pay, and how what is left over is booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.rules import DIFFERENCES
from o2c_ai.core.customers.queries import by_id
from o2c_ai.core.receivables.queries import credits_by_id, items_by_id
from o2c_ai.core.suggestions.rules import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from o2c_ai.api.dependencies import Reading
    from o2c_ai.core.suggestions.rules import Part

BOOKED = {
    Reason.FULL: "pays it in full",
    Reason.PARTIAL: "pays part; the rest stays open",
    Reason.NETTED: "credit memo used with the money",
    Reason.DISCOUNT: "the rest is cash discount allowed",
    Reason.DEDUCTION: "the rest is a deduction, kept as a case",
    Reason.WITHHOLDING: "the rest is tax withheld",
    Reason.TOLERANCE: "the rest is too small to chase",
    Reason.RESIDUAL: "the rest becomes a new item, due as before",
    Reason.BANK_CHARGE: "taken by a bank on the way: expense",
    Reason.OVERPAYMENT: "paid too much: kept on account",
    Reason.PREPAYMENT: "paid ahead: kept on account",
    Reason.DUPLICATE: "paid twice: kept on account",
    Reason.NOT_AR: "not about receivables: suspense",
    Reason.RETURNED: "the payment bounced: open again",
}
"""How each reason is booked."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A row of a cash application as a page shows it."""

    name: str
    """Number of the item or credit memo; empty where none is named."""
    customer: str
    due_date: date | None
    left_minor: int | None
    """Open on the item on the day."""
    amount_minor: int
    booked: str
    rest_minor: int
    """What the item lacks, booked as said."""


def paid(read: Reading, parts: Sequence[Part]) -> list[Paid]:
    """The rows with the names of what they pay."""
    items = items_by_id(read.session, read.company_id, read.as_of, [p.open_item_id for p in parts if p.open_item_id])
    memos = credits_by_id(read.session, read.company_id, [p.credit_item_id for p in parts if p.credit_item_id])
    owners = by_id(read.session, read.company_id, [p.customer_id for p in parts if p.customer_id])
    rows = []
    for part in parts:
        item = items.get(part.open_item_id or 0)
        owner = owners.get(part.customer_id or 0)
        rest = item.left_minor - part.amount_minor if item is not None and part.reason in DIFFERENCES else 0
        name = item.number if item is not None else memos.get(part.credit_item_id or 0, "")
        code = item.customer_code if item is not None else owner.code if owner is not None else ""
        due, left = (None, None) if item is None else (item.due_date, item.left_minor)
        rows.append(Paid(name, code, due, left, part.amount_minor, BOOKED[part.reason], max(rest, 0)))
    return rows
