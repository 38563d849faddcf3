"""Verbs about customers: take in what a leading system says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.customers import queries
from o2c_ai.core.customers.rules import AccountSource, NewCustomer, Taken, UnknownCustomer
from o2c_ai.core.customers.tables import CustomerRow, PayerAccount
from o2c_ai.core.database import chunks, insert_rows, reserve_ids, table_of
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_AMENDABLE = ("name", "country", "email", "payment_terms", "credit_limit_minor", "currency", "segment")
_COLUMNS = ("id", "company_id", "code", *_AMENDABLE, "parent_id")


def take_customers(session: Session, actor: Actor, *, customers: Sequence[NewCustomer]) -> Taken:
    """Add customers not known yet and amend what changed on the others. Raises NotYourDuty, UnknownCustomer."""
    require(actor, Duty.IMPORT)
    ids = queries.codes(session, actor.company_id)
    fresh = [customer for customer in customers if customer.code not in ids]
    known = [customer for customer in customers if customer.code in ids]
    for customer, row_id in zip(fresh, reserve_ids(session, table_of(CustomerRow), len(fresh)), strict=True):
        ids[customer.code] = row_id
    # Parents may follow their children in the file, so links are set once every row is there.
    rows = [(ids[c.code], actor.company_id, c.code, *(getattr(c, name) for name in _AMENDABLE), None) for c in fresh]
    insert_rows(session, table_of(CustomerRow), _COLUMNS, rows)
    if fresh:
        audit.record(session, actor, "add", "customers", detail={"count": len(fresh)})
    linked = [customer for customer in fresh if customer.parent_code]
    amended = _amend(session, actor, known, ids)
    _amend(session, actor, linked, ids)
    _add_accounts(session, actor, customers, ids)
    return Taken(len(fresh), amended, len(known) - amended)


def _amend(session: Session, actor: Actor, customers: Sequence[NewCustomer], ids: dict[str, int]) -> int:
    changed = 0
    for part in chunks(customers):
        wanted = {customer.code: customer for customer in part}
        for row in queries.lock_customers(session, actor.company_id, list(wanted)):
            values = _values(wanted[row.code], ids)
            old = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
            if not old:
                continue
            for name in old:
                setattr(row, name, values[name])
            new = {name: values[name] for name in old}
            audit.record(session, actor, "amend", "customers", row.id, detail={"old": old, "new": new})
            changed += 1
    session.flush()
    return changed


def _values(customer: NewCustomer, ids: dict[str, int]) -> dict[str, object]:
    if customer.parent_code and customer.parent_code not in ids:
        raise UnknownCustomer(customer.parent_code)
    parent_id = ids[customer.parent_code] if customer.parent_code else None
    return {name: getattr(customer, name) for name in _AMENDABLE} | {"parent_id": parent_id}


def _add_accounts(session: Session, actor: Actor, customers: Sequence[NewCustomer], ids: dict[str, int]) -> None:
    known = queries.stated_accounts(session, actor.company_id)
    wanted = dict.fromkeys((c.iban.replace(" ", ""), ids[c.code]) for c in customers if c.iban.strip())
    rows = [(actor.company_id, customer, account, AccountSource.MASTER) for account, customer in wanted.keys() - known]
    columns = ("company_id", "customer_id", "account", "source")
    insert_rows(session, table_of(PayerAccount), columns, sorted(rows, key=lambda row: (row[1], row[2])))
    if rows:
        audit.record(session, actor, "add", "payer_accounts", detail={"count": len(rows)})
