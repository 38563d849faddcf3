"""Laws of suggestions: what may be proposed for a line of money, and when it may be followed untouched."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.core.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.core.aliases.rules import AliasKind

ONE_PPM = 1_000_000
"""Certainty, in millionths."""


class Reason(enum.Enum):
    """What a row of a cash application says about its part of the money (the exchange folder's words)."""

    FULL = ""
    """Pays what is open on the item."""
    PARTIAL = "partial"
    """Pays part; the rest stays open."""
    NETTED = "netted"
    """A credit memo used together with the money; the row is negative."""
    DISCOUNT = "discount"
    """Pays the item less cash discount; the difference is allowed."""
    DEDUCTION = "deduction"
    """Pays the item less a deduction; the difference is allowed and recorded."""
    WITHHOLDING = "withholding"
    """Pays the item less tax the customer paid to the state in our name."""
    TOLERANCE = "tolerance"
    """Pays the item less a difference too small to chase."""
    RESIDUAL = "residual"
    """Clears the item; the rest becomes a new item with the old due date."""
    BANK_CHARGE = "bank_charge"
    """A bank took this out on the way; the row is negative and names no invoice."""
    OVERPAYMENT = "overpayment"
    """Paid too much; parked on account."""
    PREPAYMENT = "prepayment"
    """Paid before any invoice; parked on account."""
    DUPLICATE = "duplicate"
    """Paid a second time; parked on account."""
    NOT_AR = "not_ar"
    """Not about receivables; goes to suspense."""
    RETURNED = "returned"
    """An earlier receipt bounced; the invoice is open again; the row is negative."""


class Decision(enum.Enum):
    """What is to happen with a line."""

    AUTO = "auto"
    """Apply untouched."""
    REVIEW = "review"
    """Show to a clerk, ranked."""
    NOT_AR = "not_ar"
    """Not about receivables."""
    RETURNED = "returned"
    """An earlier receipt bounced."""
    EXCEPTION = "exception"
    """A clerk must find out; the reason says what is missing."""


class MatchSort(enum.Enum):
    """What the lines to be matched are listed by; the column's name."""

    BOOKING_DATE = "booking_date"
    """Oldest money first."""
    AMOUNT = "amount_minor"
    """Largest first."""
    PROBABILITY = "probability_ppm"
    """Surest suggestion first."""


class Outcome(enum.Enum):
    """What people (or the policy) made of a suggestion."""

    ACCEPTED = "accepted"
    """Booked as suggested."""
    REJECTED = "rejected"
    """Declined; the line stays to be worked."""
    OVERRIDDEN = "overridden"
    """The line was booked on other items."""
    UNDONE = "undone"
    """Accepted first, taken back later: it was wrong."""
    RECALLED = "recalled"
    """Accepted first, taken back with the whole run it was part of: nothing is said against it."""


class Undoing(enum.Enum):
    """What taking a decided line back says of the suggestion it followed."""

    WRONG = "wrong"
    """It was wrong: its items are not applied untouched to the line again."""
    PAYER_WRONG = "payer_wrong"
    """And the customer it named did not pay: the account or name relied on is declined for that customer."""
    RECALLED = "recalled"
    """Nothing: the whole run it was part of is taken back, and the next one may apply the same."""


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a cash application: this much of the money, for this item, because."""

    amount_minor: int
    """In the line's currency: positive for items, negative for credit memos, bank charges and returns."""
    reason: Reason = Reason.FULL
    open_item_id: int | None = None
    credit_item_id: int | None = None
    """The credit memo netted."""
    customer_id: int | None = None
    """Whose credit it becomes, where no item is named."""


@dataclass(frozen=True, slots=True)
class MatchSuggestion:
    """A proposed cash application with its probability and reasons, as a model or the rules made it."""

    line_id: int
    parts: tuple[Part, ...]
    decision: Decision
    probability_ppm: int
    """That the whole proposal is right, in millionths."""
    customer_id: int | None
    reasons: tuple[str, ...]
    """For and against, in plain words."""
    suggested_by: str
    """Model version, or "rules"."""
    as_of: date
    exception: str = ""
    """Why nothing better could be proposed, for an exception."""
    payer_by: AliasKind | None = None
    """By what the payer was recognised; None where neither account nor name said it."""


AGES = (2, 7, 30)
"""Days after which a line that waits belongs to the next age."""
AGE_NAMES = ("0-2", "3-7", "8-30", "31+")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Lines that wait for one reason."""

    exception: str
    """Why nothing better could be proposed."""
    lines: int
    oldest: date
    """Booking date of the oldest of them."""
    by_age: tuple[int, ...]
    """How many of them have each age of `AGE_NAMES`, in days."""


class Made(NamedTuple):
    """A stored suggestion and what it would pay."""

    number: int
    pays: frozenset[tuple[int | None, int | None]]
    """Open items, and credit items used up: one of the two each."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Items that people said a line does not pay: by rejecting the suggestion, or by taking back what followed it."""

    line_id: int
    open_item_ids: frozenset[int]
    credit_item_ids: frozenset[int]
    """Credit memos netted."""
    outcome: Outcome
    """REJECTED or UNDONE."""
    on: date
    by: str
    """Who said so."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the policy looks at."""

    probability_ppm: int
    runner_up_ppm: int
    """Probability of the next best proposal for the line."""
    sets_that_fit: int
    """How many different sets of items explain the money equally well, this one included."""
    residual_explained: bool
    """Every difference between money and items has a reason."""
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Policy:
    """When money may be applied untouched."""

    auto_ppm: int = 997_000
    """Least probability for applying untouched: the precision asked for."""
    suggest_ppm: int = 300_000
    """Least probability for showing a proposal as the one to accept."""
    margin_ppm: int = 200_000
    """Least lead over the runner-up for applying untouched."""
    auto_limit_minor: int | None = None
    """Largest amount applied untouched; None for no limit."""

    def decide(self, facts: Facts) -> Decision:
        """Auto, review or exception, by the rule of the module's documentation: every condition must hold for auto."""
        sure = (
            facts.probability_ppm >= self.auto_ppm
            and facts.probability_ppm - facts.runner_up_ppm >= self.margin_ppm
            and facts.sets_that_fit == 1
            and facts.residual_explained
            and (self.auto_limit_minor is None or abs(facts.amount_minor) <= self.auto_limit_minor)
        )
        if sure:
            return Decision.AUTO
        return Decision.REVIEW if facts.probability_ppm >= self.suggest_ppm else Decision.EXCEPTION


class NobodySuggested(Invalid):
    """The suggestion names no customer, so it cannot have been wrong about who paid."""

    def __init__(self, suggestion_id: int) -> None:
        """Name the suggestion."""
        self.suggestion_id = suggestion_id
        super().__init__(f"suggestion {suggestion_id} names no customer who paid")


class NoSuggestionFollowed(Conflict):
    """Who paid the line was a person's own word: there is no suggestion that was wrong about it."""

    def __init__(self, line_id: int) -> None:
        """Name the line."""
        self.line_id = line_id
        super().__init__(f"line {line_id} followed no suggestion that could have been wrong about who paid")


class UnknownSuggestion(NotFound):
    """No such suggestion in this company."""

    def __init__(self, suggestion_id: int) -> None:
        """Name the suggestion."""
        self.suggestion_id = suggestion_id
        super().__init__(f"no suggestion {suggestion_id} in this company")
