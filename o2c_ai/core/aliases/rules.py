"""Laws of payer aliases: which account or name people said pays for a customer, or does not, and how names compare."""

from __future__ import annotations

import enum
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from datetime import date

_STROKES = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH"})
"""Letters that Unicode does not decompose into a base letter and a mark, but that banks print without the stroke."""

_LETTERS = re.compile(r"[^\W_]+")


class AliasKind(enum.Enum):
    """By what a payer is recognised."""

    ACCOUNT = "account"
    """The account money comes from."""
    NAME = "name"
    """The name the bank prints."""


class Word(enum.Enum):
    """What somebody said of an account or a name and a customer."""

    KNOWN = "known"
    """It pays for this customer."""
    DECLINED = "declined"
    """It does not pay for this customer, whatever was booked or thought before."""


@dataclass(frozen=True, slots=True)
class NewAlias:
    """What somebody says of an account or a name and a customer."""

    customer_id: int
    kind: AliasKind
    text: str
    """As the bank writes it."""
    word: Word
    on: date
    """The day it is said; it counts from then on."""
    reason: str
    line_id: int | None = None
    """The bank line it is said about, where there is one."""


@dataclass(frozen=True, slots=True)
class Alias:
    """One telling, with where it comes from and whether it was withdrawn by the day asked about."""

    alias_id: int
    customer_id: int
    kind: AliasKind
    text: str
    """As the bank writes it."""
    key: str
    """As it is compared: see `squeeze`."""
    word: Word
    told_on: date
    told_by: str
    line_ref: str
    """The bank line it was learnt from; empty where none is named."""
    suggestion_id: int | None
    """The suggestion that was rejected or taken back; None where there was none."""
    reason: str
    withdrawn_on: date | None
    """None while it stands."""
    withdrawn_by: str
    withdrawal_reason: str


class EmptyAlias(Invalid):
    """An account or a name has letters or digits."""

    def __init__(self, text: str) -> None:
        """Keep what was given."""
        self.text = text
        super().__init__(f"{text!r} has neither letters nor digits: nobody can be recognised by it")


class NoPayerNamed(Invalid):
    """The line names neither an account nor a payer, so nothing about its payer can be remembered."""

    def __init__(self, line_ref: str) -> None:
        """Name the line."""
        self.line_ref = line_ref
        super().__init__(f"statement line {line_ref} names neither an account nor a payer")


class ToldTooEarly(Invalid):
    """Nothing is said before the day of what it is about."""

    def __init__(self, about: str, first: date, on: date) -> None:
        """Name what it is about, the first day possible and the day given."""
        self.about, self.first, self.on = about, first, on
        super().__init__(f"{about} is of {first}: nothing can be said of it on {on}")


class UnknownAlias(NotFound):
    """No such alias in this company."""

    def __init__(self, alias_id: int) -> None:
        """Name the alias."""
        self.alias_id = alias_id
        super().__init__(f"no alias {alias_id} in this company")


class AlreadyWithdrawn(Conflict):
    """The alias was withdrawn before."""

    def __init__(self, alias_id: int, on: date) -> None:
        """Name the alias and the day."""
        self.alias_id, self.on = alias_id, on
        super().__init__(f"alias {alias_id} was withdrawn on {on}")


def fold(text: str) -> str:
    """The text in capitals without accents, as a bank's character set would carry it."""
    if text.isascii():
        return text.upper()
    capitals = unicodedata.normalize("NFKD", text.upper().translate(_STROKES))
    return "".join(letter for letter in capitals if not unicodedata.combining(letter))


@lru_cache(maxsize=65536)
def squeeze(text: str) -> str:
    """Letters and digits only, folded: spacing and separators carry no meaning in a number or a name."""
    return "".join(_LETTERS.findall(fold(text)))
