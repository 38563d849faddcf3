"""Verbs of receivables: put open items and credit items in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.receivables.rules import NewCreditItem, NewOpenItem
from o2c_ai.core.receivables.tables import CreditItem, OpenItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def put_open_items(session: Session, actor: Actor, *, items: Sequence[NewOpenItem]) -> Sequence[int]:
    """Write open items whose entries are posted; gives their ids in order."""
    ids = reserve_ids(session, table_of(OpenItem), len(items))
    rows = [(row_id, actor.company_id, *item) for row_id, item in zip(ids, items, strict=True)]
    insert_rows(session, table_of(OpenItem), ("id", "company_id", *NewOpenItem._fields), rows)
    return ids


def put_credit_items(session: Session, actor: Actor, *, items: Sequence[NewCreditItem]) -> Sequence[int]:
    """Write credit items whose entries are posted; gives their ids in order."""
    ids = reserve_ids(session, table_of(CreditItem), len(items))
    rows = [
        (row_id, actor.company_id, item.known_on if item.customer_id is not None else None, *item)
        for row_id, item in zip(ids, items, strict=True)
    ]
    insert_rows(session, table_of(CreditItem), ("id", "company_id", "identified_on", *NewCreditItem._fields), rows)
    return ids
