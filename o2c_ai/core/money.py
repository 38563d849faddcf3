"""Money that never loses a cent: an integer number of minor units and the currency they are in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache, total_ordering
from typing import TYPE_CHECKING

from babel.core import get_global

from o2c_ai.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

MINOR_MAX = 10**15
"""Largest amount in minor units the books take: a signed 64-bit column holds the sum of nine thousand such amounts."""

_PLAIN_DECIMAL = re.compile(r"([+-]?)(\d{1,19})(?:\.(\d{1,6}))?", re.ASCII)


class Rounding(Enum):
    """How a fraction of a minor unit is decided."""

    HALF_UP = "half_up"
    """Half goes away from zero, as on a paper invoice."""
    HALF_EVEN = "half_even"
    """Half goes to the even neighbour, as banks do over many rows."""
    DOWN = "down"
    """Towards zero: never promise a cent that is not there."""


class UnknownCurrency(Invalid):
    """The code is not an ISO 4217 currency."""

    def __init__(self, code: str) -> None:
        """Name the code that was given."""
        self.code = code
        super().__init__(f"unknown currency {code!r}")


class NotAnAmount(Invalid):
    """The text is not a plain decimal amount of that currency."""

    def __init__(self, text: str, why: str) -> None:
        """Name the text and why it is refused."""
        self.text, self.why = text, why
        super().__init__(f"{text!r} is not an amount: {why}")


class CurrencyMismatch(Invalid):
    """Two amounts of different currencies met where one currency is needed."""

    def __init__(self, left: str, right: str) -> None:
        """Name both currencies."""
        self.left, self.right = left, right
        super().__init__(f"cannot combine {left} with {right}")


# CLDR gives the digits people write today; where ISO 4217 keeps more minor units than people use, ISO wins, because
# bank files and ERPs follow ISO.
_ISO_BEYOND_CLDR = {
    "IQD": 3,
    **dict.fromkeys(["AFN", "ALL", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "PKR", "RSD", "SOS", "SYP", "YER"], 2),
}


@lru_cache(maxsize=512)
def exponent(currency: str) -> int:
    """Digits after the decimal point of an ISO 4217 currency: 0 for JPY, 2 for EUR, 3 for KWD, 4 for CLF.

    Raises UnknownCurrency. Source: the CLDR currency data of babel, corrected where ISO 4217 differs.
    """
    if currency not in get_global("all_currencies"):
        raise UnknownCurrency(currency)
    fractions = get_global("currency_fractions")
    return _ISO_BEYOND_CLDR.get(currency, int(fractions.get(currency, fractions["DEFAULT"])[0]))


def parse_minor(text: str, currency: str) -> int:
    """Minor units of a plain decimal such as "-1234.50"; no thousands mark, no exponent, no spaces inside.

    Raises UnknownCurrency, NotAnAmount. More digits than the currency has are refused unless they are zeros.
    """
    digits = exponent(currency)
    found = _PLAIN_DECIMAL.fullmatch(text.strip())
    if found is None:
        raise NotAnAmount(text, "write digits with a point before the decimals, as in 1234.50")
    sign, whole, fraction = found.group(1), found.group(2), found.group(3) or ""
    if len(fraction) > digits and fraction[digits:].strip("0"):
        raise NotAnAmount(text, f"{currency} has {digits} decimals")
    minor = int(whole + fraction[:digits].ljust(digits, "0"))
    if minor > MINOR_MAX:
        raise NotAnAmount(text, "larger than the books can hold")
    return -minor if sign == "-" else minor


def format_minor(minor: int, currency: str) -> str:
    """The plain decimal text of an amount, with exactly the currency's decimals: the inverse of `parse_minor`."""
    digits = exponent(currency)
    sign = "-" if minor < 0 else ""
    if digits == 0:
        return f"{sign}{abs(minor)}"
    whole, fraction = divmod(abs(minor), 10**digits)
    return f"{sign}{whole}.{fraction:0{digits}d}"


def divide(numerator: int, denominator: int, rounding: Rounding) -> int:
    """Integer quotient under a named rounding; exact for any size. Raises ZeroDivisionError."""
    quotient, remainder = divmod(abs(numerator), abs(denominator))
    twice = 2 * remainder - abs(denominator)
    up = {
        Rounding.HALF_UP: twice >= 0,
        Rounding.HALF_EVEN: twice > 0 or (twice == 0 and quotient % 2 == 1),
        Rounding.DOWN: False,
    }[rounding]
    size = quotient + up
    return size if (numerator < 0) == (denominator < 0) else -size


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by non-negative weights so that the parts add up to it exactly.

    Cumulative rounding: each part is the rounded running total less what was given before, so no cent is lost or
    invented and equal inputs give equal outputs. Raises Invalid where no weight is positive.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        message = "a split needs non-negative weights with a positive sum"
        raise Invalid(message)
    parts, running, given = [], 0, 0
    for weight in weights:
        running += weight
        upto = divide(minor * running, total, Rounding.HALF_EVEN)
        parts.append(upto - given)
        given = upto
    return parts


def convert_minor(minor: int, currency: str, rate: Decimal | Fraction, to_currency: str) -> int:
    """Minor units in another currency at a rate (units of `to_currency` for one unit of `currency`), half to even."""
    numerator, denominator = rate.as_integer_ratio()
    scaled = minor * numerator * 10 ** exponent(to_currency)
    return divide(scaled, denominator * 10 ** exponent(currency), Rounding.HALF_EVEN)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: signed minor units and an ISO 4217 currency; only amounts of one currency compare."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse anything that is not an integer number of a known currency's minor units."""
        if type(self.minor) is not int:
            message = f"money is counted in whole minor units, not {type(self.minor).__name__}"
            raise TypeError(message)
        exponent(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Money from a plain decimal text; raises UnknownCurrency, NotAnAmount."""
        return cls(parse_minor(text, currency), currency)

    @property
    def decimal(self) -> str:
        """The amount as a plain decimal text, as JSON and CSV carry it."""
        return format_minor(self.minor, self.currency)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor
