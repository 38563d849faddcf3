"""What is asked item by item is answered from an index alone, and entries lead to the papers they book.

Revision: 0007
Revises: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WIDENED = (
    ("ix_applications_open_item_id", "applications", "open_item_id", ("known_on", "amount_minor")),
    ("ix_applications_credit_item_id", "applications", "credit_item_id", ("known_on", "amount_minor")),
    ("ix_credit_movements_credit_item_id", "credit_movements", "credit_item_id", ("known_on", "amount_minor")),
    ("ix_match_suggestions_line_id", "match_suggestions", "line_id", ("company_id", "as_of")),
    ("ix_cash_applications_line_id", "cash_applications", "line_id", ("company_id", "known_on", "undone_on")),
)
"""Index, its table, its column, and the columns that are added to it."""
BOOKED = ("invoices", "statement_lines", "credit_items")
"""Papers with the entry that booked them."""


def upgrade() -> None:
    """Widen them, and add those of entries."""
    for name, table, column, more in WIDENED:
        op.drop_index(name, table)
        op.create_index(name, table, [column, *more])
    for table in BOOKED:
        op.create_index(f"ix_{table}_entry_id", table, ["entry_id"])


def downgrade() -> None:
    """Back to what they were."""
    for table in BOOKED:
        op.drop_index(f"ix_{table}_entry_id", table)
    for name, table, column, _ in WIDENED:
        op.drop_index(name, table)
        op.create_index(name, table, [column])
