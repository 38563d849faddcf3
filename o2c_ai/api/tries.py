"""Checks the words people prove themselves with, and lets nobody try for ever: in a form or by a program."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from o2c_ai.api.dependencies import service_of
from o2c_ai.api.security import digest_of
from o2c_ai.core.access.actions import claim_try, forgive_try
from o2c_ai.core.access.queries import find_secret
from o2c_ai.core.access.rules import WrongWords

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fastapi import Request
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


@contextmanager
def counted_try(request: Request, company_id: int, name: str, now: datetime) -> Iterator[None]:
    """Look at somebody's words in the block; the try counts as wrong until it ends well.

    Counted first, so that tries made at once, in whichever process, are not more than are let (TooManyTries).
    """
    store, address = service_of(request).store, request.client and request.client.host
    subjects = [digest_of(f"name {name}"), digest_of(f"address {address}")]
    with store.session() as session:
        tries = claim_try(session, company_id=company_id, subjects=subjects, at=now)
        session.commit()
    yield
    with store.session() as session:
        forgive_try(session, try_ids=tries)
        session.commit()


def check_own_password(request: Request, session: Session, actor: Actor, given: str) -> None:
    """Let somebody act who knows their password (WrongWords, which counts a try; TooManyTries)."""
    secret = find_secret(session, actor.company_id, actor.name)
    with counted_try(request, actor.company_id, actor.name, actor.recorded_at):
        if not service_of(request).passwords.proves(given, secret):
            raise WrongWords
