"""Tells business stories in a clerk's words: short verbs that act on real books and print what a clerk would see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import wraps

from o2c_ai.core.cash_application import actions as cash_application
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.customers.queries import codes
from o2c_ai.core.errors import BooksError
from o2c_ai.core.invoices import actions as invoices
from o2c_ai.core.invoices.rules import DocumentType, NewInvoice
from o2c_ai.core.ledger import actions as ledger
from o2c_ai.core.ledger.queries import base_currency
from o2c_ai.core.money import Money, parse_minor
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments.rules import NewLine
from o2c_ai.core.people.rules import Actor
from o2c_ai.core.receivables.queries import columns_memos
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.core.write_offs import actions as write_offs
from tests.books import Books
from tests.docs.onlooker import Onlooker, say

Verb = Callable[..., None]


def _verb(act: Verb) -> Verb:
    """Do the act whole or not at all; what the books refuse is printed in their own words."""

    @wraps(act)
    def safely(self: Teller, *facts: str, **more: str) -> None:
        try:
            with self.books.session.begin_nested():
                act(self, *facts, **more)
        except BooksError as refusal:
            say(f"refused: {refusal}")

    return safely


class Teller(Onlooker):
    """One company's books, a day that moves on, and the verbs a story may use."""

    def __init__(self, books: Books) -> None:
        super().__init__(books)
        self.people = {books.actor.name: books.actor, books.other.name: books.other}

    def verbs(self) -> dict[str, Verb]:
        """Every public verb by its name, as a story calls them."""
        names = [name for kind in (Onlooker, Teller) for name in vars(kind) if name[0] != "_" and name != "verbs"]
        return {name: getattr(self, name) for name in names}

    def day(self, iso: str) -> None:
        """Go on to a later day."""
        self.today = date.fromisoformat(iso)

    @_verb
    def rate(self, currency: str, rate: str) -> None:
        """What one unit of a currency is worth in the company's own, from today on."""
        base = base_currency(*self._here)
        rates = {(self.today, currency, base): Decimal(rate)}
        ledger.add_rates(self.books.session, self.books.actor, rates=rates)

    @_verb
    def invoice(
        self, number: str, amount: str, customer: str = "Nordwind", *, currency: str = "EUR", discount: str = ""
    ) -> None:
        """Bill a customer today, due in 30 days; a discount is in per cent and holds for 10 days."""
        held = self.today + timedelta(days=10) if discount else None
        percent = Decimal(discount) if discount else None
        self._issue(DocumentType.INVOICE, number, customer, Money.parse(amount, currency), (percent, held))

    @_verb
    def credit_memo(self, number: str, amount: str, customer: str = "Nordwind", *, currency: str = "EUR") -> None:
        """Take part of a bill back."""
        self._issue(DocumentType.CREDIT_MEMO, number, customer, -Money.parse(amount, currency))

    @_verb
    def money_in(self, line: str, amount: str, payer: str = "Nordwind", *, currency: str = "EUR") -> None:
        """The bank says that money came in."""
        self._record(line, parse_minor(amount, currency), payer, currency)

    @_verb
    def money_out(self, line: str, amount: str, payee: str = "Nordwind", *, currency: str = "EUR") -> None:
        """The bank says that money went out."""
        self._record(line, -parse_minor(amount, currency), payee, currency)

    @_verb
    def apply(self, line: str, *rows: str) -> None:
        """Decide what a bank line pays: rows of what, amount and reason, as in applications.csv."""
        booked = self._line(line)
        parts = tuple(self._part(row, booked.currency) for row in rows)
        booking = Booking(booked.line_id, self.today, parts)
        cash_application.book(self.books.session, self.books.actor, bookings=[booking])

    def returned(self, line: str, *rows: str) -> None:
        """A payment bounced: these invoices are open again."""
        self.apply(line, *(f"{row} returned" for row in rows))

    @_verb
    def use_on_account(self, line: str, customer: str, *rows: str) -> None:
        """Pay open items with money of an earlier line that is parked for a customer."""
        booked = self._line(line)
        cash_application.apply_on_account(
            self.books.session,
            self.books.actor,
            credit_item_id=booked.credit_item_id or 0,
            customer_id=codes(*self._here)[customer],
            parts=tuple(self._part(row, booked.currency) for row in rows),
            on=self.today,
        )

    @_verb
    def undo(self, line: str, why: str) -> None:
        """Take back what was decided on a bank line."""
        booked = self._line(line)
        cash_application.undo(
            self.books.session, self.books.actor, line_ids=[booked.line_id], on=self.today, reason=why
        )

    @_verb
    def ask_refund(self, line: str, amount: str, why: str, *, by: str) -> None:
        """Ask to pay money of a line back."""
        booked = self._line(line)
        money = Money.parse(amount, booked.currency)
        number = payments.request_refund(
            self.books.session,
            self._person(by),
            credit_item_id=booked.credit_item_id or 0,
            amount=money,
            reason=why,
            on=self.today,
        )
        say(f"request {number}: {by} asks to refund {money}")

    @_verb
    def approve_refund(self, request: int, *, by: str) -> None:
        """Grant a refund."""
        payments.approve_refund(self.books.session, self._person(by), approval_id=request, on=self.today)

    @_verb
    def ask_write_off(self, number: str, amount: str, why: str, *, by: str) -> None:
        """Ask to give up what is open on an item."""
        item = self._items()[number]
        money = Money.parse(amount, item.currency)
        request = write_offs.request_write_off(
            self.books.session, self._person(by), open_item_id=item.id, amount=money, reason=why, on=self.today
        )
        say(f"request {request}: {by} asks to write off {money}")

    @_verb
    def approve_write_off(self, request: int, *, by: str) -> None:
        """Grant a write-off."""
        write_offs.approve_write_off(self.books.session, self._person(by), approval_id=request, on=self.today)

    def _person(self, name: str) -> Actor:
        return self.people[name]

    def _customer(self, name: str) -> int:
        return codes(*self._here).get(name) or self.books.customer(name, name)

    def _issue(
        self,
        kind: DocumentType,
        number: str,
        customer: str,
        amount: Money,
        discount: tuple[Decimal | None, date | None] = (None, None),
    ) -> None:
        due = self.today + timedelta(days=30)
        head = (number, self._customer(customer), kind, self.today, due, amount.currency, amount.minor)
        document = NewInvoice(*head, discount_percent=discount[0], discount_until=discount[1])
        invoices.issue(self.books.session, self.books.actor, invoices=[document])

    def _record(self, ref: str, minor: int, name: str, currency: str) -> None:
        account = payments.bank_account(self.books.session, self.books.actor, account="Nord")
        line = NewLine(ref, self.today, currency, minor, payer_name=name)
        payments.record_lines(self.books.session, self.books.actor, account=account, lines=[line])

    def _part(self, row: str, currency: str) -> Part:
        """A row such as "INV-1 97.00 discount", "Nordwind 5.00 overpayment" or "-3.50 bank_charge"."""
        words = row.split()
        named = "" if _is_amount(words[0]) else words.pop(0)
        minor, reason = parse_minor(words[0], currency), Reason(" ".join(words[1:]))
        items, memos = self._items(), {memo.number: memo.id for memo in columns_memos(*self._here, self.today)}
        if named in items:
            return Part(minor, reason, open_item_id=items[named].id)
        if named in memos:
            return Part(minor, reason, credit_item_id=memos[named])
        return Part(minor, reason, customer_id=codes(*self._here)[named] if named else None)


def _is_amount(word: str) -> bool:
    return word.lstrip("-").replace(".", "", 1).isdigit()
