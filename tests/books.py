"""A company with open books and somebody to act on them, in one line of a test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from o2c_ai.core.customers.actions import take_customers
from o2c_ai.core.customers.queries import codes
from o2c_ai.core.customers.rules import NewCustomer
from o2c_ai.core.invoices.actions import issue
from o2c_ai.core.invoices.queries import item_ids
from o2c_ai.core.invoices.rules import DocumentType, NewInvoice
from o2c_ai.core.ledger.actions import open_company
from o2c_ai.core.money import parse_minor
from o2c_ai.core.payments.actions import bank_account, record_lines
from o2c_ai.core.payments.rules import NewLine
from o2c_ai.core.people.actions import create_first_user, create_user
from o2c_ai.core.people.rules import Actor, Role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.database import Store

NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)
DAY = date(2025, 6, 1)


@dataclass
class Books:
    """An open session on a company's books, the actor who may do everything, and another for second words."""

    store: Store
    session: Session
    actor: Actor
    other: Actor

    @property
    def company_id(self) -> int:
        return self.actor.company_id

    def customer(self, code: str = "C1", name: str = "Muster GmbH", **more: Any) -> int:  # noqa: ANN401 - any further field of the record
        """A customer, by number; gives the internal number."""
        take_customers(self.session, self.actor, customers=[NewCustomer(code, name, **more)])
        return codes(self.session, self.company_id)[code]

    def invoice(
        self,
        number: str,
        amount: str = "100.00",
        *,
        customer: str = "C1",
        currency: str = "EUR",
        issued: date = DAY,
        due: date | None = None,
    ) -> int:
        """An issued document (a negative amount is a credit memo); gives its open or credit item."""
        known = codes(self.session, self.company_id)
        customer_id = known[customer] if customer in known else self.customer(customer)
        minor = parse_minor(amount, currency)
        kind = DocumentType.INVOICE if minor > 0 else DocumentType.CREDIT_MEMO
        document = NewInvoice(number, customer_id, kind, issued, due or issued, currency, minor)
        issue(self.session, self.actor, invoices=[document])
        open_item, credit_item = item_ids(self.session, self.company_id)[number]
        return open_item or credit_item or 0

    def line(self, ref: str, amount: str, *, currency: str = "EUR", on: date = DAY, **more: Any) -> int:  # noqa: ANN401 - any further field of the record
        """A bank line waiting to be worked; gives its id."""
        account = bank_account(self.session, self.actor, account="BANK")
        line = NewLine(ref, on, currency, parse_minor(amount, currency), **more)
        return record_lines(self.session, self.actor, account=account, lines=[line])[ref]


def open_books(store: Store, session: Session, *, code: str = "main", base_currency: str = "EUR") -> Books:
    """A fresh company in an open session, with two users who may do everything."""
    company = open_company(session, code=code, name="Test company", base_currency=base_currency, recorded_at=NOON)
    actor = create_first_user(session, company_id=company.company_id, name="anna", roles=list(Role), recorded_at=NOON)
    other = create_user(session, actor, name="otto", roles=list(Role))
    return Books(store, session, actor, other)
