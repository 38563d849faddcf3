"""What the matcher would have proposed for lines that people have booked since, beside what they booked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.suggestions.rules import Policy
from o2c_ai.jobs.match import decide, matcher_policy
from o2c_ai.models.remittance_matching.baseline import CENT, measure
from o2c_ai.models.remittance_matching.books import read_papers
from o2c_ai.models.remittance_matching.records import BankLine, Booking, Decision, Papers, Proposal, Reason
from o2c_ai.models.remittance_matching.scoring import RuleScorer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.jobs.versions import Matcher

OTHER_MONEY = frozenset({Reason.PREPAYMENT, Reason.DUPLICATE, Reason.RETURNED, Reason.NOT_AR})
"""Reasons of lines that settle no open item."""


@dataclass(frozen=True, slots=True)
class JudgedProposal:
    """A proposal for a line beside what people booked for it."""

    line: BankLine
    proposal: Proposal
    pays: bool
    """Whether people booked it on open items."""
    right: bool
    """Whether the proposal names the same items with the same cash; for other money, whether it was left to a person.

    A bank charge may stand apart or against the items.
    """

    @property
    def items(self) -> tuple[int, ...]:
        """The items proposed, as the matcher numbers them: a credit memo negative."""
        return tuple(item for item, _, _ in self.proposal.rows if item is not None)


def backtest_matching(
    session: Session, company_id: int, *, cutoff: date, until: date, policy: Policy, matcher: Matcher | None = None
) -> list[JudgedProposal]:
    """Decide the lines booked after the cutoff knowing nothing that people decided later; in order of days.

    By the rules, measured on history up to the cutoff, without `matcher`. Papers known on `until` may be used, as
    `o2c match` does; lines nobody has decided by then are left out.
    """
    papers = read_papers(session, company_id, until)
    blind = _as_known(papers, cutoff)
    scorer = RuleScorer(measure(blind, matcher_policy(policy))) if matcher is None else matcher.scorer
    booked: dict[int, list[Booking]] = {}
    for row in papers.bookings:
        booked.setdefault(row.line_id, []).append(row)
    lines = {line.line_id: line for line in papers.lines}
    return [
        _judged(lines[one.line_id], one, booked[one.line_id])
        for one in decide(blind, scorer, policy, cutoff + timedelta(days=1), until)
        if one.line_id in booked
    ]


def _as_known(papers: Papers, cutoff: date) -> Papers:
    """The papers without what people decided after the cutoff."""
    late = {line.line_id for line in papers.lines if line.booking_date > cutoff}
    return replace(
        papers,
        bookings=[row for row in papers.bookings if row.line_id not in late],
        aliases=[said for said in papers.aliases if said.on <= cutoff],
        refusals=[said for said in papers.refusals if said.on <= cutoff],
    )


def _judged(line: BankLine, proposal: Proposal, booked: Sequence[Booking]) -> JudgedProposal:
    if any(row.reason in OTHER_MONEY for row in booked):
        return JudgedProposal(line, proposal, pays=False, right=proposal.decision is not Decision.AUTO)
    paid, said = Counter[int](), Counter[int]()
    for row in booked:
        if row.item_id is not None:
            paid[row.item_id] += row.cash_minor
    for item, minor, _ in proposal.rows:
        if item is not None:
            said[item] += minor
    charge = -sum(row.cash_minor for row in booked if row.reason is Reason.BANK_CHARGE)
    same = paid.keys() == said.keys() and all(abs(paid[item] - said[item]) <= max(CENT, charge) for item in paid)
    return JudgedProposal(line, proposal, pays=True, right=same)
