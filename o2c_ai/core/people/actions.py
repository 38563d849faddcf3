"""Verbs about people: create users, issue and revoke tokens, ask for and decide approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, table_of
from o2c_ai.core.people import queries
from o2c_ai.core.people.rules import (
    Actor,
    AlreadyDecided,
    Answer,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
    Duty,
    KeyReused,
    LastAdministrator,
    NothingToApprove,
    OwnRequest,
    Role,
    UserExists,
    check_name,
    require,
)
from o2c_ai.core.people.tables import Approval, IdempotencyKey, Token, User, UserRole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from o2c_ai.core.money import Money


def create_first_user(
    session: Session, *, company_id: int, name: str, roles: Iterable[Role], recorded_at: datetime
) -> Actor:
    """The user who opens a company's books: the one act nobody else can permit.

    Raises BadName, and UserExists on any later call.
    """
    if queries.count_users(session, company_id):
        raise UserExists(name)
    first = _add_user(session, company_id, name, roles, recorded_at)
    audit.record(session, first, "create", "users", first.user_id, detail={"roles": sorted(first.roles)})
    return first


def create_user(session: Session, actor: Actor, *, name: str, roles: Iterable[Role]) -> Actor:
    """A further user with these roles. Raises NotYourDuty, UserExists, BadName."""
    require(actor, Duty.ADMINISTER)
    if queries.is_taken(session, actor.company_id, name):
        raise UserExists(name)
    created = _add_user(session, actor.company_id, name, roles, actor.recorded_at)
    audit.record(session, actor, "create", "users", created.user_id, detail={"roles": sorted(created.roles)})
    return created


def give_roles(session: Session, actor: Actor, *, name: str, roles: Iterable[Role]) -> Actor:
    """Let a user have exactly these roles from now on. Raises NotYourDuty, UnknownUser, LastAdministrator."""
    require(actor, Duty.ADMINISTER)
    user, wanted = queries.get_actor(session, actor.company_id, name, actor.recorded_at), set(roles)
    if Role.ADMIN not in wanted:
        _keep_an_administrator(session, user)
    session.execute(delete(UserRole).where(UserRole.user_id == user.user_id))
    session.add_all(UserRole(user_id=user.user_id, role=role, company_id=user.company_id) for role in wanted)
    session.flush()
    given = queries.get_actor(session, actor.company_id, name, actor.recorded_at)
    detail: dict[str, object] = {"old": sorted(user.roles), "new": sorted(given.roles)}
    audit.record(session, actor, "give roles", "users", user.user_id, detail=detail)
    return given


def deactivate_user(session: Session, actor: Actor, *, name: str) -> None:
    """Let a user act no more; what they did stays theirs. Raises NotYourDuty, UnknownUser, LastAdministrator."""
    require(actor, Duty.ADMINISTER)
    user = queries.get_actor(session, actor.company_id, name, actor.recorded_at)
    _keep_an_administrator(session, user)
    session.execute(update(User).where(User.id == user.user_id).values(active=False))
    audit.record(session, actor, "deactivate", "users", user.user_id)


def _keep_an_administrator(session: Session, user: Actor) -> None:
    everybody = queries.list_users(session, user.company_id, user.recorded_at)
    if {one.user_id for one in everybody if Role.ADMIN.value in one.roles} == {user.user_id}:
        raise LastAdministrator(user.name)


def _add_user(session: Session, company_id: int, name: str, roles: Iterable[Role], recorded_at: datetime) -> Actor:
    check_name(name)
    user = User(company_id=company_id, name=name, active=True)
    session.add(user)
    session.flush()
    session.add_all(UserRole(user_id=user.id, role=role, company_id=company_id) for role in roles)
    session.flush()
    return queries.get_actor(session, company_id, name, recorded_at)


def issue_token(
    session: Session,
    actor: Actor,
    *,
    digest: str,
    expires_at: datetime,
    label: str = "",
    scope: Iterable[Duty] | None = None,
) -> int:
    """Remember the digest of a token the entry point drew for the actor; gives its number, for revoking.

    A scope limits it to some duties; a token issued with a limited token is limited alike.
    """
    wanted = actor.scope if scope is None else frozenset(duty.value for duty in scope)
    token = Token(
        company_id=actor.company_id,
        user_id=actor.user_id,
        digest=digest,
        label=label,
        scope=None if wanted is None else sorted(wanted if actor.scope is None else wanted & actor.scope),
        expires_at=expires_at,
        revoked_at=None,
    )
    session.add(token)
    session.flush()
    audit.record(session, actor, "issue", "tokens", token.id)
    return token.id


def revoke_token(session: Session, actor: Actor, *, token_id: int) -> None:
    """Take one of the actor's own tokens back, from now on. Raises UnknownToken where it is not theirs."""
    token = queries.get_token(session, actor, token_id)
    token.revoked_at = min(token.revoked_at or actor.recorded_at, actor.recorded_at)
    session.flush()
    audit.record(session, actor, "revoke", "tokens", token_id)


def claim_key(session: Session, actor: Actor, *, key: str, request_digest: str) -> Answer | None:
    """Keep a key for one request; gives the answer where it was asked before, which then is the answer again.

    Raises KeyReused where the key came with another request, RefusedByStore where the same request is under way.
    """
    known = queries.find_answer(session, actor, key)
    if known is None:
        row = (actor.company_id, actor.user_id, key, request_digest, 0, "", actor.recorded_at)
        insert_rows(session, table_of(IdempotencyKey), _KEY_COLUMNS, [row])
        return None
    if known.request_digest != request_digest:
        raise KeyReused(key)
    return known


_KEY_COLUMNS = ("company_id", "user_id", "key", "request_digest", "status", "body", "asked_at")


def answer_key(session: Session, actor: Actor, *, key: str, status: int, body: str) -> None:
    """Keep the answer to a request, in the transaction of its act."""
    mine = (IdempotencyKey.company_id == actor.company_id) & (IdempotencyKey.user_id == actor.user_id)
    session.execute(update(IdempotencyKey).where(mine, IdempotencyKey.key == key).values(status=status, body=body))


def forget_keys(session: Session, *, before: datetime) -> None:
    """Forget the answers to what anybody, in any company, asked before an instant."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.asked_at < before))


def request_approval(
    session: Session, actor: Actor, *, kind: ApprovalKind, subject_id: int, amount: Money, reason: str, on: date
) -> int:
    """Ask for something only a second person may grant; gives the request's number.

    Raises NotYourDuty, NothingToApprove.
    """
    require(actor, Duty.REQUEST)
    if amount.minor <= 0:
        raise NothingToApprove(amount)
    row = Approval(
        company_id=actor.company_id,
        kind=kind,
        subject_id=subject_id,
        currency=amount.currency,
        amount_minor=amount.minor,
        reason=reason,
        requested_by=actor.user_id,
        requested_on=on,
        state=ApprovalState.REQUESTED,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "request", "approvals", row.id, reason=reason, detail={"kind": kind.value})
    return row.id


def decide_approval(
    session: Session, actor: Actor, *, approval_id: int, approve: bool, on: date, reason: str = ""
) -> ApprovalRequest:
    """Approve or decline what somebody else asked; the reason stands in the log of acts.

    Raises NotYourDuty, OwnRequest, AlreadyDecided, UnknownApproval.
    """
    require(actor, Duty.APPROVE)
    row = queries.lock_approval(session, actor.company_id, approval_id)
    if row.state is not ApprovalState.REQUESTED:
        raise AlreadyDecided(approval_id, row.state, queries.name_of(session, row.decided_by))
    if row.requested_by == actor.user_id:
        raise OwnRequest(approval_id, actor.name)
    row.state = ApprovalState.APPROVED if approve else ApprovalState.DECLINED
    row.decided_by, row.decided_on = actor.user_id, on
    session.flush()
    audit.record(session, actor, "approve" if approve else "decline", "approvals", approval_id, reason=reason)
    return queries.request_of(row)
