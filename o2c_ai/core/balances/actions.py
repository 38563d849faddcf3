"""Verbs of balances: note what stood on an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.balances.queries import balance_said
from o2c_ai.core.balances.tables import BankBalance
from o2c_ai.core.database import insert_rows, table_of
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.money import Money
    from o2c_ai.core.people.rules import Actor


def state_balance(session: Session, actor: Actor, *, bank_account_id: int, balance: Money, on: date) -> bool:
    """Note what stood on a bank account on the evening of a day; False where that was known. Raises NotYourDuty."""
    require(actor, Duty.IMPORT)
    if balance_said(session, actor.company_id, bank_account_id, balance.currency, on) == balance.minor:
        return False
    row = (actor.company_id, bank_account_id, on, balance.currency, balance.minor)
    columns = ("company_id", "bank_account_id", "balance_on", "currency", "amount_minor")
    insert_rows(session, table_of(BankBalance), columns, [row])
    detail: dict[str, object] = {"on": audit.plain(on), "balance": str(balance)}
    audit.record(session, actor, "state balance", "bank_accounts", bank_account_id, detail=detail)
    return True
