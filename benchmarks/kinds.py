"""Of which kinds a line is, told from its truth and its papers alone; a line may be of several kinds, or of none.

Only lines that pay open invoices are sorted. *Named* means: the line's text (narrative or the payer's reference)
quotes the invoice or its order number as `quoting` reads it, or an advice of the line does. An advice belongs to a line
that it names, or to one of its currency and total booked within 14 days of it.

- single reference: one invoice, and it is named.
- slipped reference: nothing is named, and a group of digits in the text is one slip (a digit wrong, missing, doubled or
  two swapped) away from the number of one of the invoices.
- one without reference: a single invoice, neither named nor slipped.
- several invoices: two to nine invoices and credit memos. ten and more: at least ten.
- lump without reference: two or more of them, none named and none slipped.
- short pay: a deduction, withheld tax or bank charge. A cash discount that was agreed is none.
- partial or remainder: an invoice stays partly open, or had been paid in part before.
- group payer: the account (without one: the name) that sent it pays for at least two customers in the whole set.
- no name: the bank shows no payer's name, or only inside the text.
- changed habits: the set says that the customer's payer changed within the 90 days before; or the payer has at least
  five lines in the history, nine of ten of which named their invoices in one way (number in the text, order number,
  advice only, not at all), and this line does it in another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

from benchmarks.open_items import Moment, moments
from benchmarks.papers import OTHERS, Invoice, Line, Papers, Row
from benchmarks.quoting import Told, is_quoted, is_slipped

KINDS = (
    "single reference",
    "slipped reference",
    "one without reference",
    "several invoices",
    "ten and more",
    "lump without reference",
    "short pay",
    "partial or remainder",
    "group payer",
    "no name",
    "changed habits",
)
TEN = 10
CHANGED_DAYS = 90
LEAST_HISTORY, SETTLED_SHARE = 5, 0.9
_SHORT = frozenset({"deduction", "withholding", "bank_charge"})


class Kinds:
    """Sorts the paying lines of a set; `of` and `is_named` answer for one of them."""

    def __init__(self, papers: Papers) -> None:
        self.papers, self._told = papers, Told(papers)
        self.of: Mapping[str, frozenset[str]] = {
            moment.line.line_id: self._sorted(moment)
            for moment in moments(papers)
            if not any(row.reason in OTHERS for row in moment.rows)
        }

    def named(self, line_id: str, rows: tuple[Row, ...]) -> set[str]:
        """Numbers of the invoices of a line that its text or advice names."""
        sent = sent_amount(self.papers.lines[line_id], rows)
        return {one.number for one in self._invoices(rows) if self._told.is_told(line_id, one, sent)}

    def _invoices(self, rows: tuple[Row, ...]) -> list[Invoice]:
        return [self.papers.invoices[row.number] for row in rows if row.number]

    def _sorted(self, moment: Moment) -> frozenset[str]:
        line, rows = moment.line, moment.rows
        invoices, named = self._invoices(rows), self.named(line.line_id, rows)
        slipped = not named and any(is_slipped(line.text, invoice) for invoice in invoices)
        single, silent = len(invoices) == 1, not named and not slipped
        reasons = {row.reason for row in rows}
        is_of = {
            "single reference": single and bool(named),
            "slipped reference": slipped,
            "one without reference": single and silent,
            "several invoices": 1 < len(invoices) < TEN,
            "ten and more": len(invoices) >= TEN,
            "lump without reference": not single and silent,
            "short pay": bool(reasons & _SHORT),
            "partial or remainder": "partial" in reasons or bool(moment.begun),
            "group payer": len(self._customers[payer_key(line)]) > 1,
            "no name": not line.name.strip(),
            "changed habits": self._has_changed(line, rows),
        }
        return frozenset(kind for kind in KINDS if is_of[kind])

    def _has_changed(self, line: Line, rows: tuple[Row, ...]) -> bool:
        days = [self.papers.changed[row.customer_id] for row in rows if row.customer_id in self.papers.changed]
        if any(timedelta(0) <= line.booked - day <= timedelta(days=CHANGED_DAYS) for day in days):
            return True
        ways = self._ways.get(payer_key(line), Counter())
        way, often = ways.most_common(1)[0] if ways else ("", 0)
        is_settled = ways.total() >= LEAST_HISTORY and often >= SETTLED_SHARE * ways.total()
        return is_settled and way != self._way(line, rows)

    def _way(self, line: Line, rows: tuple[Row, ...]) -> str:
        """How a line names its invoices: one way for all, the plainest first."""
        invoices = self._invoices(rows)
        if any(
            is_quoted(line.text, invoice._replace(order="")) or is_slipped(line.text, invoice) for invoice in invoices
        ):
            return "number"
        if any(is_quoted(line.text, invoice) for invoice in invoices):
            return "order"
        return "advice" if self.named(line.line_id, rows) else "nothing"

    @cached_property
    def _ways(self) -> Mapping[str, Counter[str]]:
        """How often each payer named its invoices in each way in the history."""
        ways: dict[str, Counter[str]] = defaultdict(Counter)
        for line_id, rows in self.papers.history.items():
            line = self.papers.lines[line_id]
            if payer_key(line) and not any(row.reason in OTHERS for row in rows):
                ways[payer_key(line)][self._way(line, rows)] += 1
        return ways

    @cached_property
    def _customers(self) -> Mapping[str, set[str]]:
        """The customers each payer pays for, in history and truth."""
        customers: dict[str, set[str]] = defaultdict(set)
        for line_id, rows in [*self.papers.history.items(), *self.papers.truth.items()]:
            key = payer_key(self.papers.lines[line_id])
            if key:
                customers[key] |= {row.customer_id for row in rows if row.number}
        return customers


def payer_key(line: Line) -> str:
    """The account money came from, else the payer's name; empty where the bank shows neither."""
    return line.account or line.name


def sent_amount(line: Line, rows: tuple[Row, ...]) -> int:
    """What the payer sent, before banks kept something of it."""
    return line.amount - sum(row.amount for row in rows if row.reason == "bank_charge")
