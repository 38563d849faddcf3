"""Laws of clearing: what an act holds of the items it touches while it works."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict
from o2c_ai.core.money import Money, Rounding, divide
from o2c_ai.core.receivables.rules import ParkedExceeded

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.core.receivables.rules import Balance, CreditExceeded, OverApplication


class UsedBefore(Conflict):
    """Less is left than is asked for, because somebody used it first."""

    def __init__(self, refused: OverApplication | CreditExceeded, by: str, on: date) -> None:
        """Keep what was refused, who used it last and on which day."""
        self.refused, self.by, self.on = refused, by, on
        super().__init__(f"{refused}: last used by {by} on {on}")


@dataclass(slots=True)
class Held:
    """Running balances of what an act of several steps has locked: read once, then kept in step by each step."""

    open: dict[int, Balance] = field(default_factory=dict)
    """By number of the open item."""
    credit: dict[int, Balance] = field(default_factory=dict)
    """By number of the credit item."""
    memos: set[int] = field(default_factory=set)
    """Which of the credit items are credit memos."""


@dataclass(slots=True)
class Parked:
    """What of a credit item is parked for a customer, in transaction and base currency."""

    number: str
    currency: str
    amount_minor: int
    base_minor: int | None

    def take_back(self, minor: int) -> int | None:
        """Unpark; gives that part's base amount, all of it with the last part. Raises ParkedExceeded."""
        if minor > self.amount_minor:
            raise ParkedExceeded(self.number, Money(self.amount_minor, self.currency), Money(minor, self.currency))
        base = self.base_minor
        if base is not None:
            base = divide(base * minor, self.amount_minor, Rounding.HALF_EVEN)
            self.base_minor = (self.base_minor or 0) - base
        self.amount_minor -= minor
        return base
