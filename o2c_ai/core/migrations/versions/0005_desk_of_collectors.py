"""The collectors' desk: who looks after which customer, and the views people saved.

Revision: 0005
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS = (("no_update", "UPDATE", "UPDATE", "changed"), ("no_delete", "DELETE", "DELETE OR TRUNCATE", "deleted"))
"""Law, what it stands against in SQLite and in PostgreSQL, and the word of the refusal: rows are only ever added."""


def upgrade() -> None:
    """Create the tables and the guards."""
    op.create_table(
        "assignments",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("company_id", NUMBER, nullable=False),
        sa.Column("batch_id", NUMBER, nullable=False),
        sa.Column("customer_id", NUMBER, nullable=False),
        sa.Column("to_user_id", NUMBER, nullable=True),
        sa.Column("from_user_id", NUMBER, nullable=True),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_assignments_company_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_assignments_customer_id")),
        sa.ForeignKeyConstraint(["to_user_id"], ["users.id"], name=op.f("fk_assignments_to_user_id")),
        sa.ForeignKeyConstraint(["from_user_id"], ["users.id"], name=op.f("fk_assignments_from_user_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    op.create_index("ix_assignments_customer_id", "assignments", ["company_id", "customer_id", "known_on"])
    op.create_index("ix_assignments_batch_id", "assignments", ["batch_id"])
    for law, in_sqlite, in_postgresql, word in GUARDS:
        _guard(law, in_sqlite, in_postgresql, f"assignments: a row is never {word}")
    op.create_table(
        "saved_views",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("company_id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("desk", sa.String(length=24), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_saved_views_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_views_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "desk", "name", name=op.f("uq_saved_views_user_id_desk_name")),
    )


def _guard(law: str, in_sqlite: str, in_postgresql: str, message: str) -> None:
    trigger = f"CREATE TRIGGER assignments_{law} BEFORE"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"{trigger} {in_sqlite} ON assignments BEGIN SELECT raise(ABORT, '{message}'); END")
        return
    op.execute(
        f"CREATE FUNCTION assignments_{law}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END $$"
    )
    op.execute(f"{trigger} {in_postgresql} ON assignments FOR EACH STATEMENT EXECUTE FUNCTION assignments_{law}()")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("saved_views")
    op.drop_table("assignments")
    if op.get_bind().dialect.name != "sqlite":
        for law, *_ in GUARDS:
            op.execute(f"DROP FUNCTION assignments_{law}()")
