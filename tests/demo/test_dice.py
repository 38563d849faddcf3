"""Chance in the demo can be repeated, and a deck holds every card."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.demo.dice import chance, deal, draw, stream, wobble


def test_a_stream_depends_on_seed_and_concern_alone() -> None:
    assert stream(1, "a").random() == stream(1, "a").random()
    assert stream(1, "a").random() != stream(1, "b").random()
    assert stream(1, "a").random() != stream(2, "a").random()


def test_a_chance_of_nothing_never_comes_and_a_sure_one_always() -> None:
    rng = stream(1, "test")
    assert not any(chance(rng, 0) for _ in range(100))
    assert all(chance(rng, 1000) for _ in range(100))


def test_cards_are_drawn_as_often_as_their_weights_say() -> None:
    rng = stream(1, "test")
    drawn = Counter(draw(rng, {"often": 3, "seldom": 1, "never": 0}) for _ in range(4000))
    assert drawn["never"] == 0
    assert 2850 < drawn["often"] < 3150


@given(st.integers(), st.integers(0, 500), st.lists(st.integers(1, 50), min_size=1, max_size=12))
def test_a_deck_holds_every_card_in_its_share(seed: int, count: int, weights: list[int]) -> None:
    deck = deal(stream(seed, "deck"), dict(enumerate(weights)), count)
    assert len(deck) == count
    for card, weight in enumerate(weights):
        assert abs(deck.count(card) * sum(weights) - count * weight) <= sum(weights)


@given(st.integers(), st.integers(0, 30))
def test_a_wobble_stays_within_its_days(seed: int, days: int) -> None:
    assert -days <= wobble(stream(seed, "wobble"), days) <= days
