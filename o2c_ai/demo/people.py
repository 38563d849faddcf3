"""The people of the made-up company: one for each desk, with a password that everybody may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.core.people.actions import create_user
from o2c_ai.core.people.rules import Role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

COMPANY_CODE = "demo"
"""Of the made-up company, whose people have passwords that everybody may know."""


class Login(NamedTuple):
    """Somebody who works for the made-up company."""

    name: str
    roles: tuple[Role, ...]
    desk: str
    """What they are here for, in a few words."""

    @property
    def password(self) -> str:
        """Known to everybody: it opens the made-up company alone, and only from this machine."""
        return f"{self.name} likes demos"


LOGINS = (
    Login("clara", (Role.CLERK,), "matches bank lines"),
    Login("carl", (Role.COLLECTOR,), "calls customers"),
    Login("dana", (Role.ANALYST,), "trains and promotes models"),
    Login("paul", (Role.APPROVER, Role.AUDITOR), "grants refunds and write-offs, reads everything"),
    Login("ada", (Role.ADMIN,), "looks after users"),
)


def move_in(session: Session, actor: Actor) -> None:
    """Create the people, as administrator."""
    for login in LOGINS:
        create_user(session, actor, name=login.name, roles=login.roles)
