"""Chance that can be repeated: the same seed always deals the demo company the same year.

Every concern draws from a stream of its own, so that a change in one (say, how payers write) leaves the others (say,
what was invoiced) as they were.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TypeVar

from o2c_ai.core.money import split

T = TypeVar("T")

_PERMILLE = 1000


def stream(seed: int, concern: str) -> Random:
    """The generator of one concern; depends on the seed and the name alone."""
    return Random(f"{seed}/{concern}")


def chance(rng: Random, permille: int) -> bool:
    """True with a probability of so many thousandths."""
    return rng.randrange(_PERMILLE) < permille


def draw(rng: Random, weights: Mapping[T, int]) -> T:
    """One of the keys, each as often as its weight says."""
    ticket = rng.randrange(sum(weights.values()))
    for card, weight in weights.items():
        ticket -= weight
        if ticket < 0:
            return card
    raise AssertionError("the ticket is smaller than the sum of the weights")


def deal(rng: Random, weights: Mapping[T, int], count: int) -> list[T]:
    """A shuffled deck of `count` cards in which every key has its share of the cards, to within one card.

    Unlike `count` draws, a deck of enough cards is sure to hold every key. Raises Invalid where no weight is positive.
    """
    shares = split(count, list(weights.values()))
    deck = [card for card, share in zip(weights, shares, strict=True) for _ in range(share)]
    rng.shuffle(deck)
    return deck


def wobble(rng: Random, days: int) -> int:
    """A whole number of days between -days and +days, small ones likelier than large ones."""
    return rng.randint(0, days) - rng.randint(0, days)
