"""Recognises money that pays no open item: not for receivables, before there is an invoice, paid twice, or bounced."""

from __future__ import annotations

from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.payer import How
from o2c_ai.models.remittance_matching.receipts import likeness
from o2c_ai.models.remittance_matching.records import BankLine, ProposedRow, Reason

OFTEN = 20
"""A sign seen so many times is well known."""
SOON_DAYS = 30
"""A second payment within so many days is soon."""
AGREEMENTS_MAX = 3
"""More agreements than this make no difference."""


def no_items(desk: Desk, case: Case, *, alone: bool) -> list[Hypothesis]:
    """The hypotheses that an incoming line pays none of the open items; `alone` where no rule names any."""
    hypotheses = [_by_wording(desk, case, alone=alone), _paid_before(desk, case) if alone else None]
    return [hypothesis for hypothesis in hypotheses if hypothesis is not None]


def bounced_or_outgoing(desk: Desk, line: BankLine) -> Hypothesis:
    """An outgoing line takes back the one receipt it agrees with, else it is not about receivables."""
    receipt = desk.receipts.bounced_by(line)
    if receipt is None:
        rows = (ProposedRow(None, line.amount_minor, Reason.NOT_AR),)
        return Hypothesis(Rule.OUTGOING, (Rule.OUTGOING.value,), rows, outcome=Reason.NOT_AR)
    agreements = min(likeness(line, receipt.line), AGREEMENTS_MAX)
    booked = "booked" if receipt.rows else "not booked yet"
    returned = tuple(ProposedRow(row.item_id, -row.amount_minor, Reason.RETURNED) for row in receipt.rows)
    return Hypothesis(
        Rule.BOUNCED,
        (Rule.BOUNCED.value, f"{agreements} agree", booked),
        returned or (ProposedRow(None, line.amount_minor, Reason.RETURNED),),
        receipt.customer_id,
        outcome=Reason.RETURNED,
        bounced=receipt,
    )


def _by_wording(desk: Desk, case: Case, *, alone: bool) -> Hypothesis | None:
    """What the words and the account meant before, where they meant it at least every second time."""
    hint = desk.habits.wording(case.line)
    if hint is None or 2 * hint.times < hint.seen:
        return None
    circumstances = (
        Rule.WORDING.value,
        f"{hint.reason.value} {'always' if hint.times == hint.seen else 'mostly'}",
        "often" if hint.seen >= OFTEN else "seldom",
        "no items" if alone else "with items",
    )
    customer = min(case.payer.customers, default=None) if hint.reason is Reason.PREPAYMENT else None
    rows = (ProposedRow(None, case.line.amount_minor, hint.reason),)
    return Hypothesis(Rule.WORDING, circumstances, rows, customer, outcome=hint.reason)


def _paid_before(desk: Desk, case: Case) -> Hypothesis | None:
    """The same amount came before from the same payer or for the same number, and nothing like it is open."""
    earlier = desk.receipts.paid_before(case.line)
    if earlier is None:
        return None
    days = (case.line.booking_date - earlier.line.booking_date).days
    circumstances = (
        Rule.PAID_BEFORE.value,
        f"{min(likeness(case.line, earlier.line), AGREEMENTS_MAX)} agree",
        "soon" if days <= SOON_DAYS else "later",
        "known" if case.payer.how is How.ACCOUNT else "unsure",
    )
    rows = (ProposedRow(None, case.line.amount_minor, Reason.DUPLICATE),)
    return Hypothesis(Rule.PAID_BEFORE, circumstances, rows, earlier.customer_id, outcome=Reason.DUPLICATE)
