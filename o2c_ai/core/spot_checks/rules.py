"""Laws of spot checks: how a sample is drawn so that anybody can draw it again, and what a share of it proves."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from math import isqrt
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Invalid, NotFound
from o2c_ai.core.suggestions.rules import ONE_PPM

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

SHARE_PPM = 50_000
"""Share of the lines applied untouched that is put to people where nobody asks for another: one in twenty."""

Z_SQUARED = Fraction(3_841_459, 1_000_000)
"""Square of the two-sided 95 % quantile of the normal distribution, 1.959964."""


class Verdict(enum.Enum):
    """What a person found."""

    RIGHT = "right"
    """The money was applied as a person would have."""
    WRONG = "wrong"
    """It was not. The application stands until somebody takes it back."""


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """A line applied untouched that was drawn, with the last verdict on it."""

    check_id: int
    line_id: int
    line_ref: str
    applied_on: date
    drawn_on: date
    taken_back_on: date | None
    """The day it was taken back as wrong; None where it was not."""
    verdict: Verdict | None
    """None while nobody has looked."""
    on: date | None
    by: str
    remark: str

    @property
    def right(self) -> bool | None:
        """Whether it was applied right, by the last look; taken back is wrong whatever was said. None: no look yet."""
        if self.taken_back_on is not None:
            return False
        return None if self.verdict is None else self.verdict is Verdict.RIGHT


class ShareOutOfBounds(Invalid):
    """A sample holds some of the lines, and at most all of them."""

    def __init__(self, share_ppm: int) -> None:
        """Keep what was asked for, in millionths."""
        self.share_ppm = share_ppm
        super().__init__(f"a share of {share_ppm} millionths is not above 0 and at most {ONE_PPM}")


class PeriodReversed(Invalid):
    """A period ends no earlier than it begins, and no later than the day of the drawing."""

    def __init__(self, first: date, last: date, on: date) -> None:
        """Name the period and the day of the drawing."""
        self.first, self.last, self.on = first, last, on
        super().__init__(f"{first} to {last} is no period that had passed on {on}")


class UnknownCheck(NotFound):
    """No such spot check in this company."""

    def __init__(self, check_id: int) -> None:
        """Name the spot check."""
        self.check_id = check_id
        super().__init__(f"no spot check {check_id} in this company")


class CheckedTooEarly(Invalid):
    """A line is judged on the day it is drawn or later."""

    def __init__(self, check_id: int, drawn_on: date, on: date) -> None:
        """Name the spot check, its day and the day given."""
        self.check_id, self.drawn_on, self.on = check_id, drawn_on, on
        super().__init__(f"spot check {check_id} was drawn on {drawn_on}: it cannot be judged on {on}")


def drawn(line_refs: Iterable[str], share_ppm: int, seed: str) -> list[str]:
    """Which of these lines a share (in millionths) and a seed draw, in the order given. Raises ShareOutOfBounds.

    Each line is drawn or not by itself: the same seed draws a line whatever the period it is drawn with, so that two
    overlapping drawings agree. The number drawn therefore varies around the share.
    """
    if not 0 < share_ppm <= ONE_PPM:
        raise ShareOutOfBounds(share_ppm)
    return [ref for ref in line_refs if _lot(ref, seed) * ONE_PPM < share_ppm << _LOT_BITS]


_LOT_BITS = 256


def _lot(line_ref: str, seed: str) -> int:
    """An even draw from the lots below 2 ** 256."""
    return int.from_bytes(sha256(f"{seed}\n{line_ref}".encode()).digest())


def wilson(hits: int, of: int) -> tuple[int, int] | None:
    """The 95 % interval of a share, in millionths, rounded outwards; None where nothing was counted.

    Source: E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212.
    """
    if not of:
        return None
    whole = of + Z_SQUARED
    middle = (hits + Z_SQUARED / 2) / whole
    spread = Z_SQUARED * (Fraction(hits * (of - hits), of) + Z_SQUARED / 4) / whole**2
    # The root is taken of a square in millionths of millionths and rounded up, so that the interval is never too short.
    half = Fraction(isqrt(int(spread * ONE_PPM**4)) + 1, ONE_PPM**2)
    low, high = (middle - half) * ONE_PPM, (middle + half) * ONE_PPM
    return max(0, low.__floor__()), min(ONE_PPM, high.__ceil__())
