"""Take an exchange folder into the books: all of it, or nothing and a list of what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application import actions as cash_application
from o2c_ai.core.cash_application.queries import columns_parts
from o2c_ai.core.cash_application.rules import Booking, BookingsRefused
from o2c_ai.core.customers import actions as customers
from o2c_ai.core.customers.queries import codes
from o2c_ai.core.customers.rules import Taken
from o2c_ai.core.documents import actions as documents
from o2c_ai.core.documents.rules import DocumentKind
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.invoices import actions as invoices
from o2c_ai.core.invoices import queries as invoice_queries
from o2c_ai.core.invoices.rules import Amendment, NewInvoice, StatedInvoice
from o2c_ai.core.ledger import actions as ledger
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments import queries as payment_queries
from o2c_ai.core.payments.rules import Advice, LineState
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.jobs import import_followups
from o2c_ai.jobs.import_checks import BooksSeen, Checked, StoredInvoice, check
from o2c_ai.jobs.import_remittance import gather_advices

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.formats.exchange import Folder

EXCHANGE_ACCOUNT = "exchange"
"""The bank account that lines of an exchange folder stand on: the folder does not name one."""


@dataclass
class ImportReport:
    """What an import read and wrote."""

    customers: Taken = field(default_factory=Taken)
    invoices: Taken = field(default_factory=Taken)
    lines: Taken = field(default_factory=Taken)
    applications: Taken = field(default_factory=Taken)
    """Rows of cash applications."""
    advices: int = 0
    lines_to_work: int = 0
    """Lines of the company nobody has decided yet."""
    followups: import_followups.Followups = field(default_factory=import_followups.Followups)
    notes: list[str] = field(default_factory=list)


def commonest_currency(folder: Folder) -> str | None:
    """The currency most invoices of the folder are in (ties: first in the alphabet); None without invoices."""
    counts = Counter(invoice.currency for invoice in folder.invoices)
    return min(counts, key=lambda code: (-counts[code], code)) if counts else None


def import_folder(
    session: Session, actor: Actor, folder: Folder, *, mirror: bool = False, progress: Callable[[str], object] = str
) -> ImportReport:
    """Write a folder into the books, in the caller's transaction.

    Raises BadInput with every fault found, in which case the caller rolls back; NotYourDuty; PeriodClosed.
    """
    if folder.problems:
        raise BadInput(folder.problems)
    progress("checking")
    seen = _books_seen(session, actor.company_id)
    checked = check(folder, seen)
    if checked.problems:
        raise BadInput(checked.problems)
    advices = _advices(folder, seen)
    report = ImportReport(notes=list(folder.notes))
    _keep_documents(session, actor, folder)
    progress("customers and invoices")
    report.customers = customers.take_customers(session, actor, customers=[c for _, c in folder.customers])
    rates = {(r.on, r.from_currency, r.to_currency): r.rate for r in folder.rates}
    ledger.add_rates(session, actor, rates=rates)
    report.invoices = _take_invoices(session, actor, folder.invoices, seen)
    progress("bank lines")
    ids = _Numbers(session, actor.company_id)
    report.lines = _take_lines(session, actor, folder, seen, checked=checked, ids=ids)
    progress("cash applications")
    report.applications = _take_parts(session, actor, folder, checked, ids)
    report.advices = payments.take_advices(session, actor, advices=advices)
    progress("disputes, promises and contacts")
    report.followups = import_followups.take(session, actor, folder, seen, mirror=mirror)
    last = payment_queries.last_booking(session, actor.company_id)
    if last is not None:
        report.lines_to_work = payment_queries.count_lines(session, actor.company_id, last).get(LineState.OPEN, 0)
    return report


class _Numbers:
    """Internal numbers of everything the folder names, once customers and invoices are written."""

    def __init__(self, session: Session, company_id: int) -> None:
        self.customers = codes(session, company_id)
        self.customer_of_item: dict[int, int] = {}
        self.items = invoice_queries.item_ids(session, company_id)
        self.owners = invoice_queries.owners(session, company_id)

    def part(self, number: str, customer_code: str, minor: int, reason: Reason) -> Part:
        """A stated row with internal numbers."""
        open_item, credit_item = self.items[number] if number else (None, None)
        customer = self.customers[customer_code] if customer_code and not number else None
        return Part(minor, reason, open_item, credit_item, customer)

    def payer(self, number: str, customer_code: str) -> int | None:
        """Who a row says has paid."""
        return self.owners[number] if number else self.customers.get(customer_code)


def _books_seen(session: Session, company_id: int) -> BooksSeen:
    stored = {
        row.number: StoredInvoice(
            row.customer_code,
            row.issue_date,
            row.due_date,
            row.currency,
            row.amount_minor,
            row.po_number or "",
            row.reversed_on,
            row.open_item_id,
            row.credit_item_id,
        )
        for row in invoice_queries.columns_stored(session, company_id)
    }
    lines = {
        row.line_ref: (row.booking_date, row.currency, row.amount_minor)
        for row in payment_queries.columns_stored(session, company_id)
    }
    return BooksSeen(set(codes(session, company_id)), stored, lines)


def _keep_documents(session: Session, actor: Actor, folder: Folder) -> None:
    for name, content in folder.contents.items():
        documents.keep(session, actor, kind=DocumentKind.EXCHANGE, name=name, content=content)


def _take_invoices(session: Session, actor: Actor, stated: list[StatedInvoice], seen: BooksSeen) -> Taken:
    ids = codes(session, actor.company_id)
    fresh = [invoice for invoice in stated if invoice.number not in seen.invoices]
    invoices.issue(session, actor, invoices=[_new_invoice(invoice, ids[invoice.customer_code]) for invoice in fresh])
    amendments = []
    for invoice in stated:
        stored = seen.invoices.get(invoice.number)
        if stored is None or stored.open_item_id is None:
            continue
        if (stored.due_date, stored.po_number) != (invoice.due_date, invoice.po_number):
            amendment = Amendment(invoice.number, invoice.due_date, invoice.po_number)
            amendments.append((stored.open_item_id, amendment))
    invoices.amend(session, actor, amendments=amendments)
    return Taken(len(fresh), len(amendments), len(stated) - len(fresh) - len(amendments))


def _new_invoice(invoice: StatedInvoice, customer_id: int) -> NewInvoice:
    settled = 0 if invoice.open_minor is None else abs(invoice.amount_minor - invoice.open_minor)
    return NewInvoice(
        invoice.number,
        customer_id,
        invoice.kind,
        invoice.issue_date,
        invoice.due_date,
        invoice.currency,
        invoice.amount_minor,
        invoice.po_number,
        invoice.discount_percent,
        invoice.discount_until,
        settled,
        invoice.open_as_of,
    )


def _take_lines(
    session: Session, actor: Actor, folder: Folder, seen: BooksSeen, *, checked: Checked, ids: _Numbers
) -> Taken:
    fresh = [stated.line for stated in folder.lines if stated.line.line_ref not in seen.lines]
    account = payments.bank_account(session, actor, account=EXCHANGE_ACCOUNT)
    ready = []
    for line in fresh:
        parts = checked.parts.get(line.line_ref, [])
        if parts:
            payer = next((ids.payer(p.number, p.customer_code) for p, _ in parts if p.number or p.customer_code), None)
            not_ar = all(part.reason is Reason.NOT_AR for part, _ in parts)
            ready.append(replace(line, customer_id=payer, no_receipt=not_ar))
        else:
            ready.append(line)
    payments.record_lines(session, actor, account=account, lines=ready)
    return Taken(len(fresh), 0, len(folder.lines) - len(fresh))


def _take_parts(session: Session, actor: Actor, folder: Folder, checked: Checked, ids: _Numbers) -> Taken:
    known, refused = _known_parts(session, actor, checked)
    if refused:
        raise BadInput(refused)
    fresh = [ref for ref in checked.parts if ref not in known]
    line_ids = payment_queries.line_ids_of_refs(session, actor.company_id, fresh)
    facts = payment_queries.line_facts(session, actor.company_id, fresh)
    bookings = [
        Booking(
            line_ids[ref],
            facts[ref][0],
            tuple(ids.part(p.number, p.customer_code, minor, p.reason) for p, minor in checked.parts[ref]),
        )
        for ref in sorted(fresh, key=lambda ref: (facts[ref][0], line_ids[ref]))
    ]
    places = {line_ids[ref]: checked.parts[ref][0][0].at for ref in fresh}
    try:
        cash_application.book(session, actor, bookings=bookings, tolerance=None)  # history is booked as it was
    except BookingsRefused as refusal:
        raise BadInput([_refused(places[b.line_id], str(error)) for b, error in refusal.refusals]) from refusal
    added = sum(len(checked.parts[ref]) for ref in fresh)
    return Taken(added, 0, len(folder.parts) - added)


def _refused(at: int, what: str) -> Problem:
    return Problem("applications.csv", at, None, what, "correct the rows of this line; nothing was written")


def _known_parts(session: Session, actor: Actor, checked: Checked) -> tuple[set[str], list[Problem]]:
    """Lines whose rows are booked already, and a problem for each whose rows differ from what is booked."""
    stored: dict[str, Counter[tuple[str, int, str]]] = {}
    for row in columns_parts(session, actor.company_id, date.max):
        key = (row.number or row.customer_code or "", row.amount_minor, row.reason.value)
        stored.setdefault(row.line_ref, Counter())[key] += 1
    known, problems = set(), []
    for ref, parts in checked.parts.items():
        if ref not in stored:
            continue
        known.add(ref)
        if Counter((p.number or p.customer_code, minor, p.reason.value) for p, minor in parts) != stored[ref]:
            what = f"{ref} is booked otherwise already"
            remedy = "take the booking back first (o2c unapply), then import again"
            problems.append(Problem("applications.csv", parts[0][0].at, "line_id", what, remedy))
    return known, problems


def _advices(folder: Folder, seen: BooksSeen) -> list[Advice]:
    facts = {ref: stored[:2] for ref, stored in seen.lines.items()}
    facts |= {stated.line.line_ref: (stated.line.booking_date, stated.line.currency) for stated in folder.lines}
    return gather_advices("remittances.csv", folder.advices, facts)
