"""Laws of key figures: the name, unit and formula of each, and the days its trend is told for."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice
from typing import TYPE_CHECKING

from o2c_ai.core.errors import NotFound
from o2c_ai.core.reporting.rules import months_back

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS_A_WEEK = 7
TREND_MONTHS, TREND_WEEKS = 12, 26
"""How far back a trend goes: a year, or half of one in weeks."""


class Figure(enum.Enum):
    """What is told at a glance."""

    RECEIVABLES = "receivables"
    """What customers owe."""
    DSO = "dso"
    """Days sales outstanding."""
    BEST_POSSIBLE_DSO = "best-possible-dso"
    """DSO if everybody paid on time."""
    ADD = "add"
    """Average days delinquent."""
    COUNTBACK_DSO = "countback-dso"
    """DSO walked back month by month."""
    TURNOVER = "turnover"
    """How often receivables are sold anew."""
    CEI = "cei"
    """Collection effectiveness index."""
    OVERDUE = "overdue"
    """Open and past its due date."""
    UNAPPLIED = "unapplied"
    """Receipts of known payers that wait."""
    UNIDENTIFIED = "unidentified"
    """Receipts of unknown payers."""
    CASH_IN = "cash-in"
    """Customers' money that came in."""
    PROMISES_KEPT = "promises-kept"
    """Promises that were kept."""
    RIGHT_CUSTOMER = "right-customer"
    """Suggestions that named the right customer."""
    ROWS_UNTOUCHED = "rows-untouched"
    """Invoice rows closed without a touch."""
    RECEIPTS_UNTOUCHED = "receipts-untouched"
    """Receipts wholly matched without a touch."""
    STRAIGHT_THROUGH = "straight-through"
    """Lines booked without a touch."""
    NEVER_TAKEN_BACK = "never-taken-back"
    """Lines booked without a touch that nobody took back."""
    SPOT_CHECKED = "spot-checked"
    """Lines booked without a touch that spot checks found right."""


class Unit(enum.Enum):
    """What a figure is counted in."""

    DAYS = "days"
    """Days."""
    PERCENT = "percent"
    """Parts of a hundred."""
    TIMES = "times a year"
    """A number of times."""
    MONEY = "money"
    """Minor units of a currency."""


class Step(enum.Enum):
    """How far apart the points of a trend are."""

    MONTH_END = "month end"
    """As of the last evening of each month, the last point as of the day itself."""
    MONTH = "month"
    """Over each calendar month, the last one up to the day."""
    WEEK = "week"
    """Over each week from Monday to Sunday, the last one up to the day."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a figure means."""

    title: str
    unit: Unit
    step: Step
    formula: str
    counts: str
    """What is counted in it, and what is not."""


_SPAN = "over the 90 days up to and including the day"
_RECEIVABLES = "Receivables are the balance of the control account: open items less credit memos not used."
_SALES = (
    "Sales are documents issued in those days, credit memos taken off; what was reversed by the day counts nothing."
)
_DECIDED = (
    "Only lines count that a run could have suggested something for and whose decision stands; history taken in counts "
    "nowhere. The trend tells lines by the day they were decided; lines still waiting are in the figure, not in it."
)

DEFINITIONS = {
    Figure.RECEIVABLES: Definition(
        "Receivables",
        Unit.MONEY,
        Step.MONTH_END,
        "balance of the control account: open items - credit memos not used",
        "Receipts not applied yet and money parked on account stand on accounts of their own and are not taken off.",
    ),
    Figure.DSO: Definition(
        "DSO: days sales outstanding",
        Unit.DAYS,
        Step.MONTH_END,
        f"closing receivables ÷ sales x 90, {_SPAN}",
        f"{_RECEIVABLES} {_SALES}",
    ),
    Figure.BEST_POSSIBLE_DSO: Definition(
        "Best possible DSO",
        Unit.DAYS,
        Step.MONTH_END,
        f"open items not yet due ÷ sales x 90, {_SPAN}",
        f"What the DSO would be if everybody paid on time. An item due on the day is not overdue. {_SALES}",
    ),
    Figure.ADD: Definition(
        "ADD: average days delinquent",
        Unit.DAYS,
        Step.MONTH_END,
        "DSO - best possible DSO",
        f"The days that late payment costs. {_RECEIVABLES}",
    ),
    Figure.COUNTBACK_DSO: Definition(
        "Countback DSO",
        Unit.DAYS,
        Step.MONTH_END,
        "days of the newest months whose sales make up the closing receivables, the oldest month in proportion",
        f"Not moved by sales that come and go with the season. {_RECEIVABLES} {_SALES}",
    ),
    Figure.TURNOVER: Definition(
        "Turnover of receivables",
        Unit.TIMES,
        Step.MONTH_END,
        f"sales x 360 ÷ 90 ÷ mean of opening and closing receivables, {_SPAN}",
        f"In years of 360 days. {_RECEIVABLES} {_SALES}",
    ),
    Figure.CEI: Definition(
        "CEI: collection effectiveness index",
        Unit.PERCENT,
        Step.MONTH_END,
        "(opening receivables + sales - closing receivables) ÷ (opening receivables + sales - open items not yet due) "
        f"x 100, {_SPAN}",
        f"What was collected of what could have been. {_RECEIVABLES} {_SALES}",
    ),
    Figure.OVERDUE: Definition(
        "Overdue",
        Unit.MONEY,
        Step.MONTH_END,
        "sum of what is open on items whose due date is before the day",
        "Credit memos and receipts not used yet are not taken off. An item due on the day is not overdue.",
    ),
    Figure.UNAPPLIED: Definition(
        "Unapplied cash",
        Unit.MONEY,
        Step.MONTH_END,
        "balance of the account for receipts of known payers that were applied to nothing",
        "Money parked on account on purpose is not in it.",
    ),
    Figure.UNIDENTIFIED: Definition(
        "Unidentified cash",
        Unit.MONEY,
        Step.MONTH_END,
        "balance of the account for receipts whose payer is unknown",
        "A receipt leaves it on the day its payer is named.",
    ),
    Figure.CASH_IN: Definition(
        "Cash in",
        Unit.MONEY,
        Step.WEEK,
        "sum of customers' receipts - money that bounced or was not theirs, from Monday to Sunday",
        "By the day it was booked. Money that is not about receivables is not in it.",
    ),
    Figure.PROMISES_KEPT: Definition(
        "Promises kept",
        Unit.PERCENT,
        Step.MONTH,
        "promises kept ÷ promises whose day has passed x 100",
        "The newest promise of each item, by the month it was promised for, tolerance included. Kept is one paid whole "
        "in time; one paid in part is not kept.",
    ),
    Figure.RIGHT_CUSTOMER: Definition(
        "Right customer suggested",
        Unit.PERCENT,
        Step.MONTH,
        "lines whose newest suggestion named the customer they were booked for ÷ lines with a suggestion and a "
        "customer x 100",
        _DECIDED,
    ),
    Figure.ROWS_UNTOUCHED: Definition(
        "Invoice rows closed untouched",
        Unit.PERCENT,
        Step.MONTH,
        "rows that pay an invoice and were booked as suggested, automatically ÷ all rows that pay an invoice x 100",
        _DECIDED,
    ),
    Figure.RECEIPTS_UNTOUCHED: Definition(
        "Receipts wholly matched untouched",
        Unit.PERCENT,
        Step.MONTH,
        "receipts that pay invoices and were booked as suggested, automatically ÷ all receipts that pay invoices x 100",
        _DECIDED,
    ),
    Figure.STRAIGHT_THROUGH: Definition(
        "Straight-through rate",
        Unit.PERCENT,
        Step.MONTH,
        "lines booked as suggested, automatically, that stand ÷ lines runs worked on, decided or waiting x 100",
        _DECIDED,
    ),
    Figure.NEVER_TAKEN_BACK: Definition(
        "Untouched and never taken back",
        Unit.PERCENT,
        Step.MONTH,
        "lines booked as suggested, automatically, that nobody took back ÷ all that were ever booked so x 100",
        "By the day they were booked. Runs that were recalled whole count nowhere. What nobody looked at may still be "
        "wrong: spot checks tell that.",
    ),
    Figure.SPOT_CHECKED: Definition(
        "Untouched and right by spot check",
        Unit.PERCENT,
        Step.MONTH,
        "lines found right ÷ lines drawn that somebody looked at or that were taken back x 100",
        "Of lines booked as suggested, automatically, that were drawn by chance; by the day they were booked. The last "
        "look at a line counts.",
    ),
}
"""What each figure means."""


@dataclass(frozen=True, slots=True)
class Point:
    """A figure on a day, or over the span that ends on it."""

    on: date
    """The last evening that counts."""
    value: Fraction | None
    """In the figure's unit, money in minor units; None where there was nothing to count."""
    of: int | None = None
    """Of how many, where the figure is a share."""


class UnknownBucket(NotFound):
    """Open items are not aged that way."""

    def __init__(self, name: str) -> None:
        """Name the bucket."""
        self.name = name
        super().__init__(f"no age {name!r}: it is one of current, 1-30, 31-60, 61-90, 91+")


def month_ends(as_of: date, months: int = TREND_MONTHS) -> list[date]:
    """The last evenings of the months before the day, oldest first, and the day itself."""
    return [last for _, last in islice(months_back(as_of), months + 1)][::-1]


def weeks_to(as_of: date, weeks: int = TREND_WEEKS) -> list[date]:
    """The Mondays of so many weeks, oldest first; the last is the week of the day."""
    monday = as_of - timedelta(days=as_of.weekday())
    return [monday - timedelta(days=DAYS_A_WEEK * back) for back in reversed(range(weeks))]


def share_points(by_day: Mapping[date, tuple[int, int]], as_of: date) -> list[Point]:
    """Percent of each calendar month from (hits, of) by day; a month without any tells nothing."""
    points = []
    for first, last in reversed(list(islice(months_back(as_of), TREND_MONTHS + 1))):
        told = [counts for day, counts in by_day.items() if first <= day <= last]
        hits, of = sum(hit for hit, _ in told), sum(count for _, count in told)
        points.append(Point(last, Fraction(hits * 100, of) if of else None, of))
    return points
