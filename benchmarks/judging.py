"""One judge for every set of the matching benchmark: whether what is proposed for a line is what the line truly was.

It keeps the rules of the score that lies beside cashapp-dev, so that figures compare: a line is right when its invoices
are the true ones and the cash reaching each is within a cent; where a bank charge was kept back, it may be booked apart
or against the invoices. Equal invoices of one customer that nothing in text or advice tells apart are interchangeable.
Cash applied automatically beyond an invoice's amount makes its line wrong.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.papers import OTHERS, Papers
from o2c_ai.core.money import exponent, parse_minor

Cash = Mapping[str, int]
"""Minor units by invoice number."""
_NUMBER = re.compile(r"\D")


@dataclass(slots=True)
class Proposal:
    """What was proposed for a line: the decision, its probability, cash and reason by invoice."""

    decision: str
    probability: float
    cash: Counter[str] = field(default_factory=Counter)
    reasons: dict[str, str] = field(default_factory=dict)


def read_proposals(path: Path, papers: Papers) -> dict[str, Proposal]:
    """proposals.csv by line; lines that are not of the truth are left out."""
    found: dict[str, Proposal] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line_id, number = row["line_id"], row["invoice_id"]
            if line_id not in papers.truth:
                continue
            one = found.setdefault(line_id, Proposal(row["decision"], float(row["probability"] or 0)))
            if number:
                one.cash[number] += _minor(row["amount"], line_id, papers)
                one.reasons[number] = row.get("reason") or ""
    return found


def read_options(path: Path, papers: Papers) -> dict[str, list[Counter[str]]]:
    """The options of each line of the truth, best first, as cash by invoice."""
    found: dict[str, dict[int, Counter[str]]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["line_id"] in papers.truth:
                cash = found[row["line_id"]].setdefault(int(row["rank"]), Counter())
                if row["invoice_id"]:
                    cash[row["invoice_id"]] += _minor(row["amount"], row["line_id"], papers)
    return {line_id: [ranks[rank] for rank in sorted(ranks)] for line_id, ranks in found.items()}


def _minor(text: str, line_id: str, papers: Papers) -> int:
    return parse_minor(text, papers.lines[line_id].currency) if text else 0


class Judge:
    """The truth of a set, ready to compare proposals and options with."""

    def __init__(self, papers: Papers, proposals: Mapping[str, Proposal]) -> None:
        """`proposals` by line; a line without one counts as undecided."""
        self.papers, self.proposals = papers, proposals
        self.paying = papers.paying()
        self._advised = {reference for advice in papers.advices for reference in advice.references}
        self._digits = {line_id: _NUMBER.sub("", papers.lines[line_id].text) for line_id in papers.truth}
        self.auto = [line_id for line_id in papers.truth if self.is_applied(line_id)]
        self.over_applied = self._over_applied()
        self.right = {line_id for line_id in self.paying if self._is_right(line_id)}
        self.good = self.right.intersection(self.auto)

    def is_applied(self, line_id: str) -> bool:
        """True where the line was applied to invoices automatically."""
        proposal = self.proposals.get(line_id)
        return proposal is not None and proposal.decision == "auto" and bool(proposal.cash)

    def is_true(self, line_id: str, cash: Cash) -> bool:
        """True where this cash by invoice is what the line truly was."""
        truth = self.truth_of(line_id)
        return bool(cash) and self._same_set(line_id, cash, truth) and self._same_cash(line_id, cash, truth)

    def truth_of(self, line_id: str) -> Counter[str]:
        """The true cash of a line by invoice."""
        cash: Counter[str] = Counter()
        for row in self.papers.paid(line_id):
            cash[row.number] += row.amount
        return cash

    def _is_right(self, line_id: str) -> bool:
        proposal = self.proposals.get(line_id)
        if proposal is None or not self.is_true(line_id, proposal.cash):
            return False
        return not (proposal.decision == "auto" and self.over_applied & proposal.cash.keys())

    def _over_applied(self) -> set[str]:
        """Invoices that would get more automatically than they amount to, returned payments taken off."""
        used: Counter[str] = Counter()
        for rows in self.papers.truth.values():
            for row in rows:
                used[row.number] += row.amount if row.reason == "returned" else 0
        for line_id in self.auto:
            used.update(self.proposals[line_id].cash)
        return {number for number, minor in used.items() if number and self._is_over(number, minor)}

    def _is_over(self, number: str, minor: int) -> bool:
        invoice = self.papers.invoices.get(number)
        return invoice is None or (invoice.amount > 0 and minor > invoice.amount + self._cent(invoice.currency))

    @staticmethod
    def _cent(currency: str) -> int:
        """A hundredth of the unit in minor units; none where the smallest coin is larger."""
        per_unit: int = 10 ** exponent(currency)
        return per_unit // 100

    def _same_set(self, line_id: str, cash: Cash, truth: Cash) -> bool:
        missed, extra = truth.keys() - cash.keys(), cash.keys() - truth.keys()
        if not missed and not extra:
            return True
        if any(number not in self.papers.invoices for number in extra):
            return False
        return self._looks(missed) == self._looks(extra) and not any(self._is_told(line_id, one) for one in missed)

    def _looks(self, numbers: Iterable[str]) -> Counter[tuple[str, str, int]]:
        invoices = (self.papers.invoices[number] for number in numbers)
        return Counter((one.customer_id, one.currency, one.amount) for one in invoices)

    def _is_told(self, line_id: str, number: str) -> bool:
        """True where text or any advice may say which of two equal invoices is meant: read widely."""
        invoice, digits = self.papers.invoices[number], self._digits[line_id]
        in_text = any(group in digits for group in _counters(number))
        by_order = bool(invoice.order) and invoice.order in self.papers.lines[line_id].text
        return in_text or by_order or number in self._advised

    def _same_cash(self, line_id: str, cash: Cash, truth: Cash) -> bool:
        line, cent = self.papers.lines[line_id], self._cent(self.papers.lines[line_id].currency)
        pairs = list(zip(sorted(truth.values()), sorted(cash.values()), strict=True))
        if all(abs(one - other) <= cent for one, other in pairs):
            return True
        charge = self.charge(line_id)
        fits = charge > 0 and abs(sum(cash.values()) - abs(line.amount)) <= cent
        return fits and all(abs(one - other) <= charge + cent for one, other in pairs)

    def charge(self, line_id: str) -> int:
        """What banks kept of the line, in minor units."""
        return -sum(row.amount for row in self.papers.truth[line_id] if row.reason == "bank_charge")

    def others(self) -> list[str]:
        """Lines of the truth that pay no open invoice."""
        return [line_id for line_id, rows in self.papers.truth.items() if any(row.reason in OTHERS for row in rows)]


def _counters(number: str) -> set[str]:
    """The last five digits of a number, its first six, and its longest group without zeros and years."""
    digits = _NUMBER.sub("", number)
    groups = [group.lstrip("0") for group in re.findall(r"\d+", number) if not re.fullmatch(r"20\d\d", group)]
    return {digits[-5:], digits[:6], max(groups, key=len, default=digits)} - {""}
