"""Questions about customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from o2c_ai.core.customers.rules import Customer, CustomerSort, UnknownCustomer
from o2c_ai.core.customers.tables import CustomerRow, PayerAccount
from o2c_ai.core.database import Place, among, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


def list_customers(session: Session, company_id: int) -> list[Customer]:
    """All customers of the company, by their number in the leading system."""
    asked = select(CustomerRow).where(CustomerRow.company_id == company_id).order_by(CustomerRow.code)
    return [_customer(row) for row in session.scalars(asked)]


def page_customers(
    session: Session,
    company_id: int,
    *,
    search: str = "",
    sort: CustomerSort = CustomerSort.CODE,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of customers whose number or name holds the words, and the place after it. Raises BadPlace.

    Columns: those of the customer, and parent_code.
    """
    above = aliased(CustomerRow)
    asked = (
        select(*(column for column in CustomerRow.__table__.columns if column.name != "parent_id"))
        .add_columns(above.code.label("parent_code"))
        .outerjoin(above, above.id == CustomerRow.parent_id)
        .where(CustomerRow.company_id == company_id)
    )
    if search:
        named = (CustomerRow.code, CustomerRow.name)
        asked = asked.where(or_(*(column.icontains(search, autoescape=True) for column in named)))
    return page_of(session, asked, by=sort.value, after=after, limit=limit)


def get_customer(session: Session, company_id: int, code: str) -> Customer:
    """The customer of that number; raises UnknownCustomer."""
    asked = select(CustomerRow).where(CustomerRow.company_id == company_id, CustomerRow.code == code)
    row = session.scalar(asked)
    if row is None:
        raise UnknownCustomer(code)
    return _customer(row)


def codes(session: Session, company_id: int) -> dict[str, int]:
    """Number in the leading system → internal number, of all customers."""
    asked = select(CustomerRow.code, CustomerRow.id).where(CustomerRow.company_id == company_id)
    return {row.code: row.id for row in session.execute(asked)}


def names(session: Session, company_id: int, customer_codes: Iterable[str]) -> dict[str, str]:
    """Number in the leading system → name, of these customers."""
    asked = select(CustomerRow.code, CustomerRow.name).where(
        CustomerRow.company_id == company_id, among(session, CustomerRow.code, customer_codes)
    )
    return {row.code: row.name for row in session.execute(asked)}


def names_by_id(session: Session, company_id: int) -> dict[int, tuple[str, str]]:
    """Internal number → number in the leading system and name, of all customers."""
    asked = select(CustomerRow.id, CustomerRow.code, CustomerRow.name).where(CustomerRow.company_id == company_id)
    return {row.id: (row.code, row.name) for row in session.execute(asked)}


def by_id(session: Session, company_id: int, customer_ids: Iterable[int]) -> dict[int, Customer]:
    """Internal number → customer, of these."""
    asked = select(CustomerRow).where(
        CustomerRow.company_id == company_id, among(session, CustomerRow.id, customer_ids)
    )
    return {row.id: _customer(row) for row in session.scalars(asked)}


def parents(session: Session, company_id: int) -> dict[str, str]:
    """Number of a customer → that of its parent, of all that have one."""
    above = aliased(CustomerRow)
    asked = select(CustomerRow.code, above.code).join(above, above.id == CustomerRow.parent_id)
    return {row[0]: row[1] for row in session.execute(asked.where(CustomerRow.company_id == company_id))}


def lock_customers(session: Session, company_id: int, customer_codes: list[str]) -> list[CustomerRow]:
    """Stored rows of these numbers, locked in id order for amending."""
    asked = (
        select(CustomerRow)
        .where(CustomerRow.company_id == company_id, among(session, CustomerRow.code, customer_codes))
        .order_by(CustomerRow.id)
        .with_for_update()
    )
    return list(session.scalars(asked.execution_options(populate_existing=True)))


def strangers(session: Session, company_id: int, customer_ids: Iterable[int]) -> set[int]:
    """Which of these internal numbers are no customers of the company."""
    wanted = set(customer_ids)
    mine = CustomerRow.company_id == company_id, among(session, CustomerRow.id, wanted)
    return wanted - set(session.scalars(select(CustomerRow.id).where(*mine)))


def stated_accounts(session: Session, company_id: int) -> set[tuple[str, int]]:
    """(account, customer) pairs ever known, those withdrawn since included."""
    asked = select(PayerAccount.account, PayerAccount.customer_id).where(PayerAccount.company_id == company_id)
    return {(row.account, row.customer_id) for row in session.execute(asked)}


def payer_accounts(session: Session, company_id: int) -> list[tuple[str, int]]:
    """(account, customer) pairs that stand."""
    asked = (
        select(PayerAccount.account, PayerAccount.customer_id)
        .where(PayerAccount.company_id == company_id, PayerAccount.withdrawn_on.is_(None))
        .order_by(PayerAccount.id)
    )
    return [(row.account, row.customer_id) for row in session.execute(asked)]


def _customer(row: CustomerRow) -> Customer:
    return Customer(
        row.id,
        row.code,
        row.name,
        row.country,
        row.parent_id,
        row.email,
        row.payment_terms,
        row.credit_limit_minor,
        row.currency,
        row.segment,
    )
