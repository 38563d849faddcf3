"""Which days banks work, and which of them a payer's next payment run falls on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

_FRIDAY = 4
_LAST_MONTH = 12


@dataclass(frozen=True, slots=True)
class Span:
    """The days a world lasts, first and last included."""

    start: date
    end: date

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range((self.end - self.start).days + 1))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def share_permille(self, day: date) -> int:
        """How much of the span lies before a day, in thousandths, from 0 to 1000."""
        length = max(1, (self.end - self.start).days)
        return min(1000, max(0, (day - self.start).days * 1000 // length))


@lru_cache(maxsize=64)
def _closing_days(year: int) -> frozenset[date]:
    """Days on which euro payments rest in a year. Source: the TARGET calendar of the European Central Bank."""
    return frozenset(holidays.financial_holidays("XECB", years=year))


@lru_cache(maxsize=4096)
def is_banking_day(day: date) -> bool:
    """True from Monday to Friday, closing days of the euro payment system excepted."""
    return day.weekday() <= _FRIDAY and day not in _closing_days(day.year)


def banking_day_from(day: date) -> date:
    """The day itself, or the first banking day after it."""
    while not is_banking_day(day):
        day += timedelta(days=1)
    return day


def banking_day_until(day: date) -> date:
    """The day itself, or the last banking day before it."""
    while not is_banking_day(day):
        day -= timedelta(days=1)
    return day


def weekday_from(day: date, weekday: int) -> date:
    """The first day from `day` on that falls on a weekday (Monday is 0)."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def month_day_from(day: date, month_day: int) -> date:
    """The first day from `day` on that is the n-th of its month; n is at most 28, so that every month has one."""
    if day.day <= month_day:
        return day.replace(day=month_day)
    return first_of_next_month(day).replace(day=month_day)


def first_of_next_month(day: date) -> date:
    """The first day of the month after the one `day` is in."""
    return date(day.year + day.month // _LAST_MONTH, day.month % _LAST_MONTH + 1, 1)
