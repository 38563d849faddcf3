"""Who owes us: the customers, one of them with its age of debt, and taking them in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, check_tag, needs, tag_of
from o2c_ai.api.errors import STALE
from o2c_ai.api.routes.receivables import AgedOut
from o2c_ai.api.schemas import Currency, Id, MoneyIn, MoneyOut, Page, Paged, Text, Word, Written, page
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.customers.actions import take_customers
from o2c_ai.core.customers.queries import get_customer, page_customers
from o2c_ai.core.customers.rules import CustomerSort, NewCustomer
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.reporting.queries import aging, payer_aliases
from o2c_ai.core.reporting.rules import AliasSource

router = APIRouter(tags=["customers"], route_class=ActRoute)


class CustomerOut(Written):
    """Somebody who owes us."""

    id: Id
    code: str = Field(description="The leading system's number.", examples=["C-17"])
    name: str = Field(examples=["Muster GmbH"])
    country: str = Field(description="ISO 3166 code; empty where unknown.", examples=["DE"])
    email: str
    payment_terms: str = Field(examples=["30 days net"])
    credit_limit: MoneyOut | None = Field(description="Null where none is set or its currency is unknown.")
    currency: str = Field(examples=["EUR"])
    segment: str

    @classmethod
    def of(cls, row: Any, number: int) -> CustomerOut:  # noqa: ANN401 - a row or a record with these fields
        """From a row or a record."""
        limit = row.credit_limit_minor
        return cls(
            id=number,
            code=row.code,
            name=row.name,
            country=row.country,
            email=row.email,
            payment_terms=row.payment_terms,
            credit_limit=None if limit is None or not row.currency else MoneyOut.of(limit, row.currency),
            currency=row.currency,
            segment=row.segment,
        )


class CustomerWhole(CustomerOut):
    """A customer with what it owes by age."""

    aging: list[AgedOut] = Field(description="One row for each currency.")


class CustomerIn(Written):
    """A customer as a leading system describes it."""

    name: Word = Field(examples=["Muster GmbH"])
    country: Annotated[str, Field(max_length=2, pattern="^([A-Z]{2})?$")] = Field(default="", examples=["DE"])
    iban: Annotated[str, Field(max_length=34, pattern="^[A-Z0-9]*$")] = Field(default="", description="It pays from.")
    parent: Word | None = Field(default=None, description="Number of the customer that may pay for this one.")
    email: Annotated[str, Field(max_length=200, pattern=r"^([^\x00-\x20@]+@[^\x00-\x20@]+)?$")] = ""
    payment_terms: Text = ""
    credit_limit: MoneyIn | None = None
    currency: Currency | None = None
    segment: Text = ""


class AliasOut(Written):
    """How a customer's money is recognised, or declined."""

    alias: Id | None = Field(description="With it what somebody said is withdrawn; null for what nobody said.")
    kind: str = Field(examples=["account"])
    text: str
    source: AliasSource
    counts: bool = Field(description="Whether it is relied on.")
    reason: str
    withdrawn_on: date | None


@router.get("/customers")
def customers(
    read: Read,
    part: Paged,
    search: Annotated[Text, Query(description="Words in the number or the name.")] = "",
    sort: CustomerSort = CustomerSort.CODE,
) -> Page[CustomerOut]:
    """List the customers, a page at a time."""
    found = page_customers(read.session, read.company_id, search=search, sort=sort, **part)
    return page(found, lambda row: CustomerOut.of(row, row.id))


@router.get("/customers/{code:path}")
def customer(read: Read, code: Word, response: Response) -> CustomerWhole:
    """Show a customer with what it owes by age; the open items themselves are at /v1/open-items?customer=."""
    found = get_customer(read.session, read.company_id, code)
    response.headers["ETag"] = tag_of(CustomerOut.of(found, found.customer_id))
    rows = aging(read.session, read.company_id, read.as_of, customer_code=code)
    aged = [AgedOut.of(row, rows.names) for row in rows.rows]
    return CustomerWhole(**dict(CustomerOut.of(found, found.customer_id)), aging=aged)


@router.put("/customers/{code:path}", responses=STALE, dependencies=[needs(Duty.IMPORT)])
def take(
    act: Act,
    code: Word,
    given: CustomerIn,
    response: Response,
    if_match: Annotated[str | None, Header(max_length=1000, description="The ETag you read it with.")] = None,
) -> CustomerOut:
    """Add a customer, or say anew what is known of it."""
    if if_match is not None:
        known = get_customer(act.session, act.actor.company_id, code)
        check_tag(if_match, CustomerOut.of(known, known.customer_id))
    stated = given.model_dump(exclude={"parent", "credit_limit", "currency"})
    limit = None if given.credit_limit is None else given.credit_limit.money()
    currency = given.currency or ("" if limit is None else limit.currency)
    new = NewCustomer(
        code,
        parent_code=given.parent or "",
        credit_limit_minor=None if limit is None else limit.minor,
        currency=currency,
        **stated,
    )
    take_customers(act.session, act.actor, customers=[new])
    found = get_customer(act.session, act.actor.company_id, code)
    shown = CustomerOut.of(found, found.customer_id)
    response.headers["ETag"] = tag_of(shown)
    return shown


@router.get("/payer-aliases")
def aliases(read: Read, customer: Annotated[Word, Query(description="Whose.")]) -> list[AliasOut]:
    """Show how a customer's money is recognised, and who said so."""
    found = payer_aliases(read.session, read.company_id, customer, read.as_of)
    return [
        AliasOut(
            alias=a.alias_id,
            kind=a.kind,
            text=a.text,
            source=a.source,
            counts=a.counts,
            reason=a.reason,
            withdrawn_on=a.withdrawn_on,
        )
        for a in found
    ]
