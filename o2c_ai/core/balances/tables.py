"""Balances of bank accounts as stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base


class BankBalance(Base):
    """What stood on an account on the evening of a day, as the bank or somebody said; the newest word counts."""

    __tablename__ = "bank_balances"
    __table_args__ = (Index("ix_bank_balances_account", "bank_account_id", "balance_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending in the order the balances were said."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    bank_account_id: Mapped[int] = mapped_column(ForeignKey("bank_accounts.id"))
    """The account."""
    balance_on: Mapped[date]
    """The evening it stood there; from then on it is known."""
    currency: Mapped[str]
    """ISO 4217 code."""
    amount_minor: Mapped[int]
    """Signed: negative is overdrawn."""
