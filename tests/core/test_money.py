"""Money never loses a cent, whatever the currency, the size of the amount or the way it is written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from o2c_ai.core.errors import Invalid
from o2c_ai.core.money import (
    MINOR_MAX,
    CurrencyMismatch,
    Money,
    NotAnAmount,
    Rounding,
    UnknownCurrency,
    convert_minor,
    divide,
    exponent,
    format_minor,
    parse_minor,
    split,
)

DECIMALS = {"JPY": 0, "EUR": 2, "KWD": 3, "CLF": 4}
currencies = st.sampled_from(sorted(DECIMALS))
amounts = st.integers(-MINOR_MAX, MINOR_MAX)
roundings = st.sampled_from(Rounding)

ISO_4217_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
ISO_4217_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
ISO_4217_WITH_FOUR = "CLF UYW"
WHERE_PEOPLE_USE_FEWER = "AFN ALL HUF IRR LAK LBP MGA MMK PKR RSD SOS SYP TWD YER"


@pytest.mark.parametrize(
    ("codes", "decimals"),
    [
        (ISO_4217_WITHOUT_DECIMALS, 0),
        (WHERE_PEOPLE_USE_FEWER, 2),
        ("EUR USD GBP CHF CNY INR BRL MRU", 2),
        (ISO_4217_WITH_THREE, 3),
        (ISO_4217_WITH_FOUR, 4),
    ],
)
def test_a_currency_has_the_decimals_of_iso_4217(codes: str, decimals: int) -> None:
    assert {code: exponent(code) for code in codes.split()} == dict.fromkeys(codes.split(), decimals)


@pytest.mark.parametrize("code", ["", "eur", "EURO", "QQQ", "€", "EUR "])
def test_a_code_that_is_no_currency_is_refused_by_name(code: str) -> None:
    with pytest.raises(UnknownCurrency) as refusal:
        Money(100, code)

    assert refusal.value.code == code
    assert str(refusal.value) == f"unknown currency {code!r}"


@given(amounts, currencies)
@example(0, "EUR")
def test_an_amount_written_out_reads_back_as_itself(minor: int, currency: str) -> None:
    text = format_minor(minor, currency)

    assert parse_minor(text, currency) == minor
    assert Fraction(text) == Fraction(minor, 10 ** DECIMALS[currency])
    assert len(text.partition(".")[2]) == DECIMALS[currency]
    assert text.startswith("-") == (minor < 0)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", "EUR", 0),
        ("-0.00", "EUR", 0),
        ("+1.5", "EUR", 150),
        (" 12.00 ", "EUR", 1_200),
        ("007", "EUR", 700),
        ("1.230000", "EUR", 123),
        ("100.0", "JPY", 100),
        ("1.234", "KWD", 1_234),
        ("0.0001", "CLF", 1),
        ("10000000000000.00", "EUR", 10**15),
        ("-10000000000000.00", "EUR", -MINOR_MAX),
    ],
)
def test_a_plain_decimal_is_read_exactly(text: str, currency: str, minor: int) -> None:
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "-", ".", ".5", "5.", "NaN", "nan", "inf", "-Infinity", "1e400", "1E2", "0x10", "1_000",
        "1,5", "1.234,56", "1,234.56", "1 234.56", "(12.00)", "12.00-", "--1", "€12", "12 EUR", "1.2.3",
        "١٢", "１２", "12\x00", "1" * 20, "1.0000000",
    ],
)  # fmt: skip
def test_anything_but_a_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        parse_minor(text, "EUR")

    assert refusal.value.text == text
    assert str(refusal.value).startswith(f"{text!r} is not an amount: write digits with a point")


@pytest.mark.parametrize(
    ("text", "currency"), [("1.5", "JPY"), ("1.001", "EUR"), ("1.0001", "KWD"), ("1.00001", "CLF")]
)
def test_a_fraction_of_a_minor_unit_is_refused_not_rounded(text: str, currency: str) -> None:
    with pytest.raises(NotAnAmount, match=f"{currency} has {DECIMALS[currency]} decimals"):
        parse_minor(text, currency)


def test_the_books_have_room_for_the_sum_of_thousands_of_the_largest_amounts() -> None:
    assert 9_000 * MINOR_MAX < 2**63
    with pytest.raises(NotAnAmount, match="larger than the books can hold"):
        parse_minor("10000000000000.01", "EUR")


@given(currencies, st.integers(MINOR_MAX + 1, 10**19 - 1), st.sampled_from([1, -1]))
def test_an_amount_beyond_what_the_books_hold_is_refused(currency: str, minor: int, sign: int) -> None:
    with pytest.raises(NotAnAmount, match="larger than the books can hold"):
        parse_minor(format_minor(sign * minor, currency), currency)


@given(st.integers(), st.integers().filter(bool))
def test_rounding_goes_to_a_neighbour_and_never_past_it(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)

    assert abs(divide(numerator, denominator, Rounding.HALF_UP) - exact) <= Fraction(1, 2)
    assert divide(numerator, denominator, Rounding.HALF_EVEN) == round(exact)
    assert divide(numerator, denominator, Rounding.DOWN) == int(exact)


@given(st.integers(), st.integers().filter(bool), roundings)
def test_rounding_treats_debit_and_credit_alike(numerator: int, denominator: int, rounding: Rounding) -> None:
    size = divide(numerator, denominator, rounding)

    assert divide(-numerator, denominator, rounding) == -size
    assert divide(numerator, -denominator, rounding) == -size
    assert divide(-numerator, -denominator, rounding) == size


@pytest.mark.parametrize(
    ("halves", "half_up", "half_even", "down"),
    [(1, 1, 0, 0), (3, 2, 2, 1), (5, 3, 2, 2), (-1, -1, 0, 0), (-3, -2, -2, -1), (-5, -3, -2, -2), (4, 2, 2, 2)],
)
def test_a_half_is_decided_by_the_named_rounding(halves: int, half_up: int, half_even: int, down: int) -> None:
    assert divide(halves, 2, Rounding.HALF_UP) == half_up
    assert divide(halves, 2, Rounding.HALF_EVEN) == half_even
    assert divide(halves, 2, Rounding.DOWN) == down


def test_nothing_divides_by_zero() -> None:
    with pytest.raises(ZeroDivisionError):
        divide(1, 0, Rounding.DOWN)


weights_of_a_split = st.lists(st.integers(0, 10**12), min_size=1, max_size=30).filter(any)


@given(amounts, weights_of_a_split)
def test_a_split_loses_no_cent(minor: int, weights: list[int]) -> None:
    parts = split(minor, weights)

    assert sum(parts) == minor
    assert len(parts) == len(weights)


@given(amounts, weights_of_a_split)
def test_every_part_of_a_split_is_its_share_to_within_a_cent(minor: int, weights: list[int]) -> None:
    for part, weight in zip(split(minor, weights), weights, strict=True):
        assert abs(part - Fraction(minor * weight, sum(weights))) <= 1
        assert part * minor >= 0
        assert weight or not part


def test_a_cent_split_in_three_stays_a_cent() -> None:
    assert split(1, [1, 1, 1]) == [0, 1, 0]
    assert split(-100, [1, 1, 1]) == [-33, -34, -33]


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [5, -1], [-1, -1]])
def test_a_split_without_a_positive_weight_is_refused(weights: list[int]) -> None:
    with pytest.raises(Invalid, match="non-negative weights"):
        split(100, weights)


rates = st.decimals("0.0001", "10000", places=6, allow_nan=False, allow_infinity=False)


@given(amounts, currencies, rates, currencies)
def test_a_conversion_is_exact_to_the_half_cent(minor: int, currency: str, rate: Decimal, into: str) -> None:
    value = Fraction(minor, 10 ** DECIMALS[currency]) * Fraction(rate) * 10 ** DECIMALS[into]

    assert convert_minor(minor, currency, rate, into) == round(value)


@pytest.mark.parametrize(
    ("minor", "currency", "rate", "into", "converted"),
    [
        (10_000, "EUR", "1.0850", "USD", 10_850),
        (10_000, "JPY", "0.0061", "EUR", 6_100),
        (1_000, "KWD", "3.25", "USD", 325),
        (100, "USD", "149.50", "JPY", 150),
        (1, "EUR", "0.5", "USD", 0),
        (3, "EUR", "0.5", "USD", 2),
    ],
)
def test_a_conversion_minds_the_decimals_of_both_currencies(
    minor: int, currency: str, rate: str, into: str, converted: int
) -> None:
    assert convert_minor(minor, currency, Decimal(rate), into) == converted


def test_an_inverse_rate_converts_without_a_trace_of_its_endless_decimals() -> None:
    assert convert_minor(450, "USD", 1 / Fraction("3"), "EUR") == 150
    assert convert_minor(10**18, "USD", 1 / Fraction("3"), "EUR") == 333_333_333_333_333_333


@given(amounts, amounts, currencies)
def test_money_adds_and_subtracts_like_whole_numbers(left: int, right: int, currency: str) -> None:
    one, other = Money(left, currency), Money(right, currency)

    assert one + other == Money(left + right, currency)
    assert one - other == one + -other
    assert (one < other, one <= other, one > other) == (left < right, left <= right, left > right)


def test_money_says_its_amount_and_currency() -> None:
    amount = Money.parse("-1234.50", "EUR")

    assert amount == Money(-123_450, "EUR")
    assert amount.decimal == "-1234.50"
    assert str(amount) == "-1234.50 EUR"


@given(currencies, currencies)
def test_two_currencies_never_meet_in_one_sum_or_comparison(one: str, other: str) -> None:
    assume(one != other)
    left, right = Money(1, one), Money(2, other)

    with pytest.raises(CurrencyMismatch, match=f"cannot combine {one} with {other}"):
        left + right
    with pytest.raises(CurrencyMismatch):
        left - right
    with pytest.raises(CurrencyMismatch):
        _ = left < right
    assert left != right


@pytest.mark.parametrize("minor", [1.0, True, "1", None, Decimal(1)])
def test_money_is_counted_in_whole_minor_units_only(minor: object) -> None:
    with pytest.raises(TypeError, match="whole minor units"):
        Money(minor, "EUR")  # type: ignore[arg-type]  # what a careless caller would pass
