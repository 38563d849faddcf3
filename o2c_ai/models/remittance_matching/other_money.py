"""Recognises money that pays no open item: not for receivables, before there is an invoice, paid twice, bounced."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.payer import How
from o2c_ai.models.remittance_matching.receipts import likeness
from o2c_ai.models.remittance_matching.records import BankLine, ProposedRow, Reason

OFTEN = 20
"""A sign seen so many times is well known."""
SOON_DAYS = 30
"""A second payment within so many days is soon."""


def no_items(desk: Desk, case: Case, found: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The hypotheses that an incoming line pays none of the open items."""
    company = "with items" if found else "no items"
    hypotheses = [_by_wording(desk, case, company), None if found else _paid_before(desk, case, company)]
    return [hypothesis for hypothesis in hypotheses if hypothesis is not None]


def bounced_or_outgoing(desk: Desk, line: BankLine) -> Hypothesis:
    """An outgoing line takes back the one receipt it agrees with, else it is not about receivables."""
    receipt = desk.receipts.bounced_by(line)
    if receipt is None:
        rows = (ProposedRow(None, line.amount_minor, Reason.NOT_AR),)
        return Hypothesis(Rule.OUTGOING, (Rule.OUTGOING.value,), rows, outcome=Reason.NOT_AR)
    agreement = min(likeness(line, receipt.line), 3)
    rows = tuple(ProposedRow(row.item_id, -row.amount_minor, Reason.RETURNED) for row in receipt.rows)
    return Hypothesis(
        Rule.BOUNCED,
        (Rule.BOUNCED.value, f"{agreement} agree"),
        rows or (ProposedRow(None, line.amount_minor, Reason.RETURNED),),
        receipt.customer_id,
        outcome=Reason.RETURNED,
        bounced=receipt,
    )


def _by_wording(desk: Desk, case: Case, company: str) -> Hypothesis | None:
    hint = desk.habits.wording(case.line)
    if hint is None or 2 * hint[1] < hint[2]:
        return None
    reason, times, seen = hint
    constancy = "always" if times == seen else "mostly"
    circumstances = (Rule.WORDING.value, reason.value, constancy, "often" if seen >= OFTEN else "seldom", company)
    customer = next(iter(sorted(case.payer.customers)), None) if reason is Reason.PREPAYMENT else None
    rows = (ProposedRow(None, case.line.amount_minor, reason),)
    return Hypothesis(Rule.WORDING, circumstances, rows, customer, outcome=reason)


def _paid_before(desk: Desk, case: Case, company: str) -> Hypothesis | None:
    earlier = desk.receipts.paid_before(case.line)
    if earlier is None:
        return None
    days = (case.line.booking_date - earlier.line.booking_date).days
    circumstances = (
        Rule.PAID_BEFORE.value,
        company,
        f"{min(likeness(case.line, earlier.line), 3)} agree",
        "soon" if days <= SOON_DAYS else "later",
        "known" if case.payer.how is How.ACCOUNT else "unsure",
    )
    rows = (ProposedRow(None, case.line.amount_minor, Reason.DUPLICATE),)
    return Hypothesis(Rule.PAID_BEFORE, circumstances, rows, earlier.customer_id, outcome=Reason.DUPLICATE)
