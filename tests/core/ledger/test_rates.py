"""Exchange rates: the newest on or before the day, given directly or as the exact inverse, and never one to one."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.ledger.actions import add_rates
from o2c_ai.core.ledger.queries import columns_postings, rate_book, stored_rates
from o2c_ai.core.ledger.rules import BaseTooLarge, NotARate, RateBook
from tests.books import DAY
from tests.core.plain_sql import ask, verbs

if TYPE_CHECKING:
    from tests.books import Books

YESTERDAY, TOMORROW = DAY - timedelta(days=1), DAY + timedelta(days=1)
days = st.dates(date(2024, 1, 1), date(2024, 12, 31))
rates = st.decimals("0.001", "1000", places=4)


def learn(books: Books, *stated: tuple[date, str, str, str]) -> int:
    known = {(on, source, target): Decimal(rate) for on, source, target, rate in stated}
    return add_rates(books.session, books.actor, rates=known)


def in_euro(books: Books, minor: int, currency: str, on: date = DAY) -> int | None:
    return rate_book(books.session, books.company_id).base_minor(minor, currency, on)


@given(st.dictionaries(days, rates, min_size=1), days, st.integers(-(10**12), 10**12))
def test_the_newest_rate_on_or_before_the_day_counts(known: dict[date, Decimal], on: date, minor: int) -> None:
    ascending = sorted(known)
    book = RateBook("EUR", {"USD": (ascending, [known[day] for day in ascending])})
    before = [day for day in known if day <= on]

    value = book.base_minor(minor, "USD", on)

    assert value == (round(minor * Fraction(known[max(before)])) if before else None)


@given(st.integers(), days)
def test_the_company_s_own_currency_needs_no_rate(minor: int, on: date) -> None:
    assert RateBook("EUR").base_minor(minor, "EUR", on) == minor


def test_a_value_beyond_what_the_books_hold_is_refused() -> None:
    book = RateBook("EUR", {"JPY": ([DAY], [Decimal(1_000)])})

    assert book.base_minor(-(10**10), "JPY", DAY) == -(10**15)
    with pytest.raises(BaseTooLarge, match=f"10000000001 JPY at the rate known on {DAY} is more in EUR than"):
        book.base_minor(10**10 + 1, "JPY", DAY)


def test_a_currency_without_a_rate_is_unvalued_never_one_to_one(sqlite_books: Books) -> None:
    learn(sqlite_books, (DAY, "USD", "EUR", "0.9"))

    assert in_euro(sqlite_books, 10_000, "GBP") is None
    assert in_euro(sqlite_books, 10_000, "USD", YESTERDAY) is None


def test_rates_change_from_their_day_on(sqlite_books: Books) -> None:
    learn(sqlite_books, (DAY, "USD", "EUR", "0.90"), (TOMORROW, "USD", "EUR", "0.80"))

    assert [in_euro(sqlite_books, 10_000, "USD", on) for on in (DAY, TOMORROW, date.max)] == [9_000, 8_000, 8_000]


def test_a_rate_given_the_other_way_round_is_inverted_exactly(sqlite_books: Books) -> None:
    learn(sqlite_books, (DAY, "EUR", "USD", "3"))

    assert [in_euro(sqlite_books, minor, "USD") for minor in (300, 150, 450, -450)] == [100, 50, 150, -150]


@pytest.mark.parametrize(("fils", "cents"), [(15, 0), (45, 2), (75, 2), (105, 4), (-45, -2)])
def test_an_inverse_without_an_end_in_decimals_meets_a_half_cent_exactly(
    sqlite_books: Books, fils: int, cents: int
) -> None:
    learn(sqlite_books, (DAY, "EUR", "KWD", "3"))

    assert in_euro(sqlite_books, fils, "KWD") == cents


def test_a_direct_rate_wins_over_the_inverse_of_the_same_day(books: Books) -> None:
    learn(books, (DAY, "USD", "EUR", "0.90"), (DAY, "EUR", "USD", "2"), (DAY, "EUR", "GBP", "2"))
    learn(books, (DAY, "GBP", "EUR", "1.20"))

    assert in_euro(books, 1_000, "USD") == 900
    assert in_euro(books, 1_000, "GBP") == 1_200


def test_a_rate_between_two_foreign_currencies_values_nothing(sqlite_books: Books) -> None:
    learn(sqlite_books, (DAY, "USD", "GBP", "0.80"))

    assert in_euro(sqlite_books, 1_000, "USD") is None
    assert in_euro(sqlite_books, 1_000, "GBP") is None


def test_a_known_rate_is_kept_as_it_is(sqlite_books: Books) -> None:
    assert learn(sqlite_books, (DAY, "USD", "EUR", "0.90")) == 1
    assert learn(sqlite_books, (DAY, "USD", "EUR", "0.10"), (TOMORROW, "USD", "EUR", "0.80")) == 1
    assert learn(sqlite_books, (DAY, "USD", "EUR", "0.10")) == 0

    expected = {(DAY, "USD", "EUR"): "0.90", (TOMORROW, "USD", "EUR"): "0.80"}
    assert stored_rates(sqlite_books.session, sqlite_books.company_id) == expected
    assert verbs(sqlite_books.session, "exchange_rates") == ["add", "add"]


def test_a_rate_is_stored_as_plain_decimal_text(sqlite_books: Books) -> None:
    learn(sqlite_books, (DAY, "BTN", "EUR", "1E+3"), (DAY, "VND", "EUR", "3.9E-5"))

    assert ask(sqlite_books.session, "SELECT rate FROM exchange_rates ORDER BY from_currency") == [
        ("1000",),
        ("0.000039",),
    ]


@pytest.mark.parametrize("rate", ["0", "-1", "-0.0001", "NaN", "Infinity", "-Infinity"])
def test_a_rate_is_a_positive_number(sqlite_books: Books, rate: str) -> None:
    with pytest.raises(NotARate, match=f"{rate} is not a rate from USD to EUR on 2025-06-01"):
        learn(sqlite_books, (YESTERDAY, "USD", "EUR", "0.9"), (DAY, "USD", "EUR", rate))

    assert stored_rates(sqlite_books.session, sqlite_books.company_id) == {}


def test_a_document_is_posted_at_the_rate_of_its_day_or_unvalued(books: Books) -> None:
    learn(books, (DAY, "USD", "EUR", "0.90"))
    books.invoice("VALUED", "100.00", currency="USD")
    books.invoice("UNVALUED", "100.00", currency="USD", issued=YESTERDAY)

    posted = [(row.text, row.amount_minor, row.base_minor) for row in columns_postings(books.session, books.company_id)]

    assert posted == [
        ("UNVALUED", 10_000, None),
        ("UNVALUED", -10_000, None),
        ("VALUED", 10_000, 9_000),
        ("VALUED", -10_000, -9_000),
    ]
