"""Questions about payer aliases, as they were known on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from o2c_ai.core.aliases.rules import Alias, UnknownAlias
from o2c_ai.core.aliases.tables import PayerAlias, PayerAliasWithdrawal
from o2c_ai.core.payments.rules import UnknownLine
from o2c_ai.core.payments.tables import StatementLineRow
from o2c_ai.core.people.tables import User

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy.orm import Session


class NamedPayer(NamedTuple):
    """What a bank line says of who paid."""

    line_ref: str
    booking_date: date
    account: str
    name: str


def payer_of_line(session: Session, company_id: int, line_id: int) -> NamedPayer:
    """Whose money a bank line says it is. Raises UnknownLine."""
    line = StatementLineRow
    asked = select(line.line_ref, line.booking_date, line.payer_account, line.payer_name).where(
        line.company_id == company_id, line.id == line_id
    )
    row = session.execute(asked).first()
    if row is None:
        raise UnknownLine(line_id)
    return NamedPayer(*row)


def list_aliases(
    session: Session,
    company_id: int,
    as_of: date,
    customer_id: int | None = None,
    keys: Collection[str] | None = None,
) -> list[Alias]:
    """What had been said by the day, in the order it was said; of one customer, or of accounts and names squeezed so.

    What was withdrawn says so.
    """
    teller, taker = aliased(User), aliased(User)
    gone = PayerAliasWithdrawal
    asked = (
        select(PayerAlias, teller.name, StatementLineRow.line_ref, gone.known_on, taker.name, gone.reason)
        .join(teller, teller.id == PayerAlias.user_id)
        .outerjoin(StatementLineRow, StatementLineRow.id == PayerAlias.line_id)
        .outerjoin(gone, and_(gone.alias_id == PayerAlias.id, gone.known_on <= as_of))
        .outerjoin(taker, taker.id == gone.user_id)
        .where(PayerAlias.company_id == company_id, PayerAlias.known_on <= as_of)
        .order_by(PayerAlias.id)
    )
    if customer_id is not None:
        asked = asked.where(PayerAlias.customer_id == customer_id)
    if keys is not None:
        asked = asked.where(PayerAlias.key.in_(keys))
    return [
        _alias(row, by, ref or "", (on, who or "", why or "")) for row, by, ref, on, who, why in session.execute(asked)
    ]


def aliases_in_force(
    session: Session, company_id: int, as_of: date, keys: Collection[str] | None = None
) -> list[Alias]:
    """The last word that stands on the day for each account or name and customer, in the order they were said."""
    last = {
        (said.kind, said.key, said.customer_id): said
        for said in list_aliases(session, company_id, as_of, keys=keys)
        if said.withdrawn_on is None
    }
    return sorted(last.values(), key=lambda said: said.alias_id)


def lock_alias(session: Session, company_id: int, alias_id: int) -> tuple[PayerAlias, date | None]:
    """The stored alias, locked, and the day it was withdrawn. Raises UnknownAlias."""
    mine = PayerAlias.company_id == company_id, PayerAlias.id == alias_id
    row = session.scalar(select(PayerAlias).where(*mine).with_for_update())
    if row is None:
        raise UnknownAlias(alias_id)
    gone = select(PayerAliasWithdrawal.known_on).where(PayerAliasWithdrawal.alias_id == alias_id)
    return row, session.scalar(gone)


def _alias(row: PayerAlias, told_by: str, line_ref: str, withdrawn: tuple[date | None, str, str]) -> Alias:
    what = (row.id, row.customer_id, row.kind, row.text, row.key, row.word)
    return Alias(*what, row.known_on, told_by, line_ref, row.suggestion_id, row.reason, *withdrawn)
