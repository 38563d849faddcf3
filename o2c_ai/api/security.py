"""Proves who somebody is: passwords, codes, tokens and what a browser shows; nothing secret is kept as it was shown."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from o2c_ai.core.access.rules import PASSWORD_LENGTH_MIN, Secret, ShortPassword

TOKEN_START = "o2c_"  # noqa: S105 - only how every token begins
"""Tokens are known by their start, so that one in a log or a repository is found by a search."""
ISSUER = "o2c_ai"


class Passwords:
    """Hashes passwords and checks them; costs what the settings say."""

    def __init__(self, memory_kib: int, rounds: int) -> None:
        """Take the cost of one check."""
        self._hashes = PasswordHash((Argon2Hasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1),))
        self._nobody = self._hashes.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """What to keep of a new password. Raises ShortPassword."""
        if len(password) < PASSWORD_LENGTH_MIN:
            raise ShortPassword
        return self._hashes.hash(password)

    def proves(self, password: str, secret: Secret | None) -> bool:
        """Whether the password is the user's; takes as long where there is no such user, so that nobody learns it."""
        right = self._hashes.verify(password, self._nobody if secret is None else secret.password_hash)
        return right and secret is not None


def new_token() -> str:
    """A token nobody can guess: 256 bits."""
    return TOKEN_START + secrets.token_urlsafe(32)


def new_password() -> str:
    """A first password for somebody, to be changed by them: 96 bits."""
    return secrets.token_urlsafe(12)


def digest_of(shown: str) -> str:
    """What is kept of a token, a name or an address, in hex."""
    return hashlib.sha256(shown.encode()).hexdigest()


def form_token(shown: str) -> str:
    """What a form of this browser carries, so that another site's form is told apart; gives nothing away of `shown`."""
    return hmac.new(shown.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(given: str, shown: str) -> bool:
    """Whether a form came from a page this browser was given."""
    return hmac.compare_digest(given.encode(), form_token(shown).encode())


def new_second_factor() -> str:
    """A secret for time-based codes, base 32."""
    return pyotp.random_base32()


def second_factor_address(secret: str, name: str) -> str:
    """The otpauth: address an authenticator takes in."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def is_code(code: str, secret: str, at: datetime) -> bool:
    """Whether a time-based code is right, half a minute early or late included (RFC 6238)."""
    return pyotp.TOTP(secret).verify(code, for_time=at, valid_window=1)
