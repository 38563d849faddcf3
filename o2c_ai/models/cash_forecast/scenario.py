"""What if everything open were paid later, or one customer paid nothing: the same forecast under such a supposition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.new_business import ISSUING_WEEKS
from o2c_ai.models.cash_forecast.open_items import Timing
from o2c_ai.models.cash_forecast.weeks import sums_by
from o2c_ai.models.payment_timing.days import WEEK, Floats, day_number
from o2c_ai.models.payment_timing.items import known_items


@dataclass(frozen=True, slots=True)
class Scenario:
    """A supposition; without any the forecast is the forecast."""

    late_days: int = 0
    """Everything open is paid so many days later than foreseen."""
    without: Any = None
    """customer_id of one who pays nothing, neither what is open nor what would be invoiced."""

    def timing(self, timing: Timing) -> Timing:
        """The timing supposed."""
        return _Later(timing, self.late_days) if self.late_days else timing

    def paying(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows of customers who pay."""
        return frame if self.without is None else frame[frame["customer_id"] != self.without]

    def new_business_share(self, items: pd.DataFrame, currencies: list[str], as_of: date) -> Floats:
        """(currencies): share of what was invoiced in the last quarter to customers who pay; 1 where nothing was."""
        known = known_items(items, day_number(as_of))
        recent = items.iloc[known.rows[known.issued > known.as_of - ISSUING_WEEKS * WEEK]]
        place = pd.Index(currencies).get_indexer(pd.Index(recent["currency"])).astype(np.int64)
        pays = np.ones(len(recent), np.bool_) if self.without is None else (recent["customer_id"] != self.without)
        amount = recent["amount_minor"].to_numpy(dtype=np.float64)
        total, paying = (sums_by(place, values, 1, len(currencies))[0] for values in (amount, amount * pays))
        share: Floats = np.where(total > 0, paying / np.maximum(total, 1.0), 1.0)
        return share


@dataclass(frozen=True, slots=True)
class _Later:
    """A timing moved so many days into the future."""

    timing: Timing
    days: int

    def distribution(self, open_items: pd.DataFrame, as_of: date, horizon_days: int) -> Floats:
        """As the timing says, that many days later."""
        told = self.timing.distribution(open_items, as_of, horizon_days)
        later: Floats = np.pad(told, ((0, 0), (self.days, 0)))[:, :horizon_days]
        return later
