"""Calendar days as whole numbers, so that sums over thousands of invoices are exact and quick.

A day number counts the days since 1970-01-01, as numpy's `datetime64[D]` does. Weekdays count from 0, a Monday.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NEVER = 2**40
"""Stands for a day that has not come: later than every date, and safe to add to."""
WEEK = 7
MONDAY_OF_ZERO = 3
"""1970-01-01 was a Thursday."""
_EPOCH = date(1970, 1, 1)


class MissingDay(ValueError):
    """A column that must hold a day in every row has an empty one."""

    def __init__(self, column: str, rows: int) -> None:
        """Name the column and how many rows are empty."""
        self.column, self.rows = column, rows
        super().__init__(f"{rows} rows have no {column}")


def day_number(day: date) -> int:
    """The number of a day."""
    return (day - _EPOCH).days


def date_of(number: int) -> date:
    """The day of a number."""
    return _EPOCH + timedelta(days=int(number))


def weekday_of(numbers: Days) -> Days:
    """Weekday of every day number, 0 for Monday to 6 for Sunday."""
    return (numbers + MONDAY_OF_ZERO) % WEEK


def month_places(days: Days) -> tuple[Days, Days]:
    """Day of the month from 1, and days until its last day."""
    if not len(days):
        return days, days
    least = int(days.min())
    calendar = pd.DatetimeIndex(as_dates(np.arange(least, int(days.max()) + 1)))
    number = calendar.day.to_numpy(dtype=np.int64)
    left = calendar.days_in_month.to_numpy(dtype=np.int64) - number
    return number[days - least], left[days - least]


def first_monday_after(number: int) -> int:
    """The first Monday strictly after a day."""
    return number + WEEK - (number + MONDAY_OF_ZERO) % WEEK


def as_dates(numbers: Days) -> npt.NDArray[np.datetime64]:
    """Day numbers as `datetime64[s]`, the coarsest unit pandas keeps."""
    dates: npt.NDArray[np.datetime64] = numbers.astype("datetime64[D]").astype("datetime64[s]")
    return dates


def optional_days(column: pd.Series[Any]) -> Days:
    """Day numbers of a column of dates, datetimes or day numbers; empty cells become `NEVER`."""
    missing = column.isna().to_numpy(dtype=bool)
    if missing.all():
        return np.full(len(column), NEVER, dtype=np.int64)
    if pd.api.types.is_numeric_dtype(column):
        numbers = column.fillna(0).to_numpy(dtype=np.int64)
    else:
        filled = pd.to_datetime(column).fillna(pd.Timestamp(_EPOCH))
        numbers = filled.to_numpy(dtype="datetime64[D]").astype(np.int64)
    return np.where(missing, NEVER, numbers)


def required_days(frame: pd.DataFrame, column: str) -> Days:
    """Day numbers of a column without empty cells. Raises MissingDay."""
    numbers = optional_days(frame[column])
    empty = int((numbers == NEVER).sum())
    if empty:
        raise MissingDay(column, empty)
    return numbers


def days_if_there(frame: pd.DataFrame, column: str) -> Days:
    """Day numbers of an optional column; `NEVER` throughout where the frame has no such column."""
    if column in frame.columns:
        return optional_days(frame[column])
    return np.full(len(frame), NEVER, dtype=np.int64)
