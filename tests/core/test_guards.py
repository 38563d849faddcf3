"""The database refuses by itself what would falsify the books, also from somebody with a database client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core.full_books import fill
from tests.core.plain_sql import ask, assert_refused, count, force

if TYPE_CHECKING:
    from tests.books import Books

NEVER_CHANGED = (
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
)
NEVER_DELETED = {
    "open_items": ("company_id", "customer_id", "number", "kind", "known_on", "currency", "amount_minor", "entry_id"),
    "credit_items": ("company_id", "number", "kind", "known_on", "currency", "amount_minor", "entry_id"),
    "invoices": ("company_id", "customer_id", "number", "kind", "issue_date", "currency", "amount_minor", "entry_id"),
    "statement_lines": ("company_id", "line_ref", "booking_date", "currency", "amount_minor", "entry_id"),
    "receipts": ("company_id", "statement_line_id", "method", "received_on", "credit_item_id"),
    "cash_applications": ("company_id", "line_id", "known_on", "suggestion_id", "entries"),
}
MAY_CHANGE = {
    "open_items": "due_date = '2025-07-01', po_number = 'PO-1'",
    "credit_items": "identified_on = '2025-07-01', customer_id = customer_id",
    "invoices": "reversed_on = '2025-07-01'",
    "statement_lines": "state = 'booked', decided_on = '2025-07-01'",
    "cash_applications": "undone_on = '2025-07-01'",
}


@pytest.fixture
def full(books: Books) -> Books:
    """Books with at least one row in every guarded table."""
    fill(books)
    books.session.commit()
    assert all(count(books.session, table) for table in (*NEVER_CHANGED, *NEVER_DELETED))
    return books


def test_no_posted_row_is_ever_changed(full: Books) -> None:
    columns = {table: [row[0] for row in _columns(full, table)] for table in NEVER_CHANGED}

    for table, names in columns.items():
        for name in names:
            assert_refused(full.session, f"UPDATE {table} SET {name} = {name}", f"{table}: a row is never changed")


def test_no_posted_row_is_ever_deleted(full: Books) -> None:
    for table in (*NEVER_CHANGED, *NEVER_DELETED):
        assert_refused(full.session, f"DELETE FROM {table}", f"{table}: a row is never deleted")


def test_no_posted_row_goes_by_the_back_ways_of_the_store(full: Books) -> None:
    sqlite = full.store.engine.dialect.name == "sqlite"

    for table in (*NEVER_CHANGED, *NEVER_DELETED):
        back_way = f"REPLACE INTO {table} SELECT * FROM {table}" if sqlite else f"TRUNCATE {table} CASCADE"
        assert_refused(full.session, back_way, "is never (deleted|changed)")


def test_the_facts_of_an_item_never_change(full: Books) -> None:
    for table, names in NEVER_DELETED.items():
        for name in names:
            law = f"{table}: a row keeps these columns"
            assert_refused(full.session, f"UPDATE {table} SET {name} = {name}", law)


def test_what_may_be_amended_can_be(full: Books) -> None:
    for table, change in MAY_CHANGE.items():
        force(full.session, f"UPDATE {table} SET {change}")
        column = change.split(" = ")[0]
        assert ask(full.session, f"SELECT count({column}) FROM {table}") == [(count(full.session, table),)]


APPLY = """
    INSERT INTO applications
        (company_id, open_item_id, credit_item_id, kind, currency, amount_minor, known_on, entry_id)
    VALUES (:company, :item, :credit, :kind, :currency, :minor, '2025-06-01', (SELECT max(id) FROM journal_entries))
"""
MOVE = """
    INSERT INTO credit_movements (company_id, credit_item_id, kind, reason, currency, amount_minor, known_on, entry_id)
    VALUES (:company, :credit, 'refunded', '', :currency, :minor, '2025-06-01', (SELECT max(id) FROM journal_entries))
"""


def test_no_more_is_applied_to_an_item_than_is_open(books: Books) -> None:
    row = {
        "company": books.company_id,
        "item": books.invoice("I"),
        "credit": None,
        "kind": "discount",
        "currency": "EUR",
    }

    assert_refused(books.session, APPLY, "more applied than there is", minor=10_001, **row)
    force(books.session, APPLY, minor=10_000, **row)
    assert_refused(books.session, APPLY, "more applied than there is", minor=1, **row)


def test_no_more_is_applied_than_is_left_of_a_credit(books: Books) -> None:
    item, memo = books.invoice("I"), books.invoice("M", "-10.00")
    row = {"company": books.company_id, "item": item, "credit": memo, "kind": "credit_memo", "currency": "EUR"}

    assert_refused(books.session, APPLY, "more applied than there is", minor=1_001, **row)
    force(books.session, MOVE, company=books.company_id, credit=memo, currency="EUR", minor=600)
    assert_refused(books.session, APPLY, "more applied than there is", minor=401, **row)
    force(books.session, APPLY, minor=400, **row)
    assert count(books.session, "applications") == 1


def test_no_more_credit_is_used_than_there_is(books: Books) -> None:
    row = {"company": books.company_id, "credit": books.invoice("M", "-10.00"), "currency": "EUR"}

    assert_refused(books.session, MOVE, "more credit used than there is", minor=1_001, **row)
    assert_refused(books.session, MOVE, "more credit used than there is", minor=-1, **row)
    force(books.session, MOVE, minor=1_000, **row)
    assert_refused(books.session, MOVE, "more credit used than there is", minor=1, **row)


def test_an_item_is_never_cleared_in_another_currency(books: Books) -> None:
    item, memo = books.invoice("I"), books.invoice("M", "-10.00")
    foreign = {"company": books.company_id, "currency": "USD", "minor": 1}

    assert_refused(books.session, APPLY, "more applied", item=item, credit=None, kind="discount", **foreign)
    assert_refused(books.session, MOVE, "more credit used", credit=memo, **foreign)


def test_only_a_mirror_takes_an_application_back(books: Books) -> None:
    row = {"company": books.company_id, "item": books.invoice("I"), "credit": None, "currency": "EUR"}
    force(books.session, APPLY, kind="discount", minor=100, **row)

    assert_refused(books.session, APPLY, "only_mirrors_negative", kind="discount", minor=-100, **row)


def test_money_is_applied_only_from_a_named_credit(books: Books) -> None:
    row = {"company": books.company_id, "item": books.invoice("I"), "currency": "EUR", "minor": 1}
    memo = books.invoice("M", "-10.00")

    assert_refused(books.session, APPLY, "credit_named", credit=None, kind="receipt", **row)
    assert_refused(books.session, APPLY, "credit_named", credit=memo, kind="discount", **row)


def _columns(books: Books, table: str) -> list[tuple[str]]:
    if books.store.engine.dialect.name == "sqlite":
        return [(row[1],) for row in ask(books.session, f"PRAGMA table_info({table})")]
    return ask(books.session, "SELECT column_name FROM information_schema.columns WHERE table_name = :t", t=table)
