"""What the timing judges read of items on their issue days, to be held against what they read in training."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, measure_moments, moments_of
from o2c_ai.models.payment_timing.days import day_number
from o2c_ai.models.payment_timing.hazard import Floats
from o2c_ai.models.payment_timing.history import read_history
from o2c_ai.models.payment_timing.items import known_items

GROWING = {"payer", "paid_before", "issued_before", "alike_paid", "disputed_before", "promised_before", "broken_before"}
"""Names and counts that grow with the books themselves: they move although nothing has changed."""
OF_THE_BOOK = "book_"
"""Columns that are one number for all items of a day: they tell the season, not how items are spread."""


def features_at_issue(items: pd.DataFrame, since: date, until: date) -> dict[str, Floats]:
    """Column → its value for every item issued after `since`, up to `until`, as known on its issue day."""
    known = known_items(items, day_number(until))
    rows = np.flatnonzero(known.issued > day_number(since))
    history = read_history(items)
    asked = moments_of(known, items, history, pd.Index([]), rows, evenings=known.issued[rows])
    measured = measure_moments(history, asked).astype(np.float64)
    kept = (name for name in MOMENT_COLUMNS if name not in GROWING and not name.startswith(OF_THE_BOOK))
    return {name: measured[:, MOMENT_COLUMNS.index(name)] for name in kept}
