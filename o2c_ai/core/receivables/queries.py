"""Questions about receivables: what is open, what credit is left, what paid what, all as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, case, cast, func, or_, select, union, union_all
from sqlalchemy.orm import aliased

from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.receivables.rules import (
    LARGEST_FIRST,
    ApplicationKind,
    CreditKind,
    ItemSort,
    MovementKind,
    UnknownItem,
)
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, CompoundSelect, Select, Subquery
    from sqlalchemy.orm import InstrumentedAttribute, Session


def columns_parked(session: Session, company_id: int, as_of: date) -> list[Any]:
    """Money parked for customers on the day, oldest first.

    Columns: credit_item_id, number, customer_id, currency, left_minor.
    """
    left = cast(func.sum(CreditMovement.amount_minor), BigInteger)
    asked = (
        select(CreditItem.id.label("credit_item_id"), CreditItem.number, CreditMovement.customer_id)
        .add_columns(CreditItem.currency, left.label("left_minor"))
        .join(CreditMovement, CreditMovement.credit_item_id == CreditItem.id)
        .where(
            CreditItem.company_id == company_id,
            CreditMovement.kind == MovementKind.ON_ACCOUNT,
            CreditMovement.known_on <= as_of,
        )
        .group_by(CreditItem.id, CreditMovement.customer_id)
        .having(left > 0)
    )
    return list(session.execute(asked.order_by(CreditItem.id, CreditMovement.customer_id)))


def _used_as_of(company_id: int, as_of: date) -> Subquery:
    """Per open item: how much was used by the end of the day, how much of it by money, and the last day it changed."""
    cash = case((Application.kind == ApplicationKind.RECEIPT, Application.amount_minor), else_=0)
    return (
        select(
            Application.open_item_id.label("item_id"),
            cast(func.sum(Application.amount_minor), BigInteger).label("used"),
            cast(func.sum(cash), BigInteger).label("cash"),
            func.max(Application.known_on).label("last_on"),
        )
        .where(Application.company_id == company_id, Application.known_on <= as_of)
        .group_by(Application.open_item_id)
        .subquery()
    )


_FACTS = (
    OpenItem.id,
    OpenItem.number,
    OpenItem.customer_id,
    CustomerRow.code.label("customer_code"),
    OpenItem.kind,
    OpenItem.document_date,
    OpenItem.due_date,
    OpenItem.known_on,
    OpenItem.currency,
    OpenItem.amount_minor,
    OpenItem.po_number,
    OpenItem.discount_minor,
    OpenItem.discount_until,
)
"""What stands on an item, and its customer's code."""


def open_items_as_of(company_id: int, as_of: date, *, few: bool = False) -> Select[*tuple[Any, ...]]:
    """Selects every open item with something left on the day, with `left_minor` and its customer's code."""
    # Few are found by what narrows them down, never by the company's index.
    left, company = left_as_of(as_of), OpenItem.company_id + 0 if few else OpenItem.company_id
    return (
        select(
            *_FACTS,
            left.label("left_minor"),
        )
        .join(CustomerRow, CustomerRow.id == OpenItem.customer_id)
        .where(company == company_id, OpenItem.known_on <= as_of, left > 0)
    )


def columns_open_items(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Open items of the day in id order: columns of `open_items_as_of`."""
    asked = open_items_as_of(company_id, as_of).order_by(OpenItem.id)
    yield from session.execute(asked.execution_options(yield_per=10_000))


def page_open_items(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    customer_code: str | None = None,
    overdue: bool = False,
    words: str = "",
    currency: str | None = None,
    sort: ItemSort = ItemSort.DUE_DATE,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the day's open items (columns of `open_items_as_of`), and the place after it; None at the end.

    `words` are looked for in the document's number and the customer's number and name. Raises BadPlace.
    """
    asked = open_items_as_of(company_id, as_of, few=bool(customer_code or words))
    if customer_code is not None:
        asked = asked.where(CustomerRow.company_id == company_id, CustomerRow.code == customer_code)
    if overdue:
        asked = asked.where(OpenItem.due_date < as_of)
    if currency is not None:
        asked = asked.where(OpenItem.currency == currency)
    asked = asked.where(OpenItem.id.in_(_named(company_id, words))) if words else asked
    return page_of(session, asked, by=sort.value, after=after, limit=limit, descending=sort in LARGEST_FIRST)


def _named(company_id: int, words: str) -> CompoundSelect[int]:
    """Items with the words in their number, or in the number or name of their customer: each found by an index."""
    item, customer = aliased(OpenItem), aliased(CustomerRow)
    named = or_(*(one.icontains(words, autoescape=True) for one in (customer.code, customer.name)))
    theirs = select(customer.id).where(customer.company_id == company_id, named)
    numbered = select(item.id).where(item.company_id == company_id, item.number.icontains(words, autoescape=True))
    return union(numbered, select(item.id).where(item.company_id + 0 == company_id, item.customer_id.in_(theirs)))


def get_open_item(session: Session, company_id: int, item_id: int) -> OpenItem:
    """The stored item, open or cleared. Raises UnknownItem."""
    item = session.scalar(select(OpenItem).where(OpenItem.company_id == company_id, OpenItem.id == item_id))
    if item is None:
        raise UnknownItem(item_id)
    return item


def page_credits(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    customer_id: int | None = None,
    kind: CreditKind | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the day's credit that is neither applied nor moved (columns of `credit_as_of`, and customer_code).

    Raises BadPlace.
    """
    asked = credit_as_of(company_id, as_of)
    payer = asked.selected_columns["payer_id"]
    asked = asked.add_columns(CustomerRow.code.label("customer_code")).outerjoin(CustomerRow, CustomerRow.id == payer)
    if customer_id is not None:
        asked = asked.where(payer == customer_id)
    if kind is not None:
        asked = asked.where(CreditItem.kind == kind)
    return page_of(session, asked, by="document_date", after=after, limit=limit)


def items_of_customer(session: Session, company_id: int, as_of: date, customer_id: int) -> list[Any]:
    """The customer's open items of the day, longest due first.

    Columns: id, number, kind, document_date, due_date, currency, amount_minor, left_minor.
    """
    left = left_as_of(as_of)
    asked = (
        select(OpenItem.id, OpenItem.number, OpenItem.kind, OpenItem.document_date, OpenItem.due_date)
        .add_columns(OpenItem.currency, OpenItem.amount_minor, left.label("left_minor"))
        .where(OpenItem.company_id == company_id, OpenItem.customer_id == customer_id, OpenItem.known_on <= as_of)
        .where(left > 0)
        .order_by(OpenItem.due_date, OpenItem.id)
    )
    return list(session.execute(asked))


def left_as_of(as_of: date) -> ColumnElement[int]:
    """What is open of the item of the row on the day: looked up item by item, so that few of them are quick to ask."""
    return OpenItem.amount_minor - _spent(Application.open_item_id, OpenItem.id, as_of)


def _spent(key: InstrumentedAttribute[Any], item: InstrumentedAttribute[int], as_of: date) -> ColumnElement[int]:
    spent = select(func.sum(key.class_.amount_minor)).where(key == item, key.class_.known_on <= as_of)
    return func.coalesce(cast(spent.scalar_subquery(), BigInteger), 0)


def items_by_id(session: Session, company_id: int, as_of: date, item_ids: Sequence[int]) -> dict[int, Any]:
    """Open item → number, customer_code, customer_name, due_date, currency, amount_minor, left_minor (on the day)."""
    mine = OpenItem.company_id == company_id, among(session, OpenItem.id, item_ids)
    asked = (
        select(OpenItem.id, OpenItem.number, CustomerRow.code.label("customer_code"))
        .add_columns(CustomerRow.name.label("customer_name"), OpenItem.due_date, OpenItem.currency)
        .add_columns(OpenItem.amount_minor, left_as_of(as_of).label("left_minor"))
        .join(CustomerRow, CustomerRow.id == OpenItem.customer_id)
        .where(*mine)
    )
    return {row.id: row for row in session.execute(asked)}


def credits_by_id(session: Session, company_id: int, credit_ids: Sequence[int]) -> dict[int, str]:
    """Credit item → its number."""
    mine = CreditItem.company_id == company_id, among(session, CreditItem.id, credit_ids)
    return {row.id: row.number for row in session.execute(select(CreditItem.id, CreditItem.number).where(*mine))}


def columns_items_history(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Every item known by the day, in id order, with what was left and `cleared_on`, the day it was cleared (or None).

    Columns: those of `open_items_as_of`, cleared_on, and cash_minor (how much of it money paid).
    """
    used = _used_as_of(company_id, as_of)
    left = OpenItem.amount_minor - func.coalesce(used.c.used, 0)
    asked = (
        select(
            *_FACTS,
            left.label("left_minor"),
            case((left == 0, used.c.last_on), else_=None).label("cleared_on"),
            func.coalesce(used.c.cash, 0).label("cash_minor"),
        )
        .join(CustomerRow, CustomerRow.id == OpenItem.customer_id)
        .outerjoin(used, used.c.item_id == OpenItem.id)
        .where(OpenItem.company_id == company_id, OpenItem.known_on <= as_of)
        .order_by(OpenItem.id)
    )
    yield from session.execute(asked.execution_options(yield_per=10_000))


def columns_memos(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Every credit memo known by the day: id, number, customer_id, document_date, currency, amount_minor."""
    asked = select(
        CreditItem.id,
        CreditItem.number,
        CreditItem.customer_id,
        CreditItem.document_date,
        CreditItem.currency,
        CreditItem.amount_minor,
    ).where(
        CreditItem.company_id == company_id, CreditItem.kind == CreditKind.CREDIT_MEMO, CreditItem.known_on <= as_of
    )
    yield from session.execute(asked.order_by(CreditItem.id).execution_options(yield_per=10_000))


def columns_applications(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Everything applied by the day, in id order: entry_id, open_item_id, memo_id (or None), amount_minor, known_on."""
    memo = case((Application.kind == ApplicationKind.CREDIT_MEMO, Application.credit_item_id), else_=None)
    asked = (
        select(
            Application.entry_id,
            Application.open_item_id,
            memo.label("memo_id"),
            Application.amount_minor,
            Application.known_on,
        )
        .where(Application.company_id == company_id, Application.known_on <= as_of)
        .order_by(Application.id)
    )
    yield from session.execute(asked.execution_options(yield_per=10_000))


def columns_memo_movements(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Credit memos used up without an invoice by the day: credit_item_id, amount_minor, known_on."""
    asked = (
        select(CreditMovement.credit_item_id, CreditMovement.amount_minor, CreditMovement.known_on)
        .join(CreditItem, CreditItem.id == CreditMovement.credit_item_id)
        .where(
            CreditMovement.company_id == company_id,
            CreditMovement.known_on <= as_of,
            CreditItem.kind == CreditKind.CREDIT_MEMO,
        )
        .order_by(CreditMovement.id)
    )
    yield from session.execute(asked.execution_options(yield_per=10_000))


def columns_money(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Customers' money day by day: known_on, currency, amount_minor (negative where it bounced or was not theirs)."""
    came = select(CreditItem.known_on, CreditItem.currency, CreditItem.amount_minor).where(
        CreditItem.company_id == company_id, CreditItem.kind == CreditKind.RECEIPT, CreditItem.known_on <= as_of
    )
    gone = (
        select(CreditMovement.known_on, CreditMovement.currency, (-CreditMovement.amount_minor).label("amount_minor"))
        .join(CreditItem, CreditItem.id == CreditMovement.credit_item_id)
        .where(
            CreditMovement.company_id == company_id,
            CreditMovement.known_on <= as_of,
            CreditMovement.kind.in_((MovementKind.REVERSED, MovementKind.NOT_AR)),
            CreditItem.kind == CreditKind.RECEIPT,
        )
    )
    yield from session.execute(union_all(came, gone).execution_options(yield_per=10_000))


def credit_by_customer(
    session: Session, company_id: int, as_of: date, customer_ids: Collection[int] | None = None
) -> dict[tuple[int, str], int]:
    """(customer, currency) → credit left on the day: memos, identified receipts not applied, money on account."""
    parked = on_account_as_of(session, company_id, as_of)
    found = {key: minor for key, minor in parked.items() if customer_ids is None or key[0] in customer_ids}
    asked = credit_as_of(company_id, as_of)
    if customer_ids is not None:
        asked = asked.where(among(session, CreditItem.customer_id, customer_ids))
    for row in session.execute(asked):
        if row.payer_id is not None:
            key = (row.payer_id, row.currency)
            found[key] = found.get(key, 0) + row.left_minor
    return found


def left_on(session: Session, company_id: int, asked: Sequence[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """(open item, day) → minor units open on the evening of that day."""
    items = sorted({item for item, _ in asked})
    changes: dict[int, list[tuple[date, int]]] = {}
    mine = OpenItem.company_id + 0 == company_id, among(session, OpenItem.id, items)
    amounts = {row[0]: row[1] for row in session.execute(select(OpenItem.id, OpenItem.amount_minor).where(*mine))}
    used = select(Application.open_item_id, Application.known_on, Application.amount_minor).where(
        Application.company_id == company_id, among(session, Application.open_item_id, items)
    )
    for item, day, minor in session.execute(used):
        changes.setdefault(item, []).append((day, minor))
    return {
        (item, day): amounts[item] - sum(minor for on, minor in changes.get(item, ()) if on <= day)
        for item, day in asked
        if item in amounts
    }


def credit_as_of(company_id: int, as_of: date) -> Select[*tuple[Any, ...]]:
    """Selects every credit item with something neither applied nor moved on the day: `left_minor`, `payer_id`.

    `payer_id` is the customer as known on the day: a payer identified later is still unknown.
    """
    uses = (Application.credit_item_id, CreditMovement.credit_item_id)
    left = CreditItem.amount_minor - sum(_spent(key, CreditItem.id, as_of) for key in uses)
    payer = case((CreditItem.identified_on <= as_of, CreditItem.customer_id), else_=None)
    return select(
        CreditItem.id,
        CreditItem.number,
        CreditItem.kind,
        payer.label("payer_id"),
        CreditItem.document_date,
        CreditItem.known_on,
        CreditItem.currency,
        CreditItem.amount_minor,
        left.label("left_minor"),
    ).where(CreditItem.company_id == company_id, CreditItem.known_on <= as_of, left > 0)


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


def lock_open_items(session: Session, company_id: int, item_ids: Sequence[int]) -> list[OpenItem]:
    """Stored open items, locked in id order for amending what may be amended."""
    asked = select(OpenItem).where(OpenItem.company_id + 0 == company_id, among(session, OpenItem.id, item_ids))
    asked = asked.order_by(OpenItem.id).with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(asked))


def last_day(session: Session, company_id: int) -> date | None:
    """The newest day anything about receivables is known for; None for empty books."""
    newest = (
        select(func.max(rows.known_on)).where(rows.company_id == company_id)
        for rows in (OpenItem, CreditItem, Application, CreditMovement)
    )
    return max((day for day in (session.scalar(asked) for asked in newest) if day is not None), default=None)
