"""Invented company names, account numbers with right check digits, and mail addresses that lead nowhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from random import Random

from o2c_ai.demo.dice import chance
from o2c_ai.demo.words import LANGUAGE, LEGAL_FORMS, REGIONS, STEMS, TRADES

_TRANSLITERATION = str.maketrans({
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue",
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae",
})  # fmt: skip

# Letters and digits of an account number after country and check digits. Banks "DEMO" and "00…" do not exist, so that
# no invented account can be somebody's.
_BBAN = {
    "DE": ("00", 16),
    "AT": ("00", 14),
    "CH": ("00", 15),
    "FR": ("00", 21),
    "BE": ("00", 10),
    "IT": ("X00", 20),
    "ES": ("00", 18),
    "NL": ("DEMO", 10),
    "PL": ("00", 22),
    "CZ": ("00", 18),
    "SE": ("00", 18),
    "DK": ("00", 12),
    "GB": ("DEMO", 14),
}
_PLAIN_ACCOUNT_DIGITS = 10
_PERMILLE_TWO_STEMS = 250


def transliterate(text: str) -> str:
    """The text in plain ASCII letters, umlauts spelt out as German banks do."""
    spelt = unicodedata.normalize("NFKD", text.translate(_TRANSLITERATION))
    return spelt.encode("ascii", "ignore").decode("ascii")


def check_digits(country: str, bban: str) -> str:
    """The two check digits of an international account number. Source: ISO 13616, modulo 97 of ISO 7064."""
    digits = "".join(str(int(letter, 36)) for letter in f"{bban}{country}00")
    return f"{98 - int(digits) % 97:02d}"


def invent_account(rng: Random, country: str) -> str:
    """An account number: an IBAN with right check digits, or ten plain digits where a country has none."""
    if country not in _BBAN:
        return "".join(str(rng.randrange(10)) for _ in range(_PLAIN_ACCOUNT_DIGITS))
    bank, digits = _BBAN[country]
    bban = bank + "".join(str(rng.randrange(10)) for _ in range(digits))
    return f"{country}{check_digits(country, bban)}{bban}"


def invent_email(name: str) -> str:
    """A mail address at a domain reserved for examples, so that no letter ever arrives."""
    slug = re.sub(r"[^a-z0-9]+", "-", transliterate(name).lower()).strip("-")
    return f"accounts@{slug}.example"


class NameRegister:
    """Hands out company names and never the same one twice."""

    def __init__(self, rng: Random, taken: Iterable[str] = ()) -> None:
        """Start with the names that are taken already."""
        self._rng = rng
        self._taken = set(taken)

    def invent(self, country: str) -> str:
        """A new name in the language of a country, legal form included."""
        language, form = LANGUAGE[country], self._rng.choice(LEGAL_FORMS[country])
        stem = self._rng.choice(STEMS[language])
        if chance(self._rng, _PERMILLE_TWO_STEMS):
            stem = " & ".join(self._rng.sample(STEMS[language], 2))
        return self._unique(f"{stem} {self._rng.choice(TRADES[language])}", form)

    def invent_like(self, name: str, country: str) -> str:
        """A new name that differs from `name` by one word, as subsidiaries and strangers of like name do."""
        regions = REGIONS.get(LANGUAGE[country], REGIONS["en"])
        return self._unique(f"{self.trading_name(name)} {self._rng.choice(regions)}", self.legal_form(name))

    def _unique(self, name: str, form: str) -> str:
        """The name, with a Roman numeral where it is taken already."""
        for numeral in ("", " II", " III", " IV", *(f" {number}" for number in range(5, 1000))):
            candidate = f"{name}{numeral} {form}"
            if candidate not in self._taken:
                self._taken.add(candidate)
                return candidate
        raise AssertionError("a world has fewer customers than there are numbers")

    @staticmethod
    def legal_form(name: str) -> str:
        """The legal form a name ends with."""
        forms = sorted({form for several in LEGAL_FORMS.values() for form in several}, key=len, reverse=True)
        return next((form for form in forms if name.endswith(f" {form}")), "")

    @classmethod
    def trading_name(cls, name: str) -> str:
        """The name without its legal form."""
        return name.removesuffix(cls.legal_form(name)).strip()
