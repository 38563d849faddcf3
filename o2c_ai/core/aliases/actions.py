"""Verbs of payer aliases: say that an account or a name pays for a customer, say that it does not, take that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.aliases import queries
from o2c_ai.core.aliases.rules import (
    AliasKind,
    AlreadyWithdrawn,
    EmptyAlias,
    NewAlias,
    NoPayerNamed,
    ToldTooEarly,
    Word,
    squeeze,
)
from o2c_ai.core.aliases.tables import PayerAlias, PayerAliasWithdrawal
from o2c_ai.core.customers.queries import strangers
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_VERBS = {Word.KNOWN: "learn", Word.DECLINED: "decline"}


def tell(session: Session, actor: Actor, *, alias: NewAlias) -> int:
    """Say that an account or a name pays for a customer, or does not; gives the alias's number.

    It counts from its day on, above what was said of the same pair before. Raises NotYourDuty, EmptyAlias,
    UnknownCustomer, UnknownLine, and ToldTooEarly where the line came later.
    """
    require(actor, Duty.BOOK)
    return _keep(session, actor, alias, None)


def decline_payer(
    session: Session,
    actor: Actor,
    *,
    suggestion_id: int,
    line_id: int,
    customer_id: int,
    payer_by: AliasKind | None,
    on: date,
    reason: str,
) -> int:
    """Say that a line's money is not the customer's a suggestion named; gives the alias's number.

    Declined is the account or the name that was relied on; where neither was, the line's account before its name.
    Callers have checked duty and suggestion. Raises UnknownCustomer, UnknownLine, ToldTooEarly, and NoPayerNamed where
    the line names nobody.
    """
    line = queries.payer_of_line(session, actor.company_id, line_id)
    named = {AliasKind.ACCOUNT: line.account, AliasKind.NAME: line.name}
    kind = next((one for one in (payer_by, *AliasKind) if one is not None and squeeze(named[one])), None)
    if kind is None:
        raise NoPayerNamed(line.line_ref)
    said = NewAlias(customer_id, kind, named[kind], Word.DECLINED, on, reason, line_id)
    return _keep(session, actor, said, suggestion_id)


def _keep(session: Session, actor: Actor, said: NewAlias, suggestion_id: int | None) -> int:
    key = squeeze(said.text)
    if not key:
        raise EmptyAlias(said.text)
    if strangers(session, actor.company_id, [said.customer_id]):
        raise UnknownCustomer(str(said.customer_id))
    if said.line_id is not None:
        line = queries.payer_of_line(session, actor.company_id, said.line_id)
        if said.on < line.booking_date:
            raise ToldTooEarly(f"statement line {line.line_ref}", line.booking_date, said.on)
    row = PayerAlias(
        company_id=actor.company_id,
        customer_id=said.customer_id,
        kind=said.kind,
        text=said.text,
        key=key,
        word=said.word,
        known_on=said.on,
        user_id=actor.user_id,
        line_id=said.line_id,
        suggestion_id=suggestion_id,
        reason=said.reason,
    )
    session.add(row)
    session.flush()
    audit.record(
        session,
        actor,
        _VERBS[said.word],
        "payer_aliases",
        row.id,
        suggestion_id=suggestion_id,
        reason=said.reason,
        detail={"kind": said.kind.value, "customer_id": said.customer_id},
    )
    return row.id


def withdraw(session: Session, actor: Actor, *, alias_id: int, on: date, reason: str) -> None:
    """Take back what was said: from that day on it counts no more, and what was said before it counts again.

    Raises NotYourDuty, UnknownAlias, AlreadyWithdrawn, and ToldTooEarly before the day it was said.
    """
    require(actor, Duty.BOOK)
    row, gone = queries.lock_alias(session, actor.company_id, alias_id)
    if gone is not None:
        raise AlreadyWithdrawn(alias_id, gone)
    if on < row.known_on:
        raise ToldTooEarly(f"alias {alias_id}", row.known_on, on)
    session.add(
        PayerAliasWithdrawal(
            company_id=actor.company_id, alias_id=alias_id, known_on=on, user_id=actor.user_id, reason=reason
        )
    )
    session.flush()
    audit.record(session, actor, "withdraw", "payer_aliases", alias_id, reason=reason)
