"""Reads what banks print: folds accents and case away, splits text into words, squeezes names to comparable keys.

Names and accounts are squeezed as the books do it, so that what people say of a payer is found again.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from cleanco import prepare_default_terms
from cleanco.clean import custom_basename

from o2c_ai.core.aliases.rules import fold, squeeze

__all__ = ["TEXT_MAX", "base_name", "digits_of", "fold", "shape_of", "squeeze", "tokens", "words"]

TEXT_MAX = 20_000
"""Characters of a narrative that are read: more than two thousand invoice numbers."""

_TOKEN = re.compile(r"[A-Z0-9]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_DIGIT = re.compile(r"[0-9]")
_NO_DIGITS = re.compile(r"[^0-9]+")


def tokens(text: str) -> list[str]:
    """The longest runs of letters and digits, folded: "INV-1" and "INV-10" never share their last one."""
    return _TOKEN.findall(fold(text[:TEXT_MAX]))


def words(text: str) -> list[str]:
    """The words of a narrative in any alphabet, without numbers, each once, in order."""
    return list(dict.fromkeys(_WORD.findall(fold(text[:TEXT_MAX]))))


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
