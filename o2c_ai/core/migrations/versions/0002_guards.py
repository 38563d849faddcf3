"""Laws of the books kept by the database itself: append-only tables, sealed and balanced entries, no over-application.

Revision: 0002
Revises: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "audit_events",
    "journal_entries",
    "postings",
    "applications",
    "credit_movements",
    "cash_application_parts",
    "match_suggestions",
    "suggestion_outcomes",
    "payer_aliases",
    "payer_alias_withdrawals",
    "spot_checks",
    "spot_check_verdicts",
    "payment_timings",
    "forecast_runs",
    "forecast_weeks",
    "bank_balances",
)
"""Tables whose rows are never changed and never deleted: corrections are new rows."""

KEPT = {
    "open_items": ("company_id", "customer_id", "number", "kind", "known_on", "currency", "amount_minor", "entry_id"),
    "credit_items": ("company_id", "number", "kind", "known_on", "currency", "amount_minor", "entry_id"),
    "invoices": ("company_id", "customer_id", "number", "kind", "issue_date", "currency", "amount_minor", "entry_id"),
    "statement_lines": ("company_id", "line_ref", "booking_date", "currency", "amount_minor", "entry_id"),
    "receipts": ("company_id", "statement_line_id", "method", "received_on", "credit_item_id"),
    "cash_applications": ("company_id", "line_id", "known_on", "suggestion_id", "entries"),
}
"""Tables whose rows are never deleted, with the columns that never change."""

OVER_ITEM = """
    NOT EXISTS (SELECT 1 FROM open_items AS item
                WHERE item.id = row.open_item_id AND item.currency = row.currency AND item.company_id = row.company_id
                  AND item.known_on <= row.known_on
                  AND (row.amount_minor < 0 OR NOT EXISTS (
                       SELECT 1 FROM applications AS freed WHERE freed.open_item_id = item.id
                       AND freed.amount_minor < 0 AND freed.known_on > row.known_on))
                  AND (SELECT sum(a.amount_minor) FROM applications AS a WHERE a.open_item_id = item.id)
                      BETWEEN 0 AND item.amount_minor)
"""

OVER_CREDIT = """
    row.credit_item_id IS NOT NULL AND
    NOT EXISTS (SELECT 1 FROM credit_items AS item
                WHERE item.id = row.credit_item_id AND item.currency = row.currency AND item.company_id = row.company_id
                  AND item.known_on <= row.known_on
                  AND (SELECT coalesce(sum(a.amount_minor), 0) FROM applications AS a WHERE a.credit_item_id = item.id)
                    + (SELECT coalesce(sum(m.amount_minor), 0) FROM credit_movements AS m
                       WHERE m.credit_item_id = item.id) BETWEEN 0 AND item.amount_minor)
"""

UNBALANCED = """
    (SELECT count(*) < 2 OR sum(p.amount_minor) <> 0
         OR count(p.base_minor) NOT IN (0, count(*)) OR coalesce(sum(p.base_minor), 0) <> 0
         OR min(p.company_id) <> row.company_id OR max(p.company_id) <> row.company_id
         OR (min(p.currency) <> max(p.currency)
             AND EXISTS (SELECT 1 FROM postings AS q WHERE q.entry_id = row.id
                         GROUP BY q.currency HAVING sum(q.amount_minor) <> 0))
     FROM postings AS p WHERE p.entry_id = row.id)
"""

CLOSED = """
    EXISTS (SELECT 1 FROM periods AS p WHERE p.company_id = row.company_id AND p.state = 'closed'
            AND row.posting_date BETWEEN p.starts_on AND p.ends_on)
"""

SEALED = "EXISTS (SELECT 1 FROM journal_entries AS e WHERE e.id = row.entry_id)"

CHECKS = (
    ("journal_entries", "balanced", UNBALANCED, "an entry must balance"),
    ("journal_entries", "period_open", CLOSED, "the period is closed"),
    ("postings", "not_sealed", SEALED, "the entry is sealed"),
    ("applications", "not_over", f"({OVER_ITEM}) OR ({OVER_CREDIT})", "more applied than there is"),
    ("credit_movements", "not_over", OVER_CREDIT, "more credit used than there is"),
)
"""Table, law, what is true of a new `row` that breaks it, and what the refusal says."""


def upgrade() -> None:
    """Create the guards in the store's own language."""
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def downgrade() -> None:
    """Drop the guards."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, law in _names():
        op.execute(f"DROP TRIGGER {table}_{law}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION {table}_{law}()")


def _names() -> list[tuple[str, str]]:
    names = [(table, law) for table in APPEND_ONLY for law in ("no_update", "no_delete")]
    names += [(table, law) for table in KEPT for law in ("kept", "no_delete")]
    return names + [(table, law) for table, law, _, _ in CHECKS]


def _sqlite() -> list[str]:
    found = []
    for table in APPEND_ONLY:
        found.append(_sqlite_refusal(table, "no_update", "BEFORE UPDATE", "is never changed"))
        found.append(_sqlite_refusal(table, "no_delete", "BEFORE DELETE", "is never deleted"))
    for table, columns in KEPT.items():
        when = f"BEFORE UPDATE OF {', '.join(columns)}"
        found.append(_sqlite_refusal(table, "kept", when, "keeps these columns"))
        found.append(_sqlite_refusal(table, "no_delete", "BEFORE DELETE", "is never deleted"))
    for table, law, broken, message in CHECKS:
        found.append(
            f"CREATE TRIGGER {table}_{law} AFTER INSERT ON {table} WHEN {broken.replace('row.', 'NEW.')} "
            f"BEGIN SELECT raise(ABORT, '{table}: {message}'); END"
        )
    return found


def _sqlite_refusal(table: str, law: str, when: str, message: str) -> str:
    return f"CREATE TRIGGER {table}_{law} {when} ON {table} BEGIN SELECT raise(ABORT, '{table}: a row {message}'); END"


def _postgresql() -> list[str]:
    found: list[str] = []
    for table in APPEND_ONLY:
        found += _pg_refusal(table, "no_update", "BEFORE UPDATE", "is never changed")
        found += _pg_refusal(table, "no_delete", "BEFORE DELETE OR TRUNCATE", "is never deleted")
    for table, columns in KEPT.items():
        found += _pg_refusal(table, "kept", f"BEFORE UPDATE OF {', '.join(columns)}", "keeps these columns")
        found += _pg_refusal(table, "no_delete", "BEFORE DELETE OR TRUNCATE", "is never deleted")
    for table, law, broken, message in CHECKS:
        found.append(
            f"CREATE FUNCTION {table}_{law}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF EXISTS (SELECT 1 FROM new_rows AS row WHERE {broken}) THEN "
            f"RAISE EXCEPTION '{table}: {message}' USING ERRCODE = 'check_violation'; END IF; RETURN NULL; END $$"
        )
        found.append(
            f"CREATE TRIGGER {table}_{law} AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_rows "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_{law}()"
        )
    return found


def _pg_refusal(table: str, law: str, when: str, message: str) -> list[str]:
    function = (
        f"CREATE FUNCTION {table}_{law}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{table}: a row {message}' USING ERRCODE = 'check_violation'; END $$"
    )
    trigger = f"CREATE TRIGGER {table}_{law} {when} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_{law}()"
    return [function, trigger]
