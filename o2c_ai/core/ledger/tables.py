"""Companies, accounts, periods, exchange rates, journal entries and postings as stored."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import AwareUTC, Base, EnumText
from o2c_ai.core.ledger.rules import AccountRole, EntryKind, PeriodState


class CompanyRow(Base):
    """Whose books these are; nothing ever crosses from one company to another."""

    __tablename__ = "companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    code: Mapped[str] = mapped_column(unique=True)
    """Short name on the command line."""
    name: Mapped[str]
    """Full name."""
    base_currency: Mapped[str]
    """ISO 4217 code of the company's own currency."""
    created_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When the books were opened."""


class Account(Base):
    """An account of the ledger."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("company_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose account."""
    number: Mapped[str]
    """Account number as people write it."""
    name: Mapped[str]
    """Account name."""
    role: Mapped[AccountRole] = mapped_column(EnumText(AccountRole))
    """What the books use it for."""


class Period(Base):
    """A span of posting dates that is open or closed; days no period covers are open."""

    __tablename__ = "periods"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="ordered"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"), index=True)
    """Whose period."""
    starts_on: Mapped[date]
    """First posting date in it."""
    ends_on: Mapped[date]
    """Last posting date in it."""
    state: Mapped[PeriodState] = mapped_column(EnumText(PeriodState))
    """Open or closed."""


class ExchangeRate(Base):
    """What one unit of a currency was worth in another on a day."""

    __tablename__ = "exchange_rates"
    __table_args__ = (UniqueConstraint("company_id", "from_currency", "to_currency", "rate_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose rate."""
    rate_date: Mapped[date]
    """The day it was known."""
    from_currency: Mapped[str]
    """The currency priced."""
    to_currency: Mapped[str]
    """The currency of the price."""
    rate: Mapped[str]
    """Plain decimal text: exact, never a float."""


class JournalEntry(Base):
    """The header of an entry. It is written after its postings and seals them: no posting can be added later."""

    __tablename__ = "journal_entries"
    __table_args__ = (Index("ix_journal_entries_company_id_posting_date", "company_id", "posting_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending; the entry's number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    kind: Mapped[EntryKind] = mapped_column(EnumText(EntryKind))
    """Which act it books."""
    posting_date: Mapped[date]
    """The day it counts in."""
    document_date: Mapped[date]
    """The date on the paper."""
    recorded_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When we learnt of it."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who posted it."""
    text: Mapped[str]
    """What it is about: document number, line reference."""
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("journal_entries.id"), unique=True)
    """The entry this one mirrors; an entry is mirrored at most once."""


class Posting(Base):
    """One debit (positive) or credit (negative) line of an entry."""

    __tablename__ = "postings"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0 OR coalesce(base_minor, 0) <> 0", name="not_empty"),
        Index("ix_postings_entry_id", "entry_id"),
        # Balances are summed from the index alone.
        Index("ix_postings_balance", "account_id", "currency", "entry_id", "amount_minor", "base_minor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books; the same as the entry's."""
    entry_id: Mapped[int] = mapped_column(ForeignKey("journal_entries.id", deferrable=True, initially="DEFERRED"))
    """The entry it belongs to, whose header follows in the same transaction."""
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    """The account debited or credited."""
    currency: Mapped[str]
    """Transaction currency."""
    amount_minor: Mapped[int]
    """Minor units of the transaction currency; zero only for an exchange difference."""
    base_minor: Mapped[int | None]
    """Minor units of the company's currency; None where the entry is unvalued."""
