"""Remembers the money that came in, to see which of it bounced and what is paid a second time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from o2c_ai.models.remittance_matching.records import BankLine, ProposedRow
from o2c_ai.models.remittance_matching.text import squeeze, tokens

REFERENCE_MIN = 4
"""Digits that a word needs to identify a payment."""
AGAIN_DAYS = 180
"""A payment of the same amount and number longer ago is not the same payment made again."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Money that came in and what it was booked for; no rows where nobody decided yet."""

    line: BankLine
    rows: tuple[ProposedRow, ...]
    customer_id: int | None


class Receipts:
    """Receipts so far, by currency and amount."""

    def __init__(self) -> None:
        """Start without receipts."""
        self._by_amount: defaultdict[tuple[str, int], dict[int, Receipt]] = defaultdict(dict)

    def add(self, receipt: Receipt) -> None:
        """Money came in, or it was decided what it was for."""
        line = receipt.line
        self._by_amount[line.currency, line.amount_minor][line.line_id] = receipt

    def remove(self, line: BankLine) -> None:
        """The money bounced."""
        self._by_amount[line.currency, line.amount_minor].pop(line.line_id, None)

    def bounced_by(self, line: BankLine) -> Receipt | None:
        """The one earlier receipt of the opposite amount that agrees best in account, name and reference.

        None where no receipt agrees in any of them, or where two agree equally well.
        """
        found = [
            (likeness(line, receipt.line), receipt)
            for receipt in self._by_amount.get((line.currency, -line.amount_minor), {}).values()
        ]
        best = max((score for score, _ in found), default=0)
        agreeing = [receipt for score, receipt in found if score == best]
        return agreeing[0] if best and len(agreeing) == 1 else None

    def paid_before(self, line: BankLine) -> Receipt | None:
        """The latest earlier receipt of the same amount that quotes the same or comes from the same payer."""
        return max(
            (
                receipt
                for receipt in self._by_amount.get((line.currency, line.amount_minor), {}).values()
                if receipt.line.line_id != line.line_id
                and (line.booking_date - receipt.line.booking_date).days <= AGAIN_DAYS
                and likeness(line, receipt.line)
            ),
            key=lambda receipt: (receipt.line.booking_date, receipt.line.line_id),
            default=None,
        )


def likeness(one: BankLine, other: BankLine) -> int:
    """In how many things two lines agree: account, name, and every number quoted in both."""
    account = bool(one.payer_account) and squeeze(one.payer_account) == squeeze(other.payer_account)
    name = bool(one.payer_name) and squeeze(one.payer_name) == squeeze(other.payer_name)
    return account + name + len(_numbers(one) & _numbers(other))


def _numbers(line: BankLine) -> set[str]:
    return {
        token
        for token in tokens(f"{line.narrative} {line.end_to_end_id}")
        if sum(letter.isdigit() for letter in token) >= REFERENCE_MIN
    }
