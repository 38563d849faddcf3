"""What a forecast of cash has to beat: plain readings of open items, the mean of eight weeks, and statsforecast."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.peer_splink import CannotInstall, installed
from o2c_ai.models.cash_forecast.weeks import WEEKS, Horizon, past_weeks
from o2c_ai.models.payment_timing.days import WEEK, Days, day_number
from o2c_ai.models.payment_timing.items import KnownItems, known_items

Floats = npt.NDArray[np.float64]
PROGRAM = Path(__file__).with_name("statsforecast_program.py")
PACKAGES = ("statsforecast==2.1.1",)
MEAN = "mean of 8 weeks"
MEAN_WEEKS = 8


def pays_on_due_date(known: KnownItems) -> list[tuple[Days, Floats]]:
    """Days and chances for each open item: the due date."""
    return [(known.due[[row]], np.ones(1)) for row in np.flatnonzero(known.is_open)]


def pays_late_as_usual(known: KnownItems) -> list[tuple[Days, Floats]]:
    """The due date and the customer's mean days late, of payments known by then; the book's for new customers."""
    late = _days_late(known)
    usual, book = late.groupby(level=0).mean(), late.mean()
    means = known.customers[known.is_open].map(usual).fillna(book).round().astype(np.int64).to_numpy()
    return [
        (known.due[[row]] + mean, np.ones(1)) for row, mean in zip(np.flatnonzero(known.is_open), means, strict=True)
    ]


def pays_as_before(known: KnownItems) -> list[tuple[Days, Floats]]:
    """Any of the customer's past days late, each as likely, of those still to come; the book's for new customers."""
    late = _days_late(known)
    own = {customer: days.to_numpy() for customer, days in late.groupby(level=0)}
    told = []
    for row in np.flatnonzero(known.is_open):
        days = known.due[row] + own.get(known.customers.iloc[row], late.to_numpy())
        coming = days[days > known.as_of]
        told.append((coming, np.full(len(coming), 1 / max(len(coming), 1))))
    return told


def _days_late(known: KnownItems) -> pd.Series[int]:
    late = (known.last_seen - known.due)[known.paid]
    return pd.Series(late, index=known.customers.to_numpy()[known.paid])


READINGS: dict[str, Callable[[KnownItems], list[tuple[Days, Floats]]]] = {
    "pays on the due date": pays_on_due_date,
    "due date and customer's lateness": pays_late_as_usual,
    "customer's past days late": pays_as_before,
}
"""Of open items; what should have been paid already is paid on the first Monday."""


def read_open_items(reading: str, items: pd.DataFrame, origin: date) -> Floats:
    """(weeks): minor units that the items open on a day bring, one currency."""
    known, horizon = known_items(items, day_number(origin)), Horizon.after(origin, WEEKS)
    amounts = items["amount_minor"].to_numpy(dtype=np.float64)[known.rows[known.is_open]]
    flows = np.zeros(WEEKS)
    for amount, (days, chances) in zip(amounts, READINGS[reading](known), strict=True):
        week = np.maximum(days - horizon.first_monday, 0) // WEEK if len(days) else np.zeros(1, dtype=np.int64)
        inside = week < WEEKS
        np.add.at(flows, week[inside], amount * (chances if len(days) else np.ones(1))[inside])
    return flows


def past_receipts(receipts: pd.DataFrame, currency: str, origin: date, first: date) -> Floats:
    """Receipts of whole weeks up to the evening of a day, the earliest first."""
    today = day_number(origin)
    weeks = past_weeks(receipts, [currency], today, day_number(first), (today - day_number(first)) // WEEK + 1)
    earliest_first: Floats = weeks[0][::-1]
    return earliest_first


def statsforecast(past: Mapping[date, Floats], scratch: Path) -> dict[str, dict[date, Floats]]:
    """Method → origin → (weeks); empty with a word where statsforecast cannot be had."""
    try:
        python = installed(scratch, PACKAGES)
    except CannotInstall as error:
        print(f"forecast: statsforecast left out, {error}")
        return {}
    longest = max(map(len, past.values()))
    with (scratch / "weeks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([origin.isoformat() for origin in past])
        writer.writerows(
            [series[row] if row < len(series) else "" for series in past.values()] for row in range(longest)
        )
    subprocess.run([python, PROGRAM, scratch], check=True)
    told = pd.read_csv(scratch / "told.csv")
    return {
        str(method): {
            date.fromisoformat(str(series)): mine.sort_values("week")["expected"].to_numpy(dtype=np.float64)
            for series, mine in rows.groupby("series")
        }
        for method, rows in told.groupby("method")
    }


def mean_of_eight(past: Mapping[date, Floats]) -> dict[date, Floats]:
    """Origin → (weeks): the mean of the last eight weeks."""
    return {origin: np.full(WEEKS, float(series[-MEAN_WEEKS:].mean())) for origin, series in past.items()}


def origins_between(first: date, last: date) -> Sequence[date]:
    """A day each week, from the first to the last."""
    return [day.date() for day in pd.date_range(first, last, freq="7D")]
