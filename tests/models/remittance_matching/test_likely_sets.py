"""The search for the likeliest sets misses none that matters, and is bounded however many items there are."""

from __future__ import annotations

from itertools import product
from random import Random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.models.remittance_matching.chances import log_odds
from o2c_ai.models.remittance_matching.likely_sets import HALF_LIMIT, HOPELESS, find_likeliest

choices = st.tuples(st.integers(-20, 20), st.floats(-5, 0))
slots_of_choices = st.lists(st.lists(choices, min_size=1, max_size=3), min_size=1, max_size=6)


@given(slots=slots_of_choices, target=st.integers(-40, 40))
def test_the_sets_come_in_the_order_that_trying_all_of_them_gives(
    slots: list[list[tuple[int, float]]], target: int
) -> None:
    best = sum(max(weight for _, weight in slot) for slot in slots)
    fits = (chosen for chosen in product(*slots) if sum(minor for minor, _ in chosen) == target)
    weights = sorted((sum(weight for _, weight in chosen) - best for chosen in fits), reverse=True)

    found = find_likeliest(slots, [(target, 0.0)], limit=5)

    assert [one.weight for one in found] == pytest.approx([weight for weight in weights if weight > -HOPELESS][:5])
    for one in found:
        assert sum(slot[choice][0] for slot, choice in zip(slots, one.choices, strict=True)) == target


def test_a_target_may_be_less_likely_than_another() -> None:
    slots = [[(0, 0.0), (500, 1.0)], [(0, 0.0), (900, 1.0)]]

    found = find_likeliest(slots, [(900, -3.0), (500, -1.0)], limit=9)

    assert [(one.target, one.choices) for one in found] == [(1, (1, 0)), (0, (0, 1))]
    assert [one.weight for one in found] == pytest.approx([-2.0, -4.0])


def test_doubtful_items_are_tried_among_many_sure_ones() -> None:
    random = Random(3)
    amounts = [random.randrange(1_000, 900_000) for _ in range(400)]
    odds = [random.choice([-6.0, -1.0, 0.5, 2.0]) for _ in amounts]
    paid = [odd > 0 for odd in odds]
    for place in random.sample([place for place, odd in enumerate(odds) if odd == 0.5], 3):
        paid[place] = False
    order = sorted(range(400), key=lambda place: abs(odds[place]))
    slots = [[(0, 0.0), (amounts[place], odds[place])] for place in order]

    found = find_likeliest(slots, [(sum(m for m, yes in zip(amounts, paid, strict=True) if yes), 0.0)], limit=3)

    assert len(found) == 3
    assert found[0].weight >= -1.5


def test_equal_amounts_without_end_take_bounded_work() -> None:
    slots = [[(0, 0.0), (4_900, -3.0)] for _ in range(2_000)]
    began = process_time()

    found = find_likeliest(slots, [(9_800, 0.0)], limit=20)

    assert len(found) == 20
    assert process_time() - began < 30, "an endless search, not a slow machine"
    assert HALF_LIMIT <= 1 << 14


def test_nothing_adds_up_to_what_no_item_has() -> None:
    assert find_likeliest([[(0, 0.0), (500, 0.0)]], [(499, 0.0)], limit=3) == []
    assert [one.choices for one in find_likeliest([], [(0, 0.0)], limit=3)] == [()]


def test_no_chance_is_certain() -> None:
    assert log_odds(0.5) == 0
    assert log_odds(1.0) == pytest.approx(11.5, abs=0.1)
    assert log_odds(0.0) == pytest.approx(-11.5, abs=0.1)
