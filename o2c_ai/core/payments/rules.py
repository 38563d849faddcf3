"""Laws of payments: what a bank statement, a remittance advice and a receipt may say."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.core.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from o2c_ai.core.money import Money

WORKED_DAYS, WAITING_ONE_IN = 14, 20
"""Bank lines count as worked while at most one in twenty of a fortnight's still waits."""


class LineState(enum.Enum):
    """Where a statement line stands."""

    OPEN = "open"
    """Nobody has decided it: incoming money is a receipt to be applied, outgoing money waits in suspense."""
    BOOKED = "booked"
    """Decided: applied, parked or reversed a receipt."""
    NOT_AR = "not_ar"
    """Not about receivables: posted to suspense for somebody else to explain."""


class LineSort(enum.Enum):
    """What bank lines are listed by; the column's name."""

    BOOKING_DATE = "booking_date"
    """Oldest first."""
    AMOUNT = "amount_minor"
    """Largest first."""
    DECIDED_ON = "decided_on"
    """Newest decision first."""


class ReceiptMethod(enum.Enum):
    """How the money came."""

    BANK = "bank"
    """On a bank statement."""
    CHEQUE = "cheque"
    """A cheque taken by hand."""
    CASH = "cash"
    """Cash taken by hand."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of a bank statement, as the bank wrote it."""

    booking_date: date
    """The day the bank booked it."""
    value_date: date | None
    """The day it counts for interest, where the bank says."""
    amount: Money
    """Signed: positive came in, negative went out."""
    payer_name: str
    """The other side's name; empty where the bank does not tell."""
    payer_account: str
    """The other side's IBAN or account number, without spaces; empty where unknown."""
    narrative: str
    """Remittance text, unstructured and structured, in the bank's order, joined by one space."""
    end_to_end_id: str
    """The payer's own reference for the payment; empty where none or NOTPROVIDED."""
    entry_reference: str
    """The bank's reference of the entry (with its detail number in a batch); empty where none."""
    is_reversal: bool
    """The bank says that this line takes back an earlier one."""
    charges: tuple[Money, ...] = ()
    """Charges the bank took from the payment before booking it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A bank statement: one account, a span of days, and control totals that must tie where the bank gives them."""

    account: str
    """IBAN or account number of the company's own account, without spaces."""
    currency: str
    statement_id: str
    opening: Money | None
    """Balance before the first line; None where the bank gives none (intraday reports)."""
    closing: Money | None
    """Balance after the last line; None where the bank gives none."""
    lines: tuple[StatementLine, ...]
    closing_on: date | None = None
    """The evening of the closing balance; None where the bank does not say."""


@dataclass(frozen=True, slots=True)
class AdviceLine:
    """One row of a remittance advice: what the customer says this part of the money pays."""

    invoice_ref: str
    """As the customer wrote it; may be no invoice at all (SKONTO, CLAIM…)."""
    amount_minor: int
    discount_minor: int
    deduction_code: str


@dataclass(frozen=True, slots=True)
class Advice:
    """A remittance advice: the customer's word on one payment."""

    external_id: str
    line_ref: str
    """The bank line it names; empty where the advice travels alone."""
    advice_date: date
    currency: str
    total_minor: int | None
    payer_name: str
    lines: tuple[AdviceLine, ...]


class NewLine(NamedTuple):
    """A statement line to be recorded, with its reference in the company's books."""

    line_ref: str
    """Unique in the company: the leading system's id, or derived from the statement."""
    booking_date: date
    currency: str
    amount_minor: int
    payer_name: str = ""
    payer_account: str = ""
    narrative: str = ""
    end_to_end_id: str = ""
    value_date: date | None = None
    customer_id: int | None = None
    """The payer, where it is known already."""
    no_receipt: bool = False
    """Known not to be about receivables: the money goes to suspense even where it came in."""


class StatedLine(NamedTuple):
    """A statement line as a leading system states it, with its place in the paper."""

    at: int
    """Line in the file, for problems."""
    line: NewLine


@dataclass(frozen=True, slots=True)
class StatedAdvice:
    """A row of a remittance advice as a leading system states it, amounts as decimal text."""

    at: int
    external_id: str
    line_ref: str
    advice_date: date | None
    """None where the advice counts from its line's day."""
    currency: str
    """Empty where the advice is in its line's currency."""
    total: str
    payer_name: str
    invoice_ref: str
    amount: str
    discount: str
    deduction_code: str


@dataclass(frozen=True, slots=True)
class BankLine:
    """A recorded statement line with where it stands."""

    line_id: int
    line_ref: str
    booking_date: date
    currency: str
    amount_minor: int
    state: LineState
    credit_item_id: int | None
    """The receipt booked from it; None for money that went out or is not about receivables."""


class ControlTotalsDiffer(Invalid):
    """Opening balance plus lines is not the closing balance: the statement is refused whole."""

    def __init__(self, statement_id: str, difference: Money) -> None:
        """Name the statement and what is missing or too much."""
        self.statement_id, self.difference = statement_id, difference
        super().__init__(
            f"statement {statement_id}: opening balance + lines - closing balance = {difference}, not zero"
        )


class UnknownLine(NotFound):
    """No such statement line in this company."""

    def __init__(self, line_ref: str | int) -> None:
        """Name the line."""
        self.line_ref = line_ref
        super().__init__(f"no statement line {line_ref} in this company")


class NotAReceipt(Invalid):
    """The act needs money that came in."""

    def __init__(self, line_ref: str) -> None:
        """Name the line."""
        self.line_ref = line_ref
        super().__init__(f"{line_ref} is not a receipt")


class LineNotDecided(Conflict):
    """The money's statement line waits to be booked: it is parked on account there, before it goes anywhere else."""

    def __init__(self, line_ref: str) -> None:
        """Name the line."""
        self.line_ref = line_ref
        super().__init__(f"statement line {line_ref} is not booked yet; book it, parking the money on account, first")


class HasStatementLine(Conflict):
    """The receipt came by a statement line, which is booked, and taken back, as one."""

    def __init__(self, line_ref: str) -> None:
        """Name the line."""
        self.line_ref = line_ref
        super().__init__(f"the money came by statement line {line_ref}: book or take back that line")


class LineAlreadyDecided(Conflict):
    """The statement line was booked or set aside before."""

    def __init__(self, line_ref: str, state: str, by: str = "") -> None:
        """Name the line, its state and, where known, who decided it."""
        self.line_ref, self.state, self.by = line_ref, state, by
        super().__init__(f"statement line {line_ref} is already {state}{f' by {by}' if by else ''}")


def check_control_totals(statement: Statement) -> None:
    """Refuse a statement whose lines do not lead from its opening to its closing balance (ControlTotalsDiffer)."""
    if statement.opening is None or statement.closing is None:
        return
    difference = statement.opening - statement.closing
    for line in statement.lines:
        difference = difference + line.amount
    if difference.minor:
        raise ControlTotalsDiffer(statement.statement_id, difference)


def last_worked(lines: Mapping[date, tuple[int, int]], as_of: date) -> date:
    """The last day up to which of a fortnight's bank lines at most one in twenty still waits; as_of without such a day.

    `lines` tells for each day how many were booked and how many of them wait. What came later may be paid without
    anybody having said so: how an item turned out is not known yet.
    """
    for back in range((as_of - min(lines, default=as_of)).days + 1):
        day = as_of - timedelta(days=back)
        fortnight = [lines.get(day - timedelta(days=days), (0, 0)) for days in range(WORKED_DAYS)]
        if WAITING_ONE_IN * sum(waiting for _, waiting in fortnight) <= sum(booked for booked, _ in fortnight):
            return day
    return as_of
