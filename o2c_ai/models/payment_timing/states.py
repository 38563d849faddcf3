"""What was said of an item before: the due date it had, the payment taken back, earlier promises and disputes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, Days, days_if_there, required_days
from o2c_ai.models.payment_timing.events import keys_of


@dataclass(frozen=True, slots=True)
class States:
    """How every item of a frame stood, item by item in the frame's order, each item's oldest state first."""

    rows: Days
    """Position of the item in the frame."""
    issued: Days
    since: Days
    """The first evening it stood so; that of the first state is the evening the item became known."""
    until: Days
    """The first evening it stood otherwise; NEVER for the last state."""
    due: Days
    cleared: Days
    withdrawn: Days

    @property
    def opens(self) -> Days:
        """1 for the first state of an item, 0 for those after it."""
        return np.diff(self.rows, prepend=-1).clip(0, 1)

    @property
    def left(self) -> Days:
        """Day from whose evening on the item was not open in this state any more."""
        return np.minimum(np.minimum(self.cleared, self.withdrawn), self.until)

    def places(self, rows: Days, evenings: Days) -> Days:
        """Place of the state of items, by position in the frame, on evenings; the first one's before it was known."""
        first = np.searchsorted(self.rows, rows)
        found = np.searchsorted(keys_of(self.rows, self.since), keys_of(rows, evenings), side="right") - 1
        return np.maximum(first, found)

    def due_on(self, rows: Days, evenings: Days) -> Days:
        """The due date that stood on the evening."""
        if (self.until == NEVER).all():
            return self.due[rows]
        return self.due[self.places(rows, evenings)]

    def open_on(self, rows: Days, evenings: Days) -> npt.NDArray[np.bool_]:
        """Whether the item was open on the evening."""
        still_open: npt.NDArray[np.bool_] = self.left[self.places(rows, evenings)] > evenings
        return still_open

    def at(self, chosen: Days) -> States:
        """Some of them, in their order."""
        return States(*(getattr(self, name)[chosen] for name in self.__slots__))


def states_of(items: pd.DataFrame) -> States:
    """Every state of the items of a frame (items.py). Raises MissingDay."""
    issued = required_days(items, "issue_date")
    known = np.maximum(issued, required_days(items, "known_on")) if "known_on" in items.columns else issued
    now = (required_days(items, "due_date"), days_if_there(items, "cleared_on"), days_if_there(items, "withdrawn_on"))
    earlier, told = _earlier(items, "earlier_states", 4)
    rows = np.concatenate([earlier, np.arange(len(items))])
    until = np.concatenate([told[0], np.full(len(items), NEVER)])
    columns = [until, *(np.concatenate(pair) for pair in zip(told[1:], now, strict=True))]
    if len(earlier):
        order = np.lexsort((until, rows))
        rows, columns = rows[order], [column[order] for column in columns]
    before = np.where(np.diff(rows, prepend=-1) > 0, -NEVER, np.roll(columns[0], 1))
    states = States(rows, issued[rows], np.maximum(known[rows], before), *columns)
    seen = states.since < states.until
    return states if seen.all() else states.at(np.flatnonzero(seen))


@dataclass(frozen=True, slots=True)
class Spoken:
    """Promises or disputes, each item's oldest first."""

    rows: Days
    """Position of the item."""
    on: Days
    """When the customer promised or objected."""
    until: Days
    """The day promised, or on which the dispute was settled."""

    def by(self, as_of: int) -> Spoken:
        """Those known on an evening."""
        return self.at(np.flatnonzero(self.on <= as_of))

    def at(self, chosen: Days) -> Spoken:
        """Some of them, in their order."""
        return Spoken(self.rows[chosen], self.on[chosen], self.until[chosen])


def promises_of(items: pd.DataFrame) -> Spoken:
    """Every promise a frame of items knows."""
    return _spoken(items, "promised_on", "promised_date", "earlier_promises")


def disputes_of(items: pd.DataFrame) -> Spoken:
    """Every dispute a frame of items knows."""
    return _spoken(items, "disputed_on", "dispute_resolved_on", "earlier_disputes")


def _spoken(items: pd.DataFrame, on: str, until: str, earlier: str) -> Spoken:
    newest = days_if_there(items, on)
    rows, told = _earlier(items, earlier, 2)
    there = np.flatnonzero(newest < NEVER)
    return Spoken(
        np.concatenate([rows, there]),
        np.concatenate([told[0], newest[there]]),
        np.concatenate([told[1], days_if_there(items, until)[there]]),
    )


def _earlier(items: pd.DataFrame, column: str, width: int) -> tuple[Days, Days]:
    """What an optional column of tuples holds: positions (told), and the days (width, told)."""
    if column not in items.columns:
        return np.zeros(0, dtype=np.int64), np.zeros((width, 0), dtype=np.int64)
    cells = items[column].to_numpy()
    filled = np.flatnonzero(cells.astype(np.bool_))
    rows = np.repeat(filled, [len(cells[row]) for row in filled])
    told = [days for row in filled for days in cells[row]]
    return rows, np.array(told, dtype=np.int64).reshape(-1, width).T
