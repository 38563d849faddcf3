"""Laws of getting in: wrong words let nobody in, too many of them let nobody try, an ended sign-in stays ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict, Forbidden, Invalid, NotFound
from o2c_ai.core.people.rules import Duty

if TYPE_CHECKING:
    from o2c_ai.core.people.rules import Actor

GUARDED = frozenset({Duty.APPROVE, Duty.ADMINISTER})
"""Duties for which a second factor is asked, where the settings say so."""
TRIES_MAX = 10
"""Wrong tries of one user, or from one address, after which nobody may try for a while."""
TRIES_WITHIN = timedelta(minutes=15)
"""How long a wrong try counts."""
SIGN_IN_LASTS = timedelta(hours=12)
"""A working day; then the password is asked again."""
PASSWORD_LENGTH_MIN = 12
"""Length is what makes a password hard to guess (NIST SP 800-63B asks for 8 at least)."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What a user's words are checked against."""

    user_id: int
    password_hash: str
    """Argon2, made by the entry point."""
    second_factor: str | None
    """Base-32 secret of the time-based codes (RFC 6238), once the user has confirmed one; None without."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is in, and until when."""

    sign_in_id: int
    actor: Actor
    expires_at: datetime


class WrongWords(Forbidden):
    """User, password and code do not belong together; it is not said which of them is wrong."""

    def __init__(self) -> None:
        """Say no more than that."""
        super().__init__("user, password or code is wrong")


class TooManyTries(Forbidden):
    """There were too many wrong tries lately."""

    def __init__(self, until: datetime) -> None:
        """Say when the next try may be made."""
        self.until = until
        super().__init__(f"too many wrong tries: try again after {until:%H:%M} UTC")


class ShortPassword(Invalid):
    """A password has a least length."""

    def __init__(self) -> None:
        """Say the length."""
        super().__init__(f"a password has at least {PASSWORD_LENGTH_MIN} characters")


class SecondFactorThere(Conflict):
    """The user has a second factor already."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("a second factor is set up already: an administrator can take it away")


class UnknownSignIn(NotFound):
    """No such sign-in of this user."""

    def __init__(self, sign_in_id: int) -> None:
        """Name the number."""
        self.sign_in_id = sign_in_id
        super().__init__(f"no sign-in {sign_in_id} of yours")
