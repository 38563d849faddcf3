"""What a story can look at: what is open, what is credit, the ledger, aging and the laws, as tables for people."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from o2c_ai.core.cash_application.queries import standing
from o2c_ai.core.customers.queries import list_customers
from o2c_ai.core.disputes.queries import deductions_of_entries
from o2c_ai.core.ledger.queries import base_currency, columns_postings, trial_balance
from o2c_ai.core.money import format_minor
from o2c_ai.core.payments.queries import line_ids_of_refs, lock_lines
from o2c_ai.core.payments.rules import BankLine
from o2c_ai.core.receivables.queries import (
    columns_items_history,
    columns_open_credits,
    columns_open_items,
    columns_parked,
)
from o2c_ai.core.receivables.rules import CreditKind
from o2c_ai.core.reporting.queries import aging
from o2c_ai.core.verification.queries import verify
from tests.books import DAY, Books


class Onlooker:
    """Looks at one company's books on the story's day and prints what there is; changes nothing."""

    def __init__(self, books: Books) -> None:
        self.books, self.today = books, DAY

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
        say(f"{mine[0].posting_date}  {mine[0].text}")
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
        say("\n".join(map(str, broken)) or "every law of the books holds")

    @property
    def _here(self) -> tuple[Session, int]:
        return self.books.session, self.books.company_id

    def _line(self, ref: str) -> BankLine:
        line_id = line_ids_of_refs(*self._here, [ref])[ref]
        return lock_lines(*self._here, [line_id])[line_id]

    def _items(self) -> dict[str, Any]:
        """Every item ever open, by its number."""
        return {row.number: row for row in columns_items_history(*self._here, self.today)}


def say(line: str) -> None:
    """Print a line to whoever listens."""
    sys.stdout.write(f"{line}\n")


def _sides(minor: int, currency: str) -> tuple[str, str]:
    shown = format_minor(abs(minor), currency)
    return (shown, "") if minor > 0 else ("", shown)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], nothing: str) -> None:
    """Print columns as wide as they need to be; those behind the currency, which has no heading, are amounts."""
    if not rows:
        say(nothing)
        return
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    currency = max(place for place, heading in enumerate(header) if not heading)
    for line in lines:
        cells = [
            cell.rjust(width) if place > currency else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        say("  ".join(cells).rstrip())
