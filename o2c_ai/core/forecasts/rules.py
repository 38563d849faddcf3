"""Laws of forecasts: a run is stored as it was made and never changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.errors import NotFound

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class PlannedFlow:
    """Money somebody plans to move that no invoice tells of: payroll, rent, a loan."""

    at: int
    """Line in the file, for problems."""
    on: date
    currency: str
    amount_minor: int
    """Signed: negative goes out."""
    label: str


@dataclass(frozen=True, slots=True)
class ForecastWeek:
    """One week of one currency of a forecast run; amounts in minor units."""

    week_start: date
    """A Monday."""
    currency: str
    expected_minor: int
    p10_minor: int
    p90_minor: int
    from_open_items_minor: int
    from_new_business_minor: int
    other_in_minor: int | None
    """Recurring other money in; None where unknown."""
    outflow_minor: int | None
    closing_cash_minor: int | None
    closing_p10_minor: int | None


class UnknownRun(NotFound):
    """No such forecast in this company."""

    def __init__(self, run_id: int) -> None:
        """Name the run."""
        self.run_id = run_id
        super().__init__(f"no forecast {run_id} in this company")
