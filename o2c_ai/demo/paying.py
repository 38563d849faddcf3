"""What each payer sends on which day: payment runs, discounts, claims held back, instalments, slips and bounces."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from o2c_ai.demo.calendar_days import Span, banking_day_from, banking_day_until, month_day_from, weekday_from
from o2c_ai.demo.chasing import Diary
from o2c_ai.demo.customers import in_currency
from o2c_ai.demo.dice import chance, wobble
from o2c_ai.demo.facts import Invoice
from o2c_ai.demo.habits import Habit, HabitKind
from o2c_ai.demo.payers import Payer
from o2c_ai.demo.settling import Payment, settle

_PERMILLE_TOGETHER = 600
_TWIN_APART_DAYS = (12, 24)
_DAYS_PREPAID_LOOK = 7


def planned_day(rng: Random, habit: Habit, invoice: Invoice, span: Span) -> date:
    """The banking day on which a payer of this habit means to pay an invoice, at least one day after its issue."""
    earliest = invoice.issue_date + timedelta(days=1)
    takes_discount = invoice.disputed_on is None and chance(rng, habit.discount_permille)
    if takes_discount and invoice.discount_until is not None:
        last = banking_day_until(invoice.discount_until - timedelta(days=rng.randint(0, 3)))
        return max(banking_day_from(earliest), last)
    late = habit.days_late + habit.drift_days * span.share_permille(invoice.issue_date) // 1000
    target = max(earliest, invoice.due_date + timedelta(days=late + wobble(rng, habit.wobble_days)))
    if chance(rng, habit.forgets_permille):
        target += timedelta(days=rng.randint(12, 35))
    if invoice.dispute_resolved_on is not None:
        target = max(target, invoice.dispute_resolved_on + timedelta(days=rng.randint(2, 9)))
    return run_day_from(habit, target)


def run_day_from(habit: Habit, target: date) -> date:
    """The next run of the payer on or after a day; any banking day for those without runs."""
    if habit.kind is HabitKind.WEEKLY_RUN:
        target = weekday_from(target, habit.run_day)
    elif habit.kind is HabitKind.MONTHLY_RUN:
        target = month_day_from(target, habit.run_day)
    return banking_day_from(target)


class PayablesDesk:
    """One payer's payables clerk, day by day: what is due, what is sent, what comes back."""

    def __init__(
        self, rng: Random, payer: Payer, invoices: Sequence[Invoice], second_twins: frozenset[str], span: Span
    ) -> None:
        """`invoices` are all those of the payer's customers; the second of two twins is paid apart from the first."""
        self._rng, self._payer, self._habit, self._span = rng, payer, payer.habit, span
        self._second_twins = second_twins
        self._open = {invoice.invoice_id: invoice.amount_minor for invoice in invoices}
        self._agenda: dict[date, list[Invoice]] = defaultdict(list)
        self._bounces: dict[date, list[Payment]] = defaultdict(list)
        self._credits = [invoice for invoice in invoices if invoice.kind == "credit_memo"]
        self.diary = Diary(rng, span)
        self.payments: list[Payment] = []
        self._stops = self._stop_day()
        for invoice in invoices:
            if invoice.kind != "credit_memo" and invoice.cancelled_on is None:
                self._plan(invoice)

    def work(self) -> None:
        """Go through every day of the world; afterwards `payments` and `diary` hold what happened."""
        for day in self._span:
            for payment in self._bounces.pop(day, ()):
                self._take_back(payment, day)
            if day > self._stops:
                continue
            due = {
                invoice.invoice_id: invoice for invoice in self._agenda.pop(day, ()) if self._open[invoice.invoice_id]
            }
            if due:
                for batch in self._batches(sorted(due.values(), key=lambda invoice: invoice.invoice_id)):
                    self._pay(day, batch)
            if (day - self._span.start).days % _DAYS_PREPAID_LOOK == 0 and chance(
                self._rng, self._habit.prepaid_permille
            ):
                self._prepay(banking_day_from(day))

    def _stop_day(self) -> date:
        """The last day this payer pays anything."""
        if self._habit.stops_permille is None:
            return self._span.end
        length = (self._span.end - self._span.start).days
        return self._span.start + timedelta(days=length * self._habit.stops_permille // 1000)

    def _plan(self, invoice: Invoice) -> None:
        """Note the day an invoice will be paid, sooner where chasing helps; never where a dispute stays open."""
        if invoice.disputed_on is not None and invoice.dispute_resolved_on is None:
            return
        day = planned_day(self._rng, self._habit, invoice, self._span)
        if invoice.disputed_on is not None:  # nobody is reminded of what they object to
            self._agenda[day].append(invoice)
            return
        if invoice.invoice_id in self._second_twins:
            day = banking_day_from(day + timedelta(days=self._rng.randint(*_TWIN_APART_DAYS)))
        if day > self._stops:
            self.diary.chase(invoice, self._span.end + timedelta(days=1))
            return
        self._agenda[self.diary.chase(invoice, day)].append(invoice)

    def _batches(self, due: list[Invoice]) -> Iterator[list[Invoice]]:
        """What is paid together: everything of a currency in a run or for a group, else together or one by one."""
        together = self._habit.runs or len(self._payer.customers) > 1 or chance(self._rng, _PERMILLE_TOGETHER)
        for currency in sorted({invoice.currency for invoice in due}):
            batch = [invoice for invoice in due if invoice.currency == currency]
            yield from [batch] if together else [[invoice] for invoice in batch]

    def _pay(self, day: date, batch: list[Invoice]) -> None:
        payment = settle(
            self._rng,
            self._payer,
            day,
            batch=batch,
            still_open=self._open,
            set_off=self._usable_credits(day, batch),
        )
        for part in payment.parts:
            self._open[part.invoice.invoice_id] -= part.cash_minor + part.difference_minor
            if part.reason == "partial":
                self._agenda[self._later(day, 10, 40)].append(part.invoice)
        self.payments.append(payment)
        if chance(self._rng, self._habit.duplicate_permille) and payment.is_plain and payment.has_one_customer:
            self._again(payment)
        elif chance(self._rng, self._habit.bounce_permille) and payment.is_plain:
            self._bounces[banking_day_from(day + timedelta(days=self._rng.randint(2, 5)))].append(payment)

    def _usable_credits(self, day: date, batch: list[Invoice]) -> list[Invoice]:
        """Credit memos of the same customers that a payer who nets would set off; fewer than the invoices come to."""
        if not self._habit.nets_credits:
            return []
        left = sum(self._open[invoice.invoice_id] for invoice in batch) // 2
        customers = {invoice.customer_id for invoice in batch}
        usable = []
        for memo in self._credits:
            size = -self._open[memo.invoice_id]
            if 0 < size < left and memo.issue_date < day and memo.customer_id in customers:
                usable.append(memo)
                left -= size
        return usable

    def _later(self, day: date, least: int, most: int) -> date:
        return run_day_from(self._habit, day + timedelta(days=self._rng.randint(least, most)))

    def _again(self, payment: Payment) -> None:
        """The same money a second time, days later and by mistake."""
        day = banking_day_from(payment.day + timedelta(days=self._rng.randint(1, 12)))
        self.payments.append(replace(payment, kind="duplicate", day=day))

    def _take_back(self, payment: Payment, day: date) -> None:
        """The bank takes a payment back: its invoices are open again and will be paid anew."""
        self.payments.append(replace(payment, kind="returned", day=day))
        for part in payment.parts:
            self._open[part.invoice.invoice_id] += part.cash_minor
            self._agenda[self._later(day, 4, 20)].append(part.invoice)

    def _prepay(self, day: date) -> None:
        """A round deposit on an order nobody has invoiced yet."""
        customer = self._payer.customers[0]
        deposit = in_currency(self._rng.randint(5, 60) * 10_000, customer.currency)
        self.payments.append(
            Payment("prepayment", self._payer, customer.customer_id, day, customer.currency, (), deposit_minor=deposit)
        )
