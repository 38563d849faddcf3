"""Cash discount as printed on an invoice: a percentage, half up to the minor unit, never negative."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.invoices.actions import issue
from o2c_ai.core.invoices.rules import DocumentType, NewInvoice, discount_minor
from tests.books import DAY
from tests.core.plain_sql import ask

if TYPE_CHECKING:
    from tests.books import Books


@pytest.mark.parametrize(
    ("minor", "percent", "discount"),
    [
        (10_000, "2", 200),
        (10_000, "2.5", 250),
        (11_900, "3", 357),
        (10_005, "2", 200),
        (25, "2", 1),
        (24, "2", 0),
        (99_999, "2.25", 2_250),
        (1, "50", 1),
        (10**18, "3", 3 * 10**16),
        (10_000, "100", 10_000),
        (10_000, "0", 0),
        (10_000, "-2", 0),
        (-10_000, "2", 0),
        (0, "2", 0),
    ],
)
def test_a_discount_is_rounded_half_up_as_printed(minor: int, percent: str, discount: int) -> None:
    assert discount_minor(minor, Decimal(percent)) == discount


def test_no_percentage_is_no_discount() -> None:
    assert discount_minor(10_000, None) == 0


@given(st.integers(1, 10**15), st.decimals("0.001", "100", places=3))
def test_a_discount_is_its_percentage_to_within_half_a_cent_and_never_more_than_the_amount(
    minor: int, percent: Decimal
) -> None:
    discount = discount_minor(minor, percent)

    assert abs(discount - Fraction(minor) * Fraction(percent) / 100) <= Fraction(1, 2)
    assert 0 <= discount <= minor


@pytest.mark.parametrize(
    ("percent", "text", "discount"), [("2.50", "2.50", 250), ("2E+1", "20", 2_000), (None, None, 0)]
)
def test_an_invoice_keeps_its_discount_as_printed(
    sqlite_books: Books, percent: str | None, text: str | None, discount: int
) -> None:
    offered = None if percent is None else Decimal(percent)
    customer = sqlite_books.customer("C1")
    invoice = NewInvoice(
        "I1", customer, DocumentType.INVOICE, DAY, DAY, "EUR", 10_000, discount_percent=offered, discount_until=DAY
    )

    issue(sqlite_books.session, sqlite_books.actor, invoices=[invoice])

    assert ask(sqlite_books.session, "SELECT discount_percent FROM invoices") == [(text,)]
    assert ask(sqlite_books.session, "SELECT discount_minor FROM open_items") == [(discount,)]
