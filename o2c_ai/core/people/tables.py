"""Users, their roles and tokens, and requests for approval as stored."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import AwareUTC, Base, EnumText, JsonText
from o2c_ai.core.people.rules import ApprovalKind, ApprovalState, Role


class User(Base):
    """Somebody who acts on one company's books."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("company_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    name: Mapped[str]
    """Login name, unique in the company."""
    active: Mapped[bool]
    """Whether the user may still act; users are never deleted."""


class UserRole(Base):
    """A role given to a user."""

    __tablename__ = "user_roles"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    """Who has the role."""
    role: Mapped[Role] = mapped_column(EnumText(Role), primary_key=True)
    """The role."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books; the same as the user's."""


class Token(Base):
    """An opaque access token, kept only as its hash."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who acts when the token is shown."""
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token, in hex: a stolen database opens no door."""
    label: Mapped[str]
    """What its owner calls it."""
    scope: Mapped[Any] = mapped_column(JsonText, nullable=True)
    """Duties it is limited to, sorted; null for all of its owner's."""
    expires_at: Mapped[datetime] = mapped_column(AwareUTC)
    """From then on the token is refused."""
    revoked_at: Mapped[datetime | None] = mapped_column(AwareUTC)
    """When it was taken back, if it was."""


class Approval(Base):
    """A request by one person that another must decide."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    kind: Mapped[ApprovalKind] = mapped_column(EnumText(ApprovalKind))
    """What is asked."""
    subject_id: Mapped[int]
    """The open item or credit item it is about."""
    currency: Mapped[str]
    """Currency of the amount."""
    amount_minor: Mapped[int]
    """How much, in minor units."""
    reason: Mapped[str]
    """Why it is asked."""
    requested_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who asked."""
    requested_on: Mapped[date]
    """The day it was asked."""
    state: Mapped[ApprovalState] = mapped_column(EnumText(ApprovalState))
    """Requested, approved or declined."""
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    """Who decided."""
    decided_on: Mapped[date | None]
    """The day of the decision."""


class IdempotencyKey(Base):
    """A request that was answered: asked again with the same key, it is answered alike and changes nothing."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("company_id", "user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who asked."""
    key: Mapped[str]
    """Drawn by who asked."""
    request_digest: Mapped[str]
    """SHA-256 of what was asked, in hex."""
    status: Mapped[int]
    """How it was answered: the status, 0 while the act is under way."""
    body: Mapped[str]
    """And the words."""
    asked_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When; forgotten `KEYS_KEPT` later."""
