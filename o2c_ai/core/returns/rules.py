"""Laws of returns: only what came in can bounce."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.core.errors import Invalid

if TYPE_CHECKING:
    from datetime import date


class Bounceable(NamedTuple):
    """A receipt that a bounced payment may take back, with all that is open, or not kept, again if it does."""

    credit_item_id: int
    number: str
    day: date
    """The day of the money."""
    customer_id: int | None
    """Who paid; None where nobody knows."""
    paid: dict[int, int]
    """Open item → what the receipt pays of it, in minor units."""
    kept: dict[int, int]
    """Customer → what of it is parked for them, in minor units."""


class NothingReturned(Invalid):
    """No single receipt is found that the bounced payment takes back."""

    def __init__(self, ref: str) -> None:
        """Name the line."""
        self.ref = ref
        super().__init__(f"line {ref} takes back a receipt, but none of that amount pays exactly these items")
