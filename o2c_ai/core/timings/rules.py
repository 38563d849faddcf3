"""Laws of stored predictions: what is said of one open item on one day."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

SHADOW = " (shadow)"
"""Ends the model version of a prediction that was made silently, to be compared later and used for nothing."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When an open item is expected to be paid, as a model or the rules said on a day."""

    open_item_id: int
    late_ppm: tuple[int, int, int]
    """Probability of payment more than 0, 7 and 30 days after the due date, in millionths."""
    quantiles: tuple[date, date, date]
    """Payment days by which it is paid with 10, 50 and 90 %."""
    expected_days_late_milli: int
    """Expected days after the due date, in thousandths; negative is early."""
    reasons: tuple[str, ...]


class TimingSort(enum.Enum):
    """What predictions are listed by; the column's name."""

    LATE = "p_late_ppm"
    """The chance of being late, the likeliest first."""
    EXPECTED = "p50"
    """The day by which payment is as likely as not."""
