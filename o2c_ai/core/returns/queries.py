"""Questions about returns: which receipt a bounced payment takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, cast, func, select

from o2c_ai.core.clearings.queries import not_undone, standing_entries_of_credit, taken_back
from o2c_ai.core.database import among
from o2c_ai.core.receivables.rules import CreditKind, MovementKind
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement
from o2c_ai.core.returns.rules import Bounceable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

BOUNCED_MAX = 50
"""Receipts of one amount that are looked at, the newest first."""


def bounced_receipt(
    session: Session, company_id: int, items: Collection[int], payers: Collection[int], amount_minor: int
) -> int | None:
    """The newest receipt of that amount whose taking back opens exactly these items; None where there is none.

    Without items it is one that was parked for one of the payers.
    """
    if items:
        able = _receipts_paying(session, company_id, sorted(items), amount_minor)
    else:
        able = _receipts_parked(session, company_id, sorted(payers), amount_minor)
    for credit in able:
        if _items_freed_with(session, company_id, credit) == set(items) and not taken_back(session, company_id, credit):
            return credit
    return None


def receipts_to_bounce(session: Session, company_id: int, currency: str, amount_minor: int) -> list[Bounceable]:
    """Receipts of exactly this amount that a bounced payment may take back, the newest first."""
    asked = select(CreditItem.id, CreditItem.number, CreditItem.document_date, CreditItem.customer_id).where(
        CreditItem.company_id == company_id,
        CreditItem.kind == CreditKind.RECEIPT,
        CreditItem.currency == currency,
        CreditItem.amount_minor == amount_minor,
    )
    found = []
    for credit_id, number, day, customer in session.execute(asked.order_by(CreditItem.id.desc()).limit(BOUNCED_MAX)):
        paid, kept = _spent(session, company_id, credit_id)
        whole = sum(paid.values()) + sum(kept.values()) == amount_minor
        if whole and bounced_receipt(session, company_id, paid.keys(), kept.keys(), amount_minor) == credit_id:
            found.append(Bounceable(credit_id, number, day, customer, paid, kept))
    return found


def _spent(session: Session, company_id: int, credit_id: int) -> tuple[dict[int, int], dict[int, int]]:
    """Open item → what the receipt pays of it, and customer → what of it is parked for them."""
    item, payer = Application.open_item_id, CreditMovement.customer_id
    paid = select(item, cast(func.sum(Application.amount_minor), BigInteger)).where(
        Application.company_id == company_id, Application.credit_item_id == credit_id
    )
    kept = select(payer, cast(func.sum(CreditMovement.amount_minor), BigInteger)).where(
        CreditMovement.company_id == company_id,
        CreditMovement.credit_item_id == credit_id,
        CreditMovement.kind == MovementKind.ON_ACCOUNT,
    )
    sums = (session.execute(paid.group_by(item)), session.execute(kept.group_by(payer)))
    items, customers = ({key: minor for key, minor in rows if key and minor} for rows in sums)
    return items, customers


def _receipts_paying(session: Session, company_id: int, item_ids: Sequence[int], amount_minor: int) -> list[int]:
    """Receipts of exactly this amount that pay one of these items by a standing application, newest first."""
    asked = (
        select(CreditItem.id)
        .join(Application, Application.credit_item_id == CreditItem.id)
        .where(
            CreditItem.company_id + 0 == company_id,
            CreditItem.kind == CreditKind.RECEIPT,
            CreditItem.amount_minor == amount_minor,
            among(session, Application.open_item_id, item_ids),
            Application.amount_minor > 0,
            not_undone(Application),
        )
        .distinct()
        .order_by(CreditItem.id.desc())
    )
    return list(session.scalars(asked))


def _receipts_parked(session: Session, company_id: int, customers: Sequence[int], amount_minor: int) -> list[int]:
    """Receipts of exactly this amount with money parked for one of these customers, newest first."""
    mine = CreditMovement.company_id == company_id, among(session, CreditMovement.customer_id, customers)
    asked = (
        select(CreditItem.id)
        .join(CreditMovement, CreditMovement.credit_item_id == CreditItem.id)
        .where(*mine, CreditItem.kind == CreditKind.RECEIPT, CreditItem.amount_minor == amount_minor)
        .where(CreditMovement.kind == MovementKind.ON_ACCOUNT)
        .group_by(CreditItem.id)
        .having(func.sum(CreditMovement.amount_minor) > 0)
        .order_by(CreditItem.id.desc())
    )
    return list(session.scalars(asked))


def _items_freed_with(session: Session, company_id: int, credit_item_id: int) -> set[int]:
    """Open items that are open again when all that the credit stands in is undone, memos used with it included."""
    entries = standing_entries_of_credit(session, company_id, credit_item_id)
    asked = select(Application.open_item_id).where(
        Application.company_id == company_id,
        among(session, Application.entry_id, entries),
        Application.amount_minor > 0,
    )
    return set(session.scalars(asked))
