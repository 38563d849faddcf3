"""Questions from entry to paper and back: the lines of an account, what an entry books, what became of a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, page_of
from o2c_ai.core.invoices.tables import Invoice
from o2c_ai.core.ledger.queries import postings_of
from o2c_ai.core.ledger.rules import EntryKind
from o2c_ai.core.ledger.tables import Account, JournalEntry, Posting
from o2c_ai.core.payments.tables import Receipt, StatementLineRow
from o2c_ai.core.people.tables import User
from o2c_ai.core.receivables.rules import CreditKind
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem
from o2c_ai.core.vouchers.rules import Paper, UnknownPaper, Use, Voucher, VoucherKind

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

BOOKING_DOCUMENTS = {EntryKind.INVOICE, EntryKind.CREDIT_MEMO, EntryKind.DEBIT_MEMO}
BOOKING_MONEY = {EntryKind.RECEIPT, EntryKind.STATEMENT_LINE}


def find_account(session: Session, company_id: int, number: str) -> str | None:
    """Name of the account of that number; None where there is none."""
    asked = select(Account.name).where(Account.company_id == company_id, Account.number == number)
    return session.scalar(asked)


def page_account(
    session: Session,
    company_id: int,
    as_of: date,
    account: str,
    *,
    since: date | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None, dict[int, list[Any]]]:
    """A page of the entries that touch an account, posted from `since` up to the day, the newest first.

    Rows are headers (id, kind, posting_date, text, reverses_id); last the postings of each entry. Raises BadPlace.
    """
    head = JournalEntry
    asked: Select[*tuple[Any, ...]] = select(head.id, head.kind, head.posting_date, head.text, head.reverses_id)
    number = select(Account.id).where(Account.company_id == company_id, Account.number == account).scalar_subquery()
    # Asked entry by entry, newest first: a page ends the search.
    touched = exists().where(Posting.entry_id == head.id, Posting.account_id == number)
    asked = asked.where(head.company_id == company_id, head.posting_date <= as_of, touched)
    if since is not None:
        asked = asked.where(head.posting_date >= since)
    rows, place = page_of(session, asked, by="posting_date", after=after, limit=limit, descending=True)
    return rows, place, postings_of(session, company_id, [row.id for row in rows])


def who_posted(session: Session, entry: JournalEntry) -> str:
    """Name of the user who posted an entry."""
    return session.scalars(select(User.name).where(User.id == entry.user_id)).one()


def find_mirror(session: Session, company_id: int, entry_id: int) -> int | None:
    """The entry that takes an entry back; None where it stands."""
    asked = select(JournalEntry.id).where(JournalEntry.company_id == company_id, JournalEntry.reverses_id == entry_id)
    return session.scalar(asked)


def vouchers_of(session: Session, company_id: int, entry: JournalEntry) -> list[Voucher]:
    """What an entry stands on and acts on: documents, bank lines, receipts, items cleared and credit used."""
    found: list[Voucher] = []
    if entry.kind in BOOKING_DOCUMENTS:
        found += _documents(session, company_id, entry.id)
    if entry.kind in BOOKING_MONEY:
        found += _money(session, company_id, entry.id)
    if not found:
        found = [*_cleared(session, company_id, entry.id), *_moved(session, company_id, entry.id)]
    return found


def _documents(session: Session, company_id: int, entry_id: int) -> list[Voucher]:
    asked = select(Invoice).where(Invoice.company_id == company_id, Invoice.entry_id == entry_id)
    return [
        Voucher(VoucherKind.DOCUMENT, row.number, row.kind.value, row.currency, row.amount_minor)
        for row in session.scalars(asked)
    ]


def _money(session: Session, company_id: int, entry_id: int) -> list[Voucher]:
    lines = select(StatementLineRow).where(
        StatementLineRow.company_id == company_id, StatementLineRow.entry_id == entry_id
    )
    found = [
        Voucher(VoucherKind.BANK_LINE, row.line_ref, "booked by the bank", row.currency, row.amount_minor, row.id)
        for row in session.scalars(lines)
    ]
    money = select(CreditItem).where(
        CreditItem.company_id == company_id, CreditItem.entry_id == entry_id, CreditItem.kind == CreditKind.RECEIPT
    )
    return found or [
        Voucher(VoucherKind.RECEIPT, row.number, "received", row.currency, row.amount_minor)
        for row in session.scalars(money)
    ]


def _cleared(session: Session, company_id: int, entry_id: int) -> list[Voucher]:
    asked = (
        select(Application, OpenItem.number, CreditItem.number, CreditItem.kind, Receipt.statement_line_id)
        .join(OpenItem, OpenItem.id == Application.open_item_id)
        .outerjoin(CreditItem, CreditItem.id == Application.credit_item_id)
        .outerjoin(Receipt, Receipt.credit_item_id == CreditItem.id)
        .where(Application.company_id == company_id, Application.entry_id == entry_id)
        .order_by(Application.id)
    )
    cleared, used = [], dict[tuple[str, VoucherKind, int | None], Voucher]()
    for row, number, credit, kind, line in session.execute(asked):
        cleared.append(Voucher(VoucherKind.CLEARED, number, row.kind.value, row.currency, row.amount_minor))
        if credit is not None:
            sort = VoucherKind.DOCUMENT if kind is CreditKind.CREDIT_MEMO else VoucherKind.USED
            before = used.get((credit, sort, line))
            minor = row.amount_minor + (before.amount_minor if before else 0)
            used[credit, sort, line] = Voucher(sort, credit, kind.value, row.currency, minor, line)
    return [*used.values(), *cleared]


def _moved(session: Session, company_id: int, entry_id: int) -> list[Voucher]:
    asked = (
        select(CreditMovement, CreditItem.number, CreditItem.kind, Receipt.statement_line_id)
        .join(CreditItem, CreditItem.id == CreditMovement.credit_item_id)
        .outerjoin(Receipt, Receipt.credit_item_id == CreditItem.id)
        .where(CreditMovement.company_id == company_id, CreditMovement.entry_id == entry_id)
        .order_by(CreditMovement.id)
    )
    return [
        Voucher(VoucherKind.MOVED, number, row.kind.value, row.currency, row.amount_minor, line)
        for row, number, _, line in session.execute(asked)
    ]


def get_paper(session: Session, company_id: int, number: str) -> Paper:
    """A document, or an item that is the rest of one, by its number. Raises UnknownPaper."""
    asked = (
        select(Invoice, CustomerRow.code, CustomerRow.name, OpenItem.due_date)
        .join(CustomerRow, CustomerRow.id == Invoice.customer_id)
        .outerjoin(OpenItem, OpenItem.id == Invoice.open_item_id)
        .where(Invoice.company_id == company_id, Invoice.number == number)
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        return _item(session, company_id, number)
    issued, code, name, due = row
    amount = (issued.currency, abs(issued.amount_minor), issued.entry_id, issued.open_item_id, issued.credit_item_id)
    head = (issued.number, issued.kind.value, code, name, issued.issue_date, due)
    return Paper(*head, *amount, issued.reversed_on)


def _item(session: Session, company_id: int, number: str) -> Paper:
    asked = (
        select(OpenItem, CustomerRow.code, CustomerRow.name)
        .join(CustomerRow, CustomerRow.id == OpenItem.customer_id)
        .where(OpenItem.company_id == company_id, OpenItem.number == number)
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        raise UnknownPaper(number)
    item, code, name = row
    head = (item.number, item.kind.value, code, name, item.document_date, item.due_date)
    return Paper(*head, item.currency, item.amount_minor, item.entry_id, item.id, None, None)


def uses_of(session: Session, company_id: int, paper: Paper, as_of: date) -> list[Use]:
    """What cleared a document, or what it was used for, up to the day, oldest first."""
    row, head = Application, (Application.id, Application.known_on, Application.kind)
    tail = row.amount_minor, row.entry_id
    if paper.open_item_id is not None:
        asked = select(*head, CreditItem.number, *tail).where(row.open_item_id == paper.open_item_id)
        asked = asked.outerjoin(CreditItem, CreditItem.id == row.credit_item_id)
    else:
        asked = select(*head, OpenItem.number, *tail).where(row.credit_item_id == paper.credit_item_id)
        asked = asked.join(OpenItem, OpenItem.id == row.open_item_id)
    found = [
        Use(number, on, kind.value, by or "", minor, entry)
        for number, on, kind, by, minor, entry in session.execute(
            asked.where(row.company_id == company_id, row.known_on <= as_of)
        )
    ]
    if paper.credit_item_id is not None:
        found += _movements(session, company_id, paper.credit_item_id, as_of)
    return sorted(found, key=lambda use: (use.known_on, use.entry_id, use.id))


def _movements(session: Session, company_id: int, credit_item_id: int, as_of: date) -> list[Use]:
    """What became of credit besides clearing items."""
    row = CreditMovement
    asked = select(row.id, row.known_on, row.kind, row.amount_minor, row.entry_id).where(
        row.company_id == company_id, row.credit_item_id == credit_item_id, row.known_on <= as_of
    )
    return [Use(number, on, kind.value, "", minor, entry) for number, on, kind, minor, entry in session.execute(asked)]
