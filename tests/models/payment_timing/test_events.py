"""Dated events: what was known of an owner's events on an evening, counted, summed and looked at one by one."""

from __future__ import annotations

import numpy as np
import pytest

from o2c_ai.models.payment_timing.days import NEVER, Days
from o2c_ai.models.payment_timing.events import Dated, Known, distinct

OWNERS, DAYS, VALUES = (
    np.array(column) for column in zip((1, 10, 5), (1, 20, -3), (2, 15, 7), (1, 20, -9), strict=True)
)


def known(owner: int, evening: int, *, ranked: bool = False) -> Known:
    """What was known of one owner on one evening."""
    return Dated(OWNERS, DAYS, VALUES, ranked=ranked).known(np.array([owner]), np.array([evening]))


@pytest.mark.parametrize(
    ("owner", "evening", "count", "total"), [(1, 9, 0, 0), (1, 10, 1, 5), (1, 99, 3, -7), (2, 99, 1, 7)]
)
def test_events_count_from_their_own_evening_on(owner: int, evening: int, count: int, total: int) -> None:
    """Nothing that came later, nothing of another owner."""
    assert [column.tolist() for column in known(owner, evening).total()] == [[count], [total]]


def test_a_length_leaves_out_what_is_older() -> None:
    """The days that end on the evening, both ends counted."""
    assert [known(1, 20).count(length).tolist() for length in (10, 11)] == [[2], [3]]


def test_newest_events_come_first_those_of_one_day_from_the_greatest() -> None:
    """Where there were fewer, there is nothing."""
    assert known(1, 99, ranked=True).newest(4)[0, :3].tolist() == [-3, -9, 5]
    assert np.isnan(known(1, 99, ranked=True).newest(4)[0, 3])


def test_squares_are_summed_and_the_last_day_is_told() -> None:
    """Of an owner without events there is none."""
    assert known(1, 20, ranked=True).squares().tolist() == [25 + 9 + 81]
    assert [known(owner, 20).last_day().tolist() for owner in (1, 2, 3)] == [[20], [15], [NEVER]]


def test_events_that_never_came_are_left_out() -> None:
    """A day that is never is no day."""
    events = Dated(np.array([1, 1]), np.array([5, NEVER]))
    assert events.known(np.array([1]), np.array([99])).count().tolist() == [1]


def test_questions_are_answered_in_any_order(rng: np.random.Generator) -> None:
    """Owners in a row are looked up once; the answers are those of asking one by one."""
    owners, days = rng.integers(0, 5, 200), rng.integers(0, 50, 200)
    asked, evenings = rng.integers(0, 6, 100), rng.integers(0, 50, 100)
    told = Dated(owners, days).known(asked, evenings).count()
    assert told.tolist() == [
        int(((owners == one) & (days <= day)).sum()) for one, day in zip(asked, evenings, strict=True)
    ]


def test_distinct_values_ascend() -> None:
    """Of none there are none."""
    nothing: Days = np.zeros(0, dtype=np.int64)
    assert distinct(np.array([3, 1, 3])).tolist() == [1, 3]
    assert distinct(nothing).tolist() == []


@pytest.fixture
def rng() -> np.random.Generator:
    """The same draws each time."""
    return np.random.default_rng(1)
