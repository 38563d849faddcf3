"""Verbs of getting in: set a password, set up a second factor, sign in and out, and count tries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from o2c_ai.core import audit
from o2c_ai.core.access import queries
from o2c_ai.core.access.rules import (
    SIGN_IN_LASTS,
    TRIES_WITHIN,
    SecondFactorThere,
    TooManyTries,
    UnknownSignIn,
    WrongWords,
)
from o2c_ai.core.access.tables import Password, SecondFactor, SignIn, WrongTry
from o2c_ai.core.people.queries import get_actor
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def set_password(session: Session, actor: Actor, *, name: str, password_hash: str, once: bool = False) -> None:
    """Give a user a password and end every sign-in made with the old one; one's own, or anybody's as administrator.

    One given for `once` must be changed by its owner before anything is done. Raises NotYourDuty, UnknownUser.
    """
    if name != actor.name:
        require(actor, Duty.ADMINISTER)
    user = get_actor(session, actor.company_id, name, actor.recorded_at)
    known = session.get(Password, user.user_id)
    if known is None:
        known = Password(user_id=user.user_id, company_id=actor.company_id)
        session.add(known)
    known.password_hash, known.set_at, known.once = password_hash, actor.recorded_at, once
    session.flush()
    end_all(session, user)
    audit.record(session, actor, "set password", "users", user.user_id)


def sign_in(session: Session, actor: Actor, *, digest: str) -> datetime:
    """Let a browser in whose words were right; gives the instant until which it is."""
    expires_at = actor.recorded_at + SIGN_IN_LASTS
    row = SignIn(
        company_id=actor.company_id,
        user_id=actor.user_id,
        digest=digest,
        began_at=actor.recorded_at,
        expires_at=expires_at,
        ended_at=None,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "sign in", "sign_ins", row.id)
    return expires_at


def end_sign_in(session: Session, actor: Actor, *, sign_in_id: int) -> None:
    """End one of the actor's own sign-ins. Raises UnknownSignIn."""
    for row in queries.list_sign_ins(session, actor.user_id, actor.recorded_at):
        if row.id == sign_in_id:
            row.ended_at = actor.recorded_at
            session.flush()
            audit.record(session, actor, "sign out", "sign_ins", sign_in_id)
            return
    raise UnknownSignIn(sign_in_id)


def end_all(session: Session, user: Actor) -> None:
    """End every sign-in of a user."""
    alive = (SignIn.user_id == user.user_id) & SignIn.ended_at.is_(None)
    session.execute(update(SignIn).where(alive).values(ended_at=user.recorded_at))


def begin_second_factor(session: Session, actor: Actor, *, secret: str) -> None:
    """Keep a secret the actor's codes will come from; it counts once a code was shown. Raises SecondFactorThere."""
    known = queries.find_second_factor(session, actor.user_id)
    if known is not None and known.confirmed_at is not None:
        raise SecondFactorThere
    if known is None:
        known = SecondFactor(user_id=actor.user_id, company_id=actor.company_id, confirmed_at=None)
        session.add(known)
    known.secret, known.last_code = secret, ""
    session.flush()


def take_code(session: Session, actor: Actor, *, code: str) -> None:
    """Note a right code, which confirms the second factor when it is the first. Raises WrongWords for one shown before.

    Whether the code is right is the entry point's to find out: it depends on the time.
    """
    known = queries.find_second_factor(session, actor.user_id)
    if known is None or known.last_code == code:
        raise WrongWords
    if known.confirmed_at is None:
        known.confirmed_at = actor.recorded_at
        audit.record(session, actor, "confirm", "second_factors", actor.user_id)
    known.last_code = code
    session.flush()


def drop_second_factor(session: Session, actor: Actor, *, name: str) -> None:
    """Take a user's second factor away, when their telephone is lost. Raises NotYourDuty, UnknownUser."""
    require(actor, Duty.ADMINISTER)
    user = get_actor(session, actor.company_id, name, actor.recorded_at)
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.user_id))
    end_all(session, user)
    audit.record(session, actor, "drop", "second_factors", user.user_id)


def claim_try(session: Session, *, company_id: int, subjects: list[str], at: datetime) -> list[int]:
    """Count a try as a wrong one before it is looked at, so that tries made at once all count; gives its numbers.

    `subjects` are digests of a user's name and of an address; old tries are forgotten. Raises TooManyTries.
    """
    queries.lock_tries(session, company_id)
    barred = queries.barred_until(session, company_id, subjects, at)
    if barred is not None:
        raise TooManyTries(barred)
    old = (WrongTry.company_id == company_id) & (WrongTry.tried_at <= at - TRIES_WITHIN)
    session.execute(delete(WrongTry).where(old))
    counted = [WrongTry(company_id=company_id, subject=subject, tried_at=at) for subject in subjects]
    session.add_all(counted)
    session.flush()
    return [row.id for row in counted]


def forgive_try(session: Session, *, try_ids: list[int]) -> None:
    """Count a try no more whose words were right."""
    session.execute(delete(WrongTry).where(WrongTry.id.in_(try_ids)))
