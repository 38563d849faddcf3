"""Who pays for whom, said at a bank line: its name or account is a customer's, or is not any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Response

from o2c_ai.api.pages.match_acts import Back, Why
from o2c_ai.api.pages.page import Doing, done, takes
from o2c_ai.core.aliases.actions import tell, withdraw
from o2c_ai.core.aliases.queries import payer_of_line
from o2c_ai.core.aliases.rules import AliasKind, NewAlias, Word
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.people.rules import Duty

if TYPE_CHECKING:
    from o2c_ai.core.aliases.queries import NamedPayer

router = APIRouter(prefix="/match")


@router.post("/{line_id}/payer", dependencies=[takes(Duty.BOOK)])
def know_payer(
    act: Doing,
    line_id: int,
    kind: Annotated[AliasKind, Form()],
    customer: Annotated[str, Form(max_length=200)],
    reason: Why = "",
    back: Back = "",
) -> Response:
    """Say that the line's name or account pays for a customer. Raises UnknownLine, EmptyAlias, ToldTooEarly."""
    text = _named(payer_of_line(act.session, act.actor.company_id, line_id), kind)
    try:
        payer = get_customer(act.session, act.actor.company_id, customer.strip()).customer_id
    except UnknownCustomer:
        return done(act, "/match", back, line=line_id, did="nobody")
    tell(act.session, act.actor, alias=NewAlias(payer, kind, text, Word.KNOWN, act.as_of, reason, line_id))
    return done(act, "/match", back, line=line_id, did="told")


@router.post("/{line_id}/payer/withdraw", dependencies=[takes(Duty.BOOK)])
def withdraw_payer(act: Doing, line_id: int, alias: Annotated[int, Form()], back: Back = "") -> Response:
    """Take back what was said. Raises UnknownAlias, AlreadyWithdrawn."""
    withdraw(act.session, act.actor, alias_id=alias, on=act.as_of, reason="taken back at a bank line")
    return done(act, "/match", back, line=line_id, did="untold")


def _named(payer: NamedPayer, kind: AliasKind) -> str:
    return payer.account if kind is AliasKind.ACCOUNT else payer.name
