"""How well weekly receipts are foreseen, out of time, beside plain readings, the mean of 8 weeks and statsforecast.

`python -m benchmarks forecast` judges every set, `python -m benchmarks.forecast ibm` one.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import cash_scores as scores
from benchmarks.cash_rivals import MEAN, READINGS, mean_of_eight, origins_between, past_receipts, read_open_items
from benchmarks.cash_rivals import statsforecast as foresee_apart
from benchmarks.cash_scores import Band, Floats
from benchmarks.results import record, shared_folder
from benchmarks.timing_sets import DEMO, HIGHRADIUS, IBM, TimingSet, booked, demo, ibm
from o2c_ai.models.cash_forecast.evaluation import open_items_outcome
from o2c_ai.models.cash_forecast.forecast import forecast_cash
from o2c_ai.models.cash_forecast.open_items import LearnTiming, Timing, day_one_timing
from o2c_ai.models.cash_forecast.past import Told
from o2c_ai.models.cash_forecast.weeks import WEEKS, Horizon, receipts_of, received
from o2c_ai.models.payment_timing.estimator import LearnedTiming, Learnt
from o2c_ai.models.payment_timing.training import TooLittleHistory, train

OURS = "this forecast"
BANDS = ((1, 4), (5, 8), (9, 13))
"""First and last of the weeks ahead that are judged together."""
RETRAINED_DAYS = 56
"""The learned timing is trained anew every eight weeks, on what was known that evening."""


@dataclass(frozen=True)
class Case:
    """A set and how it is judged."""

    name: str
    items: pd.DataFrame
    """Of one currency, knowing all that came."""
    currency: str
    first_week: date
    """A Monday: weekly receipts count from here."""
    bands: tuple[Band, ...]

    @property
    def origins(self) -> list[date]:
        """All days forecasts are made."""
        return sorted({origin for band in self.bands for origin in band.origins})


def run(*names: str) -> None:
    """Judge every set that is there, or those named."""
    for name, read in CASES.items():
        case = read() if name in names or not names else None
        if case is not None:
            judge(case)
        elif not names:
            print(f"forecast {name}: not beside this checkout, skipped")


def highradius() -> Case | None:
    """Fridays from 2019-04-26 on, as far as the weeks ahead had come by 2019-11-01; None where it is not there."""
    folder = shared_folder(HIGHRADIUS)
    if folder is None:
        return None
    items = booked(folder, date(2019, 11, 1), "USD")
    dollars = items[items["currency"] == "USD"].reset_index(drop=True)
    lasts = (date(2019, 10, 4), date(2019, 8, 30), date(2019, 8, 2))
    bands = tuple(
        Band(first, last, origins_between(date(2019, 4, 26), end))
        for (first, last), end in zip(BANDS, lasts, strict=True)
    )
    return Case(HIGHRADIUS, dollars, "USD", date(2019, 2, 4), bands)


def ibm_case() -> Case | None:
    """Fridays from the second year on, as far as the weeks ahead had come by the end; None where it is not there."""
    found = ibm()
    return None if found is None else _until_known(found, "USD", date(2012, 1, 2), date(2013, 1, 4))


def demo_case() -> Case:
    """The demo's company in its own currency, from its second half year on."""
    return _until_known(demo(), "EUR", date(2025, 9, 1), date(2026, 3, 6))


def _until_known(found: TimingSet, currency: str, first_week: date, first_origin: date) -> Case:
    """Fridays from one on, for each band as far as its weeks had come by the day everything is known."""
    items = found.items[found.items["currency"] == currency].reset_index(drop=True)
    bands = tuple(
        Band(first, last, origins_between(first_origin, found.known_until - timedelta(weeks=last)))
        for first, last in BANDS
    )
    return Case(found.name, items, currency, first_week, bands)


CASES: dict[str, Callable[[], Case | None]] = {HIGHRADIUS: highradius, IBM: ibm_case, DEMO: demo_case}


def judge(case: Case) -> None:
    """Score the case, print the figures and keep them among the results."""
    ours, figures = tell(case), {}
    actual, receipts = {}, receipts_of(case.items)
    for origin in case.origins:
        actual[origin] = received(receipts, [case.currency], Horizon.after(origin, WEEKS))[0, 1:]
    past = {origin: past_receipts(receipts, case.currency, origin, case.first_week) for origin in case.origins}
    with tempfile.TemporaryDirectory() as scratch:
        rivals = {MEAN: mean_of_eight(past), **foresee_apart(past, Path(scratch))}
    figures = {
        "open items": _open_items(case, ours["from_open_items_minor"]),
        **{f"all receipts {band}": _band(ours, rivals, actual, band) for band in case.bands},
        "all receipts in total": _totals(ours, rivals, actual, case.bands),
    }
    for name, found in figures.items():
        print(f"forecast {case.name}, {name}: {json.dumps(found)}")
        record(f"forecast {case.name} {name}", found)


def tell(case: Case) -> dict[str, dict[date, Floats]]:
    """Column of the forecast → origin → (weeks), each made with what was known that evening."""
    columns = ("expected_minor", "p10_minor", "p90_minor", "from_open_items_minor")
    told: dict[str, dict[date, Floats]] = {name: {} for name in columns}
    past: dict[int, Told] = {}
    learn_timing = retrained(case)
    for origin in case.origins:
        weeks = forecast_cash(case.items, origin, learn_timing=learn_timing, told=past).weeks
        for name in columns:
            told[name][origin] = weeks[name].to_numpy(dtype=np.float64)
        print(f"forecast {case.name}: as of {origin}", file=sys.stderr)
    return told


def retrained(case: Case) -> LearnTiming:
    """The learned timing as a company has it: trained anew every eight weeks, and served where it beat the rules.

    A version that did no better is passed over, and the one before goes on serving; before the first the rules do.
    """
    versions: dict[date, Learnt] = {}
    for day in case.origins[:: RETRAINED_DAYS // 7]:
        try:
            trained = train(case.items, day)
        except TooLittleHistory:
            continue
        if trained.beats_rules:
            versions[day] = trained.learnt
        print(f"forecast {case.name}: trained as of {day}, beats the rules {trained.beats_rules}", file=sys.stderr)

    def learn_timing(items: pd.DataFrame, day: date) -> Timing:
        known = [trained for trained in versions if trained <= day]
        return LearnedTiming(versions[max(known)]).fit(items, day) if known else day_one_timing(items, day)

    return learn_timing


def _open_items(case: Case, ours: dict[date, Floats]) -> dict[str, object]:
    band = case.bands[0]
    actual = {
        origin: open_items_outcome(case.items, origin, WEEKS)["actual_minor"].to_numpy(dtype=np.float64)
        for origin in band.origins
    }
    figures: dict[str, object] = {OURS: round(scores.wape(ours, actual, band), 4)}
    for reading in READINGS:
        told = {origin: read_open_items(reading, case.items, origin) for origin in band.origins}
        theirs = scores.wape(told, actual, band)
        figures[reading] = round(theirs, 4)
        figures[f"of {reading}"] = round(scores.wape(ours, actual, band) / theirs, 3)
    return figures


def _band(
    ours: dict[str, dict[date, Floats]],
    rivals: dict[str, dict[date, Floats]],
    actual: dict[date, Floats],
    band: Band,
) -> dict[str, object]:
    mine = ours["expected_minor"]
    figures: dict[str, object] = {"origins": len(band.origins), OURS: round(scores.wape(mine, actual, band), 4)}
    for name, told in rivals.items():
        figures[name] = round(scores.wape(told, actual, band), 4)
        figures[f"beside {name}"] = scores.beside(mine, told, actual, band)
    covered = scores.coverage(ours["p10_minor"], ours["p90_minor"], actual, band)
    return figures | dict(zip(("covered", "at least", "at most"), (round(one, 3) for one in covered), strict=True))


def _totals(
    ours: dict[str, dict[date, Floats]],
    rivals: dict[str, dict[date, Floats]],
    actual: dict[date, Floats],
    bands: tuple[Band, ...],
) -> dict[str, object]:
    month, quarter = bands[0], Band(1, WEEKS, bands[-1].origins)
    figures: dict[str, object] = {}
    for name, told in {OURS: ours["expected_minor"], **rivals}.items():
        figures[f"4 weeks, {name}"] = round(scores.wape_of_total(told, actual, month), 4)
        figures[f"13 weeks, {name}"] = round(scores.wape_of_total(told, actual, quarter), 4)
        figures[f"cost per million, {name}"] = round(scores.opportunity_cost(told, actual, quarter), 1)
    return figures


if __name__ == "__main__":
    run(*sys.argv[1:])
