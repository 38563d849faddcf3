"""What somebody typed into a form, kept where it is refused, with what is wrong beside the field it is wrong in."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from o2c_ai.api.errors import status_of
from o2c_ai.core.cash_application.rules import BookingsRefused
from o2c_ai.core.clearings.rules import UsedBefore
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.errors import BooksError, Conflict, Invalid, NotFound
from o2c_ai.core.money import Money, NotAnAmount, UnknownCurrency, parse_minor
from o2c_ai.core.receivables.rules import CreditExceeded, NotPositive, OverApplication, ParkedExceeded, WrongCurrency

if TYPE_CHECKING:
    from collections.abc import Mapping

REFUSED = (Invalid, NotFound, Conflict)
"""Refusals that whoever typed can mend in the form."""
_FIELDS: dict[str, tuple[type[BooksError], ...]] = {
    "amount": (NotAnAmount, NotPositive, CreditExceeded, OverApplication, ParkedExceeded, UsedBefore),
    "customer": (UnknownCustomer,),
    "currency": (UnknownCurrency, WrongCurrency),
}


@dataclass(frozen=True)
class Entry:
    """A form as it was filled in, and what is wrong with it; nothing typed yet where it is empty."""

    form: str = ""
    """Which of the page's forms it is."""
    given: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    """The field that is wrong; empty where it is the whole."""
    wrong: str = ""
    status: int = HTTPStatus.OK
    """How the page is answered with."""

    def of(self, form: str) -> Entry:
        """The entry where it is this form's, else an empty one."""
        return self if self.form == form else Entry()

    def value(self, name: str, default: str = "") -> str:
        """What a field shows: what was typed, else what is proposed."""
        return self.given.get(name, default)

    def wrong_at(self, name: str) -> str:
        """What is wrong with a field, or, without a name, with the whole form."""
        return self.wrong if self.place == name else ""


NOTHING_TYPED = Entry()


class Missing(Invalid):
    """Something must be filled in."""

    def __init__(self, name: str, what: str) -> None:
        """Name the field and what it is for."""
        self.name = name
        super().__init__(what)


def refused_entry(error: BooksError, form: str = "", **given: str) -> Entry:
    """The form as it was filled in, with the refusal at its field."""
    if isinstance(error, BookingsRefused) and len(error.refusals) == 1:
        error = error.refusals[0][1]
    if isinstance(error, Missing):
        place = error.name
    else:
        place = next((name for name, kinds in _FIELDS.items() if isinstance(error, kinds)), "")
    # A name nobody has is a slip in the form: the page itself is there.
    status = HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(error, NotFound) else status_of(error)
    return Entry(form, given, place if place in given else "", str(error), status)


def typed_money(text: str, currency: str) -> Money:
    """An amount as people write it, with a point or a comma before the cents. Raises NotAnAmount, UnknownCurrency."""
    currency = currency.strip().upper()
    return Money(parse_minor(text.strip().replace(",", "."), currency), currency)


def worded(text: str, name: str, what: str) -> str:
    """Words that must be given. Raises Missing."""
    if not text.strip():
        raise Missing(name, what)
    return text.strip()
