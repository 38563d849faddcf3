"""A paper is kept once, byte for byte, however often and under whatever name it comes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from o2c_ai.core.documents.actions import keep
from o2c_ai.core.documents.queries import find_content, find_document_id
from o2c_ai.core.documents.rules import DocumentKind
from tests.books import open_books
from tests.core.plain_sql import ask, count, verbs

if TYPE_CHECKING:
    from tests.books import Books


def store(books: Books, content: bytes, name: str = "invoices.csv", kind: DocumentKind = DocumentKind.EXCHANGE) -> int:
    return keep(books.session, books.actor, kind=kind, name=name, content=content)


def test_a_paper_is_kept_with_its_name_size_and_hash(books: Books) -> None:
    content = b"\x00\xff" * 5_000

    number = store(books, content, "statement.xml", DocumentKind.STATEMENT)

    facts = ask(books.session, "SELECT id, kind, name, sha256, size FROM documents")
    assert facts == [(number, "statement", "statement.xml", hashlib.sha256(content).hexdigest(), 10_000)]
    assert find_content(books.session, books.company_id, number) == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_the_bytes_come_back_as_they_came(sqlite_books: Books, content: bytes) -> None:
    number = store(sqlite_books, content)

    assert find_content(sqlite_books.session, sqlite_books.company_id, number) == content
    digest = hashlib.sha256(content).hexdigest()
    assert find_document_id(sqlite_books.session, sqlite_books.company_id, digest) == number


def test_the_same_bytes_are_kept_once_under_their_first_name(books: Books) -> None:
    first = store(books, b"paper", "first.csv")

    again = store(books, b"paper", "again.csv", DocumentKind.REMITTANCE)

    assert again == first
    assert ask(books.session, "SELECT name, kind FROM documents") == [("first.csv", "exchange")]
    assert verbs(books.session, "documents") == ["keep"]


def test_papers_that_differ_in_one_byte_are_two(sqlite_books: Books) -> None:
    assert store(sqlite_books, b"paper") != store(sqlite_books, b"paper\n")
    assert count(sqlite_books.session, "documents") == 2


def test_a_paper_that_never_came_is_not_found(sqlite_books: Books) -> None:
    assert find_document_id(sqlite_books.session, sqlite_books.company_id, "0" * 64) is None
    assert find_content(sqlite_books.session, sqlite_books.company_id, 1) is None


def test_a_paper_of_one_company_is_not_another_s(sqlite_books: Books) -> None:
    number = store(sqlite_books, b"secret")
    other = open_books(sqlite_books.store, sqlite_books.session, code="other")

    assert find_content(other.session, other.company_id, number) is None
    assert store(other, b"secret") != number
    assert count(other.session, "documents") == 2
