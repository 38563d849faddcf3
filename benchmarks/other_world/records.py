"""What the other world is made of: customers, papers, bank lines, advices and the truth, amounts in minor units."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Customer:
    """A debtor as the branch that sells to it knows it; `iban` is empty where nobody noted it."""

    customer_id: str
    name: str
    country: str
    currency: str
    iban: str
    parent_id: str
    net_days: int
    discount_percent: Decimal | None
    discount_days: int


@dataclass(frozen=True, slots=True)
class Paper:
    """An invoice, or a credit memo with a negative amount."""

    number: str
    customer_id: str
    issued: date
    due: date
    currency: str
    amount: int
    order: str = ""
    discount_percent: Decimal | None = None
    discount_until: date | None = None

    @property
    def is_credit(self) -> bool:
        """True where it lowers what the customer owes."""
        return self.amount < 0


@dataclass(frozen=True, slots=True)
class Part:
    """What a payment does to one paper: cash, and what is cleared beside it for a reason."""

    paper: Paper
    cash: int
    reason: str = ""
    difference: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """The truth about a part of a bank line, as applications.csv says it."""

    line_id: str
    number: str
    customer_id: str
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bank statement; positive came in."""

    line_id: str
    booked: date
    currency: str
    amount: int
    name: str
    account: str
    text: str
    end_to_end: str


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One row of a remittance advice; `line_id` is empty where the advice travels alone."""

    advice_id: str
    line_id: str
    dated: date
    currency: str
    total: int
    name: str
    reference: str
    amount: int
    discount: int = 0
    code: str = ""


@dataclass(frozen=True, slots=True)
class OtherWorld:
    """Everything that happened in order of time; rows of lines after `history_until` are withheld as the truth."""

    start: date
    end: date
    history_until: date
    customers: tuple[Customer, ...]
    papers: tuple[Paper, ...]
    lines: tuple[Line, ...]
    advices: tuple[AdviceRow, ...]
    rows: tuple[Row, ...]
    changed: tuple[tuple[str, date], ...]
    """Customers whose payer changed its habits, each with the day."""


def percent_of(amount: int, percent: Decimal) -> int:
    """A percentage of an amount, half a minor unit rounded up."""
    return int((Decimal(amount) * percent / 100).quantize(Decimal(1), rounding="ROUND_HALF_UP"))


def days_from(start: date, end: date) -> Iterable[date]:
    """Every day from the first to the last."""
    return (start + timedelta(days=n) for n in range((end - start).days + 1))


def work_day_from(day: date) -> date:
    """The day, or the Monday after it where it falls on a weekend; holidays differ by country and are not followed."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)
