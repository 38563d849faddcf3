"""Common days of work in one line of a test: a line booked at once, and what is open afterwards."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.payments.queries import lock_lines
from o2c_ai.core.people.actions import create_user
from o2c_ai.core.people.rules import Role
from o2c_ai.core.receivables.queries import columns_open_items
from tests.books import DAY

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.suggestions.rules import Part
    from tests.books import Books

LATER = DAY + timedelta(days=9)
_NUMBERS = count(1)


def collector(books: Books) -> Actor:
    """Somebody who may not book."""
    return create_user(books.session, books.actor, name="carl", roles=[Role.COLLECTOR])


def pay(books: Books, amount: str, *parts: Part, ref: str = "", on: date = DAY, currency: str = "EUR") -> int:
    """A new bank line booked in these parts; gives its id."""
    line = books.line(ref or f"PAYMENT {next(_NUMBERS)}", amount, on=on, currency=currency)
    book(books.session, books.actor, bookings=[Booking(line, on, parts)])
    return line


def receipt(books: Books, line: int) -> int:
    """The credit item of a line that came in."""
    return lock_lines(books.session, books.company_id, [line])[line].credit_item_id or 0


def open_now(books: Books, on: date = LATER) -> dict[str, int]:
    """Number → minor units open on the day."""
    return {row.number: row.left_minor for row in columns_open_items(books.session, books.company_id, on)}
