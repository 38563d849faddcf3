"""Says whose money a bank line probably is: an account seen before, a name in the master data, a name seen before."""

from __future__ import annotations

import enum
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from o2c_ai.models.remittance_matching.records import Alias, AliasKind, BankLine, Customer
from o2c_ai.models.remittance_matching.text import base_name, squeeze

SHARED_BY = 12
"""An account or a name used for more customers than this belongs to a bank, a factor or a hub, not to a payer."""
CUT_NAME_MIN = 6
"""Shortest beginning of a name that is taken for a name cut by the bank."""
FUZZY_MIN = 88.0
"""Least similarity, in per cent, of a misspelt name."""
BLOCK = 3
"""Names are compared where they share so many first or last letters."""
LOOKUPS_MAX = 100_000
"""Names whose answer is remembered."""


class How(enum.StrEnum):
    """How the payer was found, strongest first."""

    ACCOUNT = "account"
    """The account paid for these customers before, or stands in their master data."""
    NAME = "name"
    """The name is a customer's, or paid for these customers before."""
    CUT_NAME = "cut name"
    """The name is the beginning of a customer's, or stands at the end of an intermediary's."""
    LIKE_NAME = "like name"
    """The name is nearly a customer's."""
    SHARED = "shared"
    """A bank, factor or hub that pays for many: the money may be anybody's."""
    UNKNOWN = "unknown"
    """Nothing says whose money it is."""


@dataclass(frozen=True, slots=True)
class Payer:
    """The customers a line's money may come from."""

    how: How
    customers: frozenset[int]


NOBODY = Payer(How.UNKNOWN, frozenset())


class PayerBook:
    """What is known about payers on a day: master data and what earlier bookings taught."""

    def __init__(self, customers: Iterable[Customer]) -> None:
        """Read the master data."""
        self._accounts: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._names: defaultdict[str, Counter[int]] = defaultdict(Counter)
        self._ibans: defaultdict[str, set[int]] = defaultdict(set)
        self._full: defaultdict[str, set[int]] = defaultdict(set)
        self._base: defaultdict[str, set[int]] = defaultdict(set)
        self._blocks: defaultdict[str, list[str]] = defaultdict(list)
        self._said: defaultdict[tuple[AliasKind, str], list[Alias]] = defaultdict(list)
        self._sorted: list[str] = []
        self._likely: dict[str, Payer] = {}
        for customer in customers:
            if customer.iban:
                self._ibans[squeeze(customer.iban)].add(customer.customer_id)
            self._file_name(customer)
        self._sorted = sorted(self._full)

    def learn(self, line: BankLine, customers: Collection[int]) -> None:
        """Remember for whom an account and a name paid, as people booked it."""
        if line.payer_account:
            self._accounts[squeeze(line.payer_account)].update(customers)
        if line.payer_name:
            self._names[squeeze(line.payer_name)].update(customers)

    def tell(self, aliases: Iterable[Alias]) -> None:
        """Take people's word on accounts and names: what is known counts as learnt, what is declined never again."""
        for said in aliases:
            key = squeeze(said.text)
            self._said[said.kind, key].append(said)
            if said.known:
                learnt = self._accounts if said.kind is AliasKind.ACCOUNT else self._names
                learnt[key][said.customer_id] += 1

    def said_of(self, line: BankLine) -> list[Alias]:
        """What people said of the line's account, then of its name."""
        if not self._said:
            return []
        keys = (AliasKind.ACCOUNT, squeeze(line.payer_account)), (AliasKind.NAME, squeeze(line.payer_name))
        return [said for key in keys for said in self._said.get(key, ())]

    def resolve(self, line: BankLine) -> Payer:
        """The line's payer; an account speaks before a name, and what is shared by many says nothing alone.

        A name does not speak for a customer for whom the account was declined.
        """
        declined = [said for said in self.said_of(line) if not said.known]
        accounts = {said.customer_id for said in declined if said.kind is AliasKind.ACCOUNT}
        account = _without(self._by_account(squeeze(line.payer_account)), accounts)
        if account.how is How.ACCOUNT or not line.payer_name:
            return account
        name = _without(self._by_name(line.payer_name), {said.customer_id for said in declined})
        return account if name.how is How.UNKNOWN else name

    def _by_account(self, account: str) -> Payer:
        if not account:
            return NOBODY
        customers = self._ibans.get(account, set()) | self._accounts.get(account, Counter()).keys()
        return _payer(How.ACCOUNT, customers)

    def _by_name(self, name: str) -> Payer:
        key = squeeze(name)
        customers = self._full.get(key, set()) | self._names.get(key, Counter()).keys()
        if customers or not key:
            found = _payer(How.NAME, customers)
            return self._on_behalf(name) or found if found.how is How.SHARED else found
        if key not in self._likely:
            if len(self._likely) >= LOOKUPS_MAX:
                self._likely.clear()
            self._likely[key] = self._guess(name, key)
        return self._likely[key]

    def _guess(self, name: str, key: str) -> Payer:
        base = self._base.get(base_name(name))
        if base:
            return _payer(How.NAME, base)
        cut = self._starting_with(key)
        if cut:
            return _payer(How.CUT_NAME, cut)
        return self._on_behalf(name) or self._alike(base_name(name))

    def _starting_with(self, key: str) -> set[int]:
        if len(key) < CUT_NAME_MIN:
            return set()
        found: set[int] = set()
        for place in range(bisect_left(self._sorted, key), len(self._sorted)):
            full = self._sorted[place]
            if not full.startswith(key) or len(found) > SHARED_BY:
                break
            found |= self._full[full]
        return found

    def _on_behalf(self, name: str) -> Payer | None:
        """The customer an intermediary names after itself, as in "PAYMENTS LTD O/B CUSTOMER GMBH"."""
        parts = name.split()
        for start in range(1, len(parts)):
            rest = " ".join(parts[start:])
            key = squeeze(rest)
            found = self._full.get(key) or self._base.get(base_name(rest)) or self._starting_with(key)
            if found and len(key) >= CUT_NAME_MIN:
                return _payer(How.CUT_NAME, found)
        return None

    def _alike(self, key: str) -> Payer:
        """The customers named nearly so. No slip is forgiven across scripts: there it is how one poses as another."""
        near = {*self._blocks.get(f"^{key[:BLOCK]}", ()), *self._blocks.get(f"{key[-BLOCK:]}$", ())}
        same = sorted(name for name in near if len(_scripts(key) | _scripts(name)) <= 1)
        hits = process.extract(key, same, scorer=fuzz.ratio, score_cutoff=FUZZY_MIN, limit=SHARED_BY)
        best = [found for found, score, _ in hits if score == hits[0][1]]
        return _payer(How.LIKE_NAME, {customer for found in best for customer in self._base[found]})

    def _file_name(self, customer: Customer) -> None:
        full, base = squeeze(customer.name), base_name(customer.name)
        self._full[full].add(customer.customer_id)
        if base not in self._base:
            self._blocks[f"^{base[:BLOCK]}"].append(base)
            self._blocks[f"{base[-BLOCK:]}$"].append(base)
        self._base[base].add(customer.customer_id)


def _scripts(key: str) -> set[bool]:
    """Whether its letters are Latin ones, others, or both."""
    return {letter.isascii() for letter in key if letter.isalpha()}


def _payer(how: How, customers: Collection[int]) -> Payer:
    if not customers:
        return NOBODY
    return Payer(How.SHARED if len(customers) > SHARED_BY else how, frozenset(customers))


def _without(payer: Payer, declined: Collection[int]) -> Payer:
    """The payer less customers whose money people said it is not."""
    if payer.customers.isdisjoint(declined):
        return payer
    left = payer.customers.difference(declined)
    return Payer(payer.how, left) if left else NOBODY
