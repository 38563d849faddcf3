"""Laws of invoices: what a document says, what may be amended on it, and what may not."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.core.errors import Conflict, Invalid, NotFound
from o2c_ai.core.money import Money, Rounding, divide

if TYPE_CHECKING:
    from datetime import date


class DocumentType(enum.Enum):
    """What kind of document was issued."""

    INVOICE = "invoice"
    """Bills goods or services."""
    CREDIT_MEMO = "credit_memo"
    """Takes part of an invoice back; its amount is negative."""
    DEBIT_MEMO = "debit_memo"
    """Bills something apart from a delivery, such as a refused deduction."""


class NewInvoice(NamedTuple):
    """A document to be issued, with its customer by internal number."""

    number: str
    customer_id: int
    kind: DocumentType
    issue_date: date
    due_date: date
    currency: str
    amount_minor: int
    """Signed: credit memos are negative."""
    po_number: str = ""
    discount_percent: Decimal | None = None
    discount_until: date | None = None
    opening_minor: int = 0
    """What of it was settled before these books began."""
    opening_on: date | None = None
    """The day from which only the rest was open."""


class StatedInvoice(NamedTuple):
    """A document as a leading system states it, with its customer by number and its place in the paper."""

    at: int
    """Line in the file, for problems."""
    number: str
    customer_code: str
    kind: DocumentType
    issue_date: date
    due_date: date
    currency: str
    amount_minor: int
    open_minor: int | None
    """What was open on `open_as_of`, signed like the amount; None where the whole amount was."""
    open_as_of: date | None
    po_number: str
    discount_percent: Decimal | None
    discount_until: date | None
    disputed_on: date | None
    dispute_resolved_on: date | None
    cancelled_on: date | None


class InvoiceSort(enum.Enum):
    """What documents are listed by; the column's name."""

    NUMBER = "number"
    """The document's number."""
    ISSUE_DATE = "issue_date"
    """The date on the document, the newest first."""


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a leading system now says of a posted document that may change."""

    number: str
    due_date: date
    po_number: str


class WrongSign(Invalid):
    """Invoices and debit memos are positive, credit memos negative; nothing is zero."""

    def __init__(self, number: str, amount: Money) -> None:
        """Name the document and its amount."""
        self.number, self.amount = number, amount
        super().__init__(f"document {number}: {amount} has the wrong sign for its kind, or is zero")


class DuplicateNumber(Conflict):
    """The document number was issued before."""

    def __init__(self, number: str) -> None:
        """Name the number."""
        self.number = number
        super().__init__(f"document number {number} is taken")


class UnknownInvoice(NotFound):
    """No such document in this company."""

    def __init__(self, number: str) -> None:
        """Name the number."""
        self.number = number
        super().__init__(f"no document {number} in this company")


class InvoiceReversed(Conflict):
    """The document was reversed before."""

    def __init__(self, number: str, reversed_on: date) -> None:
        """Name the document and the day."""
        self.number, self.reversed_on = number, reversed_on
        super().__init__(f"document {number} was reversed on {reversed_on}")


class ReversedBeforeIssue(Invalid):
    """A document would be taken back on a day before it was issued."""

    def __init__(self, number: str, on: date, issue_date: date) -> None:
        """Name the document and both days."""
        self.number, self.on, self.issue_date = number, on, issue_date
        super().__init__(f"document {number} was issued on {issue_date} and cannot be reversed on {on}, before it")


class AlreadyPaidOn(Conflict):
    """The document has applications, so it cannot be reversed before they are."""

    def __init__(self, number: str) -> None:
        """Name the document."""
        self.number = number
        super().__init__(f"document {number} has been paid on or used; unapply that first")


def check_invoice(invoice: NewInvoice) -> None:
    """Refuse what cannot be a document. Raises UnknownCurrency, WrongSign."""
    amount = Money(invoice.amount_minor, invoice.currency)
    positive = invoice.kind is not DocumentType.CREDIT_MEMO
    if amount.minor == 0 or (amount.minor > 0) != positive:
        raise WrongSign(invoice.number, amount)


def discount_minor(amount_minor: int, percent: Decimal | None) -> int:
    """Cash discount of an amount at a percentage, half up to the minor unit, as printed on the invoice."""
    if percent is None or percent <= 0 or amount_minor <= 0:
        return 0
    numerator, denominator = percent.as_integer_ratio()
    return divide(amount_minor * numerator, denominator * 100, Rounding.HALF_UP)
