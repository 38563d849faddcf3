"""Aging, receivables and sales once more, item by item in plain SQL, as an auditor would recompute them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tests.core.plain_sql import ask

if TYPE_CHECKING:
    from datetime import date

    from tests.books import Books

DAYS_SINCE = {
    "sqlite": "CAST(julianday(:day) - julianday({}) AS INTEGER)",
    "postgresql": "CAST(:day AS DATE) - {}",
}
"""Days from a column's date to the day asked for, in each store's own words."""

USED = """
    coalesce((SELECT sum(a.amount_minor) FROM applications a WHERE a.{column} = x.id AND a.known_on <= :day), 0)
"""
MOVED = """
    coalesce((SELECT sum(m.amount_minor) FROM credit_movements m
              WHERE m.credit_item_id = x.id AND m.known_on <= :day), 0)
"""


class Open(NamedTuple):
    """An item or a credit with something left on the day."""

    customer: str
    currency: str
    kind: str
    left: int
    days: int
    """Days overdue."""
    age: int
    """Days since the document."""


def open_items(books: Books, day: date) -> list[Open]:
    """Every item with something left, by its own subselect."""
    left = f"x.amount_minor - {USED.format(column='open_item_id')}"
    days = DAYS_SINCE[books.session.get_bind().dialect.name]
    question = f"""
        SELECT c.code, x.currency, x.kind, {left}, {days.format("x.due_date")}, {days.format("x.document_date")}
        FROM open_items x JOIN customers c ON c.id = x.customer_id
        WHERE x.company_id = :company AND x.known_on <= :day AND {left} <> 0
    """
    return [
        Open(*row[:3], *map(int, row[3:])) for row in ask(books.session, question, company=books.company_id, day=day)
    ]


def open_credits(books: Books, day: date) -> list[Open]:
    """Every credit memo and receipt with something left; a payer named after the day is not known yet."""
    left = f"x.amount_minor - {USED.format(column='credit_item_id')} - {MOVED}"
    question = f"""
        SELECT CASE WHEN x.identified_on <= :day THEN c.code ELSE '' END, x.currency, x.kind, {left}
        FROM credit_items x LEFT JOIN customers c ON c.id = x.customer_id
        WHERE x.company_id = :company AND x.known_on <= :day AND {left} <> 0
    """
    rows = ask(books.session, question, company=books.company_id, day=day)
    return [Open(row[0] or "", row[1], row[2], int(row[3]), 0, 0) for row in rows]


def parked(books: Books, day: date) -> dict[tuple[str, str], int]:
    """(customer, currency) → money parked."""
    question = """
        SELECT c.code, m.currency, m.amount_minor FROM credit_movements m JOIN customers c ON c.id = m.customer_id
        WHERE m.company_id = :company AND m.known_on <= :day AND m.kind = 'on_account'
    """
    found: dict[tuple[str, str], int] = defaultdict(int)
    for customer, currency, minor in ask(books.session, question, company=books.company_id, day=day):
        found[customer, currency] += minor
    return {key: minor for key, minor in found.items() if minor}


def receivables(books: Books, day: date) -> dict[str, int]:
    """Currency → open items less credit memos left."""
    found: dict[str, int] = defaultdict(int)
    for item in open_items(books, day):
        found[item.currency] += item.left
    for credit in open_credits(books, day):
        found[credit.currency] -= credit.left if credit.kind == "credit_memo" else 0
    return dict(found)


def sales(books: Books, after: date, until: date, known: date) -> dict[str, int]:
    """Currency → billed after the first day up to the last, without what was reversed by the day known."""
    question = """
        SELECT currency, amount_minor FROM invoices
        WHERE company_id = :company AND issue_date > :after AND issue_date <= :until
          AND (reversed_on IS NULL OR reversed_on > :known)
    """
    found: dict[str, int] = defaultdict(int)
    values = {"company": books.company_id, "after": after, "until": until, "known": known}
    for currency, minor in ask(books.session, question, **values):
        found[currency] += minor
    return dict(found)


def posted(books: Books, day: date, *roles: str) -> dict[str, int]:
    """Currency → balance of the accounts of these roles."""
    found: dict[str, int] = defaultdict(int)
    question = """
        SELECT a.role, p.currency, p.amount_minor FROM postings p
        JOIN accounts a ON a.id = p.account_id JOIN journal_entries e ON e.id = p.entry_id
        WHERE e.company_id = :company AND e.posting_date <= :day
    """
    for role, currency, minor in ask(books.session, question, company=books.company_id, day=day):
        found[currency] += minor if role in roles else 0
    return dict(found)
