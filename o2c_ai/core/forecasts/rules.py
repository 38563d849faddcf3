"""Laws of forecasts: a run is stored as it was made and never changed, and held against what came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from operator import add
from typing import TYPE_CHECKING

from o2c_ai.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class PlannedFlow:
    """Money somebody plans to move that no invoice tells of: payroll, rent, a loan."""

    at: int
    """Line in the file, for problems."""
    on: date
    currency: str
    amount_minor: int
    """Signed: negative goes out."""
    label: str
    known_on: date | None = None
    """The day it was planned; None where nobody said."""


@dataclass(frozen=True, slots=True)
class ForecastWeek:
    """One week of one currency of a forecast run; amounts in minor units."""

    week_start: date
    """A Monday."""
    currency: str
    expected_minor: int
    p10_minor: int
    p90_minor: int
    from_open_items_minor: int
    from_new_business_minor: int
    other_in_minor: int | None
    """Recurring other money in; None where unknown."""
    outflow_minor: int | None
    closing_cash_minor: int | None
    closing_p10_minor: int | None
    bottom_up_minor: int | None = None
    """What open items and invoices to come told by themselves, before they were weighed; in a scenario, as supposed."""


@dataclass(frozen=True, slots=True)
class ToldWeek:
    """What the newest forecast of a day told of one week of one currency, to be held against what came in."""

    as_of: date
    model_version: str
    week_start: date
    currency: str
    expected_minor: int
    p10_minor: int
    p90_minor: int
    bottom_up_minor: int | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """The first week in which closing cash of a currency may end under the least that is wanted."""

    week_start: date
    currency: str
    closing_minor: int
    """Closing cash as expected, or its low tenth where only that falls short."""
    minimum_minor: int
    is_expected: bool
    """True where closing cash falls short as expected; False where it does with one chance in ten."""


def shortfalls(weeks: Sequence[ForecastWeek], minimum: Mapping[str, int]) -> list[Shortfall]:
    """The first week of each currency that may fall short of its minimum, by expectation before the low tenth.

    Currencies without a minimum, and weeks whose closing cash is unknown, say nothing.
    """
    found = {}
    for is_expected in (False, True):
        for week in reversed(weeks):
            closing = week.closing_cash_minor if is_expected else week.closing_p10_minor
            least = minimum.get(week.currency)
            if closing is not None and least is not None and closing < least:
                found[week.currency, is_expected] = Shortfall(
                    week.week_start, week.currency, closing, least, is_expected
                )
    return [found[key] for key in sorted(found, key=lambda key: (key[0], not key[1]))]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How forecasts of one currency turned out, so many weeks ahead; sums of minor units over weeks that have ended."""

    currency: str
    weeks_ahead: int
    """1 is the first week of a forecast."""
    weeks: int
    expected_minor: int
    actual_minor: int
    error_minor: int
    """Sum of |expected - actual|."""
    within: int
    """Weeks from p10 to p90, both included: eight in ten are meant."""


def accuracy(told: Sequence[ToldWeek], received: Mapping[tuple[str, date], int], as_of: date) -> list[Accuracy]:
    """Each currency and week ahead, of the weeks that had ended by the evening of as_of.

    `received`: (currency, Monday) → minor units; a week left out brought nothing.
    """
    sums: dict[tuple[str, int], list[int]] = {}
    for week in told:
        if week.week_start + timedelta(days=6) > as_of:
            continue
        ahead = (week.week_start - week.as_of + timedelta(days=6)).days // 7
        actual = received.get((week.currency, week.week_start), 0)
        within = int(week.p10_minor <= actual <= week.p90_minor)
        counted = (1, week.expected_minor, actual, abs(week.expected_minor - actual), within)
        total = sums.setdefault((week.currency, ahead), [0] * len(counted))
        total[:] = map(add, total, counted)
    return [Accuracy(currency, ahead, *total) for (currency, ahead), total in sorted(sums.items())]


class UnknownRun(NotFound):
    """No such forecast in this company."""

    def __init__(self, run_id: int) -> None:
        """Name the run."""
        self.run_id = run_id
        super().__init__(f"no forecast {run_id} in this company")
