"""The plain pandas measurements are the same figures as those they are timed beside."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.plain_moments import COLUMNS, plain_moments
from benchmarks.timing_speed import as_plain, invented_items, measured_at_issue
from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS


def test_plain_pandas_and_ours_measure_the_same() -> None:
    items = invented_items(800, customers=15)

    ours = pd.DataFrame(measured_at_issue(items), columns=list(MOMENT_COLUMNS))
    plain = plain_moments(as_plain(items))

    assert len(COLUMNS) == len(MOMENT_COLUMNS) - 4
    apart = [name for name in COLUMNS if not np.allclose(ours[name], plain[name], rtol=1e-4, atol=1e-4, equal_nan=True)]
    assert apart == []
    assert plain["open_items"].max() > 3
    assert plain["overdue_items"].max() > 1
