"""What the timing judges read of items on their issue days, to be held against what they read in training."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from o2c_ai.models.drift import Sample
from o2c_ai.models.payment_timing.as_of_features import GROUPS, GROWING, MOMENT_COLUMNS, measure_moments, moments_of
from o2c_ai.models.payment_timing.days import day_number
from o2c_ai.models.payment_timing.history import read_history
from o2c_ai.models.payment_timing.items import known_items

LEFT_OUT = GROWING | {*GROUPS["payer"], *GROUPS["book"]}
"""What grows with the books themselves, names, and what is one number for all items of a day."""
RAW = ("terms", "days_to_due", "amount")
"""What stands on the invoice itself: nothing else in the books makes it move."""


def features_at_issue(items: pd.DataFrame, since: date, until: date) -> Sample:
    """What is measured of every item issued in the days after `since`, on the day it became known, and its payer."""
    known = known_items(items, day_number(until))
    rows = np.flatnonzero(known.issued > day_number(since))
    history = read_history(items)
    asked = moments_of(known, items, history, pd.Index([]), rows, evenings=known.known_on[rows])
    measured = measure_moments(history, asked).astype(np.float64)
    columns = {name: measured[:, place] for place, name in enumerate(MOMENT_COLUMNS) if name not in LEFT_OUT}
    return Sample(columns, asked.owners)
