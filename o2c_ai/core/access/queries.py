"""Questions about getting in: what a user's words are checked against, who is in, and how often was tried in vain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from o2c_ai.core.access.rules import GUARDED, TRIES_MAX, TRIES_WITHIN, Secret, SignedIn
from o2c_ai.core.access.tables import Password, SecondFactor, SignIn, WrongTry
from o2c_ai.core.people.queries import get_actor
from o2c_ai.core.people.rules import duties
from o2c_ai.core.people.tables import User

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def find_secret(session: Session, company_id: int, name: str) -> Secret | None:
    """What the words of an active user are checked against; None where there is no such user or no password yet."""
    asked = (
        select(Password.user_id, Password.password_hash, SecondFactor.secret)
        .join(User, User.id == Password.user_id)
        .outerjoin(SecondFactor, (SecondFactor.user_id == User.id) & SecondFactor.confirmed_at.is_not(None))
        .where(User.company_id == company_id, User.name == name, User.active)
    )
    row = session.execute(asked).one_or_none()
    return None if row is None else Secret(*row)


def find_second_factor(session: Session, user_id: int) -> SecondFactor | None:
    """The user's second factor, confirmed or not."""
    return session.get(SecondFactor, user_id)


def find_sign_in(session: Session, digest: str, at: datetime) -> SignedIn | None:
    """Who is in with the browser of this digest at that instant; None where unknown, over, ended or inactive."""
    alive = (SignIn.expires_at > at) & (SignIn.ended_at.is_(None) | (SignIn.ended_at > at))
    asked = (
        select(SignIn, User.name)
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.digest == digest, alive, User.active)
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        return None
    sign_in, name = row
    return SignedIn(sign_in.id, get_actor(session, sign_in.company_id, name, at), sign_in.expires_at)


def is_for_once(session: Session, user_id: int) -> bool:
    """Whether somebody else chose the user's password."""
    return bool(session.scalar(select(Password.once).where(Password.user_id == user_id)))


def lacks_second_factor(session: Session, actor: Actor) -> bool:
    """Whether the actor approves or administers without a second factor."""
    if not GUARDED & duties(actor.roles):
        return False
    known = find_second_factor(session, actor.user_id)
    return known is None or known.confirmed_at is None


_STANDING = (
    select(Password.once, SecondFactor.confirmed_at)
    .select_from(User)
    .outerjoin(Password, Password.user_id == User.id)
    .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
    .where(User.id == bindparam("user"))
)
"""Whether somebody else chose the user's password, and since when there is a second factor; asked by every request."""


def let_in(session: Session, actor: Actor, *, second_factor_asked: bool) -> Actor:
    """The actor as far as they may act by now.

    Nothing with a password somebody else chose; no approving and no administering without a second factor where one is
    asked for.
    """
    held = duties(actor.roles, actor.scope)
    once, confirmed_at = session.connection().execute(_STANDING, {"user": actor.user_id}).one()
    if once:
        held = frozenset()
    elif second_factor_asked and confirmed_at is None and GUARDED & duties(actor.roles):
        held -= GUARDED
    else:
        return actor
    return replace(actor, scope=frozenset(duty.value for duty in held))


def list_sign_ins(session: Session, user_id: int, at: datetime) -> list[SignIn]:
    """The user's sign-ins that still hold at that instant, newest first."""
    alive = (SignIn.expires_at > at) & (SignIn.ended_at.is_(None) | (SignIn.ended_at > at))
    asked = select(SignIn).where(SignIn.user_id == user_id, alive).order_by(SignIn.id.desc())
    return list(session.scalars(asked))


def lock_tries(session: Session, company_id: int) -> None:
    """Let nobody else count a try in the company until this transaction ends: its oldest user's row stands for them."""
    asked = select(User.id).where(User.company_id == company_id).order_by(User.id).limit(1)
    session.execute(asked.with_for_update(key_share=True))


def barred_until(session: Session, company_id: int, subjects: list[str], at: datetime) -> datetime | None:
    """When the next try may be made where one of the subjects was tried too often in vain; None where it may be now."""
    asked = (
        select(func.max(WrongTry.tried_at))
        .where(WrongTry.company_id == company_id, WrongTry.subject.in_(subjects), WrongTry.tried_at > at - TRIES_WITHIN)
        .group_by(WrongTry.subject)
        .having(func.count() >= TRIES_MAX)
    )
    latest = session.scalars(asked).all()
    return max(latest) + TRIES_WITHIN if latest else None
