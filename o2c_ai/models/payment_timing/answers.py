"""Reads a curve of an item's chance to be unpaid: how likely it is late, between which days it is paid, and why."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.curves import YEAR, Questions, first_days, interval_of
from o2c_ai.models.payment_timing.days import Floats, as_dates
from o2c_ai.models.payment_timing.items import KnownItems
from o2c_ai.models.payment_timing.reasons import reasons_of

LATE_DAYS = (0, 7, 30)
"""Thresholds: paid more than this many days after the due date."""
HALF = 0.5


def summary_of(unpaid: Floats, asked: Questions, tail: float) -> Floats:
    """(questions, 7): three chances of being late, three payment days as numbers, expected days late."""
    start, latest = first_days(asked), asked.as_of + YEAR
    columns = []
    rows = np.arange(len(unpaid))
    for days in LATE_DAYS:
        place = asked.due + days - start
        columns.append(np.where(place < 0, 1.0, unpaid[rows, np.clip(place, 0, YEAR - 1)]))
    first, last, _ = interval_of(unpaid, tail)
    dates = [np.minimum(start + place, latest) for place in (first, (unpaid > HALF).sum(axis=1), last)]
    mean = np.minimum(start + unpaid.sum(axis=1), latest) - asked.due
    return np.column_stack([*columns, *dates, mean])


def answer_of(
    open_items: pd.DataFrame, known: KnownItems, told: Floats, sentences: dict[Hashable, str]
) -> pd.DataFrame:
    """The summaries of open items as a frame in their order and with their index, with reasons."""
    frame = pd.DataFrame(
        {"item_id": open_items["item_id"], "customer_id": open_items["customer_id"]}, index=open_items.index
    )
    for column, name in enumerate(("p_late", "p_late_7", "p_late_30")):
        frame[name] = told[:, column]
    for column, name in enumerate(("p10", "p50", "p90"), start=len(LATE_DAYS)):
        frame[name] = as_dates(told[:, column].astype(np.int64))
    frame["expected_days_late"] = told[:, -1]
    frame["reasons"] = pd.Series(reasons_of(known, sentences), index=open_items.index, dtype=object)
    return frame


def placed(unpaid: Floats, asked: Questions, horizon_days: int) -> Floats:
    """(questions, horizon_days): chance of payment on each of the days as_of + 1 … as_of + horizon_days."""
    paid = -np.diff(unpaid[:, :horizon_days], axis=1, prepend=1.0)
    shift = np.minimum(first_days(asked) - asked.as_of - 1, horizon_days)
    source = np.arange(horizon_days) - shift[:, None]
    placed_: Floats = np.where(source >= 0, np.take_along_axis(paid, np.maximum(source, 0), axis=1), 0.0)
    return placed_
