"""Learns from what people booked how payers shorten payments, and which words and accounts are not customers' money.

Nothing here is written down in advance: fees, ratios, days of grace and wordings are counted in the company's own
history.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from o2c_ai.core.money import Rounding, divide
from o2c_ai.models.remittance_matching.records import BankLine, Booking, Item, Reason
from o2c_ai.models.remittance_matching.text import squeeze, words

MILLE = 1000
SEEN_MIN = 3
"""An amount or ratio seen less often is an accident, not a habit."""
SHARE_MIN = 50
"""A ratio must make up one in so many of its kind to be a habit of the whole company."""
FEES_MAX = 8
"""Commonest bank charges of a currency that are tried."""
GRACE_DEFAULT = 5
"""Days after the discount date in which a discount is still expected, until history says otherwise."""
CUT_DEFAULT = 200
"""Share of an open amount, in thousandths, beyond which a shortfall is a part payment, until history says otherwise."""
COVERS = 99
"""Per cent of what was seen so far that the days of grace, and the most that is deducted, cover."""
COMPANY_WEIGHT = 4
"""The company's habits count as so many payments of each customer."""
RATIO_REASONS = (Reason.DISCOUNT, Reason.WITHHOLDING, Reason.PARTIAL)

NO_ITEM = (Reason.NOT_AR, Reason.PREPAYMENT)
"""Reasons to book a line without any item that its words can tell."""

Ratio = tuple[Reason, int]
"""Why a payment was short, and the share of the open amount that was paid, in thousandths."""


class Habits:
    """Counts of how payments differed from what was open, by company and by customer."""

    def __init__(self) -> None:
        """Start without habits."""
        self._fees: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._customer_fees: defaultdict[tuple[int, str], Counter[int]] = defaultdict(Counter)
        self._ratios: Counter[Ratio] = Counter()
        self._customer_ratios: defaultdict[int, Counter[Ratio]] = defaultdict(Counter)
        self._over: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._lateness: list[int] = []
        self._words = WordBook()
        self._payments: Counter[int | None] = Counter()
        self._differences: Counter[tuple[int | None, Reason]] = Counter()
        self._cuts: list[int] = []
        self._usual: dict[tuple[int | None, Reason], tuple[int, ...]] = {}

    def learn(self, line: BankLine, rows: Sequence[tuple[Booking, Item | None]]) -> None:
        """Count what a booked line shows."""
        self._words.learn(line, {row.reason for row, _ in rows})
        self._learn_differences(rows)
        for row, item in rows:
            if item is not None:
                self._learn_item(line.booking_date, row, item)
            elif row.reason is Reason.BANK_CHARGE:
                self._fees[line.currency][-row.cash_minor] += 1
                if row.customer_id is not None:
                    self._customer_fees[row.customer_id, line.currency][-row.cash_minor] += 1
            elif row.reason is Reason.OVERPAYMENT:
                self._over[line.currency][row.cash_minor] += 1

    def share_with(self, customers: Collection[int], reason: Reason) -> float:
        """The share of these customers' payments of items with such a difference, leaning on the whole company's."""
        all_ = (self._differences[None, reason] + 1) / (self._payments[None] + 2)
        seen = sum(self._payments[customer] for customer in customers)
        own = sum(self._differences[customer, reason] for customer in customers)
        return (own + COMPANY_WEIGHT * all_) / (seen + COMPANY_WEIGHT)

    def most_deducted(self) -> int:
        """The share of an open amount, in thousandths, that nearly all deductions so far stayed within."""
        if len(self._cuts) < SEEN_MIN:
            return CUT_DEFAULT
        return self._cuts[(len(self._cuts) - 1) * COVERS // 100]

    def grace(self) -> int:
        """Days after the discount date within which nearly all discounts so far were taken."""
        if len(self._lateness) < SEEN_MIN:
            return GRACE_DEFAULT
        return max(0, self._lateness[(len(self._lateness) - 1) * COVERS // 100])

    def fees(self, customers: Collection[int], currency: str) -> tuple[int, ...]:
        """Bank charges to try, in minor units: those of these customers, else the currency's common ones."""
        own = [fee for customer in customers for fee in self._customer_fees.get((customer, currency), ())]
        return tuple(dict.fromkeys(own)) or tuple(
            fee for fee, seen in self._fees[currency].most_common(FEES_MAX) if seen >= SEEN_MIN
        )

    def has_paid_charges(self, customers: Collection[int], currency: str) -> bool:
        """Whether any of these customers paid short by a bank charge before."""
        return any((customer, currency) in self._customer_fees for customer in customers)

    def ratios(self, customer: int, reason: Reason) -> tuple[int, ...]:
        """Shares of the open amount, in thousandths, that this customer paid before for this reason."""
        if (customer, reason) not in self._usual:
            seen = self._customer_ratios.get(customer, Counter[Ratio]()).most_common()
            self._usual[customer, reason] = tuple(share for (why, share), _ in seen if why is reason)
        return self._usual[customer, reason]

    def common_ratios(self, reason: Reason) -> tuple[int, ...]:
        """Shares of the open amount, in thousandths, that the company often sees for this reason."""
        if (None, reason) not in self._usual:
            counts = [(share, seen) for (why, share), seen in self._ratios.most_common() if why is reason]
            least = max(SEEN_MIN, sum(seen for _, seen in counts) / SHARE_MIN)
            self._usual[None, reason] = tuple(share for share, seen in counts if seen >= least)
        return self._usual[None, reason]

    def usual_overpayment(self, currency: str, minor: int) -> bool:
        """Whether overpayments of exactly this amount came before."""
        return self._over[currency][minor] >= SEEN_MIN

    def wording(self, line: BankLine) -> Hint | None:
        """The strongest hint of the words and the account that the line pays no item."""
        return self._words.hint(line)

    def _learn_differences(self, rows: Sequence[tuple[Booking, Item | None]]) -> None:
        customers = {item.customer_id for _, item in rows if item is not None}
        for whose in (*customers, None) if customers else ():
            self._payments[whose] += 1
            for reason in {row.reason for row, _ in rows}:
                self._differences[whose, reason] += 1

    def _learn_item(self, day: date, row: Booking, item: Item) -> None:
        if row.reason is Reason.DISCOUNT and item.discount_until is not None:
            insort(self._lateness, (day - item.discount_until).days)
        if row.reason is Reason.DEDUCTION and 0 < row.cash_minor < row.cleared_minor:
            cut = row.cleared_minor - row.cash_minor
            insort(self._cuts, divide(cut * MILLE, row.cleared_minor, Rounding.HALF_UP))
        opened = row.cleared_minor if row.reason is not Reason.PARTIAL else item.amount_minor
        if row.reason not in RATIO_REASONS or opened <= 0 or not 0 < row.cash_minor < opened:
            return
        if row.reason is Reason.DISCOUNT and item.discount_minor:
            return
        share = divide(row.cash_minor * MILLE, opened, Rounding.HALF_UP)
        if abs(part_of(opened, share) - row.cash_minor) <= 1:
            self._ratios[row.reason, share] += 1
            self._customer_ratios[item.customer_id][row.reason, share] += 1
            for whose in (None, item.customer_id):
                self._usual.pop((whose, row.reason), None)


def part_of(minor: int, share: int) -> int:
    """A share, in thousandths, of an amount in minor units."""
    return divide(minor * share, MILLE, Rounding.HALF_UP)


@dataclass(frozen=True, slots=True)
class Hint:
    """A word or an account that came without items before."""

    reason: Reason
    times: int
    """Lines with it that were booked for this reason."""
    seen: int
    """All lines with it."""


class WordBook:
    """How often each word and account of a narrative came with items, and how often with none and why."""

    def __init__(self) -> None:
        """Start with an empty book."""
        self._counts: defaultdict[str, Counter[Reason]] = defaultdict(Counter)

    def learn(self, line: BankLine, reasons: set[Reason]) -> None:
        """Count the line's words and account under what it turned out to be."""
        kind = next((reason for reason in NO_ITEM if reason in reasons), Reason.IN_FULL)
        for sign in _signs(line):
            self._counts[sign][kind] += 1

    def hint(self, line: BankLine) -> Hint | None:
        """The sign most one-sided against items; None where no sign ever came without items."""
        found = [
            Hint(reason, counts[reason], counts.total())
            for sign in _signs(line)
            if (counts := self._counts.get(sign)) is not None
            for reason in NO_ITEM
            if counts[reason]
        ]
        return max(found, key=lambda hint: Fraction(hint.times + 1, hint.seen + 2), default=None)


def _signs(line: BankLine) -> list[str]:
    account = [f"account {squeeze(line.payer_account)}"] if line.payer_account else []
    return account + [f"word {word}" for word in words(line.narrative)]
