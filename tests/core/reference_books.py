"""The books once more, as simple as can be: a count of what is used of every item and credit, and the acts that did it.

The state machine of test_laws.py does everything twice, in the real books and here, and compares. Nothing is fast here
and nothing is stored; a mistake would have to be made twice, in two different ways, to go unseen.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.rules import DIFFERENCES, MOVED, TOLERANCE
from o2c_ai.core.receivables.rules import MovementKind
from o2c_ai.core.suggestions.rules import Part, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Key = tuple[object, ...]
"""What is used: ("item", id), ("credit", id), ("parked", credit, customer) or ("refunded", credit)."""


@dataclass
class Item:
    """An open item."""

    number: str
    currency: str
    amount: int
    residual: bool = False


@dataclass
class Credit:
    """A receipt, with its line where it came by one, or a credit memo."""

    currency: str
    amount: int
    customer: int | None
    line: int | None = None
    memo: bool = False


@dataclass
class Act:
    """A clearing: what it used, the rests it carried over, and what it took back."""

    effects: Counter[Key]
    credit: int = 0
    entry: int = 0
    """The journal entry, where the act is undone by it."""
    pays: set[int] = field(default_factory=set)
    """Items paid with money of the receipt."""
    carried: dict[int, int] = field(default_factory=dict)
    """Item → what of it goes over to a residual item."""
    residuals: list[int] = field(default_factory=list)
    takes_back: list[Act] = field(default_factory=list)
    stands: bool = True
    redone: bool = False


class ReferenceBooks:
    """Items, credits and standing acts; a refused act leaves everything as it was."""

    def __init__(self) -> None:
        self.items: dict[int, Item] = {}
        self.credits: dict[int, Credit] = {}
        self.used: Counter[Key] = Counter()
        self.acts: list[Act] = []

    def left(self, item: int) -> int:
        return self.items[item].amount - self.used["item", item]

    def credit_left(self, credit: int) -> int:
        return self.credits[credit].amount - self.used["credit", credit]

    def pools(self, credit: int) -> dict[int, int]:
        """Customer → what of the credit is parked for them."""
        return {
            key[2]: minor
            for key, minor in self.used.items()
            if key[:2] == ("parked", credit) and isinstance(key[2], int) and minor
        }

    def allows(self, effects: Counter[Key]) -> bool:
        """Whether nothing would be used beyond its amount, or below zero."""
        for key, minor in effects.items():
            used, number = self.used[key] + minor, key[1]
            assert isinstance(number, int)
            most = {"item": self.items.get(number), "credit": self.credits.get(number)}.get(str(key[0]))
            if used < 0 or (most is not None and used > most.amount):
                return False
        return True

    def do(self, act: Act) -> None:
        self.used.update(act.effects)
        self.acts.append(act)

    def try_undo(self, acts: Sequence[Act]) -> bool:
        """Undo in this order; all or nothing."""
        return self._attempt(self._undo, acts)

    def try_redo(self, acts: Sequence[Act]) -> bool:
        """Do undone acts once more, in this order; all or nothing."""
        return self._attempt(self._redo, acts)

    def _attempt(self, step: Callable[[Act], bool], acts: Sequence[Act]) -> bool:
        used, acted, states = self.used.copy(), list(self.acts), [(act.stands, act.redone) for act in acts]
        if all(step(act) for act in acts):
            return True
        self.used, self.acts = used, acted
        for act, (stands, redone) in zip(acts, states, strict=True):
            act.stands, act.redone = stands, redone
        return False

    def _undo(self, act: Act) -> bool:
        back = Counter({key: -minor for key, minor in act.effects.items()})
        if not act.stands or not self.allows(back) or any(self.used["item", item] for item in act.residuals):
            return False
        self.used.update(back)
        self.used.update({("item", item): self.items[item].amount for item in act.residuals})
        act.stands = False
        return True

    def _redo(self, act: Act) -> bool:
        if not self.allows(act.effects):
            return False
        self.used.update(act.effects)
        self.used.update({("item", item): -self.items[item].amount for item in act.residuals})
        act.stands = act.redone = True
        self.acts.remove(act)
        self.acts.append(act)  # it counts as the newest again
        return True

    def standing(self, credit: int) -> list[Act]:
        """Acts that use the receipt, newest first."""
        return [act for act in reversed(self.acts) if act.stands and act.credit == credit]

    def paid_by(self, credit: int) -> set[int]:
        """Items that money of the receipt pays."""
        return set().union(*(act.pays for act in self.standing(credit)))

    def opened_with(self, credit: int) -> set[int]:
        """Items that are open again when the receipt bounces: those that memos paid in the same acts, too."""
        keys = (key for act in self.standing(credit) for key in act.effects)
        return {item for kind, item, *_ in keys if kind == "item" and isinstance(item, int)}

    def spend(self, credit: int, parts: Iterable[Part], money: int) -> Act | None:
        """What parts use of items, memos and the money; None where they break a law."""
        parts = list(parts)
        act = Act(Counter({("credit", credit): money}), credit)
        memos = [(-p.amount_minor, p.credit_item_id) for p in parts if p.reason is Reason.NETTED]
        charges = -sum(p.amount_minor for p in parts if p.reason is Reason.BANK_CHARGE)
        others = sum(size for size, _ in memos) + charges
        act.effects.update({("credit", memo): size for size, memo in memos})
        parked = sum(p.amount_minor for p in parts if p.reason in MOVED)
        for part in parts:
            if part.reason in MOVED and MOVED[part.reason] is MovementKind.ON_ACCOUNT:
                act.effects["parked", credit, part.customer_id] += part.amount_minor
            elif part.open_item_id is not None:
                if part.amount_minor > others:
                    act.pays.add(part.open_item_id)
                others = max(0, others - part.amount_minor)
                if not self._clear(act, part, part.open_item_id):
                    return None
        sums_up = sum(p.amount_minor for p in parts) == money
        return act if sums_up and parked <= money and self.allows(act.effects) else None

    def _clear(self, act: Act, part: Part, item: int) -> bool:
        cleared = part.amount_minor
        if part.reason in DIFFERENCES:
            missing = max(0, self.left(item) - act.effects["item", item] - cleared)
            if part.reason is Reason.TOLERANCE and missing > TOLERANCE.limit_minor(self.items[item].amount):
                return False
            if part.reason is Reason.RESIDUAL and missing:
                act.carried[item] = missing
            cleared += missing
        act.effects["item", item] += cleared
        return True

    def take(self, credit: int, amount: int) -> Counter[Key] | None:
        """Money first from what is left, then from what is parked for the payer; None where there is not so much."""
        pools, left = self.pools(credit), self.credit_left(credit)
        payer = next(iter(pools)) if len(pools) == 1 else self.credits[credit].customer
        short = max(0, amount - left)
        if amount <= 0 or short > (pools.get(payer, 0) if payer is not None else 0):
            return None
        return Counter({("credit", credit): amount - short, ("parked", credit, payer): -short})

    def control(self) -> dict[tuple[str, str], int]:
        """(account role, currency) → balance that the control accounts must have."""
        sums: Counter[tuple[str, str]] = Counter()
        for number, item in self.items.items():
            sums["receivables", item.currency] += self.left(number)
        for number, credit in self.credits.items():
            role = "unidentified_cash" if credit.customer is None else "unapplied_cash"
            sums["receivables" if credit.memo else role, credit.currency] -= self.credit_left(number)
        for key, minor in self.used.items():
            role = {"parked": "on_account", "refunded": "refunds_payable"}.get(str(key[0]), "")
            if role and isinstance(key[1], int):
                sums[role, self.credits[key[1]].currency] -= minor
        return {key: minor for key, minor in sums.items() if minor}
