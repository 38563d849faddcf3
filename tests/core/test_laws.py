"""Random work on the books, done twice: in the real books and in a simple model; after every step both agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from o2c_ai.core.cash_application import actions as cash
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.invoices.actions import amend, reverse
from o2c_ai.core.invoices.rules import Amendment
from o2c_ai.core.ledger.actions import add_rates
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import approve_refund, identify, receive_by_hand, request_refund, transfer
from o2c_ai.core.payments.queries import lock_lines
from o2c_ai.core.payments.rules import ReceiptMethod
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.core.write_offs.actions import approve_write_off, request_write_off
from tests.core.reference_books import Act, Credit
from tests.core.twofold_books import TwofoldBooks

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from o2c_ai.core.database import Store
    from tests.stores import PostgresStores, SqliteStores

PICK = st.integers(0, 30)
SIZE = st.integers(1, 1_500)
CURRENCY = st.sampled_from(["EUR"] * 4 + ["USD"] * 2 + ["JPY"])  # the company's own, with rates, without
CUSTOMER = st.sampled_from(["C1", "C2"])
SHORT = (Reason.PARTIAL, Reason.DISCOUNT, Reason.DEDUCTION, Reason.WITHHOLDING, Reason.TOLERANCE, Reason.RESIDUAL)
OVER = (Reason.OVERPAYMENT, Reason.PREPAYMENT, Reason.DUPLICATE, Reason.NOT_AR)


class BooksMachine(TwofoldBooks):
    """Somebody who works on the books at random, and now and then asks for what must be refused."""

    @initialize(owed=st.lists(SIZE, min_size=4, max_size=4), paid=st.lists(SIZE, min_size=3, max_size=3))
    def begin(self, owed: list[int], paid: list[int]) -> None:
        for size in owed:
            self._issue(size, "EUR", "C1", memo=False)
        self._issue(owed[0] // 2 + 1, "EUR", "C1", memo=True)
        for size, item in zip(paid, owed, strict=False):
            self._line(item if size % 2 else size, "EUR", None)

    @rule(size=SIZE, currency=CURRENCY, customer=CUSTOMER, memo=st.sampled_from([False, False, True]))
    def issue(self, size: int, currency: str, customer: str, memo: bool) -> None:
        self._issue(size, currency, customer, memo=memo)

    @rule(size=SIZE, currency=CURRENCY, known=st.booleans(), like=PICK, fits=st.sampled_from([True, True, False]))
    def receive_line(self, size: int, currency: str, known: bool, like: int, fits: bool) -> None:
        owed = [item for item in self.model.items if self.model.left(item)]
        if owed and fits:
            item = owed[like % len(owed)]
            size, currency = self.model.left(item), self.model.items[item].currency
        payer = self.customers["C1"] if known else None
        self._line(size, currency, payer)

    @rule(size=SIZE, currency=CURRENCY, customer=CUSTOMER)
    def receive_by_hand(self, size: int, currency: str, customer: str) -> None:
        payer = self.customers[customer]
        facts = {"method": ReceiptMethod.CHEQUE, "on": self.day, "reference": self._name("CHQ")}
        credit = receive_by_hand(
            self.session,
            self.actor,
            customer_id=payer,
            amount=Money(size, currency),
            **facts,  # type: ignore[arg-type]
        )
        self.model.credits[credit] = Credit(currency, size, payer)

    @rule(days=st.integers(0, 20), rate=st.integers(80, 120))
    def next_day(self, days: int, rate: int) -> None:
        self.day += timedelta(days=days)
        add_rates(self.session, self.actor, rates={(self.day, "USD", "EUR"): Decimal(rate) / 100})

    @precondition(lambda self: self._receipts())
    @rule(pick=PICK, customer=st.sampled_from(["C1", "C2", None]))
    def name_payer(self, pick: int, customer: str | None) -> None:
        credit = self._pick(self._receipts(), pick)
        payer = None if customer is None else self.customers[customer]
        identify(self.session, self.actor, credit_item_id=credit, customer_id=payer, on=self.day)
        self.model.credits[credit].customer = payer

    @precondition(lambda self: any(self.lines.values()))
    @rule(
        pick=PICK,
        picks=st.lists(PICK, max_size=4),
        cut=SIZE,
        short=st.sampled_from(SHORT),
        over=st.sampled_from(OVER),
        netted=st.integers(0, 300),
        charge=st.sampled_from([0, 0, 0, 5]),
        off=st.sampled_from([0] * 9 + [1]),
    )
    def pay(
        self, *, pick: int, picks: list[int], cut: int, short: Reason, over: Reason, netted: int, charge: int, off: int
    ) -> None:
        line = self._pick([line for line, credit in self.lines.items() if credit], pick)
        credit = self.lines[line] or 0
        parts = self._parts(credit, self.model.credits[credit].amount, picks, cut, short, over, netted, charge)
        if off:
            parts[0] = replace(parts[0], amount_minor=parts[0].amount_minor + off)
        self._book(line, parts)

    @precondition(lambda self: any(self.lines.values()))
    @rule(pick=PICK, item=PICK, short=st.sampled_from(SHORT), over=st.sampled_from(OVER))
    def pay_one_item(self, pick: int, item: int, short: Reason, over: Reason) -> None:
        line = self._pick([line for line, credit in self.lines.items() if credit], pick)
        credit = self.lines[line] or 0
        self._book(line, self._parts(credit, self.model.credits[credit].amount, [2 * item], 1, short, over, 0, 0))

    @precondition(lambda self: self.lines)
    @rule(pick=PICK)
    def set_aside(self, pick: int) -> None:
        line = self._pick(list(self.lines), pick)
        credit = self.lines.pop(line)
        amount = lock_lines(self.session, self.books.company_id, [line])[line].amount_minor
        booking = Booking(line, self.day, (Part(amount, Reason.NOT_AR),))
        cash.book(self.session, self.actor, bookings=[booking])
        act = Act(Counter({("credit", credit): amount}) if credit else Counter(), credit or 0)
        self.model.do(act)
        self.decided[line] = act

    @precondition(lambda self: self._paying())
    @rule(pick=PICK, wrong=st.sampled_from([False, False, False, True]))
    def bounce(self, pick: int, wrong: bool) -> None:
        credit = self._pick(self._paying(), pick)
        money, wanted = self.model.credits[credit], self.model.opened_with(credit)
        line = self._line(-money.amount, money.currency, None)
        if wrong:
            wanted = {item for item, facts in self.model.items.items() if facts.currency == money.currency}
        if money.amount < len(wanted):
            return
        sizes = [money.amount - len(wanted) + 1, *[1] * (len(wanted) - 1)]
        parts = tuple(Part(-n, Reason.RETURNED, item) for n, item in zip(sizes, sorted(wanted), strict=True))
        fitting = [c for c in sorted(self._paying(), reverse=True) if self._fits(c, money.amount, wanted)]
        undone = self.model.standing(fitting[0]) if fitting else []
        sound = bool(fitting) and self.model.try_undo(undone)
        booking = Booking(line, self.day, parts)
        self._attempt(sound, lambda: cash.book(self.session, self.actor, bookings=[booking]))
        if sound:
            act = Act(Counter({("credit", fitting[0]): money.amount}), fitting[0], takes_back=undone)
            self.model.do(act)
            self.decided[line] = act
            del self.lines[line]

    @precondition(lambda self: self.decided)
    @rule(pick=PICK)
    def take_back_line(self, pick: int) -> None:
        line = self._pick(list(self.decided), pick)
        act = self.decided[line]
        sound = self.model.try_undo([act])
        if sound and act.takes_back and not self.model.try_redo(act.takes_back[::-1]):
            assert self.model.try_redo([act])
            act.redone = sound = False
        undo = {"line_ids": [line], "on": self.day, "reason": "wrong"}
        self._attempt(sound, lambda: cash.undo(self.session, self.actor, **undo))  # type: ignore[arg-type]
        if sound:
            del self.decided[line]
            self.lines[line] = lock_lines(self.session, self.books.company_id, [line])[line].credit_item_id

    @precondition(lambda self: self._receipts())
    @rule(pick=PICK, size=SIZE, to=CUSTOMER, pay_back=st.booleans())
    def transfer_or_refund(self, pick: int, size: int, to: str, pay_back: bool) -> None:
        credit = self._pick(self._receipts(), pick)
        money, taken = Money(size, self.model.credits[credit].currency), self.model.take(credit, size)
        if self.model.credits[credit].line in self.lines:
            taken = None  # its line is to be booked first
        act = Act(taken or Counter(), credit)
        act.effects["refunded", credit] += size if pay_back else 0
        act.effects["parked", credit, self.customers[to]] += 0 if pay_back else size
        do = (
            self._refund
            if pay_back
            else lambda c, m: transfer(
                self.session, self.actor, credit_item_id=c, customer_id=self.customers[to], amount=m, on=self.day
            )
        )
        entry = self._attempt(taken is not None, lambda: do(credit, money))
        if entry is not None:
            act.entry = entry
            self.model.do(act)
            self.alone.append(act)

    def _refund(self, credit: int, amount: Money) -> int:
        asked = request_refund(
            self.session, self.actor, credit_item_id=credit, amount=amount, reason="overpaid", on=self.day
        )
        return approve_refund(self.session, self.other, approval_id=asked, on=self.day)

    @precondition(lambda self: any(c.line is None and not c.memo for c in self.model.credits.values()))
    @rule(pick=PICK, picks=st.lists(PICK, min_size=1, max_size=3), cut=SIZE, short=st.sampled_from(SHORT))
    def apply_by_hand(self, pick: int, picks: list[int], cut: int, short: Reason) -> None:
        credit = self._pick([c for c, m in self.model.credits.items() if m.line is None and not m.memo], pick)
        money = min(cut, self.model.credit_left(credit) + 1)
        parts = self._parts(credit, money, picks, cut, short, Reason.OVERPAYMENT, 0, 0)
        facts = {"credit_item_id": credit, "parts": parts, "on": self.day}
        act = self.model.spend(credit, parts, money)
        entry = self._attempt(act is not None, lambda: cash.apply_receipt(self.session, self.actor, **facts))  # type: ignore[arg-type]
        self._keep_alone(act, entry)

    @precondition(lambda self: self._parked())
    @rule(pick=PICK, picks=st.lists(PICK, min_size=1, max_size=3), cut=SIZE, short=st.sampled_from(SHORT))
    def apply_parked(self, pick: int, picks: list[int], cut: int, short: Reason) -> None:
        credit, customer = self._pick(self._parked(), pick)
        money = min(cut, self.model.pools(credit)[customer] + 1)
        parts = [p for p in self._parts(credit, money, picks, cut, short, Reason.NOT_AR, 0, 0) if p.open_item_id]
        total = sum(part.amount_minor for part in parts)
        act = self.model.spend(credit, parts, total) if total <= self.model.pools(credit)[customer] else None
        if act is None:  # the model sees the money still in use; it comes free in the same act
            self.model.used["credit", credit] -= total
            act = self.model.spend(credit, parts, total)
            self.model.used["credit", credit] += total
        sound = act is not None and 0 < total <= self.model.pools(credit)[customer]
        if act is not None:
            act.effects.update({("credit", credit): -total, ("parked", credit, customer): -total})
        facts = {"credit_item_id": credit, "customer_id": customer, "parts": parts, "on": self.day}
        entry = self._attempt(sound, lambda: cash.apply_on_account(self.session, self.actor, **facts))  # type: ignore[arg-type]
        self._keep_alone(act, entry)

    @precondition(lambda self: self.alone)
    @rule(pick=PICK)
    def undo_alone(self, pick: int) -> None:
        act = self._pick([act for act in self.alone if not act.redone] or self.alone, pick)
        if act.redone:
            return
        sound = self.model.try_undo([act])
        facts = {"entry_id": act.entry, "on": self.day, "reason": "wrong"}
        self._attempt(sound, lambda: cash.unapply(self.session, self.actor, **facts))  # type: ignore[arg-type]

    @precondition(lambda self: self.model.items)
    @rule(pick=PICK, size=SIZE)
    def write_off(self, pick: int, size: int) -> None:
        item = self._pick(list(self.model.items), pick)
        amount = Money(size, self.model.items[item].currency)
        act = Act(Counter({("item", item): size}))

        def ask_and_grant() -> int:
            ask = {"open_item_id": item, "amount": amount, "reason": "bankrupt", "on": self.day}
            asked = request_write_off(self.session, self.actor, **ask)  # type: ignore[arg-type]
            return approve_write_off(self.session, self.other, approval_id=asked, on=self.day)

        entry = self._attempt(self.model.allows(act.effects), ask_and_grant)
        self._keep_alone(act, entry)

    @precondition(lambda self: any(not item.residual for item in self.model.items.values()))
    @rule(pick=PICK, only_amend=st.booleans())
    def reverse_or_amend(self, pick: int, only_amend: bool) -> None:
        item = self._pick([row for row, facts in self.model.items.items() if not facts.residual], pick)
        number = self.model.items[item].number
        if only_amend:
            amend(self.session, self.actor, amendments=[(item, Amendment(number, self.day, "PO"))])
            return
        act = Act(Counter({("item", item): self.model.items[item].amount}))
        facts = {"number": number, "on": self.day, "reason": "wrong customer"}
        self._attempt(self.model.allows(act.effects), lambda: reverse(self.session, self.actor, **facts))  # type: ignore[arg-type]
        if self.model.allows(act.effects):
            self.model.do(act)


def run(fresh: AbstractContextManager[Store], examples: int, steps: int) -> None:
    """Run the machine on one store; every example opens a company of its own and is rolled back."""
    with fresh as store:
        machine = type("Machine", (BooksMachine,), {"store": store})
        found = settings(max_examples=examples, stateful_step_count=steps)
        run_state_machine_as_test(machine, settings=found)


@pytest.mark.timeout(600)
def test_random_work_keeps_the_books_in_step_with_a_simple_model(sqlite_stores: SqliteStores) -> None:
    run(sqlite_stores.fresh(), examples=25, steps=30)


@pytest.mark.postgres
def test_random_work_keeps_the_books_in_step_on_postgresql_too(postgres_stores: PostgresStores) -> None:
    run(postgres_stores.fresh(), examples=4, steps=30)


@pytest.mark.slow
@pytest.mark.timeout(2_400)
def test_much_random_work_keeps_the_books_in_step(sqlite_stores: SqliteStores) -> None:
    soaking = settings().max_examples >= 10_000
    run(sqlite_stores.fresh(), examples=settings().max_examples if soaking else 200, steps=50)
