"""Tells business stories in a clerk's words: short verbs that act on real books and print what a clerk would see."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any

from o2c_ai.core.cash_application import actions as cash_application
from o2c_ai.core.cash_application.queries import standing
from o2c_ai.core.cash_application.rules import Booking, Part, Reason
from o2c_ai.core.clearings import actions as clearings
from o2c_ai.core.customers.queries import codes, list_customers
from o2c_ai.core.disputes.queries import deductions_of_entries
from o2c_ai.core.errors import BooksError
from o2c_ai.core.invoices import actions as invoices
from o2c_ai.core.invoices.rules import DocumentType, NewInvoice
from o2c_ai.core.ledger import actions as ledger
from o2c_ai.core.ledger.queries import base_currency, columns_postings, trial_balance
from o2c_ai.core.money import Money, format_minor, parse_minor
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments.queries import line_ids_of_refs, lock_lines
from o2c_ai.core.payments.rules import BankLine, NewLine
from o2c_ai.core.people.rules import Actor
from o2c_ai.core.receivables.queries import (
    columns_items_history,
    columns_memos,
    columns_open_credits,
    columns_open_items,
    columns_parked,
)
from o2c_ai.core.receivables.rules import CreditKind
from o2c_ai.core.reporting.queries import aging
from o2c_ai.core.verification.queries import verify
from tests.books import DAY, Books

Verb = Callable[..., None]


def _verb(act: Verb) -> Verb:
    """Do the act whole or not at all; what the books refuse is printed in their own words."""

    @wraps(act)
    def safely(self: Teller, *facts: str, **more: str) -> None:
        try:
            with self.books.session.begin_nested():
                act(self, *facts, **more)
        except BooksError as refusal:
            _say(f"refused: {refusal}")

    return safely


class Teller:
    """One company's books, a day that moves on, and the verbs a story may use."""

    def __init__(self, books: Books) -> None:
        self.books, self.today = books, DAY
        self.people = {books.actor.name: books.actor, books.other.name: books.other}

    def verbs(self) -> dict[str, Verb]:
        """Every public verb by its name, as a story calls them."""
        names = [name for name in vars(Teller) if not name.startswith("_") and name != "verbs"]
        return {name: getattr(self, name) for name in names}

    # ------------------------------------------------------------------------------------------------- what happens

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
        _say(f"request {number}: {by} asks to refund {money}")

    @_verb
    def approve_refund(self, request: int, *, by: str) -> None:
        """Grant a refund."""
        payments.approve_refund(self.books.session, self._person(by), approval_id=request, on=self.today)

    @_verb
    def ask_write_off(self, number: str, amount: str, why: str, *, by: str) -> None:
        """Ask to give up what is open on an item."""
        item = self._items()[number]
        money = Money.parse(amount, item.currency)
        request = clearings.request_write_off(
            self.books.session, self._person(by), open_item_id=item.id, amount=money, reason=why, on=self.today
        )
        _say(f"request {request}: {by} asks to write off {money}")

    @_verb
    def approve_write_off(self, request: int, *, by: str) -> None:
        """Grant a write-off."""
        clearings.approve_write_off(self.books.session, self._person(by), approval_id=request, on=self.today)

    # ---------------------------------------------------------------------------------------------- what can be seen

    def open_items(self, as_of: str = "") -> None:
        """What customers owe, today or on an earlier day."""
        rows = [
            (
                row.number,
                row.customer_code,
                row.due_date.isoformat(),
                row.currency,
                format_minor(row.amount_minor, row.currency),
                format_minor(row.left_minor, row.currency),
            )
            for row in columns_open_items(*self._here, date.fromisoformat(as_of) if as_of else self.today)
        ]
        _table(("item", "customer", "due", "", "amount", "open"), rows, "nothing is open")

    def credit(self) -> None:
        """What customers have to their credit: receipts not applied, credit memos, money on account."""
        names = {customer.customer_id: customer.code for customer in list_customers(*self._here)}
        rows = [
            (row.number, kind.value.replace("_", " "), row.payer_id, row.currency, row.left_minor)
            for kind in CreditKind
            for row in columns_open_credits(*self._here, self.today, kind)
        ]
        parked = columns_parked(*self._here, self.today)
        rows += [(row.number, "on account", row.customer_id, row.currency, row.left_minor) for row in parked]
        shown = [(n, what, names.get(who, "unknown"), cur, format_minor(left, cur)) for n, what, who, cur, left in rows]
        _table(("from", "what", "customer", "", "left"), shown, "no credit")

    def trial_balance(self) -> None:
        """The balance of every account, on its side, in each currency."""
        rows, sums = [], defaultdict[str, list[int]](lambda: [0, 0])
        for number, name, currency, debit, credit, _ in trial_balance(*self._here, self.today):
            left = debit - credit
            if left:
                rows.append((number, name, currency, *_sides(left, currency)))
                sums[currency][left < 0] += abs(left)
        totals = [("", "", currency, *(format_minor(s, currency) for s in both)) for currency, both in sums.items()]
        _table(("account", "", "", "debit", "credit"), [*rows, *totals], "nothing was posted")

    def trial_balance_in_base(self) -> None:
        """The same in the company's own currency, exchange differences with it."""
        base = base_currency(*self._here)
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for row in columns_postings(*self._here):
            sums[row.number, row.name] += row.base_minor or 0
        rows = [(*account, base, *_sides(minor, base)) for account, minor in sorted(sums.items()) if minor]
        _table(("account", "", "", "debit", "credit"), rows, "nothing was posted")

    def journal(self) -> None:
        """The newest entry: what was debited and what credited."""
        postings = list(columns_postings(*self._here))
        newest = max(row.id for row in postings)
        mine = [row for row in postings if row.id == newest]
        _say(f"{mine[0].posting_date}  {mine[0].text}")
        rows = [(row.number, row.name, row.currency, *_sides(row.amount_minor, row.currency)) for row in mine]
        _table(("account", "", "", "debit", "credit"), rows, "")

    def aging(self) -> None:
        """What is open by days overdue, and the credit against it."""
        found = aging(*self._here, self.today)
        rows = [
            (
                row.customer_code or "unknown",
                row.currency,
                *(format_minor(minor, row.currency) for minor in row.buckets_minor),
                format_minor(row.credit_minor, row.currency),
            )
            for row in found.rows
        ]
        _table(("customer", "", *found.names, "credit"), rows, "nothing is open")

    def deductions(self, line: str) -> None:
        """The record a deduction leaves behind."""
        booked = self._line(line)
        decided = standing(*self._here, [booked.line_id])
        entries = decided[booked.line_id].entries if decided else []
        names = {item.id: number for number, item in self._items().items()}
        rows = [
            (names[c.open_item_id], c.reason.value, c.state.value, c.currency, format_minor(c.amount_minor, c.currency))
            for c in deductions_of_entries(*self._here, entries)
        ]
        _table(("item", "reason", "state", "", "amount"), rows, "no deduction")

    def laws(self) -> None:
        """Recompute every law of the books."""
        broken = verify(*self._here)
        _say("\n".join(map(str, broken)) or "every law of the books holds")

    # ------------------------------------------------------------------------------------------------------- inside

    @property
    def _here(self) -> tuple[Any, int]:
        return self.books.session, self.books.company_id

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

    def _line(self, ref: str) -> BankLine:
        line_id = line_ids_of_refs(*self._here, [ref])[ref]
        return lock_lines(*self._here, [line_id])[line_id]

    def _items(self) -> dict[str, Any]:
        """Every item ever open, by its number."""
        return {row.number: row for row in columns_items_history(*self._here, self.today)}

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


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _is_amount(word: str) -> bool:
    return word.lstrip("-").replace(".", "", 1).isdigit()


def _sides(minor: int, currency: str) -> tuple[str, str]:
    shown = format_minor(abs(minor), currency)
    return (shown, "") if minor > 0 else ("", shown)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> None:
    """Print columns as wide as they need to be; those behind the currency, which has no heading, are amounts."""
    if not rows:
        _say(nothing)
        return
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    currency = max(place for place, heading in enumerate(header) if not heading)
    for line in lines:
        cells = [
            cell.rjust(width) if place > currency else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        _say("  ".join(cells).rstrip())
