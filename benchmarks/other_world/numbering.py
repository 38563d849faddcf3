"""How each branch numbers its papers: by year, month or quarter, with slashes, letters, check characters or zeros."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

CHECK_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
"""The letter of a number is its remainder modulo 23. Source: the Spanish identity number (DNI)."""

_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        r"^(?:FV|KOR) (\d+)/",
        r"\d\d/(\d+)-[AB]$",
        r"^(?:F|AV)\d{4}\.(\d+)-\d$",
        r"-N-(\d+)[A-Z]$",
        r"^(\d+)/(?:M|NC)-",
        r"(\d+)$",
    )
)


class Numbering:
    """The counters of all branches; every paper gets the next number of its branch, kind and period."""

    def __init__(self) -> None:
        self._used: Counter[tuple[str, bool, int, int]] = Counter()

    def next(self, country: str, issued: date, *, is_credit: bool) -> str:
        """The number of the next paper of a country's branch on a day."""
        year, month = issued.year, issued.month
        period = {"PL": (year, month), "NL": (year, (month + 2) // 3), "CH": (0, 0), "SE": (0, 0)}
        key = (country, is_credit, *period.get(country, (year, 0)))
        self._used[key] += 1
        return _written(country, issued, self._used[key], is_credit=is_credit)


def _written(country: str, issued: date, count: int, *, is_credit: bool) -> str:
    year, month, short = issued.year, issued.month, issued.year % 100
    monthly, coded = count + (0 if is_credit else 130), count + 800
    shapes = {
        "PL": f"{'KOR' if is_credit else 'FV'} {monthly}/{month:02d}/{year}",
        "CZ": f"{'D' if is_credit else ''}{short}/{count + 370:05d}-{'AB'[count % 2]}",
        "FR": f"{'AV' if is_credit else 'F'}{year}.{count:04d}-{count % 9 + 1}",
        "CH": f"{'GS' if is_credit else 'GE'}-{4400 + count:07d}",
        "SE": f"{'K' if is_credit else ''}{8_640_000 + count * 3}",
        "IT": f"{count}/{'NC' if is_credit else 'M'}-{short}",
        "ES": f"{'AB' if is_credit else 'VA'}{short}-N-{coded:05d}{CHECK_LETTERS[coded % 23]}",
        "NL": f"{'C' if is_credit else 'U'}.{short}.{(month + 2) // 3}.{count:04d}",
    }
    return shapes[country]


def running_part(number: str) -> str:
    """The counter inside a number, as it is printed: what a payer copies who copies only the number itself."""
    return next(found.group(1) for shape in _SHAPES if (found := shape.search(number)))


def luhn(digits: str) -> str:
    """The Luhn check digit. Source: ISO/IEC 7812-1, as on Swedish payment slips."""
    doubled = [int(one) * (2 if place % 2 == 0 else 1) for place, one in enumerate(reversed(digits))]
    return str(-sum(n - 9 if n > 9 else n for n in doubled) % 10)


def modulo_ten(digits: str) -> str:
    """The recursive modulo-10 check digit. Source: the Swiss QR reference."""
    carry = 0
    for one in digits:
        carry = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)[(carry + int(one)) % 10]
    return str(-carry % 10)
