"""What people said about who pays for whom, and what they took back of it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.aliases.rules import AliasKind, Word
from o2c_ai.core.database import Base, EnumText


class PayerAlias(Base):
    """An account or a name that, somebody said, pays or does not pay for a customer; never changed."""

    __tablename__ = "payer_aliases"
    __table_args__ = (Index("ix_payer_aliases_customer_id", "company_id", "customer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending: of words on the same account or name and customer the last one that stands counts."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose customer."""
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    """Who pays by it, or does not."""
    kind: Mapped[AliasKind] = mapped_column(EnumText(AliasKind))
    """Account or name."""
    text: Mapped[str]
    """As the bank writes it."""
    key: Mapped[str]
    """As it is compared: capitals and digits without accents and separators."""
    word: Mapped[Word] = mapped_column(EnumText(Word))
    """Known or declined."""
    known_on: Mapped[date]
    """The day it was said."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who said it."""
    line_id: Mapped[int | None] = mapped_column(ForeignKey("statement_lines.id"))
    """The bank line it was said about, where there was one."""
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("match_suggestions.id"))
    """The suggestion rejected or taken back, where there was one."""
    reason: Mapped[str]
    """Why, in the person's words."""


class PayerAliasWithdrawal(Base):
    """An alias taken back: from its day on it counts no more, and both rows stay."""

    __tablename__ = "payer_alias_withdrawals"
    __table_args__ = (UniqueConstraint("alias_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Ascending."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose customer."""
    alias_id: Mapped[int] = mapped_column(ForeignKey("payer_aliases.id"))
    """What is taken back."""
    known_on: Mapped[date]
    """The day it was taken back."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who took it back."""
    reason: Mapped[str]
    """Why, in the person's words."""
