"""Questions about people: who acts, and which requests wait for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from o2c_ai.core.audit import AuditEvent
from o2c_ai.core.database import Place, page_of
from o2c_ai.core.money import Money
from o2c_ai.core.people.rules import (
    Actor,
    Answer,
    ApprovalRequest,
    ApprovalState,
    Duty,
    Role,
    UnknownApproval,
    UnknownToken,
    UnknownUser,
    duties,
    require,
)
from o2c_ai.core.people.tables import Approval, IdempotencyKey, Token, User, UserRole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


def find_actor(session: Session, company_id: int, name: str, recorded_at: datetime) -> Actor | None:
    """The active user of that name, ready to act; None where there is none."""
    user = session.scalar(select(User).where(User.company_id == company_id, User.name == name, User.active))
    return None if user is None else _actor(session, user, recorded_at)


def find_administrator(session: Session, company_id: int, recorded_at: datetime) -> Actor | None:
    """The company's oldest active user who may create users; None where there is none."""
    asked = (
        select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.company_id == company_id, User.active, UserRole.role == Role.ADMIN)
        .order_by(User.id)
    )
    user = session.scalars(asked.limit(1)).first()
    return None if user is None else _actor(session, user, recorded_at)


def is_taken(session: Session, company_id: int, name: str) -> bool:
    """Whether the company ever had a user of that name, active or not."""
    return session.scalar(select(User.id).where(User.company_id == company_id, User.name == name)) is not None


def get_actor(session: Session, company_id: int, name: str, recorded_at: datetime) -> Actor:
    """The active user of that name; raises UnknownUser."""
    actor = find_actor(session, company_id, name, recorded_at)
    if actor is None:
        raise UnknownUser(name)
    return actor


def get_actor_by_id(session: Session, company_id: int, user_id: int, recorded_at: datetime) -> Actor:
    """The active user of that number; raises UnknownUser."""
    user = session.scalar(select(User).where(User.company_id == company_id, User.id == user_id, User.active))
    if user is None:
        raise UnknownUser(f"number {user_id}")
    return _actor(session, user, recorded_at)


def get_token(session: Session, actor: Actor, token_id: int) -> Token:
    """One of the actor's own tokens; raises UnknownToken."""
    token = session.scalar(select(Token).where(Token.id == token_id, Token.user_id == actor.user_id))
    if token is None:
        raise UnknownToken(token_id)
    return token


def list_tokens(session: Session, actor: Actor) -> list[Token]:
    """The actor's own tokens that were not revoked, newest first."""
    asked = select(Token).where(Token.user_id == actor.user_id, Token.revoked_at.is_(None)).order_by(Token.id.desc())
    return list(session.scalars(asked))


def list_users(session: Session, company_id: int, recorded_at: datetime) -> list[Actor]:
    """The company's active users, by name."""
    asked = select(User).where(User.company_id == company_id, User.active).order_by(User.name)
    return [_actor(session, user, recorded_at) for user in session.scalars(asked)]


def holders(session: Session, company_id: int, duty: Duty) -> list[str]:
    """Names of the company's active users with a duty, in order."""
    carry = [role for role in Role if duty in duties(frozenset({role.value}))]
    asked = (
        select(User.name)
        .join(UserRole, UserRole.user_id == User.id)
        .where(User.company_id == company_id, User.active, UserRole.role.in_(carry))
    )
    return list(session.scalars(asked.distinct().order_by(User.name)))


def page_users(
    session: Session, company_id: int, *, after: Place | None = None, limit: int = 50
) -> tuple[list[Any], Place | None]:
    """A page of the company's users by name: id, name, active; and the place after it. Raises BadPlace."""
    asked = select(User.id, User.name, User.active).where(User.company_id == company_id)
    return page_of(session, asked, by="name", after=after, limit=limit)


def roles_of(session: Session, company_id: int, user_ids: Sequence[int]) -> dict[int, list[Role]]:
    """User → their roles."""
    found: dict[int, list[Role]] = {user_id: [] for user_id in user_ids}
    asked = select(UserRole).where(UserRole.company_id == company_id, UserRole.user_id.in_(user_ids))
    for row in session.scalars(asked.order_by(UserRole.user_id, UserRole.role)):
        found[row.user_id].append(row.role)
    return found


def page_events(
    session: Session,
    actor: Actor,
    *,
    who: str = "",
    verb: str = "",
    subject: str = "",
    subject_id: int | None = None,
    since: datetime | None = None,
    before: datetime | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the log of acts, newest first, and the place after it; None at the end. Raises NotYourDuty, BadPlace.

    `since` is the first instant that counts, `before` the first that does not.
    Columns: id, recorded_at, name (who acted), verb, subject, subject_id, suggestion_id, reason, detail.
    """
    require(actor, Duty.AUDIT)
    log = AuditEvent
    asked: Select[*tuple[Any, ...]] = (
        select(log.id, log.recorded_at, User.name, log.verb, log.subject, log.subject_id, log.suggestion_id)
        .add_columns(log.reason, log.detail)
        .join(User, User.id == log.user_id)
        .where(log.company_id == actor.company_id)
    )
    for column, wanted in ((User.name, who), (log.verb, verb), (log.subject, subject), (log.subject_id, subject_id)):
        if wanted:
            asked = asked.where(column == wanted)
    if since is not None:
        asked = asked.where(log.recorded_at >= since)
    if before is not None:
        asked = asked.where(log.recorded_at < before)
    return page_of(session, asked, by="id", after=after, limit=limit, descending=True)


def find_answer(session: Session, actor: Actor, key: str) -> Answer | None:
    """What was answered to the actor's request of this key; None where it was not asked."""
    asked = select(IdempotencyKey).where(
        IdempotencyKey.company_id == actor.company_id,
        IdempotencyKey.user_id == actor.user_id,
        IdempotencyKey.key == key,
    )
    row = session.scalar(asked)
    return None if row is None else Answer(row.request_digest, row.status, row.body)


def count_users(session: Session, company_id: int) -> int:
    """How many users the company has."""
    return session.scalar(select(func.count()).select_from(User).where(User.company_id == company_id)) or 0


def lock_approval(session: Session, company_id: int, approval_id: int) -> Approval:
    """The stored request, locked for deciding; raises UnknownApproval."""
    asked = select(Approval).where(Approval.company_id == company_id, Approval.id == approval_id).with_for_update()
    # Read afresh: somebody may have decided since this session first saw the request.
    approval = session.scalar(asked.execution_options(populate_existing=True))
    if approval is None:
        raise UnknownApproval(approval_id)
    return approval


def list_approvals(session: Session, company_id: int, state: ApprovalState) -> list[ApprovalRequest]:
    """Requests in a state, oldest first."""
    asked = select(Approval).where(Approval.company_id == company_id, Approval.state == state).order_by(Approval.id)
    return [request_of(row) for row in session.scalars(asked)]


def page_approvals(
    session: Session,
    company_id: int,
    *,
    state: ApprovalState | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of requests, the newest first: columns of the request, by (who asked), decider and decision_reason.

    Raises BadPlace.
    """
    decider, log = aliased(User), AuditEvent
    mine = log.company_id == company_id, log.subject == "approvals", log.subject_id == Approval.id
    said = select(func.max(log.reason)).where(*mine, log.verb.in_(("approve", "decline"))).correlate(Approval)
    asked = (
        select(*Approval.__table__.columns, User.name.label("by"), func.coalesce(decider.name, "").label("decider"))
        .add_columns(func.coalesce(said.scalar_subquery(), "").label("decision_reason"))
        .join(User, User.id == Approval.requested_by)
        .outerjoin(decider, decider.id == Approval.decided_by)
        .where(Approval.company_id == company_id)
    )
    if state is not None:
        asked = asked.where(Approval.state == state)
    return page_of(session, asked, by="id", after=after, limit=limit, descending=True)


def count_waiting(session: Session, actor: Actor) -> int:
    """How many requests of other people wait for somebody to decide them."""
    asked = select(func.count()).select_from(Approval)
    waiting = Approval.state == ApprovalState.REQUESTED, Approval.requested_by != actor.user_id
    return session.scalar(asked.where(Approval.company_id == actor.company_id, *waiting)) or 0


def name_of(session: Session, user_id: int | None) -> str:
    """What somebody is called; empty where nobody is meant."""
    return session.scalar(select(User.name).where(User.id == user_id)) or ""


def request_of(row: Approval) -> ApprovalRequest:
    """The stored request as a frozen record."""
    amount = Money(row.amount_minor, row.currency)
    return ApprovalRequest(
        row.id, row.kind, row.subject_id, amount, row.reason, row.requested_by, row.requested_on, row.state
    )


def _actor(session: Session, user: User, recorded_at: datetime) -> Actor:
    roles = session.scalars(select(UserRole.role).where(UserRole.user_id == user.id))
    return Actor(user.company_id, user.id, user.name, frozenset(role.value for role in roles), recorded_at)
