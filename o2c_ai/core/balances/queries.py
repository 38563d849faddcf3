"""Questions about balances: what was said of an account, and what stands on all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from o2c_ai.core.balances.tables import BankBalance
from o2c_ai.core.payments.tables import StatementLineRow

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def balance_said(session: Session, company_id: int, bank_account_id: int, currency: str, on: date) -> int | None:
    """What the newest word says stood on an account that evening, minor units; None where nobody said."""
    asked = select(BankBalance.amount_minor).where(
        BankBalance.company_id == company_id,
        BankBalance.bank_account_id == bank_account_id,
        BankBalance.currency == currency,
        BankBalance.balance_on == on,
    )
    return session.scalar(asked.order_by(BankBalance.id.desc()).limit(1))


def bank_balances(session: Session, company_id: int, as_of: date) -> dict[str, int]:
    """Currency → minor units on all bank accounts on the evening of a day: the last balance said, and lines since.

    A currency is left out where some account has lines in it and no balance was ever said of that account.
    """
    said: dict[tuple[int, str], tuple[date, int]] = {}
    asked = select(
        BankBalance.bank_account_id, BankBalance.currency, BankBalance.balance_on, BankBalance.amount_minor
    ).where(BankBalance.company_id == company_id, BankBalance.balance_on <= as_of)
    for account, currency, on, minor in session.execute(asked.order_by(BankBalance.balance_on, BankBalance.id)):
        said[account, currency] = (on, minor)
    totals = dict.fromkeys(sorted({currency for _, currency in said}), 0)
    for (account, currency), (on, minor) in said.items():
        totals[currency] += minor + _moved(session, company_id, account, currency, after=on, until=as_of)
    with_lines = select(StatementLineRow.bank_account_id, StatementLineRow.currency).where(
        StatementLineRow.company_id == company_id, StatementLineRow.booking_date <= as_of
    )
    unsaid = {row[1] for row in session.execute(with_lines.distinct()) if (row[0], row[1]) not in said}
    return {currency: minor for currency, minor in totals.items() if currency not in unsaid}


def _moved(session: Session, company_id: int, account: int, currency: str, *, after: date, until: date) -> int:
    asked = select(func.coalesce(func.sum(StatementLineRow.amount_minor), 0)).where(
        StatementLineRow.company_id == company_id,
        StatementLineRow.bank_account_id == account,
        StatementLineRow.currency == currency,
        StatementLineRow.booking_date > after,
        StatementLineRow.booking_date <= until,
    )
    return int(session.scalar(asked) or 0)
