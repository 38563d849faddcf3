"""How things are written in JSON: money as text beside its currency, days as ISO, long lists in pages."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from o2c_ai.core.database import BadPlace, Place
from o2c_ai.core.money import Money, format_minor, parse_minor

T = TypeVar("T")


PAGE_MAX = 200
Amount = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$")]
"""A decimal number as text: a JSON number would lose cents."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class Written(BaseModel):
    """Something as JSON; what is not known here is refused."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class MoneyOut(Written):
    """An amount of money."""

    amount: Amount = Field(examples=["1250.00"])
    currency: Currency = Field(examples=["EUR"])

    @classmethod
    def of(cls, minor: int, currency: str) -> MoneyOut:
        """From minor units."""
        return cls(amount=format_minor(minor, currency), currency=currency)


class MoneyIn(MoneyOut):
    """An amount of money as given."""

    def money(self) -> Money:
        """Exact. Raises Invalid for more digits than the currency has, or a currency nobody knows."""
        return Money(parse_minor(self.amount, self.currency), self.currency)


class Page(Written, Generic[T]):
    """A part of a long list."""

    rows: list[T]
    next: str | None = Field(description="Give this as `after` for the rows that follow; null at the end.")


def cursor_of(place: Place) -> str:
    """The place after a row, as text that means nothing elsewhere."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str | None) -> Place | None:
    """The place of a cursor; None at the top. Raises BadPlace."""
    if cursor is None:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        worth, number = place
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadPlace from error
    if not isinstance(worth, int | str) or type(number) is not int or not 0 <= number < 2**63:
        raise BadPlace
    return worth, number
