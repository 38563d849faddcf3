"""Open items, credit items, applications, movements of credit and stored payment timing."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base, EnumText
from o2c_ai.core.receivables.rules import ApplicationKind, CreditKind, ItemKind, MovementKind


class OpenItem(Base):
    """A receivable; what is open of it is its amount less its applications."""

    __tablename__ = "open_items"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        UniqueConstraint("company_id", "number"),
        Index("ix_open_items_customer_id", "customer_id"),
        # What was billed is summed by customer from the index alone.
        Index("ix_open_items_owed", "company_id", "customer_id", "currency", "due_date", "known_on", "amount_minor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose receivable."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who owes it."""
    number: Mapped[str]
    """Document number, unique among the company's open items."""
    kind: Mapped[ItemKind] = mapped_column(EnumText(ItemKind))
    """What it came from."""
    document_date: Mapped[date]
    """Issue date on the document."""
    due_date: Mapped[date]
    """When it must be paid; may be amended, with audit."""
    known_on: Mapped[date]
    """From this day on it is part of what was known."""
    currency: Mapped[str]
    """ISO 4217 code."""
    amount_minor: Mapped[int]
    """Original amount, positive."""
    base_minor: Mapped[int | None]
    """Original amount in the company's currency; None where unvalued."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"))
    """The entry that booked it."""
    po_number: Mapped[str]
    """The customer's order number; empty where none. May be amended, with audit."""
    discount_minor: Mapped[int]
    """Cash discount offered, in minor units; zero for none."""
    discount_until: Mapped[date | None]
    """Last day of the cash discount."""


class CreditItem(Base):
    """Credit a customer has: a receipt or a credit memo; what is left of it is its amount less its uses."""

    __tablename__ = "credit_items"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="positive"),
        Index("ix_credit_items_customer_id", "customer_id"),
        Index("ix_credit_items_entry_id", "entry_id"),
        Index("ix_credit_items_number", "company_id", "kind", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """Whose credit; None while the payer is unknown."""
    identified_on: Mapped[date | None]
    """From this day on the payer was known; None while unknown."""
    number: Mapped[str]
    """Credit memo number, or the reference of the money."""
    kind: Mapped[CreditKind] = mapped_column(EnumText(CreditKind))
    """Receipt or credit memo."""
    document_date: Mapped[date]
    """Date on the paper."""
    known_on: Mapped[date]
    """From this day on it is part of what was known."""
    currency: Mapped[str]
    """ISO 4217 code."""
    amount_minor: Mapped[int]
    """Original amount, positive."""
    base_minor: Mapped[int | None]
    """Original amount in the company's currency; None where unvalued."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"))
    """The entry that booked it."""


class Application(Base):
    """Part of an open item cleared; undone by its mirror, a row with the negative amount."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("(kind IN ('receipt', 'credit_memo')) = (credit_item_id IS NOT NULL)", name="credit_named"),
        CheckConstraint(
            "amount_minor > 0 OR (amount_minor < 0 AND reverses_id IS NOT NULL)", name="only_mirrors_negative"
        ),
        # What is left of an item or of credit is summed from the index alone.
        Index("ix_applications_open_item_id", "open_item_id", "known_on", "amount_minor"),
        Index("ix_applications_credit_item_id", "credit_item_id", "known_on", "amount_minor"),
        Index("ix_applications_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    open_item_id: Mapped[int] = mapped_column(ForeignKey("open_items.id"))
    """What is cleared."""
    credit_item_id: Mapped[int | None] = mapped_column(ForeignKey("credit_items.id"))
    """The credit used; None where the item is cleared by a discount, deduction, write-off…"""
    kind: Mapped[ApplicationKind] = mapped_column(EnumText(ApplicationKind))
    """What clears it."""
    currency: Mapped[str]
    """ISO 4217 code, the same as the item's and the credit's."""
    amount_minor: Mapped[int]
    """How much of the item is cleared; negative in a mirror."""
    base_minor: Mapped[int | None]
    """The item's own base amount of that part."""
    credit_base_minor: Mapped[int | None]
    """The credit's own base amount of that part."""
    known_on: Mapped[date]
    """The day it counts from."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"))
    """The entry of the whole act."""
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("applications.id"), unique=True)
    """The application this one undoes."""


class CreditMovement(Base):
    """Credit parked, refunded, reversed or set aside; negative takes it back."""

    __tablename__ = "credit_movements"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="not_empty"),
        Index("ix_credit_movements_credit_item_id", "credit_item_id", "known_on", "amount_minor"),
        Index("ix_credit_movements_entry_id", "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    credit_item_id: Mapped[int] = mapped_column(ForeignKey("credit_items.id"))
    """The credit it uses."""
    kind: Mapped[MovementKind] = mapped_column(EnumText(MovementKind))
    """What becomes of it."""
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """For whom it is parked or to whom it is refunded; may differ from who paid."""
    reason: Mapped[str]
    """overpayment, prepayment, duplicate, transfer… as people say it."""
    currency: Mapped[str]
    """ISO 4217 code, the same as the credit's."""
    amount_minor: Mapped[int]
    """How much; negative where it is taken back."""
    base_minor: Mapped[int | None]
    """The credit's own base amount of that part."""
    known_on: Mapped[date]
    """The day it counts from."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id"))
    """The entry of the whole act."""
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("credit_movements.id"), unique=True)
    """The movement this one undoes."""
