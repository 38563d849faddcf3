"""What a request is refused for before the books are asked."""

from __future__ import annotations

from o2c_ai.core.errors import Conflict, Invalid


class NotSignedIn(Exception):
    """Nobody is signed in, or the token is not known any more."""


class TooLarge(Invalid):
    """A request is larger than is taken."""

    def __init__(self, bytes_max: int) -> None:
        """Name the bound."""
        self.bytes_max = bytes_max
        super().__init__(f"at most {bytes_max:,} bytes are taken: hand in less at a time")


class Stale(Conflict):
    """What is to be changed was changed since it was read."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("it was changed since you read it: read it again and decide anew")
