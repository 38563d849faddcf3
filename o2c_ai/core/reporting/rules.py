"""Laws of reporting: what aging, DSO, CEI, a match rate and a statement of account are."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Invalid
from o2c_ai.core.money import Rounding, divide
from o2c_ai.core.spot_checks.rules import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

YEAR_DAYS = 360
"""Days of a year in annualised measures: the commercial year, in which a quarter has 90."""


class AgingBasis(enum.Enum):
    """From which date an item ages."""

    DUE_DATE = "due_date"
    """Days overdue."""
    DOCUMENT_DATE = "document_date"
    """Days since the document."""


BUCKETS = (30, 60, 90)
"""Last day of each aging bucket but the open-ended one."""


class BadBuckets(Invalid):
    """Aging buckets must be given by ascending positive days."""

    def __init__(self, buckets: Sequence[int]) -> None:
        """Keep what was given."""
        self.buckets = tuple(buckets)
        super().__init__(f"aging buckets {list(buckets)} are not ascending positive days, as in 30, 60, 90")


def check_buckets(buckets: Sequence[int]) -> None:
    """Refuse bucket ends that are not positive and strictly ascending (BadBuckets)."""
    ends = [0, *buckets]
    if len(ends) == 1 or any(left >= right for left, right in zip(ends, buckets, strict=False)):
        raise BadBuckets(buckets)


def bucket_names(buckets: Sequence[int]) -> list[str]:
    """Headings of the aging columns: current, 1-30, 31-60, 61-90, 91+ for (30, 60, 90)."""
    starts = [1, *(end + 1 for end in buckets)]
    return ["current", *(f"{start}-{end}" for start, end in zip(starts, buckets, strict=False)), f"{starts[-1]}+"]


@dataclass(frozen=True, slots=True)
class AgingRow:
    """What a customer owes in one currency by age, and the credit standing against it, in minor units."""

    customer_code: str
    """Empty for receipts whose payer is unknown, and in totals."""
    customer_name: str
    currency: str
    buckets_minor: tuple[int, ...]
    """Open by age: not due (or of today), then a figure for each bucket, the last one open-ended."""
    credit_memos_minor: int = 0
    """Credit memos not used yet."""
    unapplied_minor: int = 0
    """Receipts not applied yet."""
    on_account_minor: int = 0
    """Money parked for the customer."""

    @property
    def open_minor(self) -> int:
        """All that is open, before credit."""
        return sum(self.buckets_minor)

    @property
    def credit_minor(self) -> int:
        """All credit not used yet."""
        return self.credit_memos_minor + self.unapplied_minor + self.on_account_minor

    @property
    def net_minor(self) -> int:
        """What would be owed if all credit were used."""
        return self.open_minor - self.credit_minor


@dataclass(frozen=True, slots=True)
class Aging:
    """Open items by age on a day."""

    as_of: date
    basis: AgingBasis
    names: tuple[str, ...]
    """Headings of the buckets."""
    rows: tuple[AgingRow, ...]
    """A row for each customer and currency with something open or to its credit, by customer number and currency."""
    totals: tuple[AgingRow, ...]
    """A row for each currency."""


Owed = Mapping[tuple[int, str], tuple[int, ...]]
"""(customer, currency) → open by age."""
Credit = Mapping[tuple[int, str], tuple[int, int, int]]
"""(customer, currency) → credit memos, receipts and parked money not used yet; 0 is the unknown payer."""


def aging_totals(owed: Owed, credit: Credit, buckets: Sequence[int] = BUCKETS) -> tuple[AgingRow, ...]:
    """Sums of each currency."""
    open_, left = _by_currency(owed), _by_currency(credit)
    nothing = (0,) * (len(buckets) + 2)
    return tuple(
        AgingRow("", "", currency, open_.get(currency, nothing), *left.get(currency, (0, 0, 0)))
        for currency in sorted(open_.keys() | left.keys())
    )


def _by_currency(each: Mapping[tuple[int, str], tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    rows: dict[str, list[tuple[int, ...]]] = {}
    for (_, currency), minors in each.items():
        rows.setdefault(currency, []).append(minors)
    return {currency: tuple(map(sum, zip(*mine, strict=True))) for currency, mine in rows.items()}


def most_overdue(owed: Owed, currency: str, count: int) -> list[tuple[int, int]]:
    """(overdue in minor units, customer) of the customers most overdue, and of all who are as late as the last."""
    overdue = ((sum(minors[1:]), customer) for (customer, code), minors in owed.items() if code == currency)
    late = sorted((pair for pair in overdue if pair[0] > 0), reverse=True)
    return [pair for pair in late if pair[0] >= late[:count][-1][0]]


def loss_allowance(buckets_minor: Sequence[int], loss_ppm: Sequence[int]) -> int:
    """Expected credit loss in minor units: each bucket x its lifetime loss rate in millionths, each rounded half up.

    Source: the provision matrix of IFRS 9 B5.5.35.
    """
    parts = zip(buckets_minor, loss_ppm, strict=True)
    return sum(divide(minor * rate, 1_000_000, Rounding.HALF_UP) for minor, rate in parts)


def dso(ar_minor: int, sales_minor: int, days: int) -> Fraction | None:
    """Days sales outstanding: closing receivables / credit sales x days of the period; None without sales.

    With the receivables not yet due in place of all of them it is the best possible DSO.
    """
    return Fraction(ar_minor * days, sales_minor) if sales_minor > 0 else None


def average_days_delinquent(actual: Fraction | None, best_possible: Fraction | None) -> Fraction | None:
    """DSO less best possible DSO: the days that late payment costs."""
    return None if actual is None or best_possible is None else actual - best_possible


def countback_dso(ar_minor: int, months: Iterable[tuple[int, int]]) -> Fraction | None:
    """Days of sales that make up the receivables, walking back month by month and prorating the last one.

    `months` are (sales in minor units, days), the newest first. None where they do not reach back far enough.
    """
    left, days = ar_minor, Fraction(0)
    if left <= 0:
        return days
    for sales_minor, month_days in months:
        if sales_minor >= left:
            return days + Fraction(left * month_days, sales_minor)
        left -= sales_minor
        days += month_days
    return None


def collection_effectiveness(
    opening_minor: int, sales_minor: int, closing_minor: int, closing_current_minor: int
) -> Fraction | None:
    """CEI in percent: what was collected of what could have been collected; None where nothing could.

    (opening + sales - closing) / (opening + sales - closing not yet due) x 100.
    """
    collectable = opening_minor + sales_minor - closing_current_minor
    if collectable <= 0:
        return None
    return Fraction((opening_minor + sales_minor - closing_minor) * 100, collectable)


def ar_turnover(sales_minor: int, opening_minor: int, closing_minor: int, days: int) -> Fraction | None:
    """How often a year (of 360 days) the average receivables are sold anew; None without receivables."""
    both = opening_minor + closing_minor
    return Fraction(2 * sales_minor * YEAR_DAYS, both * days) if both > 0 else None


def months_back(as_of: date) -> Iterator[tuple[date, date]]:
    """Calendar months as (first day, last day), newest first; the newest ends on the day itself."""
    last = as_of
    while last.year > 1:
        first = last.replace(day=1)
        yield first, last
        last = first - timedelta(days=1)


def monthly_sales(sales: Mapping[date, int], as_of: date) -> Iterator[tuple[int, int]]:
    """(sales in minor units, days) of every calendar month up to the day, newest first, back to the first sale."""
    totals: dict[tuple[int, int], int] = {}
    for day, minor in sales.items():
        if day <= as_of:
            totals[day.year, day.month] = totals.get((day.year, day.month), 0) + minor
    oldest = min(totals, default=None)
    for first, last in months_back(as_of):
        if oldest is None or (first.year, first.month) < oldest:
            return
        yield totals.get((first.year, first.month), 0), (last - first).days + 1


@dataclass(frozen=True, slots=True)
class Measures:
    """How fast a company is paid in one currency, over the days up to and including a day."""

    currency: str
    as_of: date
    days: int
    opening_minor: int
    """Receivables on the evening before the first of these days."""
    closing_minor: int
    """Receivables on the evening of the day: open items less credit memos."""
    current_minor: int
    """Of the closing receivables, open items not yet due; credit memos count against what is due."""
    sales_minor: int
    """Billed in these days, less credit memos."""
    countback: Fraction | None
    """Countback DSO in days; None where all sales on record are less than the receivables."""

    @property
    def dso(self) -> Fraction | None:
        """Days sales outstanding."""
        return dso(self.closing_minor, self.sales_minor, self.days)

    @property
    def best_possible_dso(self) -> Fraction | None:
        """What the DSO would be if everybody paid on time."""
        return dso(self.current_minor, self.sales_minor, self.days)

    @property
    def add(self) -> Fraction | None:
        """Average days delinquent."""
        return average_days_delinquent(self.dso, self.best_possible_dso)

    @property
    def cei(self) -> Fraction | None:
        """Collection effectiveness index in percent."""
        return collection_effectiveness(self.opening_minor, self.sales_minor, self.closing_minor, self.current_minor)

    @property
    def turnover(self) -> Fraction | None:
        """AR turnover a year."""
        return ar_turnover(self.sales_minor, self.opening_minor, self.closing_minor, self.days)


def measured(
    as_of: date,
    days: int,
    *,
    opening: Mapping[str, int],
    closing: Mapping[str, int],
    current: Mapping[str, int],
    daily: Mapping[str, Mapping[date, int]],
) -> list[Measures]:
    """Measures of each currency from receivables before and after the days, what is not yet due, and sales by day."""
    before = as_of - timedelta(days=days)
    sold = {
        currency: sum(minor for day, minor in sales.items() if day > before)
        for currency, sales in daily.items()
        if max(sales) > before
    }
    return [
        Measures(
            currency,
            as_of,
            days,
            opening.get(currency, 0),
            closing.get(currency, 0),
            current.get(currency, 0),
            sold.get(currency, 0),
            countback_dso(closing.get(currency, 0), monthly_sales(daily.get(currency, {}), as_of)),
        )
        for currency in sorted(opening.keys() | closing.keys() | sold.keys())
    ]


class AliasSource(enum.Enum):
    """How we came to know how a customer's money is recognised."""

    MASTER = "master data"
    """The leading system says so."""
    BOOKED = "bookings"
    """People booked lines that carry it for the customer."""
    KNOWN = "said to be known"
    """Somebody said so."""
    DECLINED = "declined"
    """Somebody said that it is not the customer's."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with both of its counts, because a rate without its denominator says nothing."""

    hits: int
    of: int

    @property
    def ppm(self) -> int | None:
        """The share in millionths; None where there was nothing to count."""
        return divide(self.hits * 1_000_000, self.of, Rounding.HALF_EVEN) if self.of else None

    @property
    def interval_ppm(self) -> tuple[int, int] | None:
        """What the share may be of all there is, with 95 % confidence (Wilson); None where nothing was counted."""
        return wilson(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class MatchRates:
    """How well cash was applied, of lines decided in a span of days and not taken back by its end."""

    since: date | None
    as_of: date
    account: Rate
    """Suggestions that named the right customer, of decided lines that name one."""
    line_item: Rate
    """Invoice rows closed untouched, of invoice rows paid by lines that runs worked on."""
    envelope: Rate
    """Receipts wholly applied to items untouched, of receipts applied to items."""
    straight_through: Rate
    """Lines booked untouched that stand, of all lines that runs worked on, decided or not."""
    auto_precision: Rate
    """Lines booked untouched that nobody took back, of all lines ever booked untouched, but for runs recalled whole."""
    audited_precision: Rate
    """Lines found right, of those drawn by spot checks that somebody looked at or took back."""
    unaudited: Rate
    """Lines drawn that nobody has looked at yet, of all lines drawn."""
    history_lines: int
    """Decided lines that no run worked on, such as imported history: they count in no rate."""
    unapplied_minor: Mapping[str, int]
    """Currency → receipts of known payers not applied yet."""
    unidentified_minor: Mapping[str, int]
    """Currency → receipts whose payer is unknown."""


@dataclass(frozen=True, slots=True)
class AliasLine:
    """How a customer's money is recognised, or is not, and where that comes from."""

    kind: str
    """account or name."""
    text: str
    """As last written."""
    source: AliasSource
    counts: bool
    """Whether it is used on the day: not where it was declined, withdrawn or said otherwise since."""
    line_refs: tuple[str, ...] = ()
    """The bank lines it was learnt from, oldest first."""
    on: date | None = None
    """Last day it was learnt, or the day it was said; None for master data."""
    by: str = ""
    """Who said it."""
    reason: str = ""
    alias_id: int | None = None
    """With it what somebody said can be withdrawn."""
    withdrawn_on: date | None = None
    withdrawn_by: str = ""


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A line on a customer's statement of account: something open, or credit not used."""

    number: str
    kind: str
    """invoice, debit_memo, residual, credit_memo, receipt, on_account."""
    document_date: date | None
    due_date: date | None
    currency: str
    amount_minor: int
    """Original amount; credit is negative."""
    left_minor: int
    """What is left of it on the day; credit is negative."""
