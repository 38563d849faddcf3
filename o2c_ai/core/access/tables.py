"""Passwords, second factors, sign-ins and wrong tries as stored: digests wherever a digest is enough."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import AwareUTC, Base


class Password(Base):
    """What a user's password is checked against."""

    __tablename__ = "passwords"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    """Whose."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books; the same as the user's."""
    password_hash: Mapped[str]
    """Argon2 with its salt and cost."""
    set_at: Mapped[datetime] = mapped_column(AwareUTC)
    """Since when it holds."""
    once: Mapped[bool]
    """Whether somebody else chose it: its owner does nothing before changing it."""


class SecondFactor(Base):
    """A user's secret for time-based codes."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    """Whose."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books; the same as the user's."""
    secret: Mapped[str]
    """Base-32 (RFC 6238)."""
    confirmed_at: Mapped[datetime | None] = mapped_column(AwareUTC)
    """When the user first showed a right code; it is asked for from then on."""
    last_code: Mapped[str]
    """The code accepted last: no code is taken twice."""


class SignIn(Base):
    """A browser that somebody signed in with."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_user_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    """Who."""
    digest: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of what the browser shows, in hex."""
    began_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When."""
    expires_at: Mapped[datetime] = mapped_column(AwareUTC)
    """From then on it is refused."""
    ended_at: Mapped[datetime | None] = mapped_column(AwareUTC)
    """When it was ended before its time, if it was."""


class WrongTry(Base):
    """A sign-in that was refused, or whose words are being looked at."""

    __tablename__ = "wrong_tries"
    __table_args__ = (Index("ix_wrong_tries_subject", "company_id", "subject", "tried_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Into whose books."""
    subject: Mapped[str]
    """SHA-256 of the user's name, or of the address it came from: nobody is named here."""
    tried_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When."""
