"""Laws of vouchers: no entry without a paper behind it, and no paper without its entry."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.errors import NotFound

if TYPE_CHECKING:
    from datetime import date


class UnknownPaper(NotFound):
    """No document of that number in this company."""

    def __init__(self, number: str) -> None:
        """Name the number."""
        self.number = number
        super().__init__(f"no document {number!r} in this company")


class VoucherKind(enum.Enum):
    """What an entry stands on."""

    DOCUMENT = "document"
    """An invoice, debit memo, credit memo or residual item it books."""
    BANK_LINE = "bank_line"
    """A line of a bank statement."""
    RECEIPT = "receipt"
    """Money received."""
    CLEARED = "cleared"
    """An open item it clears in part or whole, or frees again."""
    USED = "used"
    """Credit that clears it."""
    MOVED = "moved"
    """Credit it parks, refunds or takes back."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """Something an entry stands on or acts on."""

    kind: VoucherKind
    number: str
    """Of the document, the bank line or the receipt."""
    what: str
    """What becomes of it, or what it is, in one word."""
    currency: str
    amount_minor: int
    """Of the entry in it; negative takes back."""
    line_id: int | None = None
    """The bank line behind it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as the books hold it."""

    number: str
    kind: str
    """invoice, debit_memo, credit_memo or residual."""
    customer_code: str
    customer_name: str
    issue_date: date
    due_date: date | None
    """None for a credit memo."""
    currency: str
    amount_minor: int
    """Positive, of credit memos too."""
    entry_id: int
    """The entry that booked it."""
    open_item_id: int | None
    credit_item_id: int | None
    reversed_on: date | None


@dataclass(frozen=True, slots=True)
class Use:
    """Part of a document that was cleared or used; negative where that was taken back."""

    id: int
    known_on: date
    kind: str
    """What cleared it or became of it: receipt, discount, write_off…"""
    by: str
    """Number of the credit used, or of the item cleared; empty where there is none."""
    amount_minor: int
    entry_id: int
