"""Laws of customers: what is known of somebody who owes us."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from o2c_ai.core.errors import NotFound


class AccountSource(enum.Enum):
    """How we came to know that an account pays for a customer."""

    MASTER = "master"
    """The customer's master data names it."""
    LEARNED = "learned"
    """Somebody accepted a payment from it for the customer."""


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer as a leading system describes it."""

    code: str
    """The leading system's number, unique in the company."""
    name: str
    country: str = ""
    iban: str = ""
    parent_code: str = ""
    email: str = ""
    payment_terms: str = ""
    credit_limit_minor: int | None = None
    """In minor units of `currency`; None where no limit is set."""
    currency: str = ""
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the books."""

    customer_id: int
    code: str
    name: str
    country: str
    parent_id: int | None
    email: str
    payment_terms: str
    credit_limit_minor: int | None
    currency: str
    segment: str


class CustomerSort(enum.Enum):
    """What customers are listed by; the column's name."""

    CODE = "code"
    """The leading system's number."""
    NAME = "name"
    """The name."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch of records handed in."""

    added: int = 0
    amended: int = 0
    unchanged: int = 0


class UnknownCustomer(NotFound):
    """No such customer in this company."""

    def __init__(self, code: str) -> None:
        """Name the customer number."""
        self.code = code
        super().__init__(f"no customer {code!r} in this company")
