"""How things are written in JSON: money as text beside its currency, days as ISO, long lists in pages."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypedDict, TypeVar, cast

from fastapi import Depends, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from o2c_ai.core.database import BadPlace, Place
from o2c_ai.core.money import Money, format_minor, parse_minor

T = TypeVar("T")


PAGE_MAX = 200
ID_MAX = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exact."""

Id = Annotated[int, Field(ge=1, le=ID_MAX)]
"""An internal number."""
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A name, a number, a reference: no control characters, which some stores refuse."""
Text = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
"""What people write, over several lines if they like."""


def _written_day(given: object) -> object:
    if isinstance(given, date) or (isinstance(given, str) and _ISO_DAY.fullmatch(given)):
        return given
    raise ValueError("a day is written as 2026-01-31")


_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31)), BeforeValidator(_written_day)]
"""A day of the business; a number would be taken for seconds since 1970."""
Amount = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,25}(\.[0-9]{1,4})?$")]
"""A decimal number as text: a JSON number would lose cents."""
AmountIn = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$")]
"""A decimal number as text, as large as the books can hold at most."""
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
        # Written by ourselves, so there is nothing to check: a page holds hundreds of them.
        return cls.model_construct(amount=format_minor(minor, currency), currency=currency)


class MoneyIn(MoneyOut):
    """An amount of money as given."""

    amount: AmountIn = Field(examples=["1250.00"])

    def money(self) -> Money:
        """Exact. Raises Invalid for more digits than the currency has, or a currency nobody knows."""
        return Money(parse_minor(self.amount, self.currency), self.currency)


class Page(Written, Generic[T]):
    """A part of a long list."""

    rows: list[T]
    next: str | None = Field(description="Give this as `after` for the rows that follow; null at the end.")


class Booked(Written):
    """What an act left in the journal."""

    entry: Id = Field(description="Its entry, by which it is undone.")


class Counted(Written):
    """What an act changed."""

    count: int = Field(examples=[1])


After = Annotated[str | None, Query(max_length=4000, description="`next` of the page before; left out at the top.")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="Rows a page.")]
Customer = Annotated[Word | None, Query(description="Only this customer's, by its number.", examples=["C-17"])]


class Asked(TypedDict):
    """Which part of a long list is asked for, as every query that gives pages takes it."""

    after: Place | None
    limit: int


async def asked(after: After = None, limit: Limit = 50) -> Asked:
    """Which part a request asks for; asynchronous, so that it is read without a thread. Raises BadPlace."""
    return Asked(after=place_of(after), limit=limit)


Paged = Annotated[Asked, Depends(asked)]


def page(found: tuple[Sequence[Any], Place | None], shown: Callable[[Any], T]) -> Page[T]:
    """A page as JSON: each row as it is shown, and the place after it as text."""
    rows, place = found
    told = [shown(row) for row in rows]
    # A page that knows its rows' kind is not checked a second time on its way out.
    kind = cast("type[Page[T]]", Page[type(told[0])] if told else Page)  # type: ignore[misc]
    return kind(rows=told, next=None if place is None else cursor_of(place))


def page_of_written(rows: Sequence[str], place: Place | None) -> str:
    """The same of rows that are written as JSON already."""
    following = json.dumps(None if place is None else cursor_of(place))
    return f'{{"rows":[{",".join(rows)}],"next":{following}}}'


def part_of(rows: Sequence[T], after: Place | None, limit: int) -> tuple[Sequence[T], Place | None]:
    """A page of rows that are all at hand, and the place after it; None at the end. Raises BadPlace."""
    if after is not None and after[0] != "":
        raise BadPlace
    first = 0 if after is None else after[1]
    last = first + limit
    return rows[first:last], ("", last) if last < len(rows) else None


def cursor_of(place: Place) -> str:
    """The place after a row, as text that means nothing elsewhere."""
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


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
