"""What the matcher reads and what it answers: plain papers in, one proposal a bank line out."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Decision(enum.StrEnum):
    """What becomes of a bank line; the values are those of proposals.csv."""

    AUTO = "auto"
    """Applied without a person; consumes what is open for the lines that follow."""
    REVIEW = "review"
    """Shown to a person with reasons and other options."""
    NOT_AR = "not_ar"
    """Not money for receivables: nothing is applied."""
    RETURNED = "returned"
    """An earlier receipt bounced: what it paid is open again."""
    EXCEPTION = "exception"
    """No items can be named; `exception_reason` says why."""


class Reason(enum.StrEnum):
    """Why a row carries its cash; the values are those of applications.csv."""

    IN_FULL = ""
    """What was open is paid."""
    PARTIAL = "partial"
    """The rest stays open."""
    NETTED = "netted"
    """A credit memo is used up."""
    DISCOUNT = "discount"
    """Cash and the cash discount clear the item."""
    DEDUCTION = "deduction"
    """Cash clears the item, the customer kept the rest for a cause of their own."""
    WITHHOLDING = "withholding"
    """Cash clears the item, the rest was withheld for a tax office."""
    BANK_CHARGE = "bank_charge"
    """The items got more than the bank paid out."""
    OVERPAYMENT = "overpayment"
    """More came than the items needed: credit of the customer."""
    PREPAYMENT = "prepayment"
    """Money before there is an invoice: credit of the customer."""
    DUPLICATE = "duplicate"
    """The same was paid before: credit of the customer."""
    NOT_AR = "not_ar"
    """Not about receivables."""
    RETURNED = "returned"
    """A bounced receipt's item is open again; the amount is negative."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the company's master data."""

    customer_id: int
    name: str
    iban: str = ""
    parent_id: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An invoice, debit memo or credit memo, open or closed, as it was issued."""

    item_id: int
    number: str
    customer_id: int
    issue_date: date
    due_date: date
    currency: str
    amount_minor: int
    """As issued, minor units; credit memos are negative."""
    po_number: str = ""
    discount_minor: int = 0
    """Cash discount offered, in minor units, 0 where none."""
    discount_until: date | None = None


@dataclass(frozen=True, slots=True)
class BankLine:
    """One booked line of a bank statement."""

    line_id: int
    booking_date: date
    currency: str
    amount_minor: int
    """Signed: positive came in."""
    payer_name: str = ""
    payer_account: str = ""
    narrative: str = ""
    end_to_end_id: str = ""


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One row of a remittance advice; a reference that is no invoice adjusts the whole advice."""

    invoice_ref: str
    amount_minor: int
    discount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Advice:
    """A remittance advice: what the customer says a payment is for."""

    advice_id: int
    line_id: int | None
    """The bank line it names, None where it travels alone."""
    advice_date: date | None
    currency: str
    total_minor: int | None
    payer_name: str
    rows: tuple[AdviceRow, ...]


@dataclass(frozen=True, slots=True)
class Booking:
    """One row of what people booked for a bank line: the history that rules learn from."""

    line_id: int
    item_id: int | None
    customer_id: int | None
    cash_minor: int
    """Cash of the line that this row carries; netted credit memos, charges and returns are negative."""
    cleared_minor: int
    """By how much the item's open amount went down (cash plus discount, deduction, withholding); 0 without item.

    Negative for a credit memo used up, and for an invoice that a returned payment opens again.
    """
    reason: Reason
    untouched: bool = False
    """Applied automatically and looked at by nobody: it moves balances, but teaches nothing and proves nothing."""


@dataclass(frozen=True, slots=True)
class Clearing:
    """A change of an item's open amount that no bank line made: opening balance, write-off, cancellation."""

    item_id: int
    cleared_on: date
    cleared_minor: int


class AliasKind(enum.StrEnum):
    """By what a payer is recognised."""

    ACCOUNT = "account"
    """The account money comes from."""
    NAME = "name"
    """The name the bank prints."""


@dataclass(frozen=True, slots=True)
class Alias:
    """What somebody said of an account or a name, the last word that stands on it and this customer."""

    kind: AliasKind
    text: str
    customer_id: int
    known: bool
    """It pays for the customer; False where it was declined: it does not, whatever was booked."""
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Refusal:
    """Items that people said a line does not pay."""

    line_id: int
    items: frozenset[int]
    taken_back: bool
    """They were applied and taken back; False where the suggestion was rejected."""
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything known on the evening of one day, for one company: nothing later may be in it."""

    customers: Sequence[Customer]
    items: Sequence[Item]
    lines: Sequence[BankLine]
    """Booked lines and lines to decide alike."""
    advices: Sequence[Advice]
    bookings: Sequence[Booking]
    clearings: Sequence[Clearing] = ()
    aliases: Sequence[Alias] = ()
    """What people said of payers, in the order they said it; a replay of history does without it."""
    refusals: Sequence[Refusal] = ()
    """What people refused for lines; a replay of history does without it."""


class ProposedRow(NamedTuple):
    """A part of the line's cash and what it is for; the rows of a proposal sum to the line."""

    item_id: int | None
    amount_minor: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy needs to decide whether a proposal may be applied untouched."""

    rule: str
    probability_ppm: int
    """Measured share of such proposals that were right, in millionths."""
    margin_ppm: int
    """Distance to the next best answer: another option for the line, or another line that wants the same items."""
    sets_that_fit: int
    """How many sets of items explain the amount equally well; 1 is unambiguous."""
    residual_explained: bool
    """Whether every cent of a difference has a cause: terms, advice, or a habit seen before."""
    currency: str
    amount_minor: int


Policy = Callable[[Facts], Decision]
"""Decides AUTO, REVIEW or EXCEPTION for a proposal that names items; the company's policy, not the matcher's."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to book the line."""

    probability_ppm: int
    customer_id: int | None
    rows: tuple[ProposedRow, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The matcher's answer for one bank line."""

    line_id: int
    decision: Decision
    facts: Facts
    rows: tuple[ProposedRow, ...]
    customer_id: int | None
    reasons: tuple[str, ...]
    """Plain words, for and against."""
    exception_reason: str = ""
    """Where `decision` is EXCEPTION: prepayment, duplicate, payer unknown, no candidate, ambiguous, over, short."""
    alternatives: tuple[Alternative, ...] = ()
    payer_by: AliasKind | None = None
    """By what the payer was recognised; None where neither account nor name said it."""
