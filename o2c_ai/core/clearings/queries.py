"""Questions about clearing: balances under lock, what a clearing did, and which clearings stand."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Date, case, cast, exists, func, select
from sqlalchemy.orm import aliased

from o2c_ai.core.clearings.rules import Held, Parked, UsedBefore
from o2c_ai.core.database import among
from o2c_ai.core.ledger.tables import JournalEntry
from o2c_ai.core.people.tables import User
from o2c_ai.core.receivables.rules import (
    ApplicationKind,
    Balance,
    CreditExceeded,
    CreditKind,
    ItemKind,
    MovementKind,
    OverApplication,
    UnknownItem,
)
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session


def lock_open_balances(session: Session, company_id: int, item_ids: Sequence[int]) -> dict[int, Balance]:
    """Running balances of these open items, rows locked in id order. Raises UnknownItem."""
    found: dict[int, Balance] = {}
    rows = _locked(session, OpenItem, company_id, item_ids)  # what is used is read under the lock
    used = _used_of(session, Application.open_item_id, Application.base_minor, item_ids)
    for row_id, number, currency, minor, base_minor, customer, known_on in rows:
        amount, base, freed = used.get(row_id, UNUSED)
        found[row_id] = Balance(number, currency, minor, amount, base_minor, base, customer, max(known_on, freed))
    return _all_of(found, item_ids)


def lock_credit_balances(session: Session, company_id: int, item_ids: Sequence[int]) -> dict[int, Balance]:
    """Running balances of these credit items, rows locked in id order. Raises UnknownItem."""
    found: dict[int, Balance] = {}
    rows = _locked(session, CreditItem, company_id, item_ids)
    applied = _used_of(session, Application.credit_item_id, Application.credit_base_minor, item_ids)
    moved = _used_of(session, CreditMovement.credit_item_id, CreditMovement.base_minor, item_ids)
    for row_id, number, currency, minor, base_minor, customer, known_on in rows:
        one, two = applied.get(row_id, UNUSED), moved.get(row_id, UNUSED)
        used, base_used, first = one[0] + two[0], one[1] + two[1], max(known_on, one[2], two[2])
        found[row_id] = Balance(number, currency, minor, used, base_minor, base_used, customer, first)
    return _all_of(found, item_ids)


def hold(session: Session, company_id: int, held: Held, open_ids: Sequence[int], credit_ids: Sequence[int]) -> None:
    """Lock what is not held yet, in the order every act locks (open items, then credit), with its balances.

    Raises UnknownItem.
    """
    opens = [item_id for item_id in open_ids if item_id not in held.open]
    if opens:
        held.open |= lock_open_balances(session, company_id, opens)
    credits_ = [item_id for item_id in credit_ids if item_id not in held.credit]
    if credits_:
        held.credit |= lock_credit_balances(session, company_id, credits_)
        held.memos.update(_credit_memo_ids(session, company_id, credits_))


def parked(session: Session, company_id: int, credit_ids: Sequence[int]) -> dict[tuple[int, int | None], Parked]:
    """(credit item, customer) → what of it is parked for the customer."""
    amount, base = func.sum(CreditMovement.amount_minor), func.sum(CreditMovement.base_minor)
    asked = (
        select(CreditMovement.credit_item_id, CreditMovement.customer_id, CreditItem.number, CreditItem.currency)
        .add_columns(amount, base, CreditItem.base_minor.is_(None))
        .join(CreditItem, CreditItem.id == CreditMovement.credit_item_id)
        .where(CreditMovement.company_id == company_id, CreditMovement.kind == MovementKind.ON_ACCOUNT)
        .group_by(CreditMovement.credit_item_id, CreditMovement.customer_id, CreditItem.id)
    )
    found: dict[tuple[int, int | None], Parked] = {}
    for row in session.execute(asked.where(among(session, CreditMovement.credit_item_id, credit_ids))):
        found[row[0], row[1]] = Parked(row[2], row[3], int(row[4]), None if row[6] else int(row[5] or 0))
    return found


def _locked(
    session: Session, table: type[OpenItem | CreditItem], company_id: int, ids: Sequence[int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    whose = (table.id, table.number, table.currency, table.amount_minor, table.base_minor, table.customer_id)
    columns: tuple[Any, ...] = (*whose, table.known_on)
    # "+ 0" keeps SQLite from walking all of the company's rows by its index to find a few by number.
    mine = select(*columns).where(table.company_id + 0 == company_id, among(session, table.id, ids))
    return session.execute(mine.order_by(table.id).with_for_update()).all()


def _used_of(
    session: Session, key: InstrumentedAttribute[Any], base: InstrumentedAttribute[Any], ids: Sequence[int]
) -> dict[int, _Used]:
    amount = key.class_.amount_minor
    freed = func.max(case((amount < 0, key.class_.known_on)), type_=Date())
    asked = select(key, func.sum(amount), func.sum(func.coalesce(base, 0)), freed)
    asked = asked.where(among(session, key, ids)).group_by(key)
    return {row[0]: (int(row[1]), int(row[2]), row[3] or date.min) for row in session.execute(asked)}


def _all_of(found: dict[int, Balance], wanted: Sequence[int]) -> dict[int, Balance]:
    for item_id in wanted:
        if item_id not in found:
            raise UnknownItem(item_id)
    return found


def _credit_memo_ids(session: Session, company_id: int, item_ids: Sequence[int]) -> list[int]:
    asked = select(CreditItem.id).where(
        CreditItem.company_id + 0 == company_id, among(session, CreditItem.id, item_ids)
    )
    return list(session.scalars(asked.where(CreditItem.kind == CreditKind.CREDIT_MEMO)))


def lock_credit_item(session: Session, company_id: int, item_id: int) -> CreditItem:
    """The stored credit item, locked. Raises UnknownItem."""
    asked = select(CreditItem).where(CreditItem.company_id == company_id, CreditItem.id == item_id)
    row = session.scalar(asked.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise UnknownItem(item_id)
    return row


@contextmanager
def telling_who_used(
    session: Session, company_id: int, open_ids: Sequence[int], credit_ids: Sequence[int]
) -> Iterator[None]:
    """Say who was first (UsedBefore) where less is left of an item or credit than an act asks for."""
    try:
        yield
    except (OverApplication, CreditExceeded) as refused:
        item, ids = (OpenItem, open_ids) if isinstance(refused, OverApplication) else (CreditItem, credit_ids)
        used = _last_use(session, company_id, item, ids, refused.number)
        if used is None:
            raise
        raise UsedBefore(refused, *used) from refused


def _last_use(
    session: Session, company_id: int, item: type[OpenItem | CreditItem], ids: Sequence[int], number: str
) -> tuple[str, date] | None:
    """(who, day) of the last standing use of the item or credit of that number; None where there is none."""
    keys: list[tuple[type[Application | CreditMovement], Any]] = [(Application, Application.open_item_id)]
    if item is CreditItem:
        keys = [(Application, Application.credit_item_id), (CreditMovement, CreditMovement.credit_item_id)]
    entries = [
        select(rows.entry_id)
        .join(item, item.id == key)
        .where(item.company_id + 0 == company_id, among(session, item.id, ids), item.number == number)
        .where(rows.amount_minor > 0, not_undone(rows))
        for rows, key in keys
    ]
    newest = max((session.scalar(select(func.max(one.subquery().c.entry_id))) or 0 for one in entries), default=0)
    asked = select(User.name, JournalEntry.posting_date).join(JournalEntry, JournalEntry.user_id == User.id)
    row = session.execute(asked.where(JournalEntry.id == newest)).first()
    return None if row is None else (row[0], row[1])


def applications_of(session: Session, company_id: int, entry_ids: Sequence[int]) -> list[Application]:
    """What these entries applied, in id order."""
    asked = select(Application).where(
        Application.company_id == company_id, among(session, Application.entry_id, entry_ids)
    )
    return list(session.scalars(asked.order_by(Application.id)))


def movements_of(session: Session, company_id: int, entry_ids: Sequence[int]) -> list[CreditMovement]:
    """Which credit these entries moved, in id order."""
    asked = select(CreditMovement).where(
        CreditMovement.company_id == company_id, among(session, CreditMovement.entry_id, entry_ids)
    )
    return list(session.scalars(asked.order_by(CreditMovement.id)))


def residuals_of(session: Session, company_id: int, entry_ids: Sequence[int]) -> list[OpenItem]:
    """Residual items these entries made, locked."""
    asked = select(OpenItem).where(
        OpenItem.company_id == company_id,
        OpenItem.kind == ItemKind.RESIDUAL,
        among(session, OpenItem.entry_id, entry_ids),
    )
    asked = asked.order_by(OpenItem.id).with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(asked))


def standing_entries_of_credit(session: Session, company_id: int, credit_item_id: int) -> list[int]:
    """Entries that use the credit and stand, oldest first.

    An undoing that was itself undone stands for what it undid; sums cannot tell, as parked money goes back and forth.
    """
    found: set[int] = set()
    for rows in (Application, CreditMovement):
        mine = rows.company_id == company_id, rows.credit_item_id == credit_item_id
        uses: dict[int, tuple[int, bool]] = {}
        for row in session.execute(select(rows.id, rows.entry_id, rows.reverses_id).where(*mine).order_by(rows.id)):
            undoes = row.reverses_id is not None and uses.pop(row.reverses_id)[1]
            uses[row.id] = (row.entry_id, not undoes)
        found.update(entry_id for entry_id, stands in uses.values() if stands)
    return sorted(found)


def uses_of_credit(session: Session, company_id: int, credit_item_id: int) -> list[Any]:
    """What stands of the uses of a credit, oldest first. Columns: id (of the entry), posting_date, text, by."""
    entries = standing_entries_of_credit(session, company_id, credit_item_id)
    asked = (
        select(JournalEntry.id, JournalEntry.posting_date, JournalEntry.text, User.name.label("by"))
        .join(User, User.id == JournalEntry.user_id)
        .where(JournalEntry.company_id + 0 == company_id, among(session, JournalEntry.id, entries))
    )
    return list(session.execute(asked.order_by(JournalEntry.id)))


def find_granted(
    session: Session, company_id: int, kind: ApplicationKind | MovementKind, item_id: int, *, minor: int, on: date
) -> int | None:
    """The entry that booked a write-off of an open item, or a refund of a credit, on a day; None where none stands."""
    rows, item = (
        (Application, Application.open_item_id)
        if isinstance(kind, ApplicationKind)
        else (CreditMovement, CreditMovement.credit_item_id)
    )
    asked = select(func.max(rows.entry_id)).where(rows.company_id + 0 == company_id, item == item_id)
    booked = rows.kind == kind, rows.amount_minor == minor, rows.known_on == on, not_undone(rows)
    return session.scalar(asked.where(*booked))


def redone(session: Session, company_id: int, entry_ids: Sequence[int]) -> dict[int, int]:
    """Entry → the entry that stands for it: its mirror's mirror where a return was undone, else itself."""
    found = {entry_id: entry_id for entry_id in entry_ids}
    again = dict(found)
    while again:
        mirrors = _mirrors(session, company_id, list(again.values()))
        back = _mirrors(session, company_id, list(mirrors.values()))
        again = {e: back[mirrors[now]] for e, now in again.items() if now in mirrors and mirrors[now] in back}
        found |= again
    return found


def _mirrors(session: Session, company_id: int, entry_ids: Sequence[int]) -> dict[int, int]:
    asked = select(JournalEntry.reverses_id, JournalEntry.id).where(
        JournalEntry.company_id + 0 == company_id, among(session, JournalEntry.reverses_id, entry_ids)
    )
    return {row[0]: row[1] for row in session.execute(asked) if row[0] is not None}


def taken_back(session: Session, company_id: int, credit_item_id: int) -> bool:
    """Whether the receipt bounced, or the credit memo was reversed, and that stands."""
    asked = select(func.sum(CreditMovement.amount_minor)).where(
        CreditMovement.company_id == company_id,
        CreditMovement.credit_item_id == credit_item_id,
        CreditMovement.kind == MovementKind.REVERSED,
    )
    return bool(session.scalar(asked))


def settles_a_whole(session: Session, company_id: int, entry_id: int) -> bool:
    """Whether the entry takes back, or opened, a whole document or receipt, which knows of it."""
    whole = (
        (Application, (ApplicationKind.REVERSAL, ApplicationKind.OPENING)),
        (CreditMovement, (MovementKind.REVERSED, MovementKind.OPENING)),
    )
    return any(
        session.scalar(
            select(rows.id)
            .where(rows.company_id == company_id, rows.entry_id == entry_id, rows.kind.in_(kinds))
            .limit(1)
        )
        for rows, kinds in whole
    )


def columns_partly_undone(session: Session, company_id: int, as_of: date) -> list[Any]:
    """What was used by the day of open items of which something was taken back by then, by item and day.

    Columns: open_item_id, known_on, used_minor, cash_minor (how much of it was money); negative where taken back.
    """
    mine = Application.company_id == company_id, Application.known_on <= as_of
    taken_back = select(Application.open_item_id).where(*mine, Application.amount_minor < 0)
    cash = case((Application.kind == ApplicationKind.RECEIPT, Application.amount_minor), else_=0)
    asked = select(
        Application.open_item_id,
        Application.known_on,
        cast(func.sum(Application.amount_minor), BigInteger).label("used_minor"),
        cast(func.sum(cash), BigInteger).label("cash_minor"),
    ).where(*mine, Application.open_item_id.in_(taken_back))
    by_day = (Application.open_item_id, Application.known_on)
    return list(session.execute(asked.group_by(*by_day).order_by(*by_day)))


def settled_elsewhere(session: Session, company_id: int) -> list[tuple[str, int]]:
    """(number of the item or credit memo, entry) of every standing settlement elsewhere."""
    items = (
        _standing(Application, company_id)
        .add_columns(OpenItem.number)
        .join(OpenItem, OpenItem.id == Application.open_item_id)
        .where(Application.kind == ApplicationKind.SETTLED_ELSEWHERE)
    )
    memos = (
        _standing(CreditMovement, company_id)
        .add_columns(CreditItem.number)
        .join(CreditItem, CreditItem.id == CreditMovement.credit_item_id)
        .where(CreditMovement.kind == MovementKind.SETTLED_ELSEWHERE)
    )
    return [(row.number, row.entry_id) for asked in (items, memos) for row in session.execute(asked)]


def _standing(rows: type[Application | CreditMovement], company_id: int) -> Select[int]:
    original = (rows.reverses_id.is_(None)) | (rows.amount_minor > 0)
    return select(rows.entry_id).where(rows.company_id == company_id, original, not_undone(rows))


_Used = tuple[int, int, date]
"""How much of an item is used, that in base currency, and the last day something that used it was taken back."""
UNUSED: _Used = (0, 0, date.min)

_MIRRORS: dict[Any, Any] = {rows: aliased(rows) for rows in (Application, CreditMovement)}
"""Each table once more, to ask of a row for the one that undid it."""


def not_undone(rows: type[Application | CreditMovement]) -> ColumnElement[bool]:
    """That no later row undid the row."""
    mirror = _MIRRORS[rows]
    return ~exists().where(mirror.reverses_id == rows.id)
