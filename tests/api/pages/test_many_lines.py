"""The pages of large books stay short: thousands of bank lines and open items, a part of them at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from o2c_ai.core.invoices.actions import issue
from o2c_ai.core.invoices.rules import DocumentType, NewInvoice
from o2c_ai.core.payments.actions import bank_account, record_lines
from o2c_ai.core.payments.rules import NewLine
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Reason
from tests.api.pages.conftest import TODAY, Company, served_company
from tests.books import DAY

ROWS, CUSTOMERS = 3_000, 30
ADDRESSES = (
    "/",
    "/match",
    "/match?sort=booking_date",
    "/match?words=no. 29",
    "/match/2500/pick",
    "/collect",
    "/collect/C7",
    "/manage",
    "/manage/audit",
)
LETTERS_MAX = 200_000
"""A page shows a part of a list: 3,000 rows of it would be several times as long."""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    for company in served_company(tmp_path_factory.mktemp("large")):
        books = company.books
        codes = [books.customer(f"C{number}", f"Customer {number}") for number in range(CUSTOMERS)]
        documents = [
            NewInvoice(
                f"INV-{n}",
                codes[n % CUSTOMERS],
                DocumentType.INVOICE,
                DAY,
                DAY + timedelta(days=n % 60),
                "EUR",
                10_000 + n,
            )
            for n in range(ROWS)
        ]
        issue(books.session, books.actor, invoices=documents)
        account = bank_account(books.session, books.actor, account="BANK")
        lines = [
            NewLine(f"L{n}", DAY + timedelta(days=n % 29), "EUR", 10_000 + n, "Somebody", narrative=f"invoice no. {n}")
            for n in range(ROWS)
        ]
        numbers = record_lines(books.session, books.actor, account=account, lines=lines).values()
        head = (Decision.NOT_AR, 900_000, None, ("it looks like it",), "rules", TODAY)
        made = [MatchSuggestion(line, (Part(10_000 + n, Reason.NOT_AR),), *head) for n, line in enumerate(numbers)]
        suggest(books.session, books.actor, suggestions=made)
        books.session.commit()
        yield company


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_shows_a_part_of_a_long_list(large: Company, address: str) -> None:
    who = "olga" if address == "/manage/audit" else "clara"

    assert len(large.page(who, address)) < LETTERS_MAX
