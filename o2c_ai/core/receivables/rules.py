"""Laws of receivables: nothing is paid beyond what is open, and no credit is used beyond what is left of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from o2c_ai.core.errors import Conflict, Invalid, NotFound
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.money import Money, Rounding, divide


class ItemKind(enum.Enum):
    """What an open item came from."""

    INVOICE = "invoice"
    """An invoice issued."""
    DEBIT_MEMO = "debit_memo"
    """A debit memo issued."""
    RESIDUAL = "residual"
    """The rest of an item that was cleared short."""


class CreditKind(enum.Enum):
    """What a credit item came from."""

    RECEIPT = "receipt"
    """Money received."""
    CREDIT_MEMO = "credit_memo"
    """A credit memo issued."""


class ApplicationKind(enum.Enum):
    """What reduces an open item."""

    RECEIPT = "receipt"
    """Money of a receipt."""
    CREDIT_MEMO = "credit_memo"
    """A credit memo used against the item."""
    DISCOUNT = "discount"
    """Cash discount allowed."""
    DEDUCTION = "deduction"
    """A short payment accepted with a reason."""
    WITHHOLDING = "withholding"
    """Tax the customer paid to the state in our name."""
    BANK_CHARGE = "bank_charge"
    """Charges a bank took out of the payment."""
    TOLERANCE = "tolerance"
    """A difference too small to chase."""
    WRITE_OFF = "write_off"
    """Given up, with a second person's approval."""
    RESIDUAL = "residual"
    """Carried over to a residual item."""
    OPENING = "opening"
    """Settled before these books began."""
    SETTLED_ELSEWHERE = "settled_elsewhere"
    """A full snapshot of the leading system no longer holds the item."""
    REVERSAL = "reversal"
    """The document behind the item was reversed."""


ACCOUNT_OF = {
    ApplicationKind.CREDIT_MEMO: AccountRole.RECEIVABLES,
    ApplicationKind.DISCOUNT: AccountRole.DISCOUNTS,
    ApplicationKind.DEDUCTION: AccountRole.DEDUCTIONS,
    ApplicationKind.WITHHOLDING: AccountRole.WITHHOLDING_TAX,
    ApplicationKind.BANK_CHARGE: AccountRole.BANK_CHARGES,
    ApplicationKind.TOLERANCE: AccountRole.TOLERANCE,
    ApplicationKind.WRITE_OFF: AccountRole.WRITE_OFFS,
    ApplicationKind.RESIDUAL: AccountRole.RECEIVABLES,
    ApplicationKind.OPENING: AccountRole.OPENING_BALANCES,
    ApplicationKind.SETTLED_ELSEWHERE: AccountRole.SETTLED_ELSEWHERE,
    ApplicationKind.REVERSAL: AccountRole.REVENUE,
}
"""The account debited when receivables are credited; a receipt's depends on whether its payer is known."""

CREDIT_KINDS = frozenset({ApplicationKind.RECEIPT, ApplicationKind.CREDIT_MEMO})
"""Kinds that use up a credit item."""


class MovementKind(enum.Enum):
    """What becomes of credit that is not applied."""

    ON_ACCOUNT = "on_account"
    """Parked deliberately for a customer."""
    REFUNDED = "refunded"
    """To be paid back."""
    REVERSED = "reversed"
    """The money bounced or the document was reversed."""
    NOT_AR = "not_ar"
    """The money was not about receivables."""
    OPENING = "opening"
    """Used before these books began."""
    SETTLED_ELSEWHERE = "settled_elsewhere"
    """No longer in the leading system's snapshot."""


MOVEMENT_ACCOUNT = {
    MovementKind.ON_ACCOUNT: AccountRole.ON_ACCOUNT,
    MovementKind.REFUNDED: AccountRole.REFUNDS_PAYABLE,
    MovementKind.REVERSED: AccountRole.SUSPENSE,
    MovementKind.NOT_AR: AccountRole.SUSPENSE,
    MovementKind.OPENING: AccountRole.OPENING_BALANCES,
    MovementKind.SETTLED_ELSEWHERE: AccountRole.SETTLED_ELSEWHERE,
}
"""The account credited when credit is used so. A bounced receipt meets the bank's own line in suspense."""


class NewOpenItem(NamedTuple):
    """An open item to be written, its fields named as the columns; its entry is posted already."""

    customer_id: int
    number: str
    kind: ItemKind
    document_date: date
    due_date: date
    known_on: date
    currency: str
    amount_minor: int
    base_minor: int | None
    entry_id: int
    po_number: str = ""
    discount_minor: int = 0
    discount_until: date | None = None


class NewCreditItem(NamedTuple):
    """A credit item to be written, its fields named as the columns; its entry is posted already."""

    customer_id: int | None
    """None while the payer is unknown."""
    number: str
    kind: CreditKind
    document_date: date
    known_on: date
    currency: str
    amount_minor: int
    base_minor: int | None
    entry_id: int


class NewApplication(NamedTuple):
    """Part of an open item to be cleared."""

    open_item_id: int
    kind: ApplicationKind
    amount_minor: int
    credit_item_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewMovement:
    """Credit to be parked, refunded, reversed or set aside; negative takes parked money back, to be used otherwise."""

    credit_item_id: int
    kind: MovementKind
    amount_minor: int
    customer_id: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Clearing:
    """One act of applying: everything it does is booked in one entry and undone in one step."""

    on: date
    currency: str
    text: str
    applications: tuple[NewApplication, ...] = ()
    movements: tuple[NewMovement, ...] = ()
    suggestion_id: int | None = None
    reason: str = ""


@dataclass(slots=True)
class Balance:
    """How much of an item is used, in transaction and base currency; kept running while a batch is planned."""

    number: str
    currency: str
    amount_minor: int
    used_minor: int
    base_minor: int | None
    base_used: int
    customer_id: int | None
    free_from: date = date.min
    """The first day it may be used from: it was there, and nothing that had used it before was taken back later."""

    def check_day(self, on: date) -> None:
        """Refuse a use that on some day would stand beside one taken back only later. Raises TooEarly."""
        if on < self.free_from:
            raise TooEarly(self.number, self.free_from, on)

    def free(self, on: date) -> None:
        """Something that had used it was taken back on a day."""
        self.free_from = max(self.free_from, on)

    @property
    def left_minor(self) -> int:
        """What is still open, in minor units."""
        return self.amount_minor - self.used_minor

    def take(self, minor: int) -> int | None:
        """Use part of the item; gives that part's base amount, so that all parts add up to the item's base exactly."""
        self.used_minor += minor
        if self.base_minor is None:
            return None
        upto = divide(self.base_minor * self.used_minor, self.amount_minor, Rounding.HALF_EVEN)
        part, self.base_used = upto - self.base_used, upto
        return part

    def holds(self, minor: int) -> bool:
        """Whether so much more can be used, or, where negative, was used and can be given back."""
        return 0 <= self.used_minor + minor <= self.amount_minor

    def shift(self, minor: int, base: int | None) -> None:
        """Use part of the item, or give it back, at a base amount known already."""
        self.used_minor += minor
        self.base_used += base or 0


class TooEarly(Invalid):
    """An act would count from a day on which what it uses was not there yet, or not free yet."""

    def __init__(self, number: str, first: date, on: date) -> None:
        """Name the item, the first possible day and the day asked for."""
        self.number, self.first, self.on = number, first, on
        super().__init__(f"{number} can be used from {first} on, not from {on}")


class OverApplication(Invalid):
    """More would be applied to an open item than is open on it."""

    def __init__(self, number: str, remaining: Money, attempted: Money) -> None:
        """Name the item, what is open and what was tried."""
        self.number, self.remaining, self.attempted = number, remaining, attempted
        super().__init__(f"{number} has {remaining} open; {attempted} cannot be applied to it")


class CreditExceeded(Invalid):
    """More would be used of a credit item than is left of it."""

    def __init__(self, number: str, remaining: Money, attempted: Money) -> None:
        """Name the credit, what is left and what was tried."""
        self.number, self.remaining, self.attempted = number, remaining, attempted
        super().__init__(f"credit {number} has {remaining} left; {attempted} cannot be used")


class ParkedExceeded(Conflict):
    """More parked money would be taken back than is parked for the customer: it was used since, or never was there."""

    def __init__(self, number: str, parked: Money, attempted: Money) -> None:
        """Name the credit, what is parked of it and what was tried."""
        self.number, self.parked, self.attempted = number, parked, attempted
        super().__init__(f"credit {number} has {parked} parked for the customer; {attempted} cannot be taken from it")


class NotPositive(Invalid):
    """An amount to be asked for, received or moved must be more than nothing."""

    def __init__(self, what: str, amount: Money) -> None:
        """Name what it is about and the amount."""
        self.what, self.amount = what, amount
        super().__init__(f"{what}: {amount} is not a positive amount")


class WrongCurrency(Invalid):
    """An item was to be cleared in a currency that is not its own."""

    def __init__(self, number: str, currency: str, attempted: str) -> None:
        """Name the item and both currencies."""
        self.number, self.currency, self.attempted = number, currency, attempted
        super().__init__(f"{number} is in {currency}, not {attempted}")


class NothingToClear(Invalid):
    """A clearing must move something, and only positive parts of open items."""

    def __init__(self, text: str) -> None:
        """Name the clearing."""
        self.text = text
        super().__init__(f"clearing {text!r} applies nothing, or not a positive amount")


class UnknownItem(NotFound):
    """No such open or credit item in this company."""

    def __init__(self, item_id: int) -> None:
        """Name the item."""
        self.item_id = item_id
        super().__init__(f"no item {item_id} in this company")


class UnknownClearing(NotFound):
    """The entry cleared nothing."""

    def __init__(self, entry_id: int) -> None:
        """Name the entry."""
        self.entry_id = entry_id
        super().__init__(f"entry {entry_id} applied nothing that could be undone")


class UndoneTooEarly(Invalid):
    """A clearing would be undone on a day before it counts from."""

    def __init__(self, on: date, counts_from: date) -> None:
        """Name both days."""
        self.on, self.counts_from = on, counts_from
        super().__init__(f"what counts from {counts_from} cannot be undone on {on}, before it")


class AlreadyTakenBack(Conflict):
    """The receipt was reversed before."""

    def __init__(self, number: str) -> None:
        """Name the receipt."""
        self.number = number
        super().__init__(f"receipt {number} has been taken back already")


class ResidualTouched(Conflict):
    """The residual item made by a clearing has been paid on since, so the clearing cannot be undone first."""

    def __init__(self, number: str) -> None:
        """Name the residual item."""
        self.number = number
        super().__init__(f"residual item {number} has been paid on; unapply that first")


class ItemSort(enum.Enum):
    """What open items are listed by; the column's name."""

    DUE_DATE = "due_date"
    """Longest overdue first."""
    DOCUMENT_DATE = "document_date"
    """Oldest document first."""
    NUMBER = "number"
    """By the document's number."""
    LEFT = "left_minor"
    """Largest amount still open first."""


LARGEST_FIRST = {ItemSort.LEFT}
"""Sorted downwards."""


def give_back_open(balance: Balance, minor: int, base: int | None) -> None:
    """Take an application back from an open item, or a mirror's away again. Raises OverApplication."""
    if not balance.holds(-minor):
        money = Money(balance.left_minor, balance.currency), Money(-minor, balance.currency)
        raise OverApplication(balance.number, *money)
    balance.shift(-minor, negative(base))


def give_back_credit(balance: Balance, minor: int, base: int | None) -> None:
    """Take a use of credit back, or a mirror's away again. Raises CreditExceeded."""
    if not balance.holds(-minor):
        money = Money(balance.left_minor, balance.currency), Money(-minor, balance.currency)
        raise CreditExceeded(balance.number, *money)
    balance.shift(-minor, negative(base))


def negative(minor: int | None) -> int | None:
    """The other side of an amount that may be unknown."""
    return None if minor is None else -minor


def check_asked(balance: Balance, amount: Money) -> None:
    """Refuse to ask for what cannot be granted: nothing, or in another currency. Raises NotPositive, WrongCurrency."""
    if amount.minor <= 0:
        raise NotPositive(balance.number, amount)
    if balance.currency != amount.currency:
        raise WrongCurrency(balance.number, balance.currency, amount.currency)


def use_open(balance: Balance, minor: int, currency: str) -> int | None:
    """Apply to an open item in a running batch; gives the base part. Raises WrongCurrency, OverApplication."""
    if balance.currency != currency:
        raise WrongCurrency(balance.number, balance.currency, currency)
    if not balance.holds(minor):
        raise OverApplication(balance.number, Money(balance.left_minor, currency), Money(minor, currency))
    return balance.take(minor)


def use_credit(balance: Balance, minor: int, currency: str) -> int | None:
    """Use credit in a running batch; gives the base part. Raises WrongCurrency, CreditExceeded."""
    if balance.currency != currency:
        raise WrongCurrency(balance.number, balance.currency, currency)
    if not balance.holds(minor):
        raise CreditExceeded(balance.number, Money(balance.left_minor, currency), Money(minor, currency))
    return balance.take(minor)
