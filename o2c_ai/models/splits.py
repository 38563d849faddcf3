"""Splits history by time, as a back-test must: learn from what was known on an evening, test on what was issued later.

A row is something asked about on a day and answered on a later one: an invoice and its payment, say. Learning may only
see rows whose answer had come by the cutoff, and tests only rows asked about after it; nothing else is a fair test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from o2c_ai.models.payment_timing.days import Days, day_number, optional_days, required_days

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RollingOrigin:
    """One split for each cutoff, in order of time; goes where scikit-learn takes a splitter (`cross_validate(cv=…)`).

    The days of the rows stand in `groups`, a frame of one row for each of X, so that no day of the future need be
    among the features; without `groups` they are read from X itself.
    """

    cutoffs: Sequence[date]
    """Learning knows what was known on the evening of each."""
    days: int = 61
    """Tests are the rows asked about so many days after it, at most."""
    asked: str = "issue_date"
    """Column of the day a row is asked about; days as in payment_timing/items.py."""
    answered: str = "cleared_on"
    """Column of the day its answer came; empty where none has come."""

    def split(
        self,
        X: pd.DataFrame | npt.ArrayLike,
        y: object = None,  # noqa: ARG002 - scikit-learn's contract
        groups: pd.DataFrame | None = None,
    ) -> Iterator[tuple[Days, Days]]:
        """Positions to learn from and to test on, for each cutoff. Raises MissingDay, NoDays."""
        frame = X if groups is None else groups
        if not isinstance(frame, pd.DataFrame) or not {self.asked, self.answered} <= set(frame.columns):
            raise NoDays(self.asked, self.answered)
        asked, answered = required_days(frame, self.asked), optional_days(frame[self.answered])
        for cutoff in sorted(self.cutoffs):
            number = day_number(cutoff)
            known, later = known_by(number, asked, answered), asked_after(number, asked, self.days)
            yield np.flatnonzero(known), np.flatnonzero(later)

    def get_n_splits(self, X: Any = None, y: object = None, groups: object = None) -> int:  # noqa: ANN401, ARG002 - scikit-learn's contract
        """How many splits there are."""
        return len(self.cutoffs)


class NoDays(ValueError):
    """The days of the rows were neither in `groups` nor in X."""

    def __init__(self, asked: str, answered: str) -> None:
        """Name the columns that are needed."""
        super().__init__(f"give a frame with the columns {asked} and {answered} as groups")


def known_by(cutoff: int, asked: Days, answered: Days) -> Mask:
    """Rows asked about by the evening of a day number whose answer had come by then."""
    known: Mask = (asked <= cutoff) & (answered <= cutoff)
    return known


def asked_after(cutoff: int, asked: Days, days: int) -> Mask:
    """Rows asked about in the so many days after a day number."""
    later: Mask = (asked > cutoff) & (asked <= cutoff + days)
    return later
