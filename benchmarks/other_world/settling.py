"""What one payment is made of: cash for each paper, what is kept back and why, charges, and money too much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from benchmarks.other_world.debtors import Habit, Payer
from benchmarks.other_world.records import Paper, Part, Row, percent_of
from benchmarks.other_world.words import CLAIMS

CHARGES: Mapping[str, tuple[int, ...]] = {
    "EUR": (380, 990, 1735, 2210),
    "PLN": (3500, 4250, 6000),
    "CZK": (22_000, 45_000),
    "CHF": (735, 1220),
    "SEK": (6000,),
}
"""What banks on the way keep, in minor units."""
_CHARGE_SHARE = 12
"""A charge is at most one part in so many of a payment, or nobody would send it."""
_SPLITS = ("20", "33.33", "45", "50", "66.67", "80")


@dataclass(frozen=True, slots=True)
class Payment:
    """Money a payer sent, or that was taken back; `kind` is paid, debited, duplicate, prepayment or returned."""

    kind: str
    payer: Payer
    habit: Habit
    day: date
    parts: tuple[Part, ...]
    charge: int = 0
    over: int = 0
    deposit: int = 0

    @property
    def sent(self) -> int:
        """What the payer sent, before anybody on the way kept something."""
        return sum(part.cash for part in self.parts) + self.over + self.deposit

    @property
    def booked(self) -> int:
        """What the bank books."""
        return -self.sent if self.kind == "returned" else self.sent - self.charge

    @property
    def customer_id(self) -> str:
        """The customer of its first paper, or the payer's first."""
        return self.parts[0].paper.customer_id if self.parts else self.payer.customers[0].customer_id

    def rows(self, line_id: str) -> list[Row]:
        """The truth, row by row; the rows add up to what the bank books."""
        if self.kind in {"duplicate", "prepayment"}:
            return [Row(line_id, "", self.customer_id, self.booked, self.kind)]
        if self.kind == "returned":
            return [Row(line_id, p.paper.number, p.paper.customer_id, -p.cash, "returned") for p in self.parts]
        rows = [Row(line_id, p.paper.number, p.paper.customer_id, p.cash, p.reason) for p in self.parts]
        if self.charge:
            rows.append(Row(line_id, "", self.customer_id, -self.charge, "bank_charge"))
        if self.over:
            rows.append(Row(line_id, "", self.customer_id, self.over, "overpayment"))
        return rows


def settle(
    rng: Random, payer: Payer, day: date, *, batch: Sequence[Paper], left: Mapping[str, int], set_off: Sequence[Paper]
) -> Payment:
    """One payment of a batch with credit memos set off, as the payer's habit of the day has it."""
    habit = payer.habit_on(day)
    parts = [_part(rng, habit, day, paper, left[paper.number]) for paper in batch]
    parts += [Part(memo, left[memo.number], "netted") for memo in set_off]
    cash = sum(part.cash for part in parts)
    charge = 0
    if habit.handling is not None:
        charge = percent_of(cash, habit.handling)
    elif rng.randrange(1000) < habit.charged:
        asked = rng.choice(CHARGES[payer.currency])
        charge = asked if asked * _CHARGE_SHARE <= cash else 0
    over = 0
    if not charge and len(parts) == 1 and not parts[0].reason and rng.randrange(1000) < habit.mistyped:
        parts, over = _mistyped(parts[0])
    return Payment("paid", payer, habit, day, tuple(parts), charge=charge, over=over)


def settle_round(rng: Random, payer: Payer, day: date, batch: Sequence[Paper], left: Mapping[str, int]) -> Payment:
    """A round sum for the oldest papers; the last of them stays partly open. All of it where little is open."""
    habit = payer.habit_on(day)
    owed = sum(left[paper.number] for paper in batch)
    most = owed // habit.round_to
    money = habit.round_to * rng.randint(1, min(4, most)) if most else owed
    parts = []
    for paper in batch:
        cash = min(money, left[paper.number])
        if cash:
            parts.append(Part(paper, cash, "" if cash == left[paper.number] else "partial"))
        money -= cash
    return Payment("paid", payer, habit, day, tuple(parts))


def _part(rng: Random, habit: Habit, day: date, paper: Paper, left: int) -> Part:
    """How one paper is paid; whoever paid a part of it pays the rest whole."""
    if left != paper.amount:
        return Part(paper, left)
    short = _kept_back(rng, habit, day, paper)
    if short is not None:
        return short
    percent = None
    if habit.retained is not None:
        percent = 100 - habit.retained
    elif rng.randrange(1000) < habit.splits:
        percent = Decimal(rng.choice(_SPLITS))
    cash = left if percent is None else percent_of(left, percent)
    return Part(paper, cash, "partial") if 0 < cash < left else Part(paper, left)


def _kept_back(rng: Random, habit: Habit, day: date, paper: Paper) -> Part | None:
    """A paper cleared with less cash: a group's fee, tax, a discount in time, or a claim; None where paid whole."""
    if habit.fee is not None:
        return _short(paper, habit.fee, "deduction", "FEE")
    if habit.withheld is not None:
        return _short(paper, habit.withheld, "withholding", "TAX")
    in_time = paper.discount_until is not None and day <= paper.discount_until
    if in_time and paper.discount_percent is not None and rng.randrange(1000) < habit.takes_discount:
        return _short(paper, paper.discount_percent, "discount", "")
    if rng.randrange(1000) < habit.claims:
        return _short(paper, Decimal(rng.randint(150, 3500)) / 100, "deduction", rng.choice(CLAIMS))
    return None


def _short(paper: Paper, percent: Decimal, reason: str, code: str) -> Part:
    kept = percent_of(paper.amount, percent)
    return Part(paper, paper.amount - kept, reason, kept, code) if kept else Part(paper, paper.amount)


def _mistyped(part: Part) -> tuple[list[Part], int]:
    """Two digits of the amount swapped: too much money, or a paper that stays partly open."""
    digits = str(part.cash)
    place = next((n for n in range(1, len(digits)) if digits[n] != digits[n - 1]), None)
    if place is None:
        return [part], 0
    typed = int(digits[: place - 1] + digits[place] + digits[place - 1] + digits[place + 1 :])
    if typed > part.cash:
        return [part], typed - part.cash
    return [Part(part.paper, typed, "partial")] if typed else [part], 0
