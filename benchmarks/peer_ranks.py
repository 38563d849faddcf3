"""The peer of an ERP's bank reconciliation: documents ranked by how many of reference, amount and party agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from rapidfuzz import fuzz, process, utils

from benchmarks.peer_books import Guess, PeerBooks
from o2c_ai.models.remittance_matching.records import BankLine, Item

NAME_LIKENESS = 80.0
"""Least likeness of a name that is taken for a party's, in per cent."""


class Ranks:
    """Modelled on ERPNext: a point for the exact number in the text, one for the amount, one for the party.

    The party is who has the line's account, else who has the one likest name. A line with a single document of the
    best rank may be applied untouched; between equals a person chooses, and the earliest due is shown.
    """

    name = "ERPNext-like ranks"

    def __init__(self) -> None:
        """Nothing is looked up yet."""
        self._parties: dict[str, frozenset[int]] = {}

    def begin(self, books: PeerBooks, lines: Sequence[BankLine], last: date) -> None:
        """It looks at one line after the other."""

    def guesses(self, books: PeerBooks, lines: Sequence[BankLine]) -> list[Guess]:
        """The documents with the best rank; several leave the line to a person, whatever the threshold."""
        filed = {currency: _Filed(books, currency) for currency in {line.currency for line in lines}}
        found = (self._guess(books, filed[line.currency], line) for line in lines)
        return [guess for guess in found if guess is not None]

    def _guess(self, books: PeerBooks, filed: _Filed, line: BankLine) -> Guess | None:
        ranks: Counter[int] = Counter(filed.quoted_in(f"{line.narrative} {line.end_to_end_id}"))
        ranks.update(filed.by_amount.get(line.amount_minor, ()))
        for customer in self._party(books, line):
            ranks.update(filed.by_customer.get(customer, ()))
        if not ranks:
            return None
        best = max(ranks.values())
        equal = sorted((books.items[item].due_date, item) for item, rank in ranks.items() if rank == best)
        item = equal[0][1]
        score = float(best) if len(equal) == 1 else 0.0
        return Guess(line, score, {item: min(line.amount_minor, books.open_minor(item))})

    def _party(self, books: PeerBooks, line: BankLine) -> frozenset[int] | set[int]:
        if line.payer_account in books.accounts:
            return books.accounts[line.payer_account]
        if line.payer_name not in self._parties:
            self._parties[line.payer_name] = _by_name(books, line.payer_name)
        return self._parties[line.payer_name]


class _Filed:
    """A currency's open documents of a day by what is compared."""

    def __init__(self, books: PeerBooks, currency: str) -> None:
        self._numbers: list[tuple[str, Item]] = []
        self.by_amount: defaultdict[int, list[int]] = defaultdict(list)
        self.by_customer: defaultdict[int, list[int]] = defaultdict(list)
        for item in books.open_invoices(currency):
            self._numbers.append((item.number.upper(), item))
            self.by_amount[books.open_minor(item.item_id)].append(item.item_id)
            self.by_customer[item.customer_id].append(item.item_id)

    def quoted_in(self, text: str) -> Iterator[int]:
        """The documents whose number stands in the text as it is printed."""
        capitals = text.upper()
        return (item.item_id for number, item in self._numbers if number in capitals)


def _by_name(books: PeerBooks, name: str) -> frozenset[int]:
    """The customer of the likest name; nobody where two are equally like."""
    names = {customer.customer_id: customer.name for customer in books.papers.customers}
    hits = process.extract(
        name,
        names,
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        score_cutoff=NAME_LIKENESS,
        limit=2,
    )
    alone = len(hits) == 1 or (len(hits) == 2 and hits[0][1] > hits[1][1])
    return frozenset({hits[0][2]}) if alone and name else frozenset()
