"""A company kept in two books at once, the real ones and a simple model, and the proof that both agree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
)

from o2c_ai.core.cash_application import actions as cash
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.errors import BooksError
from o2c_ai.core.ledger.actions import add_rates
from o2c_ai.core.ledger.queries import role_balances
from o2c_ai.core.money import format_minor
from o2c_ai.core.payments.queries import lock_lines
from o2c_ai.core.receivables.queries import columns_open_items, columns_parked, credit_as_of
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY, open_books
from tests.core.reference_books import Act, Credit, Item, ReferenceBooks
from tests.laws import broken_laws

if TYPE_CHECKING:
    from collections.abc import Callable

    from o2c_ai.core.database import Store

T = TypeVar("T")
CONTROL = {"receivables", "unidentified_cash", "unapplied_cash", "on_account", "refunds_payable"}


class TwofoldBooks(RuleBasedStateMachine):
    """A company in both books, and what is known of both; subclasses say what may be done."""

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
        return self.model.credits[credit].amount == amount and self.model.opened_with(credit) == wanted

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
