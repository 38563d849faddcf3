"""Laws of disputes: why a customer pays less, and where the case stands."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    SHORTAGE = "shortage"
    DAMAGE = "damage"
    FREIGHT = "freight"
    TAX = "tax"
    PROMOTION = "promotion"
    RETURN = "return"
    DUPLICATE = "duplicate"
    CASH_DISCOUNT = "cash_discount"
    BANK_CHARGE = "bank_charge"
    UNKNOWN = "unknown"


class DisputeState(enum.Enum):
    """Where the case stands."""

    NEW = "new"
    ACCEPTED = "accepted"
    """The customer was right: credited, or the deduction stands."""
    CLOSED = "closed"
    """Resolved in the leading system, which did not say how."""


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
