"""Invented account numbers: valid in their check digits, and as banks of a country write them on a statement."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

_BBAN_DIGITS: Mapping[str, int] = {"PL": 24, "CZ": 20, "CH": 17, "SE": 20, "ES": 20}
_BBAN_LETTERS: Mapping[str, tuple[int, int]] = {"NL": (4, 10), "IT": (1, 22), "FR": (0, 23)}
"""Letters in front and digits after them."""


def invent_iban(rng: Random, country: str) -> str:
    """An IBAN of a country. Source of the check digits: ISO 13616, remainder 1 modulo 97."""
    letters, digits = _BBAN_LETTERS.get(country, (0, _BBAN_DIGITS.get(country, 20)))
    bban = "".join(rng.choice("ABINRGKS") for _ in range(letters)) + "".join(
        rng.choice("0123456789") for _ in range(digits)
    )
    as_number = int("".join(str(int(one, 36)) for one in f"{bban}{country}00"))
    return f"{country}{98 - as_number % 97:02d}{bban}"


def shown_account(iban: str) -> str:
    """The account as the bank shows it: Polish without country, Czech with bank code, Swedish as a giro number."""
    country, bban = iban[:2], iban[4:]
    if country == "PL":
        return iban[2:]
    if country == "CZ":
        return f"{bban[4:10].lstrip('0') or '0'}-{bban[10:].lstrip('0')}/{bban[:4]}"
    if country == "SE":
        return f"{bban[-8:-4]}-{bban[-4:]}"
    return iban
