"""What the leading system calls the things a job answers about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.customers.queries import list_customers
from o2c_ai.core.payments.queries import columns_lines
from o2c_ai.core.receivables.queries import columns_items_history, columns_memos
from o2c_ai.formats.proposals import Names

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def read_names(session: Session, company_id: int, as_of: date) -> Names:
    """Names of everything known of the company on the day."""
    return Names(
        {row.id: (row.line_ref, row.currency, row.amount_minor) for row in columns_lines(session, company_id, as_of)},
        {row.id: (row.number, row.customer_id) for row in columns_items_history(session, company_id, as_of)},
        {row.id: (row.number, row.customer_id) for row in columns_memos(session, company_id, as_of)},
        {customer.customer_id: customer.code for customer in list_customers(session, company_id)},
    )
