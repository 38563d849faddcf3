"""Days as numbers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.models.payment_timing.days import (
    NEVER,
    MissingDay,
    as_dates,
    date_of,
    day_number,
    first_monday_after,
    optional_days,
    required_days,
    weekday_of,
)

KINDS = {
    "dates": pd.Series([date(2024, 2, 29), None]),
    "timestamps": pd.Series([pd.Timestamp("2024-02-29"), pd.NaT]),
    "numbers": pd.Series([19_782.0, np.nan]),
    "nullable numbers": pd.Series([19_782, None], dtype="Int64"),
    "numbers with a sign for never": pd.Series([19_782, NEVER]),
}


@pytest.mark.parametrize("column", KINDS.values(), ids=KINDS.keys())
def test_a_day_is_the_same_however_it_is_written(column: pd.Series) -> None:
    assert optional_days(column).tolist() == [day_number(date(2024, 2, 29)), NEVER]


def test_a_column_without_any_day_is_never_throughout() -> None:
    assert optional_days(pd.Series([None, None])).tolist() == [NEVER, NEVER]


def test_a_missing_due_date_is_refused_with_the_number_of_rows() -> None:
    with pytest.raises(MissingDay, match="1 rows have no due_date"):
        required_days(pd.DataFrame({"due_date": [date(2024, 1, 1), None]}), "due_date")


@given(st.dates())
def test_numbers_keep_date_and_weekday(day: date) -> None:
    number = day_number(day)

    assert date_of(number) == day
    assert weekday_of(np.array([number])).tolist() == [day.weekday()]


@given(st.dates(max_value=date(9000, 1, 1)))
def test_the_first_monday_is_strictly_after_the_day(day: date) -> None:
    monday = date_of(first_monday_after(day_number(day)))

    assert monday.weekday() == 0
    assert 1 <= (monday - day).days <= 7


def test_numbers_become_dates_for_the_frame() -> None:
    assert as_dates(np.array([0, 31])).tolist() == [pd.Timestamp("1970-01-01"), pd.Timestamp("1970-02-01")]
