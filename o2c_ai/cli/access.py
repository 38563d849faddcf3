"""`o2c init`: the database, and somebody who looks after users, with a password to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from o2c_ai.cli.door import AsJson, Company, User, open_door
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
    admin: Annotated[str | None, typer.Option(help="Who looks after users: gets a password, or a new one.")] = None,
    base_currency: Annotated[str, typer.Option(help="The company's own currency, for new books.")] = "EUR",
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Create the database, or bring it up to date; let somebody sign in who looks after users."""
    door = open_door(company, user, as_json=as_json)
    facts: dict[str, object] = {"database": door.store.url.render_as_string(hide_password=True)}
    notes = []
    if admin is not None:
        from o2c_ai.api.security import Passwords, new_password

        password = new_password()
        hashed = Passwords(door.settings.password_memory_kib, door.settings.password_rounds).hash(password)
        with door.acting(base_currency=base_currency) as (session, actor):
            let_administer(session, actor, name=admin, password_hash=hashed)
        facts |= {"company": door.company, "name": admin, "password": password}
        notes = ["the password is shown this once, and must be changed at the first sign-in: o2c serve"]
    door.say("The database is ready.", facts, notes)


def let_administer(session: Session, actor: Actor, *, name: str, password_hash: str) -> None:
    """Let somebody look after users, known already or not, with a password for once. Raises NotYourDuty."""
    known = find_actor(session, actor.company_id, name, actor.recorded_at)
    if known is None:
        create_user(session, actor, name=name, roles=[Role.ADMIN])
    elif Role.ADMIN.value not in known.roles:
        give_roles(session, actor, name=name, roles=[*(Role(role) for role in known.roles), Role.ADMIN])
    set_password(session, actor, name=name, password_hash=password_hash, once=True)
