"""Laws of returns: only what came in can bounce."""

from __future__ import annotations

from o2c_ai.core.errors import Invalid


class NothingReturned(Invalid):
    """No single receipt is found that the bounced payment takes back."""

    def __init__(self, ref: str) -> None:
        """Name the line."""
        self.ref = ref
        super().__init__(f"line {ref} takes back a receipt, but none of that amount pays exactly these items")
