"""The records of the invented company: who owes, what was invoiced, what the bank said, and what it truly paid.

They mirror the columns of the exchange folder. Amounts are integer minor units of the currency beside them.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Segment = Literal["key", "standard", "small"]
DocumentKind = Literal["invoice", "credit_memo", "debit_memo"]
Reason = Literal[
    "",  # paid in full
    "partial",
    "netted",
    "discount",
    "deduction",
    "withholding",
    "bank_charge",
    "overpayment",
    "prepayment",
    "duplicate",
    "returned",
    "not_ar",
]
CLEARING_SHORT: frozenset[Reason] = frozenset({"discount", "deduction", "withholding"})
"""Reasons whose cash, together with a difference posted apart, clears the whole item."""
NOT_PAYING_INVOICES: frozenset[Reason] = frozenset({"prepayment", "duplicate", "returned", "not_ar"})
"""Reasons of lines that settle no open invoice."""


class ReferenceStyle(enum.Enum):
    """How a payer names the invoices in the text of a payment."""

    EXACT = "exact"
    """As on the invoice."""
    PREFIX_DROPPED = "prefix_dropped"
    """Without the letters in front."""
    ZEROS_DROPPED = "zeros_dropped"
    """Without the leading zeros of the number."""
    SEPARATORS_CHANGED = "separators_changed"
    """Other marks, or none, between the parts."""
    NUMBER_ONLY = "number_only"
    """The bare running number, without zeros."""
    PURCHASE_ORDER = "purchase_order"
    """The payer's own order number instead."""
    CUT = "cut"
    """The text ends after 35 characters."""
    RANGE = "range"
    """First and last number of a row of invoices."""
    WRAPPED = "wrapped"
    """A blank where the bank broke the line, wherever that is."""
    SLIP = "slip"
    """One digit typed wrongly."""
    NONE = "none"
    """Nothing that names an invoice."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed on when to pay: net days, and a discount for paying early where one was agreed."""

    net_days: int
    discount_percent: int | None = None
    discount_days: int | None = None

    def __str__(self) -> str:
        net = f"net {self.net_days}"
        return net if self.discount_percent is None else f"{self.discount_percent}/{self.discount_days} {net}"

    def due(self, issued: date) -> date:
        """Last day to pay in time."""
        return issued + timedelta(days=self.net_days)

    def discount_until(self, issued: date) -> date | None:
        """Last day on which the discount is earned; None where none was agreed."""
        return None if self.discount_days is None else issued + timedelta(days=self.discount_days)


@dataclass(frozen=True, slots=True)
class Company:
    """The invented company itself, and its own bank account in each currency."""

    name: str
    country: str
    base_currency: str
    accounts: Mapping[str, str]
    """Own account number by currency."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as the company knows it; `iban` is empty where nobody ever noted it."""

    customer_id: str
    name: str
    country: str
    iban: str
    parent_customer_id: str
    email: str
    terms: Terms
    credit_limit_minor: int
    currency: str
    segment: Segment


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice, debit memo or credit memo (negative); a date of dispute or cancellation that never came is None."""

    invoice_id: str
    customer_id: str
    kind: DocumentKind
    issue_date: date
    due_date: date
    currency: str
    amount_minor: int
    po_number: str = ""
    discount_percent: int | None = None
    discount_until: date | None = None
    disputed_on: date | None = None
    dispute_resolved_on: date | None = None
    cancelled_on: date | None = None


@dataclass(frozen=True, slots=True)
class BankLine:
    """One line of the company's bank statements, signed: positive came in."""

    line_id: str
    booking_date: date
    currency: str
    amount_minor: int
    payer_name: str
    payer_account: str
    narrative: str
    end_to_end_id: str


@dataclass(frozen=True, slots=True)
class Application:
    """What a part of a bank line truly was; the parts of a line add up to its amount."""

    line_id: str
    invoice_id: str
    customer_id: str
    amount_minor: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Promise:
    """A customer's word to pay an invoice by a day."""

    invoice_id: str
    promised_on: date
    promised_date: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Activity:
    """A contact with a customer about money that is overdue."""

    customer_id: str
    date: date
    kind: str
    result: str
    note: str
