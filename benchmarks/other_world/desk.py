"""One payer's desk, day by day: what is due by its rhythm, what is sent, what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from benchmarks.other_world.debtors import Habit, Payer, Rhythm
from benchmarks.other_world.records import Paper, days_from, work_day_from
from benchmarks.other_world.settling import Payment, settle, settle_round

_TOGETHER = 0.25
"""Share of the days on which somebody who pays each paper by itself pays the next week's as well."""


class Desk:
    """Goes through time once: `work` leaves `payments` behind, and never pays a paper beyond its amount."""

    def __init__(self, rng: Random, payer: Payer, papers: Sequence[Paper], start: date, end: date) -> None:
        self._rng, self._payer, self._start, self._end = rng, payer, start, end
        self._waiting = sorted(papers, key=lambda paper: (paper.issued, paper.number), reverse=True)
        self._known: list[Paper] = []
        self._left: dict[str, int] = {}
        self._planned: dict[str, date] = {}
        self._bounced: set[str] = set()
        self._returning: list[Payment] = []
        self.payments: list[Payment] = []

    def work(self) -> None:
        """Every working day: papers arrive, debits come back, what is due is paid."""
        for day in days_from(self._start, self._end):
            if day.weekday() >= 5:
                continue
            self._receive(day)
            for batch in self._batches(day):
                self._pay(day, batch)
            if day.day == 6 and self._rng.randrange(1000) < self._payer.habit_on(day).deposits:
                deposit = self._rng.randint(200, 4000) * 125
                habit = self._payer.habit_on(day)
                self.payments.append(Payment("prepayment", self._payer, habit, day, (), deposit=deposit))

    def _receive(self, day: date) -> None:
        """Papers issued before today and debits the bank takes back today."""
        while self._waiting and self._waiting[-1].issued < day:
            paper = self._waiting.pop()
            self._known.append(paper)
            self._left[paper.number] = paper.amount
            self._planned[paper.number] = self._plan(paper)
        self._known = [paper for paper in self._known if self._left[paper.number]]
        for payment in [one for one in self._returning if one.day <= day]:
            self._returning.remove(payment)
            self.payments.append(replace(payment, day=day))
            for part in payment.parts:
                self._left[part.paper.number] += part.cash
                self._planned[part.paper.number] = day + timedelta(days=self._rng.randint(5, 15))
                self._bounced.add(part.paper.number)
                self._known.append(part.paper)

    def _plan(self, paper: Paper) -> date:
        """The first day on which the paper may be paid; runs and cut-offs look at due dates besides."""
        habit = self._payer.habit_on(paper.issued)
        if habit.rhythm is not Rhythm.EACH:
            return paper.due if habit.rhythm is Rhythm.DEBIT else paper.issued
        if paper.discount_until is not None and self._rng.randrange(1000) < habit.takes_discount:
            return paper.discount_until - timedelta(days=self._rng.randint(0, 4))
        wobble = self._rng.randint(-habit.spread, habit.spread)
        forgotten = self._rng.randint(10, 50) if self._rng.randrange(1000) < habit.misses else 0
        return paper.due + timedelta(days=habit.late + wobble + forgotten)

    def _batches(self, day: date) -> Iterator[list[Paper]]:
        habit = self._payer.habit_on(day)
        owed = [paper for paper in self._known if not paper.is_credit and self._planned[paper.number] <= day]
        match habit.rhythm:
            case Rhythm.EACH | Rhythm.DEBIT:
                yield from self._singly(habit, day, owed)
            case Rhythm.DAILY:
                yield [paper for paper in owed if paper.issued <= day - timedelta(days=2)]
            case Rhythm.RUN if _is_run_day(habit, day):
                last = day + timedelta(days=7 - habit.late)
                due = [p for p in owed if p.due <= last and self._rng.randrange(1000) >= habit.misses]
                yield from _by_shop(due) if habit.shop_by_shop else [due]
            case Rhythm.CUTOFF if _is_run_day(habit, day):
                yield [paper for paper in owed if paper.due < day.replace(day=1)]
            case Rhythm.ROUND if _is_run_day(habit, day):
                yield sorted(owed, key=lambda paper: (paper.due, paper.number))
            case _:
                return

    def _singly(self, habit: Habit, day: date, owed: list[Paper]) -> Iterator[list[Paper]]:
        if not owed:
            return
        if habit.rhythm is Rhythm.EACH and self._rng.random() < _TOGETHER:
            soon = day + timedelta(days=7)
            yield [paper for paper in self._known if not paper.is_credit and self._planned[paper.number] <= soon]
            return
        for paper in owed:
            yield [paper]

    def _pay(self, day: date, batch: list[Paper]) -> None:
        if not batch:
            return
        habit = self._payer.habit_on(day)
        if habit.rhythm is Rhythm.ROUND:
            payment = settle_round(self._rng, self._payer, day, batch, self._left)
        else:
            payment = settle(
                self._rng,
                self._payer,
                day,
                batch=batch,
                left=self._left,
                set_off=self._set_off(habit, day, batch),
            )
        if habit.rhythm is Rhythm.DEBIT and not self._bounced.intersection(paper.number for paper in batch):
            payment = replace(payment, kind="debited")
        self._book(day, habit, payment)

    def _set_off(self, habit: Habit, day: date, batch: list[Paper]) -> list[Paper]:
        """Credit memos of the same customers, up to half of what the batch comes to."""
        if not habit.nets or habit.rhythm is Rhythm.DEBIT:
            return []
        room = sum(self._left[paper.number] for paper in batch) // 2
        customers, chosen = {paper.customer_id for paper in batch}, []
        for memo in self._known:
            size = -self._left[memo.number]
            if memo.is_credit and memo.customer_id in customers and 0 < size <= room and memo.issued < day:
                chosen.append(memo)
                room -= size
        return chosen

    def _book(self, day: date, habit: Habit, payment: Payment) -> None:
        """Take the payment off what is open, and see what becomes of it: a rest, a bounce, the same again."""
        for part in payment.parts:
            self._left[part.paper.number] -= part.cash + part.difference
            if part.reason == "partial" and habit.rhythm is not Rhythm.ROUND:
                wait = self._rng.randint(120, 200) if habit.retained is not None else self._rng.randint(12, 55)
                self._planned[part.paper.number] = day + timedelta(days=wait)
        self.payments.append(payment)
        plain = not payment.charge and not payment.over and all(not part.reason for part in payment.parts)
        if payment.kind == "debited" and plain and self._rng.randrange(1000) < habit.bounces:
            back = work_day_from(day + timedelta(days=self._rng.randint(2, 6)))
            self._returning.append(replace(payment, kind="returned", day=back))
        elif payment.kind == "paid" and plain and self._rng.randrange(1000) < habit.doubles:
            again = work_day_from(day + timedelta(days=self._rng.randint(2, 20)))
            self.payments.append(replace(payment, kind="duplicate", day=again))


def _is_run_day(habit: Habit, day: date) -> bool:
    """True on the first working day from one of the payer's days of the month on."""
    return any(work_day_from(day.replace(day=one)) == day for one in habit.days)


def _by_shop(due: list[Paper]) -> list[list[Paper]]:
    shops = sorted({paper.customer_id for paper in due})
    return [[paper for paper in due if paper.customer_id == shop] for shop in shops]
