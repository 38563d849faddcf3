"""The laws the books are checked for, and what a check reports."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Law(enum.Enum):
    """What must hold in the books at any time."""

    TWO_SIDES = "two_sides"
    """An entry has at least two postings."""
    BALANCED = "balanced"
    """Debits and credits of an entry are equal in every currency."""
    BALANCED_IN_BASE = "balanced_in_base"
    """They are equal in the company's currency too, or the entry is wholly unvalued."""
    REFERENCES = "references"
    """What a row refers to exists, belongs to the same company and is in the same currency."""
    EXACT_MIRROR = "exact_mirror"
    """A reversal is the exact negative of what it reverses."""
    MIRRORED_ONCE = "mirrored_once"
    """Nothing is reversed twice."""
    MIRROR_AFTER = "mirror_after"
    """No reversal counts before its original."""
    ITEM_USE = "item_use"
    """An open item is applied to by no more than its amount and never below zero."""
    CREDIT_USE = "credit_use"
    """Applied, parked, refunded, reversed and set aside are never below zero; with what is left they are the amount."""
    BASE_USE = "base_use"
    """What is used up is used up in the company's currency as well, to the cent."""
    SAME_DAY = "same_day"
    """What an entry booked counts from the day the entry was posted on."""
    DOCUMENTS = "documents"
    """A document agrees with its item, a receipt with its bank line."""
    ENTRY_EXPLAINED = "entry_explained"
    """Every entry moves the control accounts by exactly what its subledger rows say."""
    CONTROL_ACCOUNTS = "control_accounts"
    """Subledger and control account agree at every month end and on the last day."""
    PAYER_ACCOUNTS = "payer_accounts"
    """Receipts of unknown and of known payers stand on their own accounts."""
    PARTS = "parts"
    """The rows of a cash application add up to its bank line."""
    ONE_DECISION = "one_decision"
    """A bank line is decided at most once, and its state says so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken law and the row that breaks it."""

    law: Law
    table: str
    row_id: int
    what: str
    """What is wrong, with the figures, in one clause."""

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}: {self.what} ({self.law.value})"


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the books found, and how much it looked at: without findings, that is the proof."""

    findings: tuple[Finding, ...]
    checked: Mapping[Law, int]
    """Law → rows it was recomputed on."""

    @property
    def sound(self) -> bool:
        """Whether every law holds."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class DayTotals:
    """What the subledger says an account received on a day, and what was posted to it."""

    account_id: int
    currency: str
    on: date
    owed_minor: int
    posted_minor: int


def compared_days(days: Iterable[date]) -> list[date]:
    """The days on which control accounts are compared: every month end from the first day on, and the last day."""
    known = sorted(days)
    if not known:
        return []
    ends = []
    end = month_end(known[0])
    while end < known[-1]:
        ends.append(end)
        end = month_end(end + timedelta(days=1))
    return [*ends, known[-1]]


def differing_days(totals: Sequence[DayTotals]) -> Iterator[DayTotals]:
    """Running totals of each account and currency on every compared day on which subledger and account differ."""
    days = compared_days(total.on for total in totals)
    grouped: dict[tuple[int, str], list[DayTotals]] = {}
    for total in totals:
        grouped.setdefault((total.account_id, total.currency), []).append(total)
    for (account_id, currency), rows in sorted(grouped.items()):
        rows.sort(key=lambda row: row.on)
        owed = posted = place = 0
        for day in days:
            while place < len(rows) and rows[place].on <= day:
                owed, posted = owed + rows[place].owed_minor, posted + rows[place].posted_minor
                place += 1
            if owed != posted:
                yield DayTotals(account_id, currency, day, owed, posted)


def month_end(day: date) -> date:
    """The last day of the day's month."""
    following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - timedelta(days=1)
