"""`o2c init`: books, and somebody who may look after their users, with a password to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from o2c_ai.cli.door import AsJson, Company, open_door
from o2c_ai.core.access.actions import set_password
from o2c_ai.core.people.actions import create_user, give_roles
from o2c_ai.core.people.queries import find_actor
from o2c_ai.core.people.rules import Role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def add_to(app: typer.Typer) -> None:
    """Give the app its command."""
    app.command("init")(init)


def init(
    name: Annotated[str, typer.Option(help="Who looks after users.")] = "admin",
    currency: Annotated[str, typer.Option(help="The company's own currency, where its books are opened.")] = "EUR",
    company: Company = None,
    as_json: AsJson = False,
) -> None:
    """Open the books where there are none, and give an administrator a password to begin with.

    Again for one whose password is lost: whoever may run commands here may do everything.
    """
    from o2c_ai.api.security import Passwords, new_password

    door, password = open_door(company, None, as_json=as_json), new_password()
    hashed = Passwords(door.settings.password_memory_kib, door.settings.password_rounds).hash(password)
    with door.acting(base_currency=currency) as (session, actor):
        administrator(session, actor, name=name, password_hash=hashed)
    notes = ["the password is shown this once, and changed by its owner at the first sign-in", "next: o2c serve"]
    door.say("Ready.", {"company": door.company, "name": name, "password": password}, notes)


def administrator(session: Session, actor: Actor, *, name: str, password_hash: str) -> None:
    """Let somebody look after users, known already or not. Raises NotYourDuty."""
    known = find_actor(session, actor.company_id, name, actor.recorded_at)
    if known is None:
        create_user(session, actor, name=name, roles=[Role.ADMIN])
    elif Role.ADMIN.value not in known.roles:
        give_roles(session, actor, name=name, roles=[*(Role(role) for role in known.roles), Role.ADMIN])
    set_password(session, actor, name=name, password_hash=password_hash, once=True)
