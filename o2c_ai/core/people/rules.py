"""Laws of people: which duties a role carries, and that nobody approves their own request."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from datetime import date, datetime

    from o2c_ai.core.money import Money


NAME_LENGTH_MAX = 100
"""Characters of a user's name."""
KEYS_KEPT = timedelta(days=7)
"""How long the answer to a request is kept with its key: whoever asks again after a week asks anew."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which company, with which roles, and when the entry point took the request."""

    company_id: int
    user_id: int
    name: str
    roles: frozenset[str]
    recorded_at: datetime
    """When we learn of the act; serves the audit, never decides what a question as of a day may see."""
    scope: frozenset[str] | None = None
    """Duties (`Duty` values) the means of access is limited to, such as a token's; None for no limit."""


class Role(enum.Enum):
    """What somebody is here for."""

    CLERK = "clerk"
    """Applies and unapplies cash, imports papers, asks for write-offs and refunds."""
    APPROVER = "approver"
    """Approves write-offs, refunds and credit memos asked by somebody else."""
    COLLECTOR = "collector"
    """Contacts, promises and disputes; posts nothing."""
    CREDIT_MANAGER = "credit_manager"
    """Credit limits and releases."""
    ANALYST = "analyst"
    """Trains and registers models; never promotes their own."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing."""
    ADMIN = "admin"
    """Users and roles; posts nothing."""


class Duty(enum.Enum):
    """An act that needs permission."""

    IMPORT = "import"
    """Take in customers, documents and bank statements."""
    BOOK = "book"
    """Issue documents, record receipts, apply, unapply, reverse."""
    REQUEST = "request"
    """Ask for a write-off or a refund."""
    APPROVE = "approve"
    """Decide on a write-off or a refund that somebody else asked for."""
    COLLECT = "collect"
    """Record contacts, promises and disputes."""
    TRAIN = "train"
    """Store predictions, train and register models."""
    CLOSE = "close"
    """Close and reopen periods."""
    ADMINISTER = "administer"
    """Create users and give roles."""
    AUDIT = "audit"
    """Read who did what, when and why."""


_DUTIES = {
    Role.CLERK: {Duty.IMPORT, Duty.BOOK, Duty.REQUEST, Duty.COLLECT},
    Role.APPROVER: {Duty.APPROVE, Duty.CLOSE},
    Role.COLLECTOR: {Duty.COLLECT},
    Role.CREDIT_MANAGER: set[Duty](),
    Role.ANALYST: {Duty.TRAIN},
    Role.AUDITOR: {Duty.AUDIT},
    Role.ADMIN: {Duty.ADMINISTER, Duty.AUDIT},
}


class ApprovalKind(enum.Enum):
    """What can be asked by one and approved by another."""

    WRITE_OFF = "write_off"
    """Give up the rest of an open item."""
    REFUND = "refund"
    """Pay unapplied cash back."""


class ApprovalState(enum.Enum):
    """Where a request stands."""

    REQUESTED = "requested"
    """Waits for a second person."""
    APPROVED = "approved"
    """Granted by a second person."""
    DECLINED = "declined"
    """Refused by a second person."""


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """A request waiting for, or given, a second person's word."""

    approval_id: int
    kind: ApprovalKind
    subject_id: int
    """The open item to write off, or the credit item to refund."""
    amount: Money
    reason: str
    requested_by: int
    requested_on: date
    state: ApprovalState


class NotYourDuty(Forbidden):
    """None of the actor's roles carries this duty."""

    def __init__(self, name: str, duty: Duty) -> None:
        """Name the actor and the duty they lack."""
        self.name, self.duty = name, duty
        super().__init__(f"{name} has no role with the duty to {duty.value}")


class OwnRequest(Forbidden):
    """A request must be decided by somebody other than who asked."""

    def __init__(self, approval_id: int, name: str) -> None:
        """Name the request and who tried to approve their own."""
        self.approval_id, self.name = approval_id, name
        super().__init__(f"{name} asked for request {approval_id} and cannot decide it")


class AlreadyDecided(Conflict):
    """The request was approved or declined before."""

    def __init__(self, approval_id: int, state: ApprovalState, by: str) -> None:
        """Name the request, its state and who decided."""
        self.approval_id, self.state, self.by = approval_id, state, by
        super().__init__(f"request {approval_id} is already {state.value} by {by}")


class NothingToApprove(Invalid):
    """A request is about a positive amount."""

    def __init__(self, amount: Money) -> None:
        """Name what was asked for."""
        self.amount = amount
        super().__init__(f"{amount} is nothing that could be approved")


class BadName(Invalid):
    """A user's name is part of addresses and stands in lists: it can be read, typed and told from others."""

    def __init__(self, name: str) -> None:
        """Name what was given."""
        self.name = name
        super().__init__(
            f"{name!r} cannot be a user's name: give 1 to {NAME_LENGTH_MAX} visible characters without a slash, "
            "without spaces at the ends, and not only dots"
        )


class UnknownUser(NotFound):
    """No such user in this company."""

    def __init__(self, name: str) -> None:
        """Name who was asked for."""
        self.name = name
        super().__init__(f"no user {name!r} in this company")


class UnknownApproval(NotFound):
    """No such request in this company."""

    def __init__(self, approval_id: int) -> None:
        """Name the request."""
        self.approval_id = approval_id
        super().__init__(f"no request {approval_id} in this company")


class UnknownToken(NotFound):
    """The actor has no such token."""

    def __init__(self, token_id: int) -> None:
        """Name the token's number."""
        self.token_id = token_id
        super().__init__(f"no token {token_id} of yours")


class UserExists(Conflict):
    """The name is taken in this company."""

    def __init__(self, name: str) -> None:
        """Name the user."""
        self.name = name
        super().__init__(f"there is already a user {name!r} in this company")


class LastAdministrator(Conflict):
    """Somebody must be able to look after users."""

    def __init__(self, name: str) -> None:
        """Name who is the last."""
        self.name = name
        super().__init__(f"{name} is the last administrator: make somebody else one first")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to a request, kept so that the same request again changes nothing."""

    request_digest: str
    """SHA-256 of what was asked, in hex."""
    status: int
    body: str


class KeyReused(Invalid):
    """A key for repeating a request safely came with another request."""

    def __init__(self, key: str) -> None:
        """Name the key."""
        self.key = key
        super().__init__(f"the key {key!r} was used for another request: draw a new one for each act")


def duties(roles: frozenset[str], scope: frozenset[str] | None = None) -> frozenset[Duty]:
    """Everything the holder of these roles may do, within the scope of their means of access."""
    held = frozenset(duty for role in roles for duty in _DUTIES[Role(role)])
    return held if scope is None else frozenset(duty for duty in held if duty.value in scope)


def check_name(name: str) -> None:
    """Refuse a name that an address cannot carry or an eye cannot read (BadName)."""
    readable = name.isprintable() and name == name.strip() and "/" not in name and name.strip(".")
    if not readable or len(name) > NAME_LENGTH_MAX:
        raise BadName(name)


def require(actor: Actor, duty: Duty) -> None:
    """Refuse the act unless one of the actor's roles carries the duty, within their scope (NotYourDuty)."""
    if duty not in duties(actor.roles, actor.scope):
        raise NotYourDuty(actor.name, duty)
