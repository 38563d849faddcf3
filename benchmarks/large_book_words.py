"""Names for fifty thousand invented firms, spread over the alphabet as those of real ones are."""

from __future__ import annotations

from random import Random

from o2c_ai.demo.words import LEGAL_FORMS, TRADES

_FIRST = (
    "Al", "Ar", "Bel", "Ber", "Bor", "Cal", "Cor", "Dal", "Dor", "Ek", "El", "Fal", "Fen", "Gar", "Gil", "Hal", "Her",
    "Il", "Jan", "Kal", "Kor", "Lan", "Lin", "Mar", "Mel", "Nor", "Ol", "Pan", "Per", "Quin", "Ral", "Ros", "Sal",
    "Sten", "Tal", "Tor", "Ul", "Val", "Wal", "Wes", "Yor", "Zan",
)  # fmt: skip
_MIDDLE = ("a", "be", "di", "ga", "ko", "li", "ma", "ne", "po", "ra", "se", "ti", "vo", "wi")
_LAST = ("bach", "berg", "dorf", "feld", "hof", "kamp", "land", "mann", "ner", "rode", "ske", "stein", "tal", "witz")
_LANGUAGES = {"de": "DE", "en": "GB", "fr": "FR", "it": "IT", "nl": "NL"}


def invent_firm(rng: Random) -> str:
    """A firm of an invented family, its trade and a legal form; some names come twice, as they do."""
    language = rng.choice(list(_LANGUAGES))
    family = f"{rng.choice(_FIRST)}{rng.choice(_MIDDLE)}{rng.choice(_LAST)}"
    return f"{family} {rng.choice(TRADES[language])} {rng.choice(LEGAL_FORMS[_LANGUAGES[language]])}"
