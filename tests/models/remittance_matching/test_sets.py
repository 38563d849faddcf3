"""A search for sets of items finds every set that adds up, and says how many there are."""

from __future__ import annotations

from itertools import product
from random import Random
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.models.remittance_matching import sets
from o2c_ai.models.remittance_matching.sets import find_sets

amounts = st.integers(-30, 30)
slots_of_choices = st.lists(st.lists(amounts, min_size=1, max_size=3, unique=True), min_size=1, max_size=7)


@given(slots=slots_of_choices, target=st.integers(-60, 60))
def test_every_set_is_found_that_trying_all_of_them_finds(slots: list[list[int]], target: int) -> None:
    all_of_them = [
        tuple(slot.index(amount) for slot, amount in zip(slots, chosen, strict=True))
        for chosen in product(*slots)
        if sum(chosen) == target
    ]
    search = find_sets(slots, [target], limit=10_000)
    assert search.complete
    assert search.count == len(all_of_them)
    assert sorted(picks for _, picks in search.found) == sorted(all_of_them)


@given(slots=slots_of_choices, targets=st.lists(amounts, max_size=3, unique=True), limit=st.integers(0, 4))
def test_the_count_is_whole_even_where_few_are_wanted(slots: list[list[int]], targets: list[int], limit: int) -> None:
    search = find_sets(slots, targets, limit=limit)
    assert search.count == sum(sum(chosen) in targets for chosen in product(*slots))
    assert len(search.found) == min(limit, search.count)


@given(slots=slots_of_choices, targets=st.lists(amounts, max_size=3, unique=True), limit=st.integers(0, 4))
def test_few_combinations_are_tried_in_the_order_that_many_are_searched(
    slots: list[list[int]], targets: list[int], limit: int
) -> None:
    with patch.object(sets, "FEW", 0):
        searched = find_sets(slots, targets, limit)
    assert find_sets(slots, targets, limit) == searched


def test_five_of_twenty_five_invoices_are_found_by_their_sum() -> None:
    random = Random(7)
    invoices = [random.randrange(1_000, 900_000) for _ in range(25)]
    chosen = (2, 7, 11, 19, 24)
    search = find_sets([[0, amount] for amount in invoices], [sum(invoices[place] for place in chosen)])
    assert chosen in [tuple(place for place, pick in enumerate(picks) if pick) for _, picks in search.found]


def test_the_target_that_was_hit_is_named() -> None:
    assert find_sets([[0, 500]], [900, 500]).found == ((1, (1,)),)


def test_a_search_that_would_take_too_long_is_not_made() -> None:
    search = find_sets([[0, amount] for amount in range(1, 200)], [100])
    assert not search.complete
    assert search.count == 0


def test_sums_beyond_what_the_machine_counts_in_are_not_made() -> None:
    assert not find_sets([[10**18]] * 5, [5 * 10**18]).complete


def test_without_slots_or_targets_there_is_nothing_to_find() -> None:
    assert not find_sets([], [1]).complete
    assert not find_sets([[1]], []).complete
