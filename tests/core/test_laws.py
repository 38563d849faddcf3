"""Random work on the books, done twice: in the real books and in a simple model; after every step both agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from o2c_ai.core.cash_application import actions as cash
from o2c_ai.core.cash_application.rules import Booking, Part, Reason
from o2c_ai.core.clearings.actions import approve_write_off, request_write_off
from o2c_ai.core.errors import BooksError
from o2c_ai.core.invoices.actions import amend, reverse
from o2c_ai.core.invoices.rules import Amendment
from o2c_ai.core.ledger.actions import add_rates
from o2c_ai.core.ledger.queries import role_balances
from o2c_ai.core.money import Money, format_minor
from o2c_ai.core.payments.actions import approve_refund, identify, receive_by_hand, request_refund, transfer
from o2c_ai.core.payments.queries import lock_lines
from o2c_ai.core.payments.rules import ReceiptMethod
from o2c_ai.core.receivables.queries import columns_open_items, columns_parked, credit_as_of
from tests.books import DAY, open_books
from tests.core.reference_books import Act, Credit, Item, ReferenceBooks
from tests.laws import broken_laws

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from o2c_ai.core.database import Store
    from tests.stores import PostgresStores, SqliteStores

T = TypeVar("T")
PICK = st.integers(0, 30)
SIZE = st.integers(1, 1_500)
CURRENCY = st.sampled_from(["EUR"] * 4 + ["USD"] * 2 + ["JPY"])  # the company's own, with rates, without
CUSTOMER = st.sampled_from(["C1", "C2"])
CONTROL = {"receivables", "unidentified_cash", "unapplied_cash", "on_account", "refunds_payable"}
SHORT = (Reason.PARTIAL, Reason.DISCOUNT, Reason.DEDUCTION, Reason.WITHHOLDING, Reason.TOLERANCE, Reason.RESIDUAL)
OVER = (Reason.OVERPAYMENT, Reason.PREPAYMENT, Reason.DUPLICATE, Reason.NOT_AR)


class BooksMachine(RuleBasedStateMachine):
    """Somebody who works on the books at random, and now and then asks for what must be refused."""

    store: Store
    companies = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).companies += 1
        self.scope = self.store.session()
        session = self.scope.__enter__()
        self.books = open_books(self.store, session, code=f"company {self.companies}")
        self.session, self.actor, self.other = session, self.books.actor, self.books.other
        self.customers = {code: self.books.customer(code) for code in ("C1", "C2")}
        self.model, self.day, self.count = ReferenceBooks(), DAY, 0
        self.lines: dict[int, int | None] = {}  # undecided line → its receipt
        self.decided: dict[int, Act] = {}
        self.alone: list[Act] = []  # acts that no line decided
        add_rates(session, self.actor, rates={(DAY, "USD", "EUR"): Decimal("0.9137")})

    def teardown(self) -> None:
        try:
            assert broken_laws(self.books) == []
        finally:
            self.scope.__exit__(None, None, None)

    # ---------------------------------------------------------------------------------------------- the work

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
        money, wanted = self.model.credits[credit], self.model.paid_by(credit)
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

    # ------------------------------------------------------------------------------------------- what must agree

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        company, model = self.books.company_id, self.model
        self.session.flush()
        open_items = {row.id: row.left_minor for row in columns_open_items(self.session, company, self.day)}
        assert open_items == {item: model.left(item) for item in model.items if model.left(item)}
        credits_ = {row.id: row.left_minor for row in self.session.execute(credit_as_of(company, self.day))}
        assert credits_ == {credit: model.credit_left(credit) for credit in model.credits if model.credit_left(credit)}
        parked = {
            (row.credit_item_id, row.customer_id): row.left_minor
            for row in columns_parked(self.session, company, self.day)
        }
        assert parked == {(c, customer): n for c in model.credits for customer, n in model.pools(c).items()}
        posted = {
            (role.value, currency): minor
            for (role, currency), minor in role_balances(self.session, company, self.day).items()
            if role.value in CONTROL and minor
        }
        assert posted == model.control()

    # ------------------------------------------------------------------------------------------------ the tools

    def _attempt(self, sound: bool, act: Callable[[], T]) -> T | None:
        """Do it; what is refused must be what the model refuses, and it leaves nothing behind."""
        result, refusal = None, None
        try:
            with self.session.begin_nested():
                result = act()
        except BooksError as error:
            refusal = error
        assert sound is (refusal is None), f"the model says otherwise: {refusal}"
        return result

    def _book(self, line: int, parts: list[Part]) -> None:
        credit = self.lines[line] or 0
        act = self.model.spend(credit, parts, self.model.credits[credit].amount)
        booking = Booking(line, self.day, tuple(parts))
        self._attempt(act is not None, lambda: cash.book(self.session, self.actor, bookings=[booking]))
        if act is not None:
            self._done(act)
            self.decided[line] = act
            del self.lines[line]

    def _name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}-{self.count}"

    @staticmethod
    def _pick(choices: list[T], pick: int) -> T:
        return choices[pick % len(choices)]

    def _receipts(self) -> list[int]:
        return [number for number, credit in self.model.credits.items() if not credit.memo]

    def _paying(self) -> list[int]:
        return [credit for credit in self._receipts() if self.model.paid_by(credit)]

    def _parked(self) -> list[tuple[int, int]]:
        return [(credit, customer) for credit in self.model.credits for customer in self.model.pools(credit)]

    def _fits(self, credit: int, amount: int, wanted: set[int]) -> bool:
        return self.model.credits[credit].amount == amount and self.model.paid_by(credit) == wanted

    def _issue(self, size: int, currency: str, customer: str, *, memo: bool) -> None:
        amount = format_minor(-size if memo else size, currency)
        number = self._name("DOC")
        row = self.books.invoice(number, amount, customer=customer, currency=currency, issued=self.day)
        if memo:
            self.model.credits[row] = Credit(currency, size, self.customers[customer], memo=True)
        else:
            self.model.items[row] = Item(number, currency, size)

    def _line(self, minor: int, currency: str, payer: int | None) -> int:
        more = {} if payer is None else {"customer_id": payer}
        amount = format_minor(minor, currency)
        line = self.books.line(self._name("L"), amount, currency=currency, on=self.day, **more)
        credit = lock_lines(self.session, self.books.company_id, [line])[line].credit_item_id
        self.lines[line] = credit
        if credit is not None:
            self.model.credits[credit] = Credit(currency, minor, payer, line)
        return line

    def _parts(  # noqa: PLR0917 - one draw of the pay rule
        self, credit: int, money: int, picks: list[int], cut: int, short: Reason, over: Reason, netted: int, charge: int
    ) -> list[Part]:
        """Rows that spend the money on the items picked, the first perhaps short, the rest kept."""
        model, currency = self.model, self.model.credits[credit].currency
        parts, budget = [], money
        memos = [c for c, m in model.credits.items() if m.memo and m.currency == currency and model.credit_left(c)]
        if memos and netted:
            size = min(netted, model.credit_left(memos[0]))
            parts.append(Part(-size, Reason.NETTED, credit_item_id=memos[0]))
            budget += size
        if charge:
            parts.append(Part(-charge, Reason.BANK_CHARGE))
            budget += charge
        owed = [item for item, facts in model.items.items() if facts.currency == currency and model.left(item)]
        for pick in picks if owed else ():
            item = self._pick(owed, pick)
            pays = min(model.left(item), budget, cut if pick % 2 else budget)
            if pays and all(part.open_item_id != item for part in parts):
                parts.append(Part(pays, Reason.FULL if pays == model.left(item) else short, item))
                budget -= pays
        if budget:
            parts.append(Part(budget, over, customer_id=self.customers["C1" if cut % 2 else "C2"]))
        return parts

    def _done(self, act: Act) -> None:
        """Note the act, and the residual items the books made of it."""
        self.model.do(act)
        new = [
            row
            for row in columns_open_items(self.session, self.books.company_id, date.max)
            if row.id not in self.model.items
        ]
        assert sorted(row.left_minor for row in new) == sorted(act.carried.values())
        for row in new:
            self.model.items[row.id] = Item(row.number, row.currency, row.amount_minor, residual=True)
            act.residuals.append(row.id)

    def _keep_alone(self, act: Act | None, entry: int | None) -> None:
        if act is not None and entry is not None:
            act.entry = entry
            self._done(act)
            self.alone.append(act)


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
@pytest.mark.timeout(1_200)
def test_much_random_work_keeps_the_books_in_step(sqlite_stores: SqliteStores) -> None:
    run(sqlite_stores.fresh(), examples=max(200, settings().max_examples), steps=50)
