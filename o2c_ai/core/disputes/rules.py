"""Laws of disputes: why a customer pays less, and where the case stands."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict, NotFound

if TYPE_CHECKING:
    from datetime import date


class DisputeKind(enum.Enum):
    """How the objection reached us."""

    DISPUTE = "dispute"
    """The customer said so; the item is open."""
    DEDUCTION = "deduction"
    """The customer paid short."""


class DisputeReason(enum.Enum):
    """Why, in our own words; customers' codes are mapped onto these."""

    PRICING = "pricing"
    """Billed at another price than agreed."""
    SHORTAGE = "shortage"
    """Less arrived than was billed."""
    DAMAGE = "damage"
    """Goods arrived damaged."""
    FREIGHT = "freight"
    """Freight or delivery costs are not accepted."""
    TAX = "tax"
    """Tax is wrong, or was withheld for the state."""
    PROMOTION = "promotion"
    """A promotion or rebate was promised."""
    RETURN = "return"
    """Goods were sent back."""
    DUPLICATE = "duplicate"
    """Billed twice."""
    CASH_DISCOUNT = "cash_discount"
    """Cash discount was taken that we did not grant."""
    BANK_CHARGE = "bank_charge"
    """A bank's charges were taken off the payment."""
    UNKNOWN = "unknown"
    """Not said, or not understood yet."""


class DisputeState(enum.Enum):
    """Where the case stands."""

    NEW = "new"
    """Recorded; nobody has resolved it."""
    ACCEPTED = "accepted"
    """The customer was right: credited, or the deduction stands."""
    CLOSED = "closed"
    """Resolved in the leading system, which did not say how."""
    CHARGED_BACK = "charged_back"
    """The deduction was refused: it is billed back as a debit memo."""


@dataclass(frozen=True, slots=True)
class NewDispute:
    """A case to be recorded."""

    customer_id: int
    open_item_id: int
    kind: DisputeKind
    reason: DisputeReason
    amount_minor: int
    currency: str
    opened_on: date
    state: DisputeState
    closed_on: date | None = None
    entry_id: int | None = None
    """The clearing that accepted it, for a deduction."""


class UnknownDispute(NotFound):
    """No such case in this company."""

    def __init__(self, dispute_id: int) -> None:
        """Name the case."""
        self.dispute_id = dispute_id
        super().__init__(f"no dispute {dispute_id} in this company")


class NotToChargeBack(Conflict):
    """Only a deduction that was allowed is charged back, and only one charged back can be allowed again."""

    def __init__(self, dispute_id: int, state: DisputeState) -> None:
        """Name the case and where it stands."""
        self.dispute_id, self.state = dispute_id, state
        super().__init__(f"dispute {dispute_id} is {state.value.replace('_', ' ')}, which does not allow it")


def charge_back_number(number: str, dispute_id: int) -> str:
    """Number of the debit memo that bills a deduction from a document back: INV-1/CB7."""
    return f"{number}/CB{dispute_id}"
