"""proposals.csv and the options beside it: what every line is proposed to pay, in the exchange folder's shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.money import format_minor
from o2c_ai.formats.outputs import OPTIONS, PROPOSALS, probability, safe_text, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from o2c_ai.core.suggestions.rules import MatchSuggestion, Part

OPTIONS_MAX = 20
"""Ranked options a line, at most."""


class Names:
    """What the leading system calls things: lines, documents, customers, by internal number."""

    def __init__(
        self,
        lines: Mapping[int, tuple[str, str, int]],
        items: Mapping[int, tuple[str, int]],
        memos: Mapping[int, tuple[str, int]],
        customers: Mapping[int, str],
    ) -> None:
        """Lines give (reference, currency, amount in minor units); items and memos give (number, customer)."""
        self.lines, self.items, self.memos, self.customers = lines, items, memos, customers

    def of(self, part: Part) -> tuple[str, str]:
        """Document number and customer number of a part; empty where none is named."""
        number, customer = "", part.customer_id
        if part.open_item_id is not None:
            number, customer = self.items[part.open_item_id]
        elif part.credit_item_id is not None:
            number, customer = self.memos[part.credit_item_id]
        return number, "" if customer is None else self.customers[customer]


def write_proposals(path: Path, suggestions: Sequence[MatchSuggestion], names: Names) -> int:
    """Write proposals.csv; gives the number of rows."""
    return write_table(path, PROPOSALS, _proposal_rows(suggestions, names))


def _proposal_rows(suggestions: Sequence[MatchSuggestion], names: Names) -> Iterator[tuple[object, ...]]:
    for made in suggestions:
        ref, currency, total_minor = names.lines[made.line_id]
        chance = probability(made.probability_ppm)
        explanation = safe_text("; ".join(made.reasons))
        head = (ref, made.decision.value, chance)
        for part in made.parts:
            number, customer = names.of(part)
            amount = format_minor(part.amount_minor, currency)
            yield (*head, number, amount, part.reason.value, customer, explanation)
        if not made.parts:
            customer = names.customers.get(made.customer_id or 0, "")
            total = format_minor(total_minor, currency)  # so that the rows of every line sum to its amount
            yield (*head, "", total, made.exception, customer, explanation)


def write_options(path: Path, options: Sequence[tuple[int, Sequence[tuple[int, Sequence[Part]]]]], names: Names) -> int:
    """Write the ranked options of each line: (line, [(probability in millionths, parts)])."""
    return write_table(path, OPTIONS, _option_rows(options, names))


def _option_rows(
    options: Sequence[tuple[int, Sequence[tuple[int, Sequence[Part]]]]], names: Names
) -> Iterator[tuple[object, ...]]:
    for line_id, ranked in options:
        ref, currency, _ = names.lines[line_id]
        for rank, (ppm, parts) in enumerate(ranked[:OPTIONS_MAX], start=1):
            for part in parts:
                number, _ = names.of(part)
                yield ref, rank, probability(ppm), number, format_minor(part.amount_minor, currency)
