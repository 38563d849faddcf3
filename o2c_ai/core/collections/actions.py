"""Verbs of collections: record contacts and promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.collections import queries
from o2c_ai.core.collections.rules import NewActivity, NewPromise
from o2c_ai.core.collections.tables import Activity, Promise
from o2c_ai.core.database import insert_rows, table_of
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def promise(session: Session, actor: Actor, *, promises: Sequence[NewPromise]) -> int:
    """Record promises not known yet; gives how many were new. Raises NotYourDuty."""
    require(actor, Duty.COLLECT)
    known = queries.stored_promises(session, actor.company_id)
    fresh = {(p.open_item_id, p.promised_on): p for p in promises if (p.open_item_id, p.promised_on) not in known}
    columns = ("company_id", "open_item_id", "promised_on", "promised_date", "currency", "amount_minor")
    rows = [
        (actor.company_id, p.open_item_id, p.promised_on, p.promised_date, p.currency, p.amount_minor)
        for p in fresh.values()
    ]
    insert_rows(session, table_of(Promise), columns, rows)
    if rows:
        audit.record(
            session, actor, "promise", "promises", detail=audit.counted("open_items", (row[1] for row in rows))
        )
    return len(rows)


def contact(session: Session, actor: Actor, *, activities: Sequence[NewActivity]) -> int:
    """Record contacts not known yet; gives how many were new. Raises NotYourDuty."""
    require(actor, Duty.COLLECT)
    known = queries.stored_activities(session, actor.company_id)
    wanted = dict.fromkeys((a.customer_id, a.on, a.kind, a.result, a.note) for a in activities)
    rows = [(actor.company_id, *key) for key in wanted if key not in known]
    columns = ("company_id", "customer_id", "contacted_on", "kind", "result", "note")
    insert_rows(session, table_of(Activity), columns, rows)
    if rows:
        audit.record(
            session, actor, "contact", "activities", detail=audit.counted("customers", (row[1] for row in rows))
        )
    return len(rows)
