"""How well proposals hit the truth of the invented company, each rate with the counts it is made of."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from o2c_ai.core.money import exponent
from o2c_ai.demo.facts import NOT_PAYING_INVOICES, Application, BankLine, Invoice, Reason
from o2c_ai.demo.world import World

Decision = Literal["auto", "review", "not_ar", "returned", "exception"]

_PPM = 1_000_000
_NOT_A_DIGIT = re.compile(r"\D")
_LAST_NUMBER = re.compile(r"0*(\d+)$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposes to do with one bank line; its rows have the shape of applications.csv."""

    line_id: str
    decision: Decision
    rows: tuple[Application, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def ppm(self) -> int | None:
        """The share in millionths; None of nothing."""
        return self.part * _PPM // self.whole if self.whole else None

    def __str__(self) -> str:
        if not self.whole:
            return "none of none"
        permille = self.part * 1000 // self.whole
        return f"{permille // 10}.{permille % 10} % ({self.part} of {self.whole})"


@dataclass(frozen=True, slots=True)
class Score:
    """The rates of one set of proposals over the lines booked after the world's history."""

    straight_through: Share
    """Lines that pay invoices, decided automatically and rightly, of all that pay invoices."""
    auto_precision: Share
    """Right ones of all lines applied automatically."""
    best_right: Share
    """Lines that pay invoices whose proposal is right, whatever was decided."""
    auto_on_others: Share
    """Lines that pay no open invoice and were applied to one automatically, of all such lines; should be none."""
    not_ar_found: Share
    returned_found: Share
    over_applied: int
    """Invoices that would be paid beyond their amount by what was decided automatically."""
    cash: Mapping[str, Share]
    """Straight-through share of the cash in minor units, by currency."""
    by_reason: Mapping[str, Share]
    """Straight-through share of the lines in which a reason occurs; `plain` where none does."""
    by_style: Mapping[str, Share]
    """Straight-through share by the way the text names the invoices."""


def score(world: World, proposals: Iterable[Proposal]) -> Score:
    """Judge proposals for the world's work; lines without a proposal count as not decided.

    A line is right when the invoices are the true ones and the cash reaching each is within a cent; a bank charge may
    be booked apart or against the invoices. Equal invoices of one customer that nothing in text or advice tells apart
    are interchangeable. Cash applied automatically beyond an invoice's amount makes its line wrong. Of several
    proposals for a line the last counts.
    """
    return _Judge(world, {proposal.line_id: proposal for proposal in proposals}).score()


def _invoice_cash(rows: Iterable[Application]) -> Counter[str]:
    """Cash by invoice id."""
    cash: Counter[str] = Counter()
    for row in rows:
        if row.invoice_id:
            cash[row.invoice_id] += row.amount_minor
    return cash


class _Judge:
    """The truth of the work lines, ready to compare proposals with."""

    def __init__(self, world: World, proposals: Mapping[str, Proposal]) -> None:
        self._world, self._proposals = world, proposals
        self._lines = {line.line_id: line for line in world.work}
        self._invoices = {invoice.invoice_id: invoice for invoice in world.invoices}
        self._advised = {line.invoice_ref for advice in world.advices for line in advice.lines}
        self._truth: dict[str, list[Application]] = defaultdict(list)
        for row in world.applications:
            if row.line_id in self._lines:
                self._truth[row.line_id].append(row)
        self._paying = [line for line in self._truth if not self._reasons(line) & NOT_PAYING_INVOICES]
        self._auto = [line for line in self._lines if self._decision(line) == "auto" and self._cash(line)]
        self._over = self._over_applied()

    def score(self) -> Score:
        """All rates at once."""
        right = {line for line in self._paying if self._is_right(line)}
        good = right.intersection(self._auto)
        others = self._lines.keys() - set(self._paying)
        return Score(
            straight_through=Share(len(good), len(self._paying)),
            auto_precision=Share(len(good), len(self._auto)),
            best_right=Share(len(right), len(self._paying)),
            auto_on_others=Share(len(others.intersection(self._auto)), len(others)),
            not_ar_found=self._found("not_ar"),
            returned_found=self._found("returned"),
            over_applied=len(self._over),
            cash=self._cash_shares(good),
            by_reason=self._shares(good, lambda line: {reason or "plain" for reason in self._reasons(line)}),
            by_style=self._shares(good, lambda line: {self._world.styles[line].value}),
        )

    def _decision(self, line_id: str) -> Decision | None:
        proposal = self._proposals.get(line_id)
        return None if proposal is None else proposal.decision

    def _cash(self, line_id: str) -> Counter[str]:
        """Proposed cash by invoice."""
        proposal = self._proposals.get(line_id)
        return Counter() if proposal is None else _invoice_cash(proposal.rows)

    def _reasons(self, line_id: str) -> set[Reason]:
        return {row.reason for row in self._truth[line_id]}

    def _over_applied(self) -> set[str]:
        """Invoices that get more cash automatically than was open, returned payments having opened them again."""
        open_then = self._world.open_amounts(self._world.history_until)
        left = {
            invoice.invoice_id: invoice.amount_minor
            if invoice.issue_date > self._world.history_until
            else open_then.get(invoice.invoice_id, 0)
            for invoice in self._world.invoices
        }
        used: Counter[str] = Counter()
        for rows in self._truth.values():
            used.update(_invoice_cash(row for row in rows if row.reason == "returned"))
        for line_id in self._auto:
            used.update(self._cash(line_id))
        return {
            invoice_id
            for invoice_id, minor in used.items()
            if invoice_id not in left
            or (self._invoices[invoice_id].amount_minor > 0 and minor > left[invoice_id] + self._cent(invoice_id))
        }

    def _cent(self, invoice_id: str) -> int:
        """A hundredth of the currency unit in minor units; none where the smallest coin is larger."""
        minor_per_unit: int = 10 ** exponent(self._invoices[invoice_id].currency)
        return minor_per_unit // 100

    def _is_right(self, line_id: str) -> bool:
        proposed, truth = self._cash(line_id), _invoice_cash(self._truth[line_id])
        if not proposed or any(invoice_id not in self._invoices for invoice_id in proposed):
            return False
        if self._decision(line_id) == "auto" and self._over & proposed.keys():
            return False
        renamed = self._as_true_twins(line_id, proposed, truth)
        return renamed is not None and self._same_cash(line_id, renamed, truth)

    def _as_true_twins(self, line_id: str, proposed: Counter[str], truth: Counter[str]) -> Counter[str] | None:
        """The proposed cash with untold twins named as in the truth; None where the invoices are others."""
        missed, extra = sorted(truth.keys() - proposed.keys()), sorted(proposed.keys() - truth.keys())
        if any(self._is_told(self._lines[line_id], self._invoices[invoice_id]) for invoice_id in missed):
            return None
        renamed = Counter({invoice_id: minor for invoice_id, minor in proposed.items() if invoice_id in truth})
        for invoice_id in extra:
            twin = next((other for other in missed if self._looks(other) == self._looks(invoice_id)), None)
            if twin is None:
                return None
            missed.remove(twin)
            renamed[twin] = proposed[invoice_id]
        return None if missed else renamed

    def _looks(self, invoice_id: str) -> tuple[str, str, int]:
        invoice = self._invoices[invoice_id]
        return invoice.customer_id, invoice.currency, invoice.amount_minor

    def _is_told(self, line: BankLine, invoice: Invoice) -> bool:
        """True where the text, the payer's reference or an advice says which of two equal invoices is meant."""
        number = _LAST_NUMBER.search(invoice.invoice_id)
        text = f"{line.narrative} {line.end_to_end_id}"
        in_text = number is not None and number.group(1) in _NOT_A_DIGIT.sub("", text)
        by_order = bool(invoice.po_number) and invoice.po_number in text
        return in_text or by_order or invoice.invoice_id in self._advised

    def _same_cash(self, line_id: str, proposed: Counter[str], truth: Counter[str]) -> bool:
        """Each invoice gets what it truly got; a bank charge may come off the invoices instead of standing apart."""
        differences = [abs(proposed[invoice_id] - minor) for invoice_id, minor in truth.items()]
        cent = self._cent(next(iter(truth)))
        if max(differences) <= cent:
            return True
        charge = -sum(row.amount_minor for row in self._truth[line_id] if row.reason == "bank_charge")
        booked = self._lines[line_id].amount_minor
        return charge > 0 and abs(proposed.total() - booked) <= cent and max(differences) <= charge + cent

    def _found(self, kind: Literal["not_ar", "returned"]) -> Share:
        lines = [line for line in self._truth if kind in self._reasons(line)]
        return Share(sum(self._decision(line) == kind for line in lines), len(lines))

    def _cash_shares(self, good: set[str]) -> dict[str, Share]:
        part: Counter[str] = Counter()
        whole: Counter[str] = Counter()
        for line_id in self._paying:
            line = self._lines[line_id]
            whole[line.currency] += line.amount_minor
            part[line.currency] += line.amount_minor if line_id in good else 0
        return {currency: Share(part[currency], whole[currency]) for currency in sorted(whole)}

    def _shares(self, good: set[str], labels: Callable[[str], set[str]]) -> dict[str, Share]:
        """Straight-through share of the paying lines that bear a label."""
        lines: dict[str, list[str]] = defaultdict(list)
        for line_id in self._paying:
            for label in labels(line_id):
                lines[label].append(line_id)
        return {label: Share(len(good.intersection(lines[label])), len(lines[label])) for label in sorted(lines)}
