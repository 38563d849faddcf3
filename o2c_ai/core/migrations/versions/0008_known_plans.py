"""The day on which a flow was planned, so that a forecast of an earlier day does not know of it.

Revision: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; nobody said it of the flows that are there."""
    op.add_column("planned_flows", sa.Column("known_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("planned_flows", "known_on")
