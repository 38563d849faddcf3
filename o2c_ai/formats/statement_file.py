"""What reading a bank file gives, whatever its format: the statements in it and what was left out of them."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from o2c_ai.core.payments.rules import Statement


class StatementKind(enum.Enum):
    """What the bank meant the file to be."""

    STATEMENT = "statement"
    """The account's booked movements with balances: what the books import."""
    INTRADAY = "intraday"
    """A look at the running day; its lines come again on the statement."""
    ADVICE = "advice"
    """Details of single movements; the same money stands on the statement too."""


@dataclass(frozen=True, slots=True)
class StatementFile:
    """Everything read from one bank file. A file is given whole or refused whole, never in part."""

    file_format: str
    """The format and version as the file names it, such as camt.053.001.08."""
    kind: StatementKind
    statements: tuple[Statement, ...]
    """At least one, in the order of the file."""
    entries_left_out: int
    """Entries the bank has not booked (pending, future, for information): they move no money yet."""
