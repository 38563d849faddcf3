"""Long work: runs of jobs, and what is asked for every day.

Revision: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
UNDER_WAY = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "job_runs",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("company_id", NUMBER, nullable=False),
        sa.Column("job", sa.String(24), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("learner", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("attempt", NUMBER, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("began_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_job_runs_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_job_runs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    op.create_index("ix_job_runs_company_id_job", "job_runs", ["company_id", "job", "id"])
    op.create_index(
        "uq_job_runs_under_way",
        "job_runs",
        ["company_id", "job", "as_of", "learner", "version"],
        unique=True,
        sqlite_where=UNDER_WAY,
        postgresql_where=UNDER_WAY,
    )
    op.create_table(
        "daily_jobs",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("company_id", NUMBER, nullable=False),
        sa.Column("job", sa.String(24), nullable=False),
        sa.Column("minute", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_daily_jobs_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_daily_jobs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daily_jobs")),
        sa.UniqueConstraint("company_id", "job", name=op.f("uq_daily_jobs_company_id_job")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("daily_jobs")
    op.drop_table("job_runs")
