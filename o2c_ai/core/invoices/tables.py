"""Documents issued, as stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base, EnumText
from o2c_ai.core.invoices.rules import DocumentType


class Invoice(Base):
    """An invoice, debit memo or credit memo."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("company_id", "number"),
        # Sales are summed by day from the index alone.
        Index("ix_invoices_entry_id", "entry_id"),
        Index("ix_invoices_sold", "company_id", "issue_date", "currency", "amount_minor", "reversed_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose document."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who was billed."""
    number: Mapped[str]
    """Document number, unique in the company."""
    kind: Mapped[DocumentType] = mapped_column(EnumText(DocumentType))
    """Invoice, credit memo or debit memo."""
    issue_date: Mapped[date]
    """Date on the document."""
    currency: Mapped[str]
    """ISO 4217 code."""
    amount_minor: Mapped[int]
    """Signed amount: credit memos negative."""
    discount_percent: Mapped[str | None]
    """Cash discount as printed, plain decimal text."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"))
    """The entry that booked it."""
    open_item_id: Mapped[int | None] = mapped_column(ForeignKey("open_items.id"))
    """Its open item; None for a credit memo."""
    credit_item_id: Mapped[int | None] = mapped_column(ForeignKey("credit_items.id"))
    """Its credit item; None for an invoice."""
    reversed_on: Mapped[date | None]
    """The day it was reversed (cancelled), if it was."""
