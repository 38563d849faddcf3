"""Customers and the accounts they pay from, as stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.customers.rules import AccountSource
from o2c_ai.core.database import Base, EnumText


class CustomerRow(Base):
    """Somebody who owes us."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("company_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose customer."""
    code: Mapped[str]
    """The leading system's number."""
    name: Mapped[str]
    """Full name as written on invoices."""
    country: Mapped[str]
    """ISO 3166 code; empty where unknown."""
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    """The customer that may pay for this one."""
    email: Mapped[str]
    """Where letters go; empty where unknown."""
    payment_terms: Mapped[str]
    """Terms in the leading system's words."""
    credit_limit_minor: Mapped[int | None]
    """Limit in minor units of the customer's currency."""
    currency: Mapped[str]
    """The customer's currency; empty where unknown."""
    segment: Mapped[str]
    """Kind of customer; empty where unknown."""


class PayerAccount(Base):
    """An account that pays for a customer."""

    __tablename__ = "payer_accounts"
    __table_args__ = (UniqueConstraint("company_id", "customer_id", "account"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose customer."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who pays from it."""
    account: Mapped[str]
    """IBAN or account number without spaces."""
    source: Mapped[AccountSource] = mapped_column(EnumText(AccountSource))
    """How we know."""
    withdrawn_on: Mapped[date | None]
    """The day it was found to be wrong or closed."""
