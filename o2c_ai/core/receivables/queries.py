"""Questions about receivables: what is open, what credit is left, what paid what, all as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, cast, exists, func, select
from sqlalchemy.orm import aliased

from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import chunks
from o2c_ai.core.receivables.rules import ApplicationKind, Balance, CreditKind, ItemKind, MovementKind, UnknownItem
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem, PaymentTiming

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select, Subquery
    from sqlalchemy.orm import InstrumentedAttribute, Session

IDS_A_QUESTION = 5_000
"""Numbers in one IN list: below the parameter limits of both stores."""


def lock_open_balances(session: Session, company_id: int, item_ids: Sequence[int]) -> dict[int, Balance]:
    """Running balances of these open items, rows locked in id order. Raises UnknownItem."""
    found: dict[int, Balance] = {}
    for part in chunks(sorted(set(item_ids)), IDS_A_QUESTION):
        asked = _locked(OpenItem, company_id, part)
        used = _used_of(session, Application.open_item_id, Application.base_minor, part)
        for row in session.execute(asked):
            amount, base = used.get(row.id, (0, 0))
            found[row.id] = Balance(
                row.number, row.currency, row.amount_minor, amount, row.base_minor, base, row.customer_id
            )
    return _all_of(found, item_ids)


def lock_credit_balances(session: Session, company_id: int, item_ids: Sequence[int]) -> dict[int, Balance]:
    """Running balances of these credit items, rows locked in id order. Raises UnknownItem."""
    found: dict[int, Balance] = {}
    for part in chunks(sorted(set(item_ids)), IDS_A_QUESTION):
        asked = _locked(CreditItem, company_id, part)
        applied = _used_of(session, Application.credit_item_id, Application.credit_base_minor, part)
        moved = _used_of(session, CreditMovement.credit_item_id, CreditMovement.base_minor, part)
        for row in session.execute(asked):
            (one, base_one), (two, base_two) = applied.get(row.id, (0, 0)), moved.get(row.id, (0, 0))
            found[row.id] = Balance(
                row.number,
                row.currency,
                row.amount_minor,
                one + two,
                row.base_minor,
                base_one + base_two,
                row.customer_id,
            )
    return _all_of(found, item_ids)


def _locked(table: type[OpenItem | CreditItem], company_id: int, ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    columns = (table.id, table.number, table.currency, table.amount_minor, table.base_minor, table.customer_id)
    mine = select(*columns).where(table.company_id == company_id, table.id.in_(ids))
    return mine.order_by(table.id).with_for_update()


def _used_of(
    session: Session, key: InstrumentedAttribute[Any], base: InstrumentedAttribute[Any], ids: Sequence[int]
) -> dict[int, tuple[int, int]]:
    amount = key.class_.amount_minor
    asked = select(key, func.sum(amount), func.sum(func.coalesce(base, 0))).where(key.in_(ids)).group_by(key)
    return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(asked)}


def _all_of(found: dict[int, Balance], wanted: Sequence[int]) -> dict[int, Balance]:
    for item_id in wanted:
        if item_id not in found:
            raise UnknownItem(item_id)
    return found


def used_as_of(key: InstrumentedAttribute[Any], company_id: int, as_of: date) -> Subquery:
    """Per item: how much was used by the end of the day, and the last day anything changed on it."""
    rows = key.class_
    return (
        select(
            key.label("item_id"),
            cast(func.sum(rows.amount_minor), BigInteger).label("used"),
            func.max(rows.known_on).label("last_on"),
        )
        .where(rows.company_id == company_id, rows.known_on <= as_of, key.is_not(None))
        .group_by(key)
        .subquery()
    )


def open_items_as_of(company_id: int, as_of: date) -> Select[*tuple[Any, ...]]:
    """Selects every open item with something left on the day, with `left_minor` and its customer's code."""
    used = used_as_of(Application.open_item_id, company_id, as_of)
    left = OpenItem.amount_minor - func.coalesce(used.c.used, 0)
    return (
        select(
            OpenItem.id,
            OpenItem.number,
            OpenItem.customer_id,
            CustomerRow.code.label("customer_code"),
            OpenItem.kind,
            OpenItem.document_date,
            OpenItem.due_date,
            OpenItem.currency,
            OpenItem.amount_minor,
            left.label("left_minor"),
            OpenItem.po_number,
            OpenItem.discount_minor,
            OpenItem.discount_until,
            OpenItem.known_on,
        )
        .join(CustomerRow, CustomerRow.id == OpenItem.customer_id)
        .outerjoin(used, used.c.item_id == OpenItem.id)
        .where(OpenItem.company_id == company_id, OpenItem.known_on <= as_of, left > 0)
    )


def columns_open_items(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Open items of the day in id order: columns of `open_items_as_of`."""
    asked = open_items_as_of(company_id, as_of).order_by(OpenItem.id)
    yield from session.execute(asked.execution_options(yield_per=10_000))


def columns_items_history(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Every item known by the day, in id order, with what was left and `cleared_on`, the day it was cleared (or None).

    Columns: id, number, customer_id, kind, document_date, due_date, currency, amount_minor, left_minor, cleared_on.
    """
    used = used_as_of(Application.open_item_id, company_id, as_of)
    left = OpenItem.amount_minor - func.coalesce(used.c.used, 0)
    asked = (
        select(
            OpenItem.id,
            OpenItem.number,
            OpenItem.customer_id,
            OpenItem.kind,
            OpenItem.document_date,
            OpenItem.due_date,
            OpenItem.currency,
            OpenItem.amount_minor,
            left.label("left_minor"),
            case((left == 0, used.c.last_on), else_=None).label("cleared_on"),
        )
        .outerjoin(used, used.c.item_id == OpenItem.id)
        .where(OpenItem.company_id == company_id, OpenItem.known_on <= as_of)
        .order_by(OpenItem.id)
    )
    yield from session.execute(asked.execution_options(yield_per=10_000))


def credit_as_of(company_id: int, as_of: date) -> Select[*tuple[Any, ...]]:
    """Selects every credit item with something neither applied nor moved on the day: `left_minor`, `payer_id`.

    `payer_id` is the customer as known on the day: a payer identified later is still unknown.
    """
    applied = used_as_of(Application.credit_item_id, company_id, as_of)
    moved = used_as_of(CreditMovement.credit_item_id, company_id, as_of)
    left = CreditItem.amount_minor - func.coalesce(applied.c.used, 0) - func.coalesce(moved.c.used, 0)
    payer = case((CreditItem.identified_on <= as_of, CreditItem.customer_id), else_=None)
    return (
        select(
            CreditItem.id,
            CreditItem.number,
            CreditItem.kind,
            payer.label("payer_id"),
            CreditItem.document_date,
            CreditItem.known_on,
            CreditItem.currency,
            CreditItem.amount_minor,
            left.label("left_minor"),
        )
        .outerjoin(applied, applied.c.item_id == CreditItem.id)
        .outerjoin(moved, moved.c.item_id == CreditItem.id)
        .where(CreditItem.company_id == company_id, CreditItem.known_on <= as_of, left > 0)
    )


def columns_open_credits(session: Session, company_id: int, as_of: date, kind: CreditKind) -> Iterator[Any]:
    """Credit of one kind left on the day, in id order: columns of `credit_as_of`."""
    asked = credit_as_of(company_id, as_of).where(CreditItem.kind == kind).order_by(CreditItem.id)
    yield from session.execute(asked.execution_options(yield_per=10_000))


def on_account_as_of(session: Session, company_id: int, as_of: date) -> dict[tuple[int, str], int]:
    """(customer, currency) → minor units parked on the day."""
    asked = (
        select(CreditMovement.customer_id, CreditMovement.currency, func.sum(CreditMovement.amount_minor))
        .where(
            CreditMovement.company_id == company_id,
            CreditMovement.kind == MovementKind.ON_ACCOUNT,
            CreditMovement.known_on <= as_of,
        )
        .group_by(CreditMovement.customer_id, CreditMovement.currency)
    )
    return {(row[0] or 0, row[1]): int(row[2]) for row in session.execute(asked) if row[2]}


def item_numbers(session: Session, company_id: int) -> dict[str, int]:
    """Number → id of every open item of the company."""
    asked = select(OpenItem.number, OpenItem.id).where(OpenItem.company_id == company_id)
    return {row.number: row.id for row in session.execute(asked)}


def memo_numbers(session: Session, company_id: int) -> dict[str, int]:
    """Number → id of every credit memo of the company."""
    asked = select(CreditItem.number, CreditItem.id).where(
        CreditItem.company_id == company_id, CreditItem.kind == CreditKind.CREDIT_MEMO
    )
    return {row.number: row.id for row in session.execute(asked)}


def credit_memo_ids(session: Session, company_id: int, item_ids: Sequence[int]) -> list[int]:
    """Which of these credit items are credit memos."""
    found: list[int] = []
    for part in chunks(sorted(set(item_ids)), IDS_A_QUESTION):
        asked = select(CreditItem.id).where(CreditItem.company_id == company_id, CreditItem.id.in_(part))
        found += session.scalars(asked.where(CreditItem.kind == CreditKind.CREDIT_MEMO))
    return found


def lock_open_items(session: Session, company_id: int, item_ids: Sequence[int]) -> list[OpenItem]:
    """Stored open items, locked in id order for amending what may be amended."""
    asked = select(OpenItem).where(OpenItem.company_id == company_id, OpenItem.id.in_(item_ids))
    return list(session.scalars(asked.order_by(OpenItem.id).with_for_update()))


def lock_credit_item(session: Session, company_id: int, item_id: int) -> CreditItem:
    """The stored credit item, locked. Raises UnknownItem."""
    asked = select(CreditItem).where(CreditItem.company_id == company_id, CreditItem.id == item_id).with_for_update()
    row = session.scalar(asked)
    if row is None:
        raise UnknownItem(item_id)
    return row


def applications_of(session: Session, company_id: int, entry_ids: Sequence[int]) -> list[Application]:
    """What these entries applied, in id order."""
    asked = select(Application).where(Application.company_id == company_id, Application.entry_id.in_(entry_ids))
    return list(session.scalars(asked.order_by(Application.id)))


def movements_of(session: Session, company_id: int, entry_ids: Sequence[int]) -> list[CreditMovement]:
    """Which credit these entries moved, in id order."""
    asked = select(CreditMovement).where(
        CreditMovement.company_id == company_id, CreditMovement.entry_id.in_(entry_ids)
    )
    return list(session.scalars(asked.order_by(CreditMovement.id)))


def residuals_of(session: Session, company_id: int, entry_ids: Sequence[int]) -> list[OpenItem]:
    """Residual items these entries made, locked."""
    asked = select(OpenItem).where(
        OpenItem.company_id == company_id, OpenItem.kind == ItemKind.RESIDUAL, OpenItem.entry_id.in_(entry_ids)
    )
    return list(session.scalars(asked.order_by(OpenItem.id).with_for_update()))


def standing_entries_of_credit(session: Session, company_id: int, credit_item_id: int) -> list[int]:
    """Entries that use the credit and stand, oldest first."""
    found: set[int] = set()
    for rows in (Application, CreditMovement):
        asked = _standing(rows, company_id).where(rows.credit_item_id == credit_item_id)
        found.update(session.scalars(asked))
    return sorted(found)


def standing_entries_of_item(session: Session, company_id: int, item_id: int, kind: ApplicationKind) -> list[int]:
    """Entries that clear the open item by this kind of application and stand, oldest first."""
    asked = _standing(Application, company_id)
    asked = asked.where(Application.open_item_id == item_id, Application.kind == kind)
    return sorted(set(session.scalars(asked)))


def settled_elsewhere(session: Session, company_id: int) -> list[tuple[str, int]]:
    """(item number, entry) of every standing settlement elsewhere."""
    asked = (
        _standing(Application, company_id)
        .add_columns(OpenItem.number)
        .join(OpenItem, OpenItem.id == Application.open_item_id)
        .where(Application.kind == ApplicationKind.SETTLED_ELSEWHERE)
    )
    return [(row.number, row.entry_id) for row in session.execute(asked)]


def receipts_paying(session: Session, company_id: int, item_ids: Sequence[int], amount_minor: int) -> list[int]:
    """Receipts of exactly this amount that pay one of these items by a standing application, newest first."""
    asked = (
        select(CreditItem.id)
        .join(Application, Application.credit_item_id == CreditItem.id)
        .where(
            CreditItem.company_id == company_id,
            CreditItem.kind == CreditKind.RECEIPT,
            CreditItem.amount_minor == amount_minor,
            Application.open_item_id.in_(item_ids),
            Application.amount_minor > 0,
            _not_undone(Application),
        )
        .distinct()
        .order_by(CreditItem.id.desc())
    )
    return list(session.scalars(asked))


def items_paid_by(session: Session, company_id: int, credit_item_id: int) -> set[int]:
    """Open items that standing applications of the credit pay."""
    asked = select(Application.open_item_id).where(
        Application.company_id == company_id,
        Application.credit_item_id == credit_item_id,
        Application.amount_minor > 0,
        _not_undone(Application),
    )
    return set(session.scalars(asked))


def _standing(rows: type[Application | CreditMovement], company_id: int) -> Select[int]:
    original = (rows.reverses_id.is_(None)) | (rows.amount_minor > 0)
    return select(rows.entry_id).where(rows.company_id == company_id, original, _not_undone(rows))


def _not_undone(rows: type[Application | CreditMovement]) -> ColumnElement[bool]:
    mirror = aliased(rows)
    return ~exists().where(mirror.reverses_id == rows.id)


def latest_timings(session: Session, company_id: int, as_of: date) -> list[PaymentTiming]:
    """The stored prediction of exactly that day for each item (the newest where a day was scored twice)."""
    newest = (
        select(func.max(PaymentTiming.id).label("id"))
        .where(PaymentTiming.company_id == company_id, PaymentTiming.as_of == as_of)
        .group_by(PaymentTiming.open_item_id)
        .subquery()
    )
    asked = select(PaymentTiming).join(newest, newest.c.id == PaymentTiming.id).order_by(PaymentTiming.open_item_id)
    return list(session.scalars(asked))


def timings_exist(session: Session, company_id: int, as_of: date, model_version: str) -> bool:
    """Whether the day was scored by this version already."""
    asked = select(PaymentTiming.id).where(
        PaymentTiming.company_id == company_id,
        PaymentTiming.as_of == as_of,
        PaymentTiming.model_version == model_version,
    )
    return session.scalar(asked.limit(1)) is not None


def last_day(session: Session, company_id: int) -> date | None:
    """The newest day anything about receivables is known for; None for empty books."""
    newest = (
        select(func.max(rows.known_on)).where(rows.company_id == company_id)
        for rows in (OpenItem, CreditItem, Application, CreditMovement)
    )
    days = [day for day in (session.scalar(asked) for asked in newest) if day is not None]
    return max(days, default=None)
