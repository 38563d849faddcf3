"""Bank accounts, statement lines, remittance advices and receipts as stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base, EnumText
from o2c_ai.core.payments.rules import LineState, ReceiptMethod


class BankAccount(Base):
    """One of the company's own bank accounts."""

    __tablename__ = "bank_accounts"
    __table_args__ = (UniqueConstraint("company_id", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose account."""
    account: Mapped[str]
    """IBAN or account number without spaces."""
    ledger_account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    """Where its money stands in the ledger."""


class StatementLineRow(Base):
    """The bank's word on one movement of money, raw."""

    __tablename__ = "statement_lines"
    __table_args__ = (
        UniqueConstraint("company_id", "line_ref"),
        CheckConstraint("amount_minor <> 0", name="not_empty"),
        Index("ix_statement_lines_booking_date", "company_id", "booking_date"),
        Index("ix_statement_lines_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_accounts.id"))
    """The account it moved on."""
    line_ref: Mapped[str]
    """Reference, unique in the company."""
    booking_date: Mapped[date]
    """The day the bank booked it; from then on it is known."""
    value_date: Mapped[date | None]
    """The day it counts for interest."""
    currency: Mapped[str]
    """ISO 4217 code."""
    amount_minor: Mapped[int]
    """Signed: positive came in."""
    payer_name: Mapped[str]
    """The other side's name."""
    payer_account: Mapped[str]
    """The other side's account."""
    narrative: Mapped[str]
    """Remittance text."""
    end_to_end_id: Mapped[str]
    """The payer's own reference."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"))
    """The entry that booked the money."""
    state: Mapped[LineState] = mapped_column(EnumText(LineState))
    """Where the line stands today; what it was on an earlier day follows from `decided_on`."""
    decided_on: Mapped[date | None]
    """The day it was decided; None while open."""


class Receipt(Base):
    """Money received and booked."""

    __tablename__ = "receipts"
    __table_args__ = (UniqueConstraint("credit_item_id"), UniqueConstraint("statement_line_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    statement_line_id: Mapped[int | None] = mapped_column(ForeignKey("statement_lines.id"))
    """The bank's line; None for a cheque or cash taken by hand."""
    method: Mapped[ReceiptMethod] = mapped_column(EnumText(ReceiptMethod))
    """How it came."""
    received_on: Mapped[date]
    """The day it counts from."""
    credit_item_id: Mapped[int] = mapped_column(ForeignKey("credit_items.id"))
    """The credit it gives."""


class RemittanceAdvice(Base):
    """The customer's word on what a payment pays."""

    __tablename__ = "remittance_advices"
    __table_args__ = (UniqueConstraint("company_id", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """To whom it was sent."""
    external_id: Mapped[str]
    """The advice's own number."""
    line_ref: Mapped[str]
    """The bank line it names; empty where it travels alone."""
    advice_date: Mapped[date]
    """Its date; from then on it is known."""
    currency: Mapped[str]
    """ISO 4217 code."""
    total_minor: Mapped[int | None]
    """What was paid, where it says so."""
    payer_name: Mapped[str]
    """Who says they pay."""


class AdviceLineRow(Base):
    """One row of a remittance advice."""

    __tablename__ = "advice_lines"
    __table_args__ = (Index("ix_advice_lines_advice_id", "advice_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending in the advice's order."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """To whom it was sent."""
    advice_id: Mapped[int] = mapped_column(ForeignKey("remittance_advices.id"))
    """The advice it stands on."""
    invoice_ref: Mapped[str]
    """What the customer calls the invoice; may be no invoice at all."""
    amount_minor: Mapped[int]
    """How much of the payment it explains; negative takes off."""
    discount_minor: Mapped[int]
    """Discount the customer says they took."""
    deduction_code: Mapped[str]
    """Why less was paid, in the customer's code; empty where not said."""
