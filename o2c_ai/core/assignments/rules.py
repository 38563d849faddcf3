"""Laws of who looks after whom, and which part of the worklist is shown in which order."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Invalid, NotFound
from o2c_ai.core.money import exponent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from o2c_ai.core.collections.rules import WorklistRow

NOBODY = "-"
"""Asked for as who looks after a customer: nobody does."""


class WorklistSort(enum.Enum):
    """What the worklist is shown by; amounts of two currencies are never compared, each currency stands by itself."""

    RANK = "rank"
    """Best first."""
    WORTH = "worth"
    """What a contact is worth, the most first."""
    OVERDUE = "overdue"
    """The most overdue first."""
    OPEN = "open"
    """The most open first."""
    DAYS_LATE = "days_late"
    """The longest overdue first."""
    CUSTOMER = "customer"
    """By the customer's number."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The part of the worklist somebody asks for; what is left out holds for all."""

    words: str = ""
    """In the customer's number or name, whatever their case."""
    action: str = ""
    currency: str = ""
    least: Decimal | None = None
    """Overdue at least, in units of each row's own currency."""
    most: Decimal | None = None
    days_least: int | None = None
    """Days the oldest item is overdue at least."""
    days_most: int | None = None
    assigned_to: str = ""
    """Name of who looks after the customer; NOBODY for those nobody does."""
    sort: WorklistSort = WorklistSort.RANK


@dataclass(frozen=True, slots=True)
class Assigned:
    """Customers given to somebody, or taken back, in one act."""

    batch_id: int
    """By it the act is undone."""
    count: int
    """Customers looked after by somebody else from now on."""


class NotACollector(Invalid):
    """Customers are looked after by somebody with the duty to collect."""

    def __init__(self, name: str) -> None:
        """Name who was chosen."""
        self.name = name
        super().__init__(f"{name} does not collect: choose somebody with that duty")


class NobodyChosen(Invalid):
    """An assignment names customers."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("no customer is chosen: tick those to be assigned")


class UnknownAssignment(NotFound):
    """No such assignment in this company."""

    def __init__(self, batch_id: int) -> None:
        """Name the number."""
        self.batch_id = batch_id
        super().__init__(f"no assignment {batch_id} in this company")


def selected(
    ranked: Sequence[WorklistRow], asked: Selection, names: Mapping[str, str], owners: Mapping[str, str]
) -> list[WorklistRow]:
    """The rows asked for, in the order asked for.

    `names` and `owners` give a customer's name and who looks after it, by the customer's number; `names` is needed
    where words are asked for, `owners` where somebody is.
    """
    tests = [test for wanted, test in _tests(asked, names, owners) if wanted]
    rows = [row for row in ranked if all(test(row) for test in tests)]
    return rows if asked.sort is WorklistSort.RANK else sorted(rows, key=_ORDERS[asked.sort])


def _tests(
    asked: Selection, names: Mapping[str, str], owners: Mapping[str, str]
) -> list[tuple[object, Callable[[WorklistRow], bool]]]:
    words, owner = asked.words.casefold(), "" if asked.assigned_to == NOBODY else asked.assigned_to
    least, most = asked.least or Decimal(), Decimal() if asked.most is None else asked.most
    early, late = asked.days_least or 0, asked.days_most or 0
    return [
        (words, lambda row: words in f"{row.customer_code} {names.get(row.customer_code, '')}".casefold()),
        (asked.action, lambda row: row.action == asked.action),
        (asked.currency, lambda row: row.currency == asked.currency),
        (asked.least is not None, lambda row: _units(row) >= least),
        (asked.most is not None, lambda row: _units(row) <= most),
        (asked.days_least is not None, lambda row: row.days_late >= early),
        (asked.days_most is not None, lambda row: row.days_late <= late),
        (asked.assigned_to, lambda row: owners.get(row.customer_code, "") == owner),
    ]


def _units(row: WorklistRow) -> Decimal:
    """Overdue, in units of the row's currency, exactly."""
    return Decimal(row.overdue_minor).scaleb(-exponent(row.currency))


_ORDERS: dict[WorklistSort, Callable[[WorklistRow], tuple[object, ...]]] = {
    WorklistSort.WORTH: lambda row: (row.currency, -row.expected_value_minor, row.rank),
    WorklistSort.OVERDUE: lambda row: (row.currency, -row.overdue_minor, row.rank),
    WorklistSort.OPEN: lambda row: (row.currency, -row.open_minor, row.rank),
    WorklistSort.DAYS_LATE: lambda row: (-row.days_late, row.rank),
    WorklistSort.CUSTOMER: lambda row: (row.customer_code, row.rank),
}
