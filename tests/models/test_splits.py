"""History is split by time: what is learnt from was known by the cutoff, what is tested was asked about after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_validate

from o2c_ai.models.payment_timing.days import NEVER, MissingDay, day_number
from o2c_ai.models.splits import NoDays, RollingOrigin

START = date(2024, 1, 1)
FIRST = day_number(START)
ROWS = st.lists(st.tuples(st.integers(0, 300), st.none() | st.integers(0, 200)), max_size=60)
CUTOFFS = st.lists(st.integers(-5, 320), min_size=1, max_size=4, unique=True)


def days_of(rows: Sequence[tuple[int, int | None]]) -> pd.DataFrame:
    """Days of rows asked about so many days after the start, and answered so many days later if ever."""
    asked = np.array([FIRST + day for day, _ in rows], dtype=np.int64)
    answered = [NEVER if later is None else FIRST + day + later for day, later in rows]
    return pd.DataFrame({"issue_date": asked, "cleared_on": np.array(answered, dtype=np.int64)})


@given(ROWS, CUTOFFS, st.integers(1, 90))
def test_nothing_is_learnt_from_that_was_not_known_and_nothing_tested_that_was(
    rows: list[tuple[int, int | None]], cutoffs: list[int], days: int
) -> None:
    frame = days_of(rows)
    splitter = RollingOrigin([START + timedelta(days=cutoff) for cutoff in cutoffs], days)

    splits = list(splitter.split(frame))

    assert len(splits) == splitter.get_n_splits() == len(cutoffs)
    for cutoff, (known, later) in zip(sorted(cutoffs), splits, strict=True):
        assert (frame["cleared_on"].iloc[known] <= FIRST + cutoff).all()
        assert (frame["issue_date"].iloc[known] <= FIRST + cutoff).all()
        assert frame["issue_date"].iloc[later].between(FIRST + cutoff + 1, FIRST + cutoff + days).all()
        told = {place for place, (asked, after) in enumerate(rows) if after is not None and asked + after <= cutoff}
        assert set(known.tolist()) == told
        assert not set(known.tolist()) & set(later.tolist())


def test_what_came_after_the_cutoff_changes_nothing_that_is_learnt_from() -> None:
    rows = [(day, 20) for day in range(100)]
    splitter = RollingOrigin([START + timedelta(days=50)], 30)

    ((before, _),) = splitter.split(days_of(rows))
    ((after, _),) = splitter.split(days_of([(day, 20 if day + 20 <= 50 else None) for day in range(100)]))

    assert before.tolist() == after.tolist() == list(range(31))


def test_scikit_learn_splits_by_it_and_never_sees_the_days() -> None:
    rng = np.random.default_rng(3)
    frame = days_of([(int(day), 10) for day in rng.integers(0, 200, 400)])
    features = pd.DataFrame({"a": rng.normal(size=400), "b": rng.normal(size=400)})
    late = (features["a"] + rng.normal(scale=0.3, size=400) > 0).to_numpy()
    splitter = RollingOrigin([START + timedelta(days=day) for day in (80, 120)], 40)

    told = cross_validate(LogisticRegression(), features, late, groups=frame, cv=splitter, return_indices=True)

    assert (told["test_score"] > 0.8).all()
    assert [len(known) for known in told["indices"]["train"]] == [
        int((frame["cleared_on"] <= FIRST + day).sum()) for day in (80, 120)
    ]


def test_dates_and_empty_cells_are_days_as_well() -> None:
    frame = pd.DataFrame({"asked": [START, START + timedelta(days=9)], "told": [START + timedelta(days=3), None]})
    splitter = RollingOrigin([START + timedelta(days=4)], 5, asked="asked", answered="told")

    ((known, later),) = splitter.split(frame)

    assert (known.tolist(), later.tolist()) == ([0], [1])


def test_rows_without_days_are_refused() -> None:
    splitter = RollingOrigin([START])

    with pytest.raises(NoDays, match="issue_date and cleared_on"):
        next(splitter.split(np.zeros((3, 2))))
    with pytest.raises(NoDays):
        next(splitter.split(pd.DataFrame({"issue_date": [START]})))
    with pytest.raises(MissingDay):
        next(splitter.split(pd.DataFrame({"issue_date": [None, START], "cleared_on": [START, None]})))
