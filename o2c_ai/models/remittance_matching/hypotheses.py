"""One way to book a bank line: the rule that found it, the rows to book, and what speaks for it or against it."""

from __future__ import annotations

import enum
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.payer import How, Payer
from o2c_ai.models.remittance_matching.receipts import Receipt
from o2c_ai.models.remittance_matching.records import ProposedRow, Reason
from o2c_ai.models.remittance_matching.references import Mention, Quality
from o2c_ai.models.remittance_matching.ways import Fit, Solution, Solved, Way

OPTIONS_MAX = 20
"""Solutions of one rule that are kept as options."""


class Rule(enum.StrEnum):
    """The rules; each is measured on history by itself."""

    ADVICE = "advice"
    REFERENCES = "references"
    REFERENCES_AND_MORE = "references and more"
    ONE_ITEM = "one item of the payer"
    SET_OF_ITEMS = "set of the payer's items"
    AMOUNT_ONLY = "amount only"
    LIKELY_SET = "likely set"
    WORDING = "wording"
    PAID_BEFORE = "paid before"
    BOUNCED = "bounced"
    OUTGOING = "outgoing"
    NONE = "none"


class Hypothesis(NamedTuple):
    """One way to book a line, and the circumstances under which its rule's success is measured."""

    rule: Rule
    circumstances: tuple[str, ...]
    """The rule, what makes the amounts agree, then everything that may make a difference to its success."""
    rows: tuple[ProposedRow, ...]
    customer_id: int | None = None
    ways: tuple[Way, ...] = ()
    fit: Fit = Fit.EXACT
    fits: int = 1
    """How many sets of items explain the amount as simply."""
    mentions: tuple[Mention, ...] = ()
    outcome: Reason = Reason.IN_FULL
    """IN_FULL where items are paid; NOT_AR, PREPAYMENT, DUPLICATE or RETURNED where not."""
    usual: bool = True
    """False for a difference that no term, advice or habit explains."""
    bounced: Receipt | None = None

    @property
    def booking(self) -> Hashable:
        """What the books would show; with one item, a charge apart and the same charge against it are one booking."""
        if len(self.ways) == 1:
            return self.ways[0].item.item_id
        paid = frozenset((row.item_id, row.amount_minor) for row in self.rows if row.item_id is not None)
        return paid or self.outcome

    @property
    def cleared(self) -> tuple[tuple[int, int], ...]:
        """Items (id, minor units) that booking it would clear."""
        return tuple((way.item.item_id, way.cleared_minor) for way in self.ways)


def from_solved(
    desk: Desk, case: Case, rule: Rule, solved: Solved, mentions: Sequence[Mention] = (), *, unread: int | None = None
) -> list[Hypothesis]:
    """A hypothesis for every solution of a search, the simplest first."""
    return [
        from_solution(
            desk,
            case,
            rule.value if solution.cost == solved.solutions[0].cost else f"{rule.value}, less simple",
            solution,
            mentions,
            fits=solved.equally_good,
            unread=case.unread if unread is None else unread,
        )
        for solution in solved.solutions[:OPTIONS_MAX]
    ]


def from_solution(
    desk: Desk,
    case: Case,
    rule: str,
    solution: Solution,
    mentions: Sequence[Mention],
    *,
    fits: int = 1,
    unread: int = 0,
    over: ProposedRow | None = None,
    usual: bool = True,
) -> Hypothesis:
    """The hypothesis that a line is booked as `solution` says, with what is left over as the row `over`."""
    customers = {way.item.customer_id for way in solution.ways}
    fit = solution.fit
    if over:
        fit = Fit.OVERPAID_AS_USUAL if usual else Fit.OVERPAID
    quality = max((mention.quality for mention in mentions), default=Quality.NUMBER)
    circumstances = (
        rule,
        f"{fit.value} {'alone' if fits == 1 else 'among equals'}",
        _books(desk, solution.ways, customers),
        relation(case.payer, customers),
        quality.name.lower() if mentions else "unquoted",
        "unread numbers" if unread else "all read",
        _others_quoted(desk, case, solution.ways),
        _size(len(solution.ways)),
    )
    return Hypothesis(
        rule=Rule(rule.split(",", maxsplit=1)[0]),
        circumstances=circumstances,
        rows=(*solution.rows(), over) if over else solution.rows(),
        customer_id=min(customers),
        ways=solution.ways,
        fit=fit,
        fits=fits,
        mentions=tuple(mentions),
        usual=usual,
    )


def relation(payer: Payer, customers: AbstractSet[int]) -> str:
    """How the payer found stands to the customers whose items a hypothesis pays."""
    if payer.how in (How.UNKNOWN, How.SHARED) or customers <= payer.customers:
        return payer.how.value
    return "other"


def _books(desk: Desk, ways: Sequence[Way], customers: set[int]) -> str:
    """Whether the books are up to date for these items."""
    if any(way.item.item_id in desk.claimed for way in ways):
        return "claimed"
    return "behind" if customers & desk.behind else "settled"


def _others_quoted(desk: Desk, case: Case, ways: Sequence[Way]) -> str:
    """Whether the text or the advice quotes items that the hypothesis does not pay."""
    paid = {way.item.item_id for way in ways}
    quoted = [*case.reading.mentions, *(row.mention for row in case.advised if row.mention is not None)]
    left = [mention for mention in quoted if paid.isdisjoint(mention.item_ids)]
    if not left:
        return "no other quoted"
    still_open = any(desk.open_items.open_minor(item_id) for mention in left for item_id in mention.item_ids)
    return "other quoted" if still_open else "closed quoted"


def _size(items: int) -> str:
    return next((name for most, name in ((1, "1"), (3, "2-3"), (9, "4-9")) if items <= most), "10+")
