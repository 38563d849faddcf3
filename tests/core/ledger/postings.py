"""Entries in the short hand of these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.ledger.queries import accounts_by_role
from o2c_ai.core.ledger.rules import AccountRole, EntryKind, NewEntry, NewPosting
from tests.books import DAY

if TYPE_CHECKING:
    from datetime import date

    from tests.books import Books

SALE = (AccountRole.RECEIVABLES, AccountRole.REVENUE)


def sale(
    books: Books,
    minor: int = 10_000,
    *,
    currency: str = "EUR",
    base: int | None = None,
    on: date = DAY,
    text: str = "S",
) -> NewEntry:
    """Receivables to revenue; in euro unless told otherwise, valued where a base amount is given or in euro."""
    if currency == "EUR":
        base = minor
    accounts = accounts_by_role(books.session, books.company_id)
    debit, credit = (accounts[role] for role in SALE)
    lines = (
        NewPosting(debit, currency, minor, base),
        NewPosting(credit, currency, -minor, None if base is None else -base),
    )
    return NewEntry(EntryKind.INVOICE, on, text, lines)
