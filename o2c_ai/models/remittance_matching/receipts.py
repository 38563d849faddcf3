"""Remembers the money that came in, to see which of it bounced and what is paid a second time."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

from o2c_ai.models.remittance_matching.records import BankLine, ProposedRow
from o2c_ai.models.remittance_matching.text import digits_of, squeeze, tokens

REFERENCE_MIN = 4
"""Digits that a word needs to identify a payment."""
AGAIN_DAYS = 180
"""A payment of the same amount and number longer ago is not the same payment made again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in and what it was booked for; no rows where nobody decided yet."""

    line: BankLine
    rows: tuple[ProposedRow, ...] = ()
    cleared: tuple[tuple[int, int], ...] = ()
    """Items (id, minor units) it cleared, with discounts and deductions: what is open again if it bounces."""
    customer_id: int | None = None


class Receipts:
    """Receipts so far, found by currency, amount and anything that identifies a payment."""

    def __init__(self) -> None:
        """Start without receipts."""
        self._receipts: dict[int, Receipt] = {}
        self._by_sign: defaultdict[tuple[str, int, str], dict[int, None]] = defaultdict(dict)

    def add(self, receipt: Receipt) -> None:
        """Money came in, or it was decided what it was for."""
        line = receipt.line
        self._receipts[line.line_id] = receipt
        for sign in signs(line):
            self._by_sign[line.currency, line.amount_minor, sign][line.line_id] = None

    def remove(self, line: BankLine) -> None:
        """The money bounced."""
        self._receipts.pop(line.line_id, None)
        for sign in signs(line):
            self._by_sign[line.currency, line.amount_minor, sign].pop(line.line_id, None)

    def bounced_by(self, line: BankLine) -> Receipt | None:
        """The one earlier receipt of the opposite amount that agrees best in account, name and reference.

        None where no receipt agrees in any of them, or where two agree equally well.
        """
        agreeing = self._agreeing(line, -line.amount_minor)
        best = max(agreeing.values(), default=0)
        found = [line_id for line_id, agreed in agreeing.items() if agreed == best]
        return self._receipts[found[0]] if len(found) == 1 else None

    def paid_before(self, line: BankLine) -> Receipt | None:
        """The latest earlier receipt of the same amount that quotes the same or comes from the same payer."""
        earlier = [self._receipts[line_id] for line_id in self._agreeing(line, line.amount_minor)]
        lately = [
            receipt
            for receipt in earlier
            if receipt.line.line_id != line.line_id
            and 0 <= (line.booking_date - receipt.line.booking_date).days <= AGAIN_DAYS
        ]
        return max(lately, key=lambda receipt: (receipt.line.booking_date, receipt.line.line_id), default=None)

    def _agreeing(self, line: BankLine, minor: int) -> Counter[int]:
        """Receipts of an amount, and in how many signs each agrees with the line."""
        agreed: Counter[int] = Counter()
        for sign in signs(line):
            agreed.update(list(self._by_sign.get((line.currency, minor, sign), ())))
        return agreed


def likeness(one: BankLine, other: BankLine) -> int:
    """In how many things two lines agree: account, name, and every number quoted in both."""
    return len(signs(one) & signs(other))


@lru_cache(maxsize=4096)
def signs(line: BankLine) -> frozenset[str]:
    """What identifies a payment: its account, its name, the numbers it quotes."""
    quoted = tokens(f"{line.narrative} {line.end_to_end_id}")
    found = {word for word in quoted if len(digits_of(word)) >= REFERENCE_MIN}
    if line.payer_account:
        found.add(f"account {squeeze(line.payer_account)}")
    if line.payer_name:
        found.add(f"name {squeeze(line.payer_name)}")
    return frozenset(found)
