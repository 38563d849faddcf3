"""Questions about getting in: what a user's words are checked against, who is in, and how often was tried in vain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, null, select

from o2c_ai.core.access.rules import GUARDED, TRIES_MAX, TRIES_WITHIN, Secret, SignedIn
from o2c_ai.core.access.tables import Password, SecondFactor, SignIn, WrongTry
from o2c_ai.core.database import AwareUTC
from o2c_ai.core.people.queries import get_actor
from o2c_ai.core.people.rules import Actor, duties
from o2c_ai.core.people.tables import Token, User, UserRole

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


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


def _admitted(*more: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 - columns
    return (
        select(User.company_id, User.id, User.name, UserRole.role, Password.once, SecondFactor.confirmed_at, *more)
        .select_from(User)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .outerjoin(Password, Password.user_id == User.id)
        .outerjoin(SecondFactor, SecondFactor.user_id == User.id)
        .where(User.active)
    )


_AT = bindparam("at", type_=AwareUTC)
_BY_TOKEN = (
    _admitted(Token.scope)
    .join(Token, Token.user_id == User.id)
    .where(Token.digest == bindparam("digest"), Token.expires_at > _AT)
    .where(Token.revoked_at.is_(None) | (Token.revoked_at > _AT))
)
_BY_SIGN_IN = (
    _admitted(null().label("scope"))
    .join(SignIn, SignIn.user_id == User.id)
    .where(SignIn.digest == bindparam("digest"), SignIn.expires_at > _AT)
    .where(SignIn.ended_at.is_(None) | (SignIn.ended_at > _AT))
)
"""Asked by every request, so they are put together once, and past the mapper, whose rows nobody needs."""


def admitted_by_token(session: Session, digest: str, at: datetime, *, second_factor_asked: bool) -> Actor | None:
    """Who acts with the token of this digest at that instant, as far as they may by now.

    None where it is unknown, expired, revoked, or its user inactive. Nothing may be done with a password somebody else
    chose; no approving and no administering without a second factor where one is asked for.
    """
    return _as_far_as_may(session, _BY_TOKEN, digest, at, second_factor_asked=second_factor_asked)


def admitted_by_sign_in(session: Session, digest: str, at: datetime, *, second_factor_asked: bool) -> Actor | None:
    """The same of who is in with the browser of this digest; None where the sign-in is unknown, over or ended."""
    return _as_far_as_may(session, _BY_SIGN_IN, digest, at, second_factor_asked=second_factor_asked)


def _as_far_as_may(
    session: Session, asked: Select[*tuple[Any, ...]], digest: str, at: datetime, *, second_factor_asked: bool
) -> Actor | None:
    rows = session.connection().execute(asked, {"digest": digest, "at": at}).all()
    if not rows:
        return None
    first = rows[0]
    roles = frozenset(row.role.value for row in rows if row.role is not None)
    scope = None if first.scope is None else frozenset(first.scope)
    actor = Actor(first.company_id, first.id, first.name, roles, at, scope)
    held = duties(roles, scope)
    if first.once:
        held = frozenset()
    elif second_factor_asked and first.confirmed_at is None and GUARDED & held:
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
