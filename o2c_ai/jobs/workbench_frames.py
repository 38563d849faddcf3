"""Turns what the books say in cents and day numbers into the frames of the workbench."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from o2c_ai.core.money import exponent
from o2c_ai.models.payment_timing.answers import LATE_DAYS
from o2c_ai.models.payment_timing.days import NEVER, Days, as_dates
from o2c_ai.models.payment_timing.evaluation import TimingScore


def named_items(known: pd.DataFrame) -> pd.DataFrame:
    """Items as people name them, indexed by document number. `known` as `items_frame` gives it."""
    frame = pd.DataFrame(
        {
            "number": known["number"],
            "customer": known["customer_code"],
            "currency": known["currency"],
            "amount": units_of(known["amount_minor"], known["currency"]),
            "open": units_of(known["open_minor"], known["currency"]),
            "issue_date": calendar_days(known["issue_date"].to_numpy()),
            "due_date": calendar_days(known["due_date"].to_numpy()),
        }
    )
    return frame.set_index("number")


def calendar_days(numbers: Days) -> Any:  # noqa: ANN401 - an array of days, which pandas' stubs do not know
    """Day numbers as datetime64, empty where the day has not come."""
    return np.where(numbers == NEVER, np.datetime64("NaT", "s"), as_dates(np.where(numbers == NEVER, 0, numbers)))


def units_of(minor: pd.Series[Any], currency: pd.Series[str]) -> pd.Series[float]:
    """Minor units as units of their currency."""
    digits = currency.map({code: exponent(code) for code in currency.unique()})
    units: pd.Series[float] = minor.astype("Float64").astype("float64") / 10.0**digits
    return units


def figure_rows(score: TimingScore) -> dict[str, object]:
    """Figures of a score, those of more than 0, 7 and 30 days late in rows of their own; bins are for a chart."""
    flat: dict[str, object] = {}
    for name, value in asdict(replace(score, calibration=())).items():
        if isinstance(value, tuple):
            late = LATE_DAYS[-len(value) :] if value else ()  # figures of the tails begin with more than 7 days
            flat |= {f"{name} > {days}": one for days, one in zip(late, value, strict=True)}
        else:
            flat[name] = value
    return flat


def matching_rates(judged: pd.DataFrame) -> dict[str, float]:
    """Figures of a back-test of matching, as `Books.backtest_matching` gives it."""
    auto, pays, right = judged["decision"] == "auto", judged["pays"], judged["right"]
    return {
        "lines that pay open items": int(pays.sum()),
        "straight through, of those": float((auto & right)[pays].mean()),
        "best proposal right, of those": float(right[pays].mean()),
        "applied automatically": int(auto.sum()),
        "right, of those": float(right[auto].mean()),
        "lines of other money": int((~pays).sum()),
        "applied automatically, of those": int((auto & ~pays).sum()),
    }
