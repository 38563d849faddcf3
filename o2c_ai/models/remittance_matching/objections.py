"""What people said against a proposal: its items were refused for this line, or its payer was declined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from o2c_ai.models.remittance_matching.desk import Case
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis
from o2c_ai.models.remittance_matching.payer import How, PayerBook
from o2c_ai.models.remittance_matching.records import Alias, AliasKind, Customer, Refusal
from o2c_ai.models.remittance_matching.scoring import Scored

_OWN = {AliasKind.ACCOUNT: "the account", AliasKind.NAME: "the payer's name"}


class Objections:
    """The refusals and declined payers of a run; without any, nothing is changed and nothing said."""

    def __init__(self, payers: PayerBook, customers: Sequence[Customer], refusals: Sequence[Refusal]) -> None:
        """Take what people said; the payers are asked when a line is decided."""
        self._payers = payers
        self._names = {customer.customer_id: customer.name for customer in customers}
        self._refusals: defaultdict[int, dict[frozenset[int], Refusal]] = defaultdict(dict)
        for refusal in refusals:
            self._refusals[refusal.line_id][refusal.items] = refusal

    def has_refused(self, case: Case) -> bool:
        """Whether people refused something for the line."""
        return case.line.line_id in self._refusals

    def refused_last(self, case: Case, ranked: list[Scored]) -> list[Scored]:
        """The options with those that people refused for the line behind the others that pay items."""
        if not self.has_refused(case):
            return ranked
        found: list[Scored] = []
        behind: list[Scored] = []
        for option in ranked:
            if not option.hypothesis.ways:
                found, behind = [*found, *behind], []
            (behind if self._refused(case, option.hypothesis) else found).append(option)
        return [*found, *behind]

    def against(self, case: Case, best: Hypothesis) -> tuple[str, ...]:
        """Why people would not have this proposal applied untouched; empty where nobody said anything against it."""
        refusal = self._refused(case, best)
        words = [f"against: these items were {_refused_by(refusal)}"] if refusal else []
        return (*words, *(self._in_words(said) for said in self._said(case, best) if not said.known))

    def besides(self, case: Case, best: Hypothesis | None, options: Sequence[Scored]) -> tuple[str, ...]:
        """What people said for the payer, why another option was not proposed, why nobody is known to have paid."""
        words = [self._in_words(said) for said in self._said(case, best) if said.known]
        words += [
            f"not proposed: {', '.join(way.item.number for way in option.hypothesis.ways)}, {_refused_by(refusal)}"
            for option in options
            if (refusal := self._refused(case, option.hypothesis)) is not None
        ]
        if case.payer.how is How.UNKNOWN:
            words += [self._in_words(said) for said in self._payers.said_of(case.line) if not said.known]
        return tuple(words)

    def _said(self, case: Case, best: Hypothesis | None) -> list[Alias]:
        """What people said of the line's payer and the customers whose items are proposed."""
        customers = {way.item.customer_id for way in best.ways} if best else set()
        return [said for said in self._payers.said_of(case.line) if said.customer_id in customers]

    def _refused(self, case: Case, option: Hypothesis) -> Refusal | None:
        found = self._refusals.get(case.line.line_id)
        return found.get(frozenset(way.item.item_id for way in option.ways)) if found else None

    def _in_words(self, said: Alias) -> str:
        customer = self._names.get(said.customer_id, "another customer")
        what = "was said to pay for" if said.known else "was declined for"
        words = f"{_OWN[said.kind]} {what} {customer} by {said.by} on {said.on.isoformat()}"
        return words if said.known else f"against: {words}"


def _refused_by(refusal: Refusal) -> str:
    what = "applied to this line and taken back" if refusal.taken_back else "rejected for this line"
    return f"{what} by {refusal.by} on {refusal.on.isoformat()}"
