"""What lies on the clerk's desk on one day: open items, payers, habits, advices and receipts, as known by then."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from o2c_ai.models.remittance_matching.advices import AdviceBook
from o2c_ai.models.remittance_matching.balances import OpenItems
from o2c_ai.models.remittance_matching.chances import NOTHING_KNOWN, Chances
from o2c_ai.models.remittance_matching.habits import Habits
from o2c_ai.models.remittance_matching.payer import How, Payer, PayerBook
from o2c_ai.models.remittance_matching.punctuality import Punctuality
from o2c_ai.models.remittance_matching.receipts import Receipt, Receipts
from o2c_ai.models.remittance_matching.records import (
    Advice,
    BankLine,
    Booking,
    Item,
    Papers,
    ProposedRow,
    Reason,
)
from o2c_ai.models.remittance_matching.references import Mention, Reading

POOL_MAX = 2000
"""Open items of one customer that are looked at for one payment."""
TWINS_MAX = 50
"""Items of equal amount that are looked at where nobody knows whose money it is."""


@dataclass(frozen=True, slots=True)
class AdvisedRow:
    """A row of a remittance advice as it was understood."""

    amount_minor: int
    mention: Mention | None
    """The item it names; None for a row that names no item."""
    unread: bool
    """It looks like a number of ours but is none."""


@dataclass(frozen=True, slots=True)
class Case:
    """A bank line with everything that can be read from it before any rule is tried."""

    line: BankLine
    payer: Payer
    advice: Advice | None
    advised: tuple[AdvisedRow, ...]
    """The advice's rows; empty without advice."""
    reading: Reading
    pool: tuple[Item, ...]
    """Open items in the line's currency, earliest due first: the payer's, else those of the customers quoted, else
    those that exactly the amount would pay."""
    anybody: bool
    """Nothing but the amount says whose items these are."""
    unread: int
    """Stretches of text that look like a number of ours but are none."""
    chances: Chances = NOTHING_KNOWN
    """How probable each item of the pool is to be in the payment."""


class Desk:
    """The books as they stand on one day; `advance` and `book` move them on, `forget` drops what a run supposed."""

    def __init__(self, papers: Papers) -> None:
        """Lay out the papers; nothing is issued, booked or learnt yet."""
        self.open_items = OpenItems(papers.items)
        self.payers = PayerBook(papers.customers)
        self.habits = Habits()
        self.punctuality = Punctuality()
        self.receipts = Receipts()
        self.advices = AdviceBook(papers.advices, self.payers)
        self.claimed: dict[int, int] = {}
        """Items that an earlier line, still undecided, seems to pay; with that line's id."""
        self.behind: set[int] = set()
        """Customers with an earlier line that is still undecided: their open items may be paid already."""
        self._issues = sorted(papers.items, key=lambda item: (item.issue_date, item.item_id), reverse=True)
        self._clearings = sorted(papers.clearings, key=lambda clearing: clearing.cleared_on, reverse=True)
        self._bookings: defaultdict[int, list[Booking]] = defaultdict(list)
        for booking in papers.bookings:
            self._bookings[booking.line_id].append(booking)
        self._ahead: Counter[int] = Counter()
        self._supposed: list[tuple[int, int]] = []
        self._bounced: list[Receipt] = []

    def advance(self, day: date) -> None:
        """Issue what was issued by that day, and clear what was cleared without a bank line."""
        while self._issues and self._issues[-1].issue_date <= day:
            self.open_items.issue(self._issues.pop())
        while self._clearings and self._clearings[-1].cleared_on <= day:
            clearing = self._clearings.pop()
            self._clear(clearing.item_id, clearing.cleared_minor)

    def keep_for_later(self) -> None:
        """Keep for the lines that people booked what they cleared, so that no earlier line is given it as well."""
        for booking in (booking for bookings in self._bookings.values() for booking in bookings):
            if booking.item_id is not None:
                self._ahead[booking.item_id] += booking.cleared_minor
        for clearing in self._clearings:
            self._ahead[clearing.item_id] += clearing.cleared_minor

    def allows(self, item_id: int, minor: int) -> bool:
        """Whether so much is open on the item, beyond what is kept for later bookings."""
        opened, kept = self.open_items.open_minor(item_id), self._ahead[item_id]
        return 0 < minor <= opened - max(kept, 0) or opened - min(kept, 0) <= minor < 0

    def bookings(self, line: BankLine) -> Sequence[Booking]:
        """What people booked for the line; empty where nobody did."""
        return self._bookings.get(line.line_id, ())

    def book(self, line: BankLine) -> None:
        """Take over what people booked for the line, and learn from it."""
        rows = [
            (row, None if row.item_id is None else self.open_items.items.get(row.item_id))
            for row in self.bookings(line)
        ]
        cleared = [(item.item_id, row.cleared_minor) for row, item in rows if item is not None]
        for item_id, minor in cleared:
            self._clear(item_id, minor)
        customers = {item.customer_id for _, item in rows if item is not None}
        customers |= {row.customer_id for row, _ in rows if row.customer_id is not None}
        if self.taught_by(line):
            self.payers.learn(line, customers)
            self.habits.learn(line, rows)
            self.punctuality.learn(line, rows)
        if line.amount_minor > 0:
            booked = tuple(ProposedRow(row.item_id, row.cash_minor, row.reason) for row, _ in rows)
            self.receipts.add(Receipt(line, booked, tuple(cleared), min(customers, default=None)))
        elif any(row.reason is Reason.RETURNED for row, _ in rows):
            bounced = self.receipts.bounced_by(line)
            if bounced is not None:
                self.receipts.remove(bounced.line)

    def taught_by(self, line: BankLine) -> bool:
        """Whether people looked at what was booked for the line."""
        return not any(row.untouched for row in self.bookings(line))

    def read(self, line: BankLine) -> Case:
        """Who pays, what is quoted, what is open."""
        numbers = self.open_items.numbers
        payer = self.payers.resolve(line)
        reading = numbers.read(f"{line.narrative} {line.end_to_end_id}")
        customers: Iterable[int] = payer.customers
        if payer.how in (How.SHARED, How.UNKNOWN):
            customers = self._quoted_customers(reading, line.currency) or self._ending_customers(reading, line.currency)
        pool = self.open_items.of_customers(sorted(customers), line.currency, POOL_MAX)
        anybody = not pool
        if anybody:
            pool = self.open_items.payable_with(line.currency, line.amount_minor, TWINS_MAX)
        reading = numbers.read_among(reading, pool)
        advice = self.advices.couple(line, payer)
        advised = self._advised(advice, pool) if advice else ()
        return Case(line, payer, advice, advised, reading, tuple(pool), anybody, numbers.unread(reading))

    def suppose(self, receipt: Receipt) -> None:
        """A line of this run was decided: what it clears is no longer open to the lines that follow."""
        for item_id, minor in receipt.cleared:
            self.open_items.clear(item_id, minor)
            self._supposed.append((item_id, minor))
        self.receipts.add(receipt)

    def leave(self, receipt: Receipt, items: Iterable[int], customers: Iterable[int]) -> None:
        """A line of this run is left to a person: it may pay these items, and these customers' books are behind."""
        self.receipts.add(receipt)
        self.claimed.update((item_id, receipt.line.line_id) for item_id in items)
        self.behind.update(customers)

    def reopen(self, bounced: Receipt) -> None:
        """A receipt bounced: what it cleared is open again, and what it seemed to pay is nobody's."""
        for item_id, minor in bounced.cleared:
            self.open_items.clear(item_id, -minor)
            self._supposed.append((item_id, -minor))
        for item_id in [item_id for item_id, line_id in self.claimed.items() if line_id == bounced.line.line_id]:
            del self.claimed[item_id]
        self.receipts.remove(bounced.line)
        self._bounced.append(bounced)

    def forget(self) -> None:
        """Undo everything this run supposed, so that what people booked can take its place."""
        for item_id, minor in reversed(self._supposed):
            self.open_items.clear(item_id, -minor)
        for receipt in self._bounced:
            self.receipts.add(receipt)
        self._supposed.clear()
        self._bounced.clear()
        self.claimed.clear()
        self.behind.clear()

    def _advised(self, advice: Advice, pool: Sequence[Item]) -> tuple[AdvisedRow, ...]:
        numbers = self.open_items.numbers
        rows = []
        for row in advice.rows:
            reading = numbers.read_among(numbers.read(row.invoice_ref), pool)
            mention = next(iter(reading.mentions), None)
            rows.append(AdvisedRow(row.amount_minor, mention, mention is None and numbers.unread(reading) > 0))
        return tuple(rows)

    def _clear(self, item_id: int, minor: int) -> None:
        self.open_items.clear(item_id, minor)
        if self._ahead:
            self._ahead[item_id] -= minor

    def _ending_customers(self, reading: Reading, currency: str) -> set[int]:
        """The customers of open items whose numbers end in words of the text."""
        able = [self.open_items.items[item_id] for item_id in self.open_items.numbers.ending_in(reading)]
        return {i.customer_id for i in able if i.currency == currency and self.open_items.open_minor(i.item_id)}

    def _quoted_customers(self, reading: Reading, currency: str) -> set[int]:
        """The customers meant by quoted numbers that belong to one customer only."""
        items = self.open_items.items
        quoted = [
            {items[item_id].customer_id for item_id in mention.item_ids if items[item_id].currency == currency}
            for mention in reading.mentions
        ]
        return {customer for customers in quoted if len(customers) == 1 for customer in customers}
