"""Laws of the ledger: an entry balances per currency and in the company's own, or it does not exist."""

from __future__ import annotations

import enum
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.core.errors import Conflict, Invalid, NotFound
from o2c_ai.core.money import MINOR_MAX, Money, convert_minor

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal
    from fractions import Fraction


class AccountRole(enum.Enum):
    """What an account is for; the books find their accounts by role, people by number and name."""

    BANK = "bank"
    """Money at a bank; one account for each bank account."""
    RECEIVABLES = "receivables"
    """The control account of the subledger: open items less credit memos not yet used."""
    UNIDENTIFIED_CASH = "unidentified_cash"
    """Receipts whose payer is unknown."""
    UNAPPLIED_CASH = "unapplied_cash"
    """Receipts of a known payer, not applied yet."""
    ON_ACCOUNT = "on_account"
    """Customers' money parked deliberately."""
    REFUNDS_PAYABLE = "refunds_payable"
    """Money to be paid back."""
    SUSPENSE = "suspense"
    """Bank lines that are not about receivables, until somebody else explains them."""
    WITHHOLDING_TAX = "withholding_tax"
    """Tax the customer paid to the state in our name."""
    REVENUE = "revenue"
    """What was billed, less what was credited."""
    DISCOUNTS = "discounts"
    """Cash discounts allowed."""
    DEDUCTIONS = "deductions"
    """Short payments accepted with a reason."""
    TOLERANCE = "tolerance"
    """Small differences written off within tolerance."""
    BANK_CHARGES = "bank_charges"
    """Charges taken out of incoming payments."""
    WRITE_OFFS = "write_offs"
    """Open items given up."""
    FX_RESULT = "fx_result"
    """Realised gain or loss between the rate of the invoice and the rate of the money."""
    OPENING_BALANCES = "opening_balances"
    """What was settled before these books began."""
    SETTLED_ELSEWHERE = "settled_elsewhere"
    """Items a full snapshot of the leading system no longer holds."""


CHART = {
    AccountRole.RECEIVABLES: ("1200", "Trade receivables"),
    AccountRole.UNIDENTIFIED_CASH: ("1291", "Unidentified cash"),
    AccountRole.UNAPPLIED_CASH: ("1292", "Unapplied cash"),
    AccountRole.ON_ACCOUNT: ("1293", "Customers on account"),
    AccountRole.WITHHOLDING_TAX: ("1350", "Withholding tax credits"),
    AccountRole.SUSPENSE: ("1390", "Bank suspense"),
    AccountRole.REFUNDS_PAYABLE: ("1700", "Refunds payable"),
    AccountRole.REVENUE: ("4000", "Revenue"),
    AccountRole.DISCOUNTS: ("4730", "Cash discounts allowed"),
    AccountRole.DEDUCTIONS: ("4740", "Deductions allowed"),
    AccountRole.TOLERANCE: ("6810", "Payment differences"),
    AccountRole.BANK_CHARGES: ("6820", "Bank charges"),
    AccountRole.WRITE_OFFS: ("6930", "Receivables written off"),
    AccountRole.FX_RESULT: ("6880", "Realised exchange differences"),
    AccountRole.OPENING_BALANCES: ("9000", "Opening balances"),
    AccountRole.SETTLED_ELSEWHERE: ("9100", "Settled elsewhere"),
}
"""Number and name of every account a company opens with; bank accounts follow as they appear, from 1000 up."""


class EntryKind(enum.Enum):
    """Which act an entry books."""

    INVOICE = "invoice"
    """An invoice issued."""
    CREDIT_MEMO = "credit_memo"
    """A credit memo issued."""
    DEBIT_MEMO = "debit_memo"
    """A debit memo issued."""
    RECEIPT = "receipt"
    """Money received."""
    STATEMENT_LINE = "statement_line"
    """A bank line that is no receipt."""
    APPLICATION = "application"
    """A credit applied to open items, with the differences booked."""
    CREDIT_MOVEMENT = "credit_movement"
    """A credit identified, parked, refunded, transferred or taken back."""
    WRITE_OFF = "write_off"
    """An open item given up."""
    REVERSAL = "reversal"
    """The mirror of an earlier entry."""


class PeriodState(enum.Enum):
    """Whether a period still takes postings."""

    OPEN = "open"
    """Takes postings."""
    CLOSED = "closed"
    """Takes none until it is opened again."""


class NewPosting(NamedTuple):
    """One line of an entry to be written: debit positive, credit negative."""

    account_id: int
    currency: str
    amount_minor: int
    base_minor: int | None
    """The same in the company's currency; None where no rate was known (the whole entry is then unvalued)."""


class NewEntry(NamedTuple):
    """An entry to be written."""

    kind: EntryKind
    posting_date: date
    text: str
    postings: tuple[NewPosting, ...]
    document_date: date | None = None
    """The date on the paper where it differs from the posting date."""
    reverses_id: int | None = None


@dataclass(frozen=True, slots=True)
class StatedRate:
    """An exchange rate as a leading system states it, with its place in the paper."""

    at: int
    on: date
    from_currency: str
    to_currency: str
    rate: Decimal
    """Units of `to_currency` for one unit of `from_currency`."""


@dataclass(frozen=True, slots=True)
class Company:
    """Whose books these are."""

    company_id: int
    code: str
    name: str
    base_currency: str
    opened_at: datetime

    @property
    def books(self) -> str:
        """Tells these books from all others, also from those of another database with the same company code."""
        return f"{self.code} {self.opened_at:%Y%m%dT%H%M%S%f}"


class Unbalanced(Invalid):
    """Debits and credits of an entry differ."""

    def __init__(self, text: str, currency: str, difference_minor: int) -> None:
        """Name the entry, the currency and how many minor units it is off."""
        self.text, self.currency, self.difference_minor = text, currency, difference_minor
        super().__init__(f"entry {text!r} is off by {difference_minor} minor units of {currency}")


class PartlyValued(Invalid):
    """Some postings of an entry carry a base amount and others do not."""

    def __init__(self, text: str) -> None:
        """Name the entry."""
        self.text = text
        super().__init__(f"entry {text!r} is valued in part only")


class TooFewPostings(Invalid):
    """An entry needs two sides."""

    def __init__(self, text: str) -> None:
        """Name the entry."""
        self.text = text
        super().__init__(f"entry {text!r} has fewer than two postings")


class PeriodClosed(Conflict):
    """The posting date lies in a closed period."""

    def __init__(self, posting_date: date, ends_on: date) -> None:
        """Name the date and the end of the closed period."""
        self.posting_date, self.ends_on = posting_date, ends_on
        super().__init__(f"{posting_date} lies in a period closed up to {ends_on}; post after it or reopen it")


class EndsBeforeStart(Invalid):
    """A period ends before it starts."""

    def __init__(self, starts_on: date, ends_on: date) -> None:
        """Name both days."""
        self.starts_on, self.ends_on = starts_on, ends_on
        super().__init__(f"a period cannot start on {starts_on} and end on {ends_on}")


class NotARate(Invalid):
    """An exchange rate is a positive number."""

    def __init__(self, on: date, from_currency: str, to_currency: str, rate: Decimal) -> None:
        """Name the day, the currencies and what was given."""
        self.on, self.from_currency, self.to_currency, self.rate = on, from_currency, to_currency, rate
        super().__init__(f"{rate} is not a rate from {from_currency} to {to_currency} on {on}")


class BaseTooLarge(Invalid):
    """An amount is larger in the company's currency than the books can hold."""

    def __init__(self, amount: Money, on: date, base_currency: str) -> None:
        """Name the amount, the day of the rate asked for and the company's currency."""
        self.amount, self.on, self.base_currency = amount, on, base_currency
        super().__init__(f"{amount} at the rate known on {on} is more in {base_currency} than the books can hold")


class AlreadyReversed(Conflict):
    """The entry has its mirror already."""

    def __init__(self, entry_id: int) -> None:
        """Name the entry."""
        self.entry_id = entry_id
        super().__init__(f"entry {entry_id} is already reversed")


class CompanyExists(Conflict):
    """The company code is taken."""

    def __init__(self, code: str) -> None:
        """Name the code."""
        self.code = code
        super().__init__(f"there is already a company {code!r}")


class UnknownCompany(NotFound):
    """No such company."""

    def __init__(self, code: str) -> None:
        """Name the code."""
        self.code = code
        super().__init__(f"no company {code!r}; `o2c import` creates one")


class UnknownEntry(NotFound):
    """No such entry in this company."""

    def __init__(self, entry_id: int) -> None:
        """Name the entry."""
        self.entry_id = entry_id
        super().__init__(f"no journal entry {entry_id} in this company")


def check_entry(entry: NewEntry) -> None:
    """Refuse an entry that is one-sided, out of balance in a currency or in base, or valued in part.

    Raises TooFewPostings, Unbalanced, PartlyValued.
    """
    if len(entry.postings) < 2:  # noqa: PLR2004 - a debit and a credit
        raise TooFewPostings(entry.text)
    sums: dict[str, int] = {}
    base, valued = 0, 0
    for posting in entry.postings:
        sums[posting.currency] = sums.get(posting.currency, 0) + posting.amount_minor
        if posting.base_minor is not None:
            base, valued = base + posting.base_minor, valued + 1
    for currency, difference in sums.items():
        if difference:
            raise Unbalanced(entry.text, currency, difference)
    if valued and valued != len(entry.postings):
        raise PartlyValued(entry.text)
    if base:
        raise Unbalanced(entry.text, "base", base)


@dataclass(frozen=True)
class RateBook:
    """Exchange rates into the company's currency, as they were known day by day."""

    base_currency: str
    series: dict[str, tuple[list[date], list[Decimal | Fraction]]] = field(default_factory=dict)
    """Currency to (ascending dates, rates): base units for one unit of the currency; the last rate of a day counts."""

    def base_minor(self, minor: int, currency: str, on: date) -> int | None:
        """The amount in base currency at the newest rate on or before the day; None where there is none, never 1:1.

        Raises BaseTooLarge.
        """
        if currency == self.base_currency:
            return minor
        if currency not in self.series:
            return None
        dates, rates = self.series[currency]
        place = bisect_right(dates, on)
        if not place:
            return None
        base = convert_minor(minor, currency, rates[place - 1], self.base_currency)
        if abs(base) > MINOR_MAX:
            raise BaseTooLarge(Money(minor, currency), on, self.base_currency)
        return base
