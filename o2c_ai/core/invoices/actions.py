"""Verbs of invoices: issue documents, amend what may change, reverse what was wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.clearings import actions as clearings
from o2c_ai.core.clearings.queries import lock_credit_balances, lock_open_balances
from o2c_ai.core.customers.queries import strangers
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.database import insert_rows, table_of
from o2c_ai.core.invoices import queries
from o2c_ai.core.invoices.rules import (
    AlreadyPaidOn,
    Amendment,
    DocumentType,
    DuplicateNumber,
    InvoiceReversed,
    NewInvoice,
    ReversedBeforeIssue,
    check_invoice,
    discount_minor,
)
from o2c_ai.core.invoices.tables import Invoice
from o2c_ai.core.ledger import actions as ledger
from o2c_ai.core.ledger.queries import accounts_by_role, rate_book
from o2c_ai.core.ledger.rules import AccountRole, EntryKind, NewEntry, NewPosting, RateBook
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.receivables import actions as receivables
from o2c_ai.core.receivables.queries import lock_open_items
from o2c_ai.core.receivables.rules import (
    ApplicationKind,
    Clearing,
    CreditKind,
    ItemKind,
    MovementKind,
    NewApplication,
    NewCreditItem,
    NewMovement,
    NewOpenItem,
    UnknownItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_COLUMNS = (
    "company_id",
    "customer_id",
    "number",
    "kind",
    "issue_date",
    "currency",
    "amount_minor",
    "discount_percent",
    "entry_id",
    "open_item_id",
    "credit_item_id",
)
_ENTRY_KIND = {
    DocumentType.INVOICE: EntryKind.INVOICE,
    DocumentType.DEBIT_MEMO: EntryKind.DEBIT_MEMO,
    DocumentType.CREDIT_MEMO: EntryKind.CREDIT_MEMO,
}


def issue(session: Session, actor: Actor, *, invoices: Sequence[NewInvoice]) -> None:
    """Issue documents in bulk: entries, open or credit items, and what was settled before the books began.

    Raises NotYourDuty, UnknownCurrency, WrongSign, DuplicateNumber, UnknownCustomer, PeriodClosed, OverApplication,
    CreditExceeded.
    """
    require(actor, Duty.BOOK)
    _check(session, actor, invoices)
    accounts, rates = accounts_by_role(session, actor.company_id), rate_book(session, actor.company_id)
    sides = (accounts[AccountRole.RECEIVABLES], accounts[AccountRole.REVENUE])
    entries = ledger.post(session, actor, entries=[_entry(invoice, sides, rates) for invoice in invoices])
    booked = list(zip(invoices, entries, strict=True))
    owed = [(i, entry) for i, entry in booked if i.kind is not DocumentType.CREDIT_MEMO]
    memos = [(i, entry) for i, entry in booked if i.kind is DocumentType.CREDIT_MEMO]
    open_ids = receivables.put_open_items(session, actor, items=[_open_item(i, entry, rates) for i, entry in owed])
    memo_ids = receivables.put_credit_items(session, actor, items=[_credit(i, entry, rates) for i, entry in memos])
    rows = [_row(actor, i, entry, item, None) for (i, entry), item in zip(owed, open_ids, strict=True)]
    rows += [_row(actor, i, entry, None, item) for (i, entry), item in zip(memos, memo_ids, strict=True)]
    insert_rows(session, table_of(Invoice), _COLUMNS, rows)
    if invoices:
        audit.record(session, actor, "issue", "invoices", detail={"count": len(invoices), "first": invoices[0].number})
    settled = [_opening(i, item, None) for (i, _), item in zip(owed, open_ids, strict=True) if i.opening_minor]
    settled += [_opening(i, None, item) for (i, _), item in zip(memos, memo_ids, strict=True) if i.opening_minor]
    if settled:
        clearings.clear(session, actor, clearings=settled)


def _check(session: Session, actor: Actor, invoices: Sequence[NewInvoice]) -> None:
    for invoice in invoices:
        check_invoice(invoice)
    times = Counter(invoice.number for invoice in invoices)
    taken = {number for number, count in times.items() if count > 1}
    taken |= queries.taken_numbers(session, actor.company_id, list(times))
    if taken:
        raise DuplicateNumber(min(taken))
    foreign = strangers(session, actor.company_id, (invoice.customer_id for invoice in invoices))
    if foreign:
        raise UnknownCustomer(str(min(foreign)))


def _entry(invoice: NewInvoice, sides: tuple[int, int], rates: RateBook) -> NewEntry:
    base = rates.base_minor(invoice.amount_minor, invoice.currency, invoice.issue_date)
    receivable = NewPosting(sides[0], invoice.currency, invoice.amount_minor, base)
    revenue = NewPosting(sides[1], invoice.currency, -invoice.amount_minor, None if base is None else -base)
    return NewEntry(_ENTRY_KIND[invoice.kind], invoice.issue_date, invoice.number, (receivable, revenue))


def _open_item(invoice: NewInvoice, entry_id: int, rates: RateBook) -> NewOpenItem:
    return NewOpenItem(
        invoice.customer_id,
        invoice.number,
        ItemKind(invoice.kind.value),
        invoice.issue_date,
        invoice.due_date,
        invoice.issue_date,
        invoice.currency,
        invoice.amount_minor,
        rates.base_minor(invoice.amount_minor, invoice.currency, invoice.issue_date),
        entry_id,
        invoice.po_number,
        discount_minor(invoice.amount_minor, invoice.discount_percent),
        invoice.discount_until,
    )


def _credit(invoice: NewInvoice, entry_id: int, rates: RateBook) -> NewCreditItem:
    return NewCreditItem(
        invoice.customer_id,
        invoice.number,
        CreditKind.CREDIT_MEMO,
        invoice.issue_date,
        invoice.issue_date,
        invoice.currency,
        -invoice.amount_minor,
        rates.base_minor(-invoice.amount_minor, invoice.currency, invoice.issue_date),
        entry_id,
    )


def _row(
    actor: Actor, invoice: NewInvoice, entry_id: int, open_item: int | None, credit: int | None
) -> tuple[object, ...]:
    percent = None if invoice.discount_percent is None else format(invoice.discount_percent, "f")
    head = (actor.company_id, invoice.customer_id, invoice.number, invoice.kind, invoice.issue_date)
    return (*head, invoice.currency, invoice.amount_minor, percent, entry_id, open_item, credit)


def _opening(invoice: NewInvoice, open_item: int | None, credit: int | None) -> Clearing:
    on = max(invoice.opening_on or invoice.issue_date, invoice.issue_date)
    text = f"settled before the books began: {invoice.number}"
    size = invoice.opening_minor
    if open_item is not None:
        return Clearing(on, invoice.currency, text, (NewApplication(open_item, ApplicationKind.OPENING, size),))
    used = NewMovement(credit or 0, MovementKind.OPENING, size, invoice.customer_id, "opening")
    return Clearing(on, invoice.currency, text, (), (used,))


def amend(session: Session, actor: Actor, *, amendments: Sequence[tuple[int, Amendment]]) -> None:
    """Take over a changed due date or order number of open items, each with its audit row.

    Raises NotYourDuty, UnknownItem.
    """
    require(actor, Duty.BOOK)
    wanted = dict(amendments)
    items = lock_open_items(session, actor.company_id, list(wanted))
    for missing in sorted(wanted.keys() - {item.id for item in items}):
        raise UnknownItem(missing)
    for item in items:
        new = wanted[item.id]
        old = {"due_date": audit.plain(item.due_date), "po_number": item.po_number}
        item.due_date, item.po_number = new.due_date, new.po_number
        detail: dict[str, object] = {
            "old": old,
            "new": {"due_date": audit.plain(new.due_date), "po_number": new.po_number},
        }
        audit.record(session, actor, "amend", "open_items", item.id, detail=detail)
    session.flush()


def reverse(session: Session, actor: Actor, *, number: str, on: date, reason: str) -> int:
    """Take a document back by clearing it in full against revenue; gives the clearing's entry.

    Raises NotYourDuty, UnknownInvoice, InvoiceReversed, ReversedBeforeIssue, AlreadyPaidOn, PeriodClosed.
    """
    require(actor, Duty.BOOK)
    invoice = queries.lock_invoice(session, actor.company_id, number)
    if invoice.reversed_on is not None:
        raise InvoiceReversed(number, invoice.reversed_on)
    if on < invoice.issue_date:
        raise ReversedBeforeIssue(number, on, invoice.issue_date)
    clearing = _reversal(session, actor, invoice, on, reason)
    (entry_id,) = clearings.clear(session, actor, clearings=[clearing])
    invoice.reversed_on = on
    session.flush()
    audit.record(session, actor, "reverse", "invoices", invoice.id, reason=reason)
    return entry_id


def _reversal(session: Session, actor: Actor, invoice: Invoice, on: date, reason: str) -> Clearing:
    applications: tuple[NewApplication, ...] = ()
    movements: tuple[NewMovement, ...] = ()
    size = abs(invoice.amount_minor)
    if invoice.open_item_id is not None:
        used = lock_open_balances(session, actor.company_id, [invoice.open_item_id])[invoice.open_item_id].used_minor
        applications = (NewApplication(invoice.open_item_id, ApplicationKind.REVERSAL, size),)
    else:
        item = invoice.credit_item_id or 0
        used = lock_credit_balances(session, actor.company_id, [item])[item].used_minor
        movements = (NewMovement(item, MovementKind.REVERSED, size, invoice.customer_id, "reversed"),)
    if used:
        raise AlreadyPaidOn(invoice.number)
    text = f"reversal of {invoice.number}"
    return Clearing(on, invoice.currency, text, applications, movements, None, reason)
