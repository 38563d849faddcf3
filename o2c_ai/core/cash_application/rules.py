"""Laws of cash application: how money is split over what it pays, and when that may happen untouched."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.core.errors import BooksError, Conflict, Invalid
from o2c_ai.core.money import Money
from o2c_ai.core.receivables.rules import (
    ApplicationKind,
    Balance,
    CreditExceeded,
    MovementKind,
    NewApplication,
    NewMovement,
    use_credit,
    use_open,
)
from o2c_ai.core.suggestions.rules import ONE_PPM, Part, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from o2c_ai.core.aliases.rules import AliasKind

DIFFERENCES = {
    Reason.DISCOUNT: ApplicationKind.DISCOUNT,
    Reason.DEDUCTION: ApplicationKind.DEDUCTION,
    Reason.WITHHOLDING: ApplicationKind.WITHHOLDING,
    Reason.TOLERANCE: ApplicationKind.TOLERANCE,
    Reason.RESIDUAL: ApplicationKind.RESIDUAL,
}
"""Reasons whose difference clears the rest of the item, and what it is booked as."""

MOVED = {
    Reason.OVERPAYMENT: MovementKind.ON_ACCOUNT,
    Reason.PREPAYMENT: MovementKind.ON_ACCOUNT,
    Reason.DUPLICATE: MovementKind.ON_ACCOUNT,
    Reason.NOT_AR: MovementKind.NOT_AR,
}
"""Reasons whose money pays no item, and what becomes of it: kept for the customer, or set aside."""


class StatedPart(NamedTuple):
    """A row of a cash application as a leading system states it, with its place in the paper."""

    at: int
    """Line in the file, for problems."""
    line_ref: str
    number: str
    """Invoice or credit memo; empty where none is named."""
    customer_code: str
    amount: str
    """Decimal text; its currency is the line's."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class Booking:
    """A decided line: its parts add up to its amount."""

    line_id: int
    on: date
    parts: tuple[Part, ...]
    suggestion_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided on a line and stands."""

    on: date
    by: str
    """Who decided."""
    suggestion_id: int | None
    """The suggestion followed; None where a person chose, or history did."""
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """What used an item last, and stands."""

    by: str
    """Who booked it."""
    on: date
    line_id: int | None
    """The line whose money it was; None where it was none."""
    line_ref: str


@dataclass(frozen=True, slots=True)
class LearntAlias:
    """An account or a name on lines that people booked for a customer."""

    kind: AliasKind
    key: str
    """As it is compared."""
    text: str
    """As it was written last."""
    line_refs: tuple[str, ...]
    """The lines, oldest first."""
    last_on: date
    """Booking date of the last of them."""


@dataclass(frozen=True, slots=True)
class Source:
    """The money a booking spends."""

    ref: str
    currency: str
    amount_minor: int
    credit_item_id: int | None
    """The receipt; None for money that went out."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much may be missing of an item before the difference must be explained; the stricter bound counts."""

    absolute_minor: int = 500
    """In minor units of the item's own currency."""
    share_ppm: int = 10_000
    """Of the item's original amount, in millionths."""

    def limit_minor(self, amount_minor: int) -> int:
        """The largest difference to let go on an item of that amount, never rounded up."""
        return min(self.absolute_minor, amount_minor * self.share_ppm // ONE_PPM)


TOLERANCE = Tolerance()
"""What is let go where nobody says otherwise: 1 % of the item, and no more than 5.00."""


class TolerancePassed(Invalid):
    """More is missing than may be let go without a reason."""

    def __init__(self, number: str, limit: Money, missing: Money) -> None:
        """Name the item, what may be missing and what is."""
        self.number, self.limit, self.missing = number, limit, missing
        super().__init__(f"{number}: {missing} is missing, more than the {limit} that may be let go")


class PartsDiffer(Invalid):
    """The parts do not add up to the money."""

    def __init__(self, ref: str, amount: Money, parts_minor: int) -> None:
        """Name the money, its amount and what the parts sum to."""
        self.ref, self.amount, self.parts_minor = ref, amount, parts_minor
        super().__init__(f"{ref} is {amount}, its parts add up to {Money(parts_minor, amount.currency)}")


class PartMisplaced(Invalid):
    """A part's sign, item or reason do not go together."""

    def __init__(self, ref: str, reason: Reason, what: str) -> None:
        """Name the money, the reason and what is wrong."""
        self.ref, self.reason, self.what = ref, reason, what
        super().__init__(f"{ref}, reason {reason.value or 'paid in full'!r}: {what}")


class BookingsRefused(Invalid):
    """Some bookings of a batch break a law; none was booked."""

    def __init__(self, refusals: Sequence[tuple[Booking, BooksError]]) -> None:
        """Keep every refusal with its booking."""
        self.refusals = list(refusals)
        super().__init__("; ".join(str(error) for _, error in self.refusals[:20]))


class NothingToUndo(Conflict):
    """The line has no cash application that stands."""

    def __init__(self, line_id: int) -> None:
        """Name the line."""
        self.line_id = line_id
        super().__init__(f"line {line_id} has nothing applied that could be undone")


Fund = tuple[ApplicationKind, "int | None", int]
"""What pays: kind of application, the credit item it comes from (None for a charge), minor units left of it."""


def plan(
    parts: Sequence[Part],
    source: Source,
    open_items: Mapping[int, Balance],
    memos: Mapping[int, Balance],
    tolerance: Tolerance | None = TOLERANCE,
) -> tuple[tuple[NewApplication, ...], tuple[NewMovement, ...]]:
    """What a receipt's parts apply and park; balances are used up as it is planned.

    Items are funded in the parts' order, first from netted credit memos, then from bank charges, then from the money
    itself. History is booked without a tolerance (None). Raises PartsDiffer, PartMisplaced, OverApplication,
    CreditExceeded, WrongCurrency, TolerancePassed.
    """
    check_total(parts, source)
    for part in parts:
        _check_part(part, source.ref)
    funds = _funds(parts, source, memos)
    paying = [(part, open_items[part.open_item_id]) for part in parts if part.open_item_id is not None]
    applications = [app for part, item in paying for app in _pay(part, source, item, funds, tolerance)]
    movements = [
        NewMovement(source.credit_item_id or 0, MOVED[p.reason], p.amount_minor, p.customer_id, p.reason.value)
        for p in parts
        if p.reason in MOVED
    ]
    return tuple(applications), tuple(movements)


def check_total(parts: Sequence[Part], source: Source) -> None:
    """Refuse parts that do not add up to the money (PartsDiffer)."""
    total = sum(part.amount_minor for part in parts)
    if total != source.amount_minor:
        raise PartsDiffer(source.ref, Money(source.amount_minor, source.currency), total)


def check_suspense(parts: Sequence[Part], source: Source) -> None:
    """Refuse parts of money without a receipt but not_ar, or those of a return. Raises PartsDiffer, PartMisplaced."""
    check_total(parts, source)
    for part in parts:
        opens_again = source.amount_minor < 0 and (part.open_item_id is None or part.amount_minor < 0)
        sound = opens_again if part.reason is Reason.RETURNED else part.reason is Reason.NOT_AR
        if not sound or part.reason is not parts[0].reason:
            raise PartMisplaced(source.ref, part.reason, "such money is wholly not_ar, or a return of negative rows")


def _check_part(part: Part, ref: str) -> None:
    """One sign and one target for each reason."""
    named = part.open_item_id is not None
    if part.reason is Reason.NETTED:
        sound, what = part.credit_item_id is not None and part.amount_minor < 0, "names a credit memo and is negative"
    elif part.reason is Reason.BANK_CHARGE:
        sound, what = not named and part.amount_minor < 0, "is negative and names no invoice"
    elif part.reason in MOVED:
        sound = not named and part.amount_minor > 0 and (part.customer_id is not None or part.reason is Reason.NOT_AR)
        what = "is positive and names no invoice; kept for a customer, it names the customer"
    else:
        sound, what = named and part.amount_minor > 0, "names an invoice and is positive"
    if not sound or part.reason is Reason.RETURNED:
        raise PartMisplaced(ref, part.reason, f"such a row {what}")


def _funds(parts: Sequence[Part], source: Source, memos: Mapping[int, Balance]) -> deque[Fund]:
    funds: deque[Fund] = deque()
    for part in parts:
        if part.reason is Reason.NETTED and part.credit_item_id is not None:
            use_credit(memos[part.credit_item_id], -part.amount_minor, source.currency)
            funds.append((ApplicationKind.CREDIT_MEMO, part.credit_item_id, -part.amount_minor))
    charges = -sum(part.amount_minor for part in parts if part.reason is Reason.BANK_CHARGE)
    if charges:
        funds.append((ApplicationKind.BANK_CHARGE, None, charges))
    parked = sum(part.amount_minor for part in parts if part.reason in MOVED)
    if parked > source.amount_minor:
        raise CreditExceeded(source.ref, Money(source.amount_minor, source.currency), Money(parked, source.currency))
    funds.append((ApplicationKind.RECEIPT, source.credit_item_id, source.amount_minor - parked))
    return funds


def _pay(
    part: Part, source: Source, item: Balance, funds: deque[Fund], tolerance: Tolerance | None
) -> Iterator[NewApplication]:
    item_id, wanted = part.open_item_id or 0, part.amount_minor
    difference = item.left_minor - wanted if part.reason in DIFFERENCES else 0
    if part.reason is Reason.TOLERANCE and tolerance is not None:
        limit = tolerance.limit_minor(item.amount_minor)
        if difference > limit:
            raise TolerancePassed(item.number, Money(limit, item.currency), Money(difference, item.currency))
    use_open(item, wanted + max(difference, 0), source.currency)
    while wanted:
        kind, credit, left = funds.popleft()
        step = min(left, wanted)
        yield NewApplication(item_id, kind, step, credit)
        wanted -= step
        if left > step:
            funds.appendleft((kind, credit, left - step))
    if difference > 0:
        yield NewApplication(item_id, DIFFERENCES[part.reason], difference)
