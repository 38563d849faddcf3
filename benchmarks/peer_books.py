"""What any matcher may know on a day, and the walk through the days that every peer is put through alike."""

from __future__ import annotations

import resource
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from o2c_ai.models.remittance_matching.baseline import CENT, days
from o2c_ai.models.remittance_matching.records import BankLine, Booking, Item, Papers, Reason

CALIBRATION_DAYS = 60
"""Days at the end of history on which a peer's threshold is chosen: as many as are then decided."""
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Guess:
    """What a peer takes a line for: cash by item, and how sure it is by its own measure; with 0 it is never applied."""

    line: BankLine
    score: float
    cash: Mapping[int, int]


class Peer(Protocol):
    """Another way to match, as its users would set it up."""

    name: str

    def begin(self, books: PeerBooks, lines: Sequence[BankLine], last: date) -> None:
        """Look at all lines of the days to come, where it works on all at once."""

    def guesses(self, books: PeerBooks, lines: Sequence[BankLine]) -> Sequence[Guess]:
        """The best it can say of each incoming line of a day; lines it says nothing of are left out."""


class PeerBooks:
    """Open balances, and who paid from which account, as people booked them up to the day."""

    def __init__(self, papers: Papers) -> None:
        """Nothing is issued or booked yet."""
        self.papers = papers
        self.customers = {customer.customer_id: customer for customer in papers.customers}
        self.items: dict[int, Item] = {}
        self.accounts: defaultdict[str, set[int]] = defaultdict(set)
        for customer in papers.customers:
            if customer.iban:
                self.accounts[customer.iban].add(customer.customer_id)
        self._open: Counter[int] = Counter()
        self._issues = sorted(papers.items, key=lambda item: item.issue_date, reverse=True)
        self._clearings = sorted(papers.clearings, key=lambda clearing: clearing.cleared_on, reverse=True)
        self._owners = {item.item_id: item.customer_id for item in papers.items}
        self._bookings: defaultdict[int, list[Booking]] = defaultdict(list)
        for booking in papers.bookings:
            self._bookings[booking.line_id].append(booking)

    def advance(self, day: date) -> None:
        """Issue and clear what was issued, and cleared without a bank line, by the day."""
        while self._issues and self._issues[-1].issue_date <= day:
            item = self._issues.pop()
            self.items[item.item_id] = item
            self._open[item.item_id] += item.amount_minor
        while self._clearings and self._clearings[-1].cleared_on <= day:
            clearing = self._clearings.pop()
            self._open[clearing.item_id] -= clearing.cleared_minor

    def bookings(self, line: BankLine) -> Sequence[Booking]:
        """What people booked for a line; empty where it is still to be decided."""
        return self._bookings.get(line.line_id, ())

    def book(self, line: BankLine) -> None:
        """Take over what people booked, and remember whose account it was."""
        for row in self.bookings(line):
            if row.item_id is not None:
                self._open[row.item_id] -= row.cleared_minor
                if line.payer_account:
                    self.accounts[line.payer_account].add(self._owners[row.item_id])

    def apply(self, cash: Mapping[int, int]) -> None:
        """A peer applied money."""
        self._open.subtract(cash)

    def open_minor(self, item_id: int) -> int:
        """What is open on an issued item; 0 for others."""
        return self._open[item_id] if item_id in self.items else 0

    def open_invoices(self, currency: str) -> list[Item]:
        """All items that money can pay."""
        return [item for key, item in self.items.items() if self._open[key] > 0 and item.currency == currency]


@dataclass(frozen=True, slots=True)
class Walked:
    """What a peer did on some days."""

    guesses: tuple[tuple[Guess, bool], ...]
    """With whether it was applied."""
    lines: int
    seconds: float
    """Of a core, spent by the peer alone."""


def decide(papers: Papers, peer: Peer, first: date, last: date, threshold: float) -> Walked:
    """Let a peer apply what it scores at least so high, its own applications being all that changes balances."""
    return _walk(papers, peer, first, last, threshold, told=False)


def judged_on_history(papers: Papers, peer: Peer, until: date) -> list[tuple[float, bool]]:
    """Score and outcome of what the peer could have applied on the last days that people booked."""
    books = PeerBooks(papers)
    walked = _walk(papers, peer, until - timedelta(days=CALIBRATION_DAYS - 1), until, NEVER, told=True)
    guesses = [guess for guess, _ in walked.guesses if guess.score > 0]
    return [(guess.score, is_right(guess, books.bookings(guess.line))) for guess in guesses]


def least_score(judged: Sequence[tuple[float, bool]], precision: float) -> float:
    """The lowest score whose guesses, with all above it, are right as often as asked; beyond all where none is."""
    least, right = NEVER, 0
    in_order = sorted(judged, key=lambda pair: -pair[0])
    for seen, (score, ok) in enumerate(in_order, start=1):
        right += ok
        whole_step = seen == len(in_order) or in_order[seen][0] < score
        if whole_step and right >= precision * seen:
            least = score
    return least


def is_right(guess: Guess, booked: Sequence[Booking]) -> bool:
    """Whether people booked the same cash on the same items; a bank charge may stand apart or against them."""
    paid = {row.item_id: row.cash_minor for row in booked if row.item_id is not None}
    if not paid or paid.keys() != guess.cash.keys():
        return False
    charge = -sum(row.cash_minor for row in booked if row.reason is Reason.BANK_CHARGE)
    return max(abs(minor - guess.cash[item]) for item, minor in paid.items()) <= max(CENT, charge)


def core_seconds() -> float:
    """What this process and those it waited for have used of a core; other work on the machine does not count."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _walk(papers: Papers, peer: Peer, first: date, last: date, threshold: float, *, told: bool) -> Walked:
    """Day by day; `told` means that the evening of each day people's own bookings are known."""
    books, begun, seconds, count = PeerBooks(papers), False, 0.0, 0
    made: list[tuple[Guess, bool]] = []
    wanted = [line for line in papers.lines if first <= line.booking_date <= last]
    for day, found in days(papers.lines):
        if day > last:
            break
        lines = list(found)
        books.advance(day)
        if day >= first:
            started = core_seconds()
            if not begun:
                peer.begin(books, wanted, last)
                begun = True
            incoming = [line for line in lines if line.amount_minor > 0 and told is bool(books.bookings(line))]
            guesses = peer.guesses(books, incoming)
            seconds += core_seconds() - started
            count += len(incoming)
            made += _applied(books, guesses, threshold)
        for line in lines:
            books.book(line)
    return Walked(tuple(made), count, seconds)


def _applied(books: PeerBooks, guesses: Sequence[Guess], threshold: float) -> Iterator[tuple[Guess, bool]]:
    """The surest first; what would pay an item beyond what is open on it is only shown."""
    for guess in sorted(guesses, key=lambda guess: (-guess.score, guess.line.line_id)):
        fits = all(minor <= books.open_minor(item) for item, minor in guess.cash.items())
        applied = fits and guess.score > 0 and guess.score >= threshold
        if applied:
            books.apply(guess.cash)
        yield guess, applied
