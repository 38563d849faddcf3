"""Questions about documents issued."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from o2c_ai.core.audit import AuditEvent
from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.invoices.rules import DocumentType, InvoiceSort, UnknownInvoice
from o2c_ai.core.invoices.tables import Invoice
from o2c_ai.core.receivables.tables import OpenItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


def columns_stored(session: Session, company_id: int) -> Iterator[Any]:
    """Every document as a leading system would describe it.

    Columns: number, customer_code, kind, issue_date, due_date (None for credit memos), currency, amount_minor,
    po_number, reversed_on, open_item_id, credit_item_id.
    """
    asked = _documents(company_id).order_by(Invoice.id)
    yield from session.execute(asked.execution_options(yield_per=10_000))


def columns_due_dates(session: Session, company_id: int) -> list[tuple[int, date, date, date]]:
    """(open item, day recorded, old, new) of every due date that was amended, in the order recorded."""
    asked = select(AuditEvent.subject_id, AuditEvent.recorded_at, AuditEvent.detail).where(
        AuditEvent.company_id == company_id, AuditEvent.subject == "open_items", AuditEvent.verb == "amend"
    )
    told = [
        (row.subject_id, row.recorded_at.date(), *(date.fromisoformat(row.detail[when]["due_date"]) for when in _WHEN))
        for row in session.execute(asked.order_by(AuditEvent.id))
    ]
    return [(item, on, old, new) for item, on, old, new in told if old != new]


_WHEN = ("old", "new")


def _documents(company_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Invoice.number,
            CustomerRow.code.label("customer_code"),
            Invoice.kind,
            Invoice.issue_date,
            OpenItem.due_date,
            Invoice.currency,
            Invoice.amount_minor,
            OpenItem.po_number,
            Invoice.reversed_on,
            Invoice.open_item_id,
            Invoice.credit_item_id,
            Invoice.id,
        )
        .join(CustomerRow, CustomerRow.id == Invoice.customer_id)
        .outerjoin(OpenItem, OpenItem.id == Invoice.open_item_id)
        .where(Invoice.company_id == company_id)
    )


def page_invoices(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    customer_code: str | None = None,
    kind: DocumentType | None = None,
    sort: InvoiceSort = InvoiceSort.ISSUE_DATE,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the documents issued up to the day (columns as `columns_stored`, and id). Raises BadPlace."""
    asked = _documents(company_id).where(Invoice.issue_date <= as_of)
    if customer_code is not None:
        asked = asked.where(CustomerRow.code == customer_code)
    if kind is not None:
        asked = asked.where(Invoice.kind == kind)
    newest_first = sort is InvoiceSort.ISSUE_DATE
    return page_of(session, asked, by=sort.value, after=after, limit=limit, descending=newest_first)


def get_invoice(session: Session, company_id: int, number: str) -> Any:  # noqa: ANN401 - a row of columns
    """One document (columns as `columns_stored`, and id). Raises UnknownInvoice."""
    row = session.execute(_documents(company_id).where(Invoice.number == number)).one_or_none()
    if row is None:
        raise UnknownInvoice(number)
    return row


def item_ids(session: Session, company_id: int) -> dict[str, tuple[int | None, int | None]]:
    """Document number → (open item, credit item); one of the two is None."""
    asked = select(Invoice.number, Invoice.open_item_id, Invoice.credit_item_id).where(Invoice.company_id == company_id)
    return {number: (open_item, credit_item) for number, open_item, credit_item in session.execute(asked)}


def taken_numbers(session: Session, company_id: int, numbers: Sequence[str]) -> set[str]:
    """Which of these document numbers were issued before."""
    mine = Invoice.company_id == company_id, among(session, Invoice.number, numbers)
    return set(session.scalars(select(Invoice.number).where(*mine)))


def owners(session: Session, company_id: int) -> dict[str, int]:
    """Document number → customer."""
    asked = select(Invoice.number, Invoice.customer_id).where(Invoice.company_id == company_id)
    return {row[0]: row[1] for row in session.execute(asked)}


def lock_invoice(session: Session, company_id: int, number: str) -> Invoice:
    """The stored document, locked. Raises UnknownInvoice."""
    asked = select(Invoice).where(Invoice.company_id == company_id, Invoice.number == number).with_for_update()
    # Read afresh: somebody may have reversed it since this session first saw it.
    row = session.scalar(asked.execution_options(populate_existing=True))
    if row is None:
        raise UnknownInvoice(number)
    return row


def count_by_kind(session: Session, company_id: int) -> dict[DocumentType, int]:
    """How many documents of each kind were issued."""
    asked = select(Invoice.kind, func.count()).where(Invoice.company_id == company_id).group_by(Invoice.kind)
    return {row[0]: row[1] for row in session.execute(asked)}
