"""Sound books give no findings, and the check says how much it looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.verification.queries import verified, verify
from o2c_ai.core.verification.rules import Law
from tests.core import busy_books
from tests.core.plain_sql import count

if TYPE_CHECKING:
    from tests.books import Books


def test_busy_books_hold_every_law(books: Books) -> None:
    busy_books.fill(books)

    assert verify(books.session, books.company_id) == []


def test_an_empty_list_is_a_proof_because_the_rows_are_counted(sqlite_books: Books) -> None:
    busy_books.fill(sqlite_books)

    proof = verified(sqlite_books.session, sqlite_books.company_id)

    assert proof.sound
    assert min(proof.checked.values()) > 0
    assert set(proof.checked) == set(Law)
    assert proof.checked[Law.BALANCED] == count(sqlite_books.session, "journal_entries")
    assert proof.checked[Law.ITEM_USE] == count(sqlite_books.session, "open_items")
    assert proof.checked[Law.PAYER_ACCOUNTS] == count(sqlite_books.session, "receipts")


def test_books_just_opened_are_sound_and_nothing_was_looked_at(books: Books) -> None:
    proof = verified(books.session, books.company_id)

    assert proof.sound
    assert proof.checked[Law.BALANCED] == proof.checked[Law.CONTROL_ACCOUNTS] == 0
