"""What sums over all of the books are read from: indexes that hold every column such a sum needs.

Revision: 0006
Revises: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them; the one of sales takes the place of a narrower one."""
    op.create_index(
        "ix_postings_balance", "postings", ["account_id", "currency", "entry_id", "amount_minor", "base_minor"]
    )
    owed = ["company_id", "customer_id", "currency", "due_date", "known_on", "amount_minor"]
    op.create_index("ix_open_items_owed", "open_items", owed)
    op.create_index(
        "ix_invoices_sold", "invoices", ["company_id", "issue_date", "currency", "amount_minor", "reversed_on"]
    )
    op.drop_index("ix_invoices_company_id_issue_date", "invoices")


def downgrade() -> None:
    """Drop them."""
    op.create_index("ix_invoices_company_id_issue_date", "invoices", ["company_id", "issue_date"])
    op.drop_index("ix_invoices_sold", "invoices")
    op.drop_index("ix_open_items_owed", "open_items")
    op.drop_index("ix_postings_balance", "postings")
