"""A small invented book of some payers with habits, as day numbers: enough to learn from, in seconds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, day_number
from tests.models.payment_timing.invented import MONDAY

FIRST = day_number(MONDAY)


def book(items: int, *, days: int = 300, payers: int = 12, seed: int = 5) -> pd.DataFrame:
    """Items whose payers are early, punctual or late, pay on their own weekday, and now and then forget one."""
    rng = np.random.default_rng(seed)
    payer = rng.integers(0, payers, items)
    issued = FIRST + np.sort(rng.integers(0, days, items))
    due = issued + rng.choice([7, 14, 30], items)
    late = (payer % 4) * 4 - 4 + rng.integers(-2, 4, items) + np.where(rng.random(items) < 0.05, 40, 0)
    cleared = np.maximum(due + late, issued + 1)
    cleared += (payer % 5 - (cleared + 3) % 7) % 7
    cleared = np.where(rng.random(items) < 0.03, NEVER, cleared)
    withdrawn = np.where((cleared == NEVER) & (rng.random(items) < 0.5), due + 20, NEVER)
    promised = np.where(rng.random(items) < 0.05, due + 3, NEVER)
    return pd.DataFrame(
        {
            "item_id": np.arange(items),
            "customer_id": payer,
            "currency": "EUR",
            "issue_date": issued,
            "due_date": due,
            "amount_minor": rng.integers(1_000, 90_000, items) // 10_000 * 10_000 + 1_000,
            "open_minor": 0,
            "cleared_on": cleared,
            "withdrawn_on": withdrawn,
            "disputed_on": np.where(rng.random(items) < 0.05, due + 1, NEVER),
            "dispute_resolved_on": NEVER,
            "promised_on": promised,
            "promised_date": np.where(promised == NEVER, NEVER, promised + 4),
        }
    )


def cut(items: pd.DataFrame, evening: int) -> pd.DataFrame:
    """What the books held on an evening: later items are not in them, later days have not come."""
    known = items[items["issue_date"] <= evening].copy()
    for column in ("cleared_on", "withdrawn_on", "disputed_on", "promised_on"):
        known[column] = known[column].where(known[column] <= evening, NEVER)
    known["promised_date"] = known["promised_date"].where(known["promised_on"] != NEVER, NEVER)
    return known
