"""How probable each open item of a pool is to be in a payment, and what that makes of a set of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

CERTAIN = 7.0
"""Log odds beyond which an item is in or out without a search."""
UNSURE = 1e-5
"""No judge can honestly claim to be surer than this."""


@dataclass(slots=True, eq=False)
class Chances:
    """What a judge says of the items of one pool; empty where nobody learnt to say."""

    told: Mapping[int, float] = field(default_factory=dict)
    """Item → probability."""
    odds: Mapping[int, float] = field(init=False)
    """Item → logarithm of its odds."""
    _likeliest: float = field(init=False)
    _falling: Sequence[tuple[float, int]] = field(init=False)

    def __post_init__(self) -> None:
        """Take the logarithms once."""
        self.odds = {item_id: log_odds(chance) for item_id, chance in self.told.items()}
        self._likeliest = sum(odds for odds in self.odds.values() if odds > 0)
        self._falling = sorted(((chance, item_id) for item_id, chance in self.told.items()), reverse=True)

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self.told)

    def cost_of(self, paid: Collection[int]) -> float:
        """How much less likely it is that exactly these items are paid than the likeliest set is, in nats."""
        return self._likeliest - sum(self.odds.get(item_id, -CERTAIN) for item_id in paid)

    def least_of(self, paid: Collection[int]) -> float:
        """The chance of the least likely of these items; 0 for one that is not in the pool."""
        return min((self.told.get(item_id, 0.0) for item_id in paid), default=0.0)

    def most_beside(self, paid: Collection[int]) -> float:
        """The chance of the likeliest item that is not among these."""
        return next((chance for chance, item_id in self._falling if item_id not in paid), 0.0)


NOTHING_KNOWN = Chances()


def log_odds(chance: float) -> float:
    """The logarithm of the odds of a probability, kept within what a judge can honestly claim."""
    within = min(max(chance, UNSURE), 1 - UNSURE)
    return math.log(within) - math.log1p(-within)
