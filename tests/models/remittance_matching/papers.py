"""Papers made up for the matcher's tests: one customer, one euro account, a few invoices that add up by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from o2c_ai.models.remittance_matching.baseline import match
from o2c_ai.models.remittance_matching.clerk import Clerk
from o2c_ai.models.remittance_matching.desk import Desk
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import (
    BankLine,
    Booking,
    Customer,
    Decision,
    Facts,
    Item,
    Papers,
    Proposal,
    Reason,
)
from o2c_ai.models.remittance_matching.scoring import RuleScorer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from o2c_ai.models.remittance_matching.hypotheses import Hypothesis

NEW_YEAR = date(2025, 1, 1)
PAY_DAY = date(2025, 2, 3)
ACME, OTHER = 1, 2
ACME_ACCOUNT = "DE89370400440532013000"
CUSTOMERS = (Customer(ACME, "Acme Brücken GmbH", ACME_ACCOUNT), Customer(OTHER, "Zenith Paper Ltd"))

_numbers = count(1000)


def invoice(number: str, amount: int, **more: Any) -> Item:  # noqa: ANN401 - any field of an item
    """An invoice of Acme in euro, issued on New Year and due 30 days later; amounts in cents."""
    fields: dict[str, Any] = {
        "item_id": next(_numbers),
        "number": number,
        "customer_id": ACME,
        "issue_date": NEW_YEAR,
        "due_date": NEW_YEAR + timedelta(days=30),
        "currency": "EUR",
        "amount_minor": amount,
    }
    return Item(**{**fields, **more})


def discounted(number: str, amount: int, discount: int, until: date = PAY_DAY) -> Item:
    """An invoice with a cash discount that is earned on pay day."""
    return invoice(number, amount, discount_minor=discount, discount_until=until)


def payment(amount: int, narrative: str = "", **more: Any) -> BankLine:  # noqa: ANN401 - any field of a line
    """A payment from Acme's account on pay day; amounts in cents."""
    fields: dict[str, Any] = {
        "line_id": next(_numbers),
        "booking_date": PAY_DAY,
        "currency": "EUR",
        "amount_minor": amount,
        "payer_account": ACME_ACCOUNT,
        "narrative": narrative,
    }
    return BankLine(**{**fields, **more})


def papers(items: Sequence[Item], lines: Sequence[BankLine] = (), **more: Any) -> Papers:  # noqa: ANN401 - any field
    """Papers of the two customers."""
    return replace(Papers(CUSTOMERS, items, lines, [], []), **more)


def booked(line: BankLine, item: Item | None, cash: int, reason: Reason = Reason.IN_FULL, **more: Any) -> Booking:  # noqa: ANN401 - any field
    """What people booked: cash that clears as much, unless `cleared_minor` says otherwise."""
    fields: dict[str, Any] = {
        "line_id": line.line_id,
        "item_id": item.item_id if item else None,
        "customer_id": item.customer_id if item else None,
        "cash_minor": cash,
        "cleared_minor": cash if item else 0,
        "reason": reason,
    }
    return Booking(**{**fields, **more})


def bold(facts: Facts) -> Decision:
    """A policy that applies whatever is unambiguous, explained and ahead of the rest, however unlikely."""
    clear = facts.sets_that_fit == 1 and facts.residual_explained and facts.margin_ppm > 0
    return Decision.AUTO if clear else Decision.REVIEW


def timid(_: Facts) -> Decision:
    """A policy that leaves everything to people."""
    return Decision.REVIEW


def run(from_papers: Papers, rates: RuleRates | None = None) -> list[Proposal]:
    """Match every undecided line under the bold policy."""
    return match(from_papers, RuleScorer(rates or RuleRates()), bold, date.min, date.max)


def proposal_for(line: BankLine, items: Sequence[Item], **more: Any) -> Proposal:  # noqa: ANN401 - any field of papers
    """The proposal for one line among these items."""
    return next(made for made in run(papers(items, **{"lines": [line], **more})) if made.line_id == line.line_id)


def hypotheses_for(line: BankLine, items: Sequence[Item], **more: Any) -> list[Hypothesis]:  # noqa: ANN401 - as above
    """All that the rules find for one line, after what was booked before."""
    given = papers(items, **{"lines": [line], **more})
    desk = Desk(given)
    desk.advance(line.booking_date)
    for earlier in given.lines:
        if desk.bookings(earlier):
            desk.book(earlier)
    return Clerk(desk).hypotheses(desk.read(line))


def paid(proposal: Proposal) -> dict[int, int]:
    """The cash each item gets."""
    return {row.item_id: row.amount_minor for row in proposal.rows if row.item_id is not None}
