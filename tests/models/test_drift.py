"""The stability index: nothing for the same columns, much for others, and known by hand where it can be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from o2c_ai.models.drift import Reference, Sample, moved, reference_of, references, stability

SPREAD = np.random.default_rng(1).normal(size=5_000)
ROWS = np.arange(5_000)


def test_bins_of_training_hold_about_as_many_each() -> None:
    reference = reference_of(SPREAD, ROWS)

    assert reference.counts == (*[500] * 10, 0)
    assert list(reference.edges) == sorted(reference.edges)


def test_the_index_is_what_the_formula_says() -> None:
    then = Reference((0.0,), (60, 40, 0))
    now = np.array([-1.0] * 30 + [1.0] * 70)

    shares = [((60.5, 30.5), 101.5), ((40.5, 70.5), 101.5), ((0.5, 0.5), 101.5)]
    expected = sum((b / n - a / n) * math.log(b / a) for (a, b), n in shares)
    assert stability(then, now) == pytest.approx(expected)


def test_the_same_world_has_not_moved_and_another_has() -> None:
    reference, again = reference_of(SPREAD, ROWS), np.random.default_rng(2).normal(size=2_000)

    assert stability(reference, SPREAD) == pytest.approx(0, abs=1e-9)
    assert stability(reference, again) < 0.05
    assert stability(reference, again + 1) > 0.25
    assert stability(reference, again[:0]) < stability(reference, again + 3)


def test_values_that_were_missing_count_as_a_bin_of_their_own() -> None:
    reference = reference_of(SPREAD, ROWS)
    gone = np.where(np.arange(5_000) % 2 == 0, np.nan, SPREAD)

    assert reference_of(gone, ROWS).counts[-1] == 2_500
    assert stability(reference, gone) > 1


def test_yes_and_no_are_two_bins() -> None:
    some = np.array([0.0] * 70 + [1.0] * 30)

    told = references(Sample({"known": some}, np.arange(100)))["known"]

    assert [count for count in told.counts if count] == [70, 30]
    assert stability(told, 1 - some) > 0.25


def test_chance_alone_adds_what_the_number_of_bins_and_rows_makes_of_it() -> None:
    assert reference_of(SPREAD, ROWS).by_chance == pytest.approx(9 / 5_000, rel=0.01)
    assert moved(reference_of(SPREAD, ROWS), SPREAD, ROWS) == 0


def test_rows_of_one_owner_count_as_one() -> None:
    draw, owners = np.random.default_rng(3), np.arange(600) % 30
    then, now = (draw.normal(size=30)[owners] for _ in range(2))
    reference = reference_of(then, owners)

    assert reference.by_chance == pytest.approx(9 / 29)
    assert moved(reference, now, owners) < stability(reference, now) - 0.5
    assert moved(reference, now + 3, owners) > 1


def test_of_one_owner_every_row_counts() -> None:
    alone = reference_of(SPREAD, ROWS * 0)

    assert alone.by_chance == reference_of(SPREAD, ROWS).by_chance
    assert reference_of(SPREAD[:1], ROWS[:1]).by_chance == 0
