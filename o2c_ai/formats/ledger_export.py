"""The whole ledger for another program to read again: beancount, hledger, or a table of postings.

Each format is written entry by entry, so that a ledger of any length passes through. The two journals end with the
balance of every account and currency as an assertion: a program that reads them without complaint has proved them equal
to the cent. They hold the amounts in transaction currency; the exchange differences, which exist in the company's own
currency only, and all other base amounts are in the table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from o2c_ai.core.ledger.rules import AccountRole, EntryKind
from o2c_ai.core.money import format_minor
from o2c_ai.formats.outputs import safe_text

PLACES = {
    AccountRole.BANK: "Assets:Bank",
    AccountRole.RECEIVABLES: "Assets:Receivables",
    AccountRole.SUSPENSE: "Assets:Suspense",
    AccountRole.WITHHOLDING_TAX: "Assets:WithholdingTax",
    AccountRole.UNIDENTIFIED_CASH: "Liabilities:UnidentifiedCash",
    AccountRole.UNAPPLIED_CASH: "Liabilities:UnappliedCash",
    AccountRole.ON_ACCOUNT: "Liabilities:OnAccount",
    AccountRole.REFUNDS_PAYABLE: "Liabilities:RefundsPayable",
    AccountRole.REVENUE: "Income:Revenue",
    AccountRole.FX_RESULT: "Income:ExchangeDifferences",
    AccountRole.DISCOUNTS: "Expenses:Discounts",
    AccountRole.DEDUCTIONS: "Expenses:Deductions",
    AccountRole.TOLERANCE: "Expenses:PaymentDifferences",
    AccountRole.BANK_CHARGES: "Expenses:BankCharges",
    AccountRole.WRITE_OFFS: "Expenses:WriteOffs",
    AccountRole.OPENING_BALANCES: "Equity:OpeningBalances",
    AccountRole.SETTLED_ELSEWHERE: "Equity:SettledElsewhere",
}
"""Where each account stands in a journal; its number follows."""

TABLE = (
    "entry_id",
    "posting_date",
    "kind",
    "text",
    "account",
    "account_name",
    "role",
    "currency",
    "amount",
    "base_currency",
    "base_amount",
)
"""Columns of the table of postings; debits are positive, base_amount is empty where no rate was known."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Chart:
    """What postings refer to: whose ledger it is, its currency, and what each account number is for."""

    title: str
    base_currency: str
    roles: Mapping[str, AccountRole]


class _Line(NamedTuple):
    """A posting as `core.ledger.queries.columns_postings` gives it, in that order."""

    entry_id: int
    posting_date: date
    kind: EntryKind
    text: str
    number: str
    name: str
    currency: str
    amount_minor: int
    base_minor: int | None


@dataclass(slots=True)
class _Seen:
    """An account of the journal so far."""

    place: str
    name: str
    first: date
    balances: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _Journal:
    """The entries with amounts in transaction currency, and the accounts they touched so far."""

    chart: Chart
    accounts: dict[str, _Seen] = field(default_factory=dict)
    last: date = date.min

    def entries(self, rows: Iterable[Sequence[Any]]) -> Iterator[list[_Line]]:
        """The postings of each entry; rows are those of `columns_postings`, in its order."""
        lines = (line for line in map(_Line._make, rows) if line.amount_minor)
        for _, group in groupby(lines, key=attrgetter("entry_id")):
            entry = list(group)
            for line in entry:
                self._note(line)
            yield entry

    def _note(self, line: _Line) -> None:
        place = f"{PLACES[self.chart.roles[line.number]]}:{line.number}"
        seen = self.accounts.setdefault(line.number, _Seen(place, line.name, line.posting_date))
        seen.balances[line.currency] = seen.balances.get(line.currency, 0) + line.amount_minor
        self.last = max(self.last, line.posting_date)

    def amount(self, line: _Line) -> str:
        """The posting as both journals write it."""
        return (
            f"  {self.accounts[line.number].place}  {format_minor(line.amount_minor, line.currency)} {line.currency}\n"
        )

    def closing(self) -> list[_Seen]:
        """All accounts, in the journal's order."""
        return sorted(self.accounts.values(), key=attrgetter("place"))


def to_beancount(rows: Iterable[Sequence[Any]], chart: Chart) -> Iterator[str]:
    """The ledger in the beancount language, an entry at a time; rows are those of `columns_postings`, in its order."""
    journal = _Journal(chart)
    yield f'option "title" {_quoted(chart.title)}\noption "operating_currency" "{chart.base_currency}"\n'
    for entry in journal.entries(rows):
        head = entry[0]
        yield (
            f"\n{head.posting_date} * {_quoted(head.text)}\n"
            f'  entry: "{head.entry_id}"\n  kind: "{head.kind.value}"\n' + "".join(map(journal.amount, entry))
        )
    for seen in journal.closing():
        yield f"\n{seen.first} open {seen.place} {','.join(sorted(seen.balances))}\n  name: {_quoted(seen.name)}\n"
        for currency, minor in sorted(seen.balances.items()):
            # A balance holds at the start of its day; without "~ 0" a difference of one cent would pass.
            day, amount = journal.last + timedelta(days=1), format_minor(minor, currency)
            yield f"{day} balance {seen.place}  {amount} ~ 0 {currency}\n"


def _quoted(text: str) -> str:
    escaped = _one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _one_line(text: str) -> str:
    return _UNPRINTABLE.sub(" ", text).strip()


def to_hledger(rows: Iterable[Sequence[Any]], chart: Chart) -> Iterator[str]:
    """The ledger as an hledger journal, an entry at a time; rows are those of `columns_postings`, in its order."""
    journal = _Journal(chart)
    yield f"; {_one_line(chart.title)}\ndecimal-mark .\n"
    for entry in journal.entries(rows):
        head = entry[0]
        text = _one_line(head.text).replace(";", ",")  # a semicolon begins a comment
        first = f"\n{head.posting_date} * ({head.entry_id}) {text}  ; kind:{head.kind.value}\n"
        yield first + "".join(map(journal.amount, entry))
    closing = journal.closing()
    for currency in sorted({currency for seen in closing for currency in seen.balances}):
        whole, _, decimals = format_minor(0, currency).partition(".")
        yield f"\ncommodity 100{whole}.{decimals} {currency}\n"
    for seen in closing:
        yield f"\naccount {seen.place}  ; {_one_line(seen.name)}\n"
    if closing:
        yield f"\n{journal.last} * balances\n"
    for seen in closing:
        for currency, minor in sorted(seen.balances.items()):
            nothing, balance = format_minor(0, currency), format_minor(minor, currency)
            yield f"  {seen.place}  {nothing} {currency} = {balance} {currency}\n"


def to_csv(rows: Iterable[Sequence[Any]], chart: Chart) -> Iterator[str]:
    """The postings as a table, a row at a time; text that a spreadsheet would run as a formula is marked as text."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(TABLE)
    for line in map(_Line._make, rows):
        yield _taken(buffer)
        role = chart.roles[line.number].value
        head = (line.entry_id, line.posting_date.isoformat(), line.kind.value, safe_text(line.text))
        base = "" if line.base_minor is None else format_minor(line.base_minor, chart.base_currency)
        amounts = (line.currency, format_minor(line.amount_minor, line.currency), chart.base_currency, base)
        writer.writerow((*head, safe_text(line.number), safe_text(line.name), role, *amounts))
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
