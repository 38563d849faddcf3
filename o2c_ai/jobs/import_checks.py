"""Everything that can be wrong between the papers of an exchange folder, or between them and the books."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Problem
from o2c_ai.core.ledger.rules import BaseTooLarge
from o2c_ai.core.money import NotAnAmount, format_minor, parse_minor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from decimal import Decimal

    from o2c_ai.core.cash_application.rules import StatedPart
    from o2c_ai.core.invoices.rules import DocumentType, StatedInvoice
    from o2c_ai.core.ledger.rules import RateBook
    from o2c_ai.core.payments.rules import NewLine
    from o2c_ai.formats.exchange import Folder


@dataclass(frozen=True, slots=True)
class StoredInvoice:
    """What the books hold of a document, for comparing."""

    customer_code: str
    kind: DocumentType
    issue_date: date
    due_date: date | None
    currency: str
    amount_minor: int
    po_number: str
    reversed_on: date | None
    open_item_id: int | None
    credit_item_id: int | None


@dataclass
class BooksSeen:
    """What the books hold before an import, by the leading system's numbers."""

    customers: set[str]
    parents: dict[str, str]
    """Customer → its parent, of those that have one."""
    invoices: dict[str, StoredInvoice]
    lines: dict[str, tuple[date, str, int]]
    """line_ref → (booking date, currency, minor units)."""


@dataclass
class Checked:
    """Parts by line with their amounts in minor units, and every fault found."""

    lines: dict[str, tuple[date, str, int]] = field(default_factory=dict)
    """Lines of the books and of the folder: line_ref → (booking date, currency, minor units)."""
    parts: dict[str, list[tuple[StatedPart, int]]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)


def check(folder: Folder, seen: BooksSeen) -> Checked:
    """Faults of references, duplicates, changes of posted facts, and cash applications that do not add up."""
    checked = Checked()
    say = checked.problems.append
    _duplicates("customers.csv", "customer_id", ((at, c.code) for at, c in folder.customers), say)
    _duplicates("invoices.csv", "invoice_id", ((i.at, i.number) for i in folder.invoices), say)
    _duplicates("bank_lines.csv", "line_id", ((s.at, s.line.line_ref) for s in folder.lines), say)
    customers = seen.customers | {c.code for _, c in folder.customers}
    for at, customer in folder.customers:
        if customer.parent_code and customer.parent_code not in customers:
            _unknown("customers.csv", at, "parent_customer_id", customer.parent_code, say)
    _check_parents(folder, seen, say)
    _check_rates(folder, say)
    for invoice in folder.invoices:
        _check_invoice(invoice, customers, seen, say)
    checked.lines = _check_lines(folder, seen, say)
    _check_parts(folder, seen, customers, checked)
    _check_collections(folder, seen, customers, say)
    return checked


def check_values(folder: Folder, seen: BooksSeen, rates: RateBook) -> list[Problem]:
    """Amounts of new documents and lines which the books cannot hold in the company's currency."""
    rows = [
        ("invoices.csv", i.at, i.amount_minor, i.currency, i.issue_date)
        for i in folder.invoices
        if i.number not in seen.invoices
    ]
    rows += [
        ("bank_lines.csv", at.at, at.line.amount_minor, at.line.currency, at.line.booking_date)
        for at in folder.lines
        if at.line.line_ref not in seen.lines
    ]
    problems = []
    for source, at, minor, currency, on in rows:
        try:
            rates.base_minor(minor, currency, on)
        except BaseTooLarge as error:
            problems.append(Problem(source, at, "amount", str(error), "correct the amount or the exchange rate"))
    return problems


def _duplicates(source: str, column: str, keys: Iterable[tuple[int, str]], say: Callable[[Problem], None]) -> None:
    first: dict[str, int] = {}
    for at, key in keys:
        if first.setdefault(key, at) != at:
            what = f"{key!r} stands on line {first[key]} already"
            say(Problem(source, at, column, what, "keep one of the two lines; nothing was written"))


def _unknown(source: str, at: int, column: str, key: str, say: Callable[[Problem], None]) -> None:
    say(Problem(source, at, column, f"{key!r} is unknown", "add it to its own file or correct the reference"))


def _check_parents(folder: Folder, seen: BooksSeen, say: Callable[[Problem], None]) -> None:
    places = {customer.code: at for at, customer in reversed(folder.customers)}
    above = seen.parents | {customer.code: customer.parent_code for _, customer in folder.customers}
    for ring in _rings(places, above):
        at, first = min((places[code], code) for code in ring if code in places)
        turned = [*ring[ring.index(first) :], *ring[: ring.index(first)], first]
        what = f"{first} is its own parent" if len(ring) == 1 else f"{' under '.join(turned)} is a ring of parents"
        remedy = "name the company above it, or leave the cell empty"
        say(Problem("customers.csv", at, "parent_customer_id", what, remedy))


def _rings(codes: Iterable[str], above: dict[str, str]) -> Iterator[list[str]]:
    """Each ring of customers that are their own parents' parents, met from one of these."""
    done: set[str] = set()
    for start in codes:
        code, path = start, dict[str, None]()
        while code and code not in done and code not in path:
            path[code] = None
            code = above.get(code, "")
        if code in path:
            way = list(path)
            yield way[way.index(code) :]
        done |= path.keys()


def _check_rates(folder: Folder, say: Callable[[Problem], None]) -> None:
    first: dict[tuple[date, str, str], tuple[int, Decimal]] = {}
    for stated in folder.rates:
        at, rate = first.setdefault((stated.on, stated.from_currency, stated.to_currency), (stated.at, stated.rate))
        if rate != stated.rate:
            what = f"{stated.from_currency} to {stated.to_currency} on {stated.on} is {rate} on line {at}"
            say(
                Problem("exchange_rates.csv", stated.at, "rate", what, "keep one of the two rates; nothing was written")
            )


def _check_invoice(
    invoice: StatedInvoice, customers: set[str], seen: BooksSeen, say: Callable[[Problem], None]
) -> None:
    if invoice.customer_code not in customers:
        _unknown("invoices.csv", invoice.at, "customer_id", invoice.customer_code, say)
    stored = seen.invoices.get(invoice.number)
    if stored is None:
        return
    facts = {
        "customer_id": (stored.customer_code, invoice.customer_code),
        "kind": (stored.kind.value, invoice.kind.value),
        "currency": (stored.currency, invoice.currency),
        "amount": (stored.amount_minor, invoice.amount_minor),
        "issue_date": (stored.issue_date, invoice.issue_date),
    }
    for column, (old, new) in facts.items():
        if old != new:
            shown = (old, new)
            if column == "amount" and stored.currency == invoice.currency:
                shown = (
                    format_minor(stored.amount_minor, stored.currency),
                    format_minor(invoice.amount_minor, invoice.currency),
                )
            what = f"{invoice.number} is posted with {shown[0]}, the file says {shown[1]}"
            remedy = "a posted document does not change: set cancelled_on and issue a new number, or send a credit memo"
            say(Problem("invoices.csv", invoice.at, column, what, remedy))


def _check_lines(folder: Folder, seen: BooksSeen, say: Callable[[Problem], None]) -> dict[str, tuple[date, str, int]]:
    lines = dict(seen.lines)
    for stated in folder.lines:
        line = stated.line
        facts = _facts(line)
        stored = lines.setdefault(line.line_ref, facts)
        if stored != facts:
            what = f"{line.line_ref} is recorded with another date, currency or amount"
            say(
                Problem(
                    "bank_lines.csv",
                    stated.at,
                    "amount",
                    what,
                    "the bank's word does not change: give it a new line_id",
                )
            )
    return lines


def _facts(line: NewLine) -> tuple[date, str, int]:
    return line.booking_date, line.currency, line.amount_minor


def _check_parts(
    folder: Folder,
    seen: BooksSeen,
    customers: set[str],
    checked: Checked,
) -> None:
    say, lines = checked.problems.append, checked.lines
    currencies = {number: stored.currency for number, stored in seen.invoices.items()}
    currencies |= {invoice.number: invoice.currency for invoice in folder.invoices}
    for part in folder.parts:
        if part.line_ref not in lines:
            _unknown("applications.csv", part.at, "line_id", part.line_ref, say)
            continue
        currency = lines[part.line_ref][1]
        if part.number and part.number not in currencies:
            _unknown("applications.csv", part.at, "invoice_id", part.number, say)
        elif part.number and currencies[part.number] != currency:
            what = f"{part.number} is in {currencies[part.number]}, its bank line in {currency}"
            say(Problem("applications.csv", part.at, "invoice_id", what, "correct the reference"))
        if part.customer_code and part.customer_code not in customers:
            _unknown("applications.csv", part.at, "customer_id", part.customer_code, say)
        try:
            checked.parts[part.line_ref].append((part, parse_minor(part.amount, currency)))
        except NotAnAmount as bad:
            say(Problem("applications.csv", part.at, "amount", str(bad), "correct the cell and import again"))
    for ref, parts in checked.parts.items():
        total = sum(minor for _, minor in parts)
        _, currency, amount = lines[ref]
        if total != amount:
            what = (
                f"rows of {ref} add up to {format_minor(total, currency)}, the line is {format_minor(amount, currency)}"
            )
            say(Problem("applications.csv", parts[0][0].at, "amount", what, "make the rows add up to the line"))


def _check_collections(folder: Folder, seen: BooksSeen, customers: set[str], say: Callable[[Problem], None]) -> None:
    numbers = seen.invoices.keys() | {invoice.number for invoice in folder.invoices}
    for promise in folder.promises:
        if promise.number not in numbers:
            _unknown("promises.csv", promise.at, "invoice_id", promise.number, say)
    for activity in folder.activities:
        if activity.customer_code not in customers:
            _unknown("activities.csv", activity.at, "customer_id", activity.customer_code, say)
