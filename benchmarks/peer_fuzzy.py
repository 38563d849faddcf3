"""The peer everybody writes first: each line's text against every open item's text, the likest one wins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from rapidfuzz import fuzz, process, utils

from benchmarks.peer_books import Guess, PeerBooks
from o2c_ai.core.money import format_minor
from o2c_ai.models.remittance_matching.records import BankLine


class Fuzzy:
    """rapidfuzz `process.cdist` with `token_set_ratio` over "narrative payer amount" and "number customer amount"."""

    name = "fuzzy text"

    def begin(self, books: PeerBooks, lines: Sequence[BankLine], last: date) -> None:
        """It looks at one day after the other."""

    def guesses(self, books: PeerBooks, lines: Sequence[BankLine]) -> list[Guess]:
        """The likest open item of the line's currency; between equals a person chooses."""
        by_currency: defaultdict[str, list[BankLine]] = defaultdict(list)
        for line in lines:
            by_currency[line.currency].append(line)
        return [guess for currency, same in by_currency.items() for guess in _likest(books, same, currency)]


def _likest(books: PeerBooks, lines: Sequence[BankLine], currency: str) -> Iterator[Guess]:
    items = books.open_invoices(currency)
    if not items:
        return
    opened = [books.open_minor(item.item_id) for item in items]
    texts = [
        f"{item.number} {books.customers[item.customer_id].name} {format_minor(minor, currency)}"
        for item, minor in zip(items, opened, strict=True)
    ]
    asked = [
        f"{line.narrative} {line.end_to_end_id} {line.payer_name} {format_minor(line.amount_minor, currency)}"
        for line in lines
    ]
    likeness = process.cdist(
        asked, texts, scorer=fuzz.token_set_ratio, processor=utils.default_process, dtype=np.float32, workers=1
    )
    for line, row in zip(lines, likeness, strict=True):
        best = int(row.argmax())
        alone = int((row == row[best]).sum()) == 1
        yield Guess(
            line, float(row[best]) if alone else 0.0, {items[best].item_id: min(line.amount_minor, opened[best])}
        )
