"""Take an exchange folder into the books: all of it, or nothing and a list of what is wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from o2c_ai.core.customers import actions as customers
from o2c_ai.core.customers.queries import codes, parents
from o2c_ai.core.customers.rules import Taken
from o2c_ai.core.documents import actions as documents
from o2c_ai.core.documents.rules import DocumentKind
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.invoices import actions as invoices
from o2c_ai.core.invoices import queries as invoice_queries
from o2c_ai.core.invoices.rules import Amendment, NewInvoice, StatedInvoice
from o2c_ai.core.ledger import actions as ledger
from o2c_ai.core.ledger.queries import rate_book
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments import queries as payment_queries
from o2c_ai.core.payments.rules import LineState
from o2c_ai.core.suggestions.rules import Reason
from o2c_ai.jobs import import_followups, import_snapshot
from o2c_ai.jobs.import_changes import notes_of_changes
from o2c_ai.jobs.import_checks import BooksSeen, Checked, StoredInvoice, check, check_values
from o2c_ai.jobs.import_parts import Numbers, fresh_lines, take_parts
from o2c_ai.jobs.import_remittance import gather_advices

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from o2c_ai.core.payments.rules import Advice
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
    _refuse(folder.problems)
    if mirror:
        import_snapshot.check_snapshot(folder)
    progress("checking")
    seen = _books_seen(session, actor.company_id)
    checked = check(folder, seen)
    _refuse(checked.problems)
    advices = _advices(folder, seen)
    report = ImportReport(notes=list(folder.notes))
    report.notes += notes_of_changes(session, actor.company_id, folder, seen, advices)
    _keep_documents(session, actor, folder)
    progress("customers and invoices")
    report.customers = customers.take_customers(session, actor, customers=[c for _, c in folder.customers])
    _take_rates(session, actor, folder, seen)
    report.invoices = _take_invoices(session, actor, folder.invoices, seen)
    progress("bank lines")
    ids = Numbers(session, actor.company_id)
    report.lines = _take_lines(session, actor, folder, seen, checked=checked, ids=ids)
    progress("cash applications")
    fresh = fresh_lines(session, actor, checked)
    held = {invoice.number for invoice in folder.invoices} if mirror else set[str]()
    # First of all: what was settled elsewhere can only be paid or cancelled once it is open again.
    uses = import_snapshot.days_of_use(folder, checked, fresh, seen)
    reopened = import_snapshot.reopen(session, actor, held=held, uses=uses)
    report.applications = take_parts(session, actor, checked, fresh, ids)
    report.advices = payments.take_advices(session, actor, advices=advices)
    progress("disputes, promises and contacts")
    report.followups = import_followups.take(session, actor, folder, seen, reopened)
    if mirror:
        report.followups.settled_elsewhere = import_snapshot.settle_missing(session, actor, held=held)
    report.lines_to_work = _lines_to_work(session, actor.company_id)
    return report


def _lines_to_work(session: Session, company_id: int) -> int:
    last = payment_queries.last_booking(session, company_id)
    return 0 if last is None else payment_queries.count_lines(session, company_id, last).get(LineState.OPEN, 0)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise BadInput(problems)


def _books_seen(session: Session, company_id: int) -> BooksSeen:
    stored = {
        row.number: StoredInvoice(
            row.customer_code,
            row.kind,
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
    return BooksSeen(set(codes(session, company_id)), parents(session, company_id), stored, lines)


def _keep_documents(session: Session, actor: Actor, folder: Folder) -> None:
    for name, content in folder.contents.items():
        documents.keep(session, actor, kind=DocumentKind.EXCHANGE, name=name, content=content)


def _take_rates(session: Session, actor: Actor, folder: Folder, seen: BooksSeen) -> None:
    rates = {(r.on, r.from_currency, r.to_currency): r.rate for r in folder.rates}
    ledger.add_rates(session, actor, rates=rates)
    _refuse(check_values(folder, seen, rate_book(session, actor.company_id)))


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
    session: Session, actor: Actor, folder: Folder, seen: BooksSeen, *, checked: Checked, ids: Numbers
) -> Taken:
    fresh = [stated.line for stated in folder.lines if stated.line.line_ref not in seen.lines]
    account = payments.bank_account(session, actor, account=EXCHANGE_ACCOUNT)
    ready = []
    for line in fresh:
        parts = checked.parts.get(line.line_ref, [])
        if parts:
            payer = next((ids.payer(p.number, p.customer_code) for p, _ in parts if p.number or p.customer_code), None)
            not_ar = all(part.reason is Reason.NOT_AR for part, _ in parts)
            ready.append(line._replace(customer_id=payer, no_receipt=not_ar))
        else:
            ready.append(line)
    payments.record_lines(session, actor, account=account, lines=ready)
    return Taken(len(fresh), 0, len(folder.lines) - len(fresh))


def _advices(folder: Folder, seen: BooksSeen) -> list[Advice]:
    facts = {ref: stored[:2] for ref, stored in seen.lines.items()}
    facts |= {stated.line.line_ref: (stated.line.booking_date, stated.line.currency) for stated in folder.lines}
    return gather_advices("remittances.csv", folder.advices, facts)
