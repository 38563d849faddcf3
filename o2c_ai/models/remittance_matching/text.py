"""Reads what banks print: folds accents and case away, splits text into words, squeezes names to comparable keys."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import cast

from cleanco import prepare_default_terms
from cleanco.clean import custom_basename

_STROKES = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH"})
"""Letters that Unicode does not decompose into a base letter and a mark, but that banks print without the stroke."""

TEXT_MAX = 20_000
"""Characters of a narrative that are read: more than two thousand invoice numbers."""

_LETTERS = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"[A-Z0-9]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DIGIT = re.compile(r"[0-9]")
_NO_DIGITS = re.compile(r"[^0-9]+")


def fold(text: str) -> str:
    """The text in capitals without accents, as a bank's character set would carry it."""
    if text.isascii():
        return text.upper()
    capitals = unicodedata.normalize("NFKD", text.upper().translate(_STROKES))
    return "".join(letter for letter in capitals if not unicodedata.combining(letter))


def tokens(text: str) -> list[str]:
    """The longest runs of letters and digits, folded: "INV-1" and "INV-10" never share their last one."""
    return _TOKEN.findall(fold(text[:TEXT_MAX]))


def words(text: str) -> list[str]:
    """The words of a narrative in any alphabet, without numbers, each once, in order."""
    return list(dict.fromkeys(_WORD.findall(fold(text[:TEXT_MAX]))))


@lru_cache(maxsize=65536)
def squeeze(text: str) -> str:
    """Letters and digits only, folded: spacing and separators carry no meaning in a number or a name."""
    return "".join(_LETTERS.findall(fold(text)))


def digits_of(text: str) -> str:
    """All ASCII digits of a text joined, without the zeros in front, which are dropped as often as printed."""
    return _NO_DIGITS.sub("", text).lstrip("0") if text.isascii() else ""


def shape_of(key: str) -> str:
    """A number's outline, every digit a 9: "INV2025000123" has the outline "INV9999999999"."""
    return _DIGIT.sub("9", key)


@lru_cache(maxsize=1)
def _legal_forms() -> list[tuple[int, list[str]]]:
    return cast("list[tuple[int, list[str]]]", prepare_default_terms())


@lru_cache(maxsize=65536)
def base_name(name: str) -> str:
    """A company's name squeezed and without its legal form; the whole name where nothing else is left."""
    bare = cast("str", custom_basename(fold(name), _legal_forms(), prefix=False, middle=False, suffix=True))
    return squeeze(bare) or squeeze(name)
