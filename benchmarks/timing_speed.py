"""How fast payment timing is: a day's predictions, a hundred thousand open items, a million invoices measured.

`python -m benchmarks timing_speed` measures all; the measurements of a million invoices run in a process each, ours and
the plain pandas ones (plain_moments.py): `python -m benchmarks.timing_speed ours 1000000`. Seconds of measurements are
those of the core, seconds of a command those of the clock.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from benchmarks.results import record, shared_folder
from benchmarks.timing_sets import HIGHRADIUS, booked
from o2c_ai.models.payment_timing.as_of_features import Table, measure_moments, moments_of
from o2c_ai.models.payment_timing.days import NEVER, as_dates, day_number
from o2c_ai.models.payment_timing.history import read_history
from o2c_ai.models.payment_timing.items import known_items

T = TypeVar("T")
TRAINED_AS_OF, ASKED = date(2019, 6, 15), date(2019, 11, 1)
RUNS = 3
OPEN_ITEMS, INVOICES = 100_000, 1_000_000
FIRST, DAYS = day_number(date(2023, 1, 1)), 1_095


def run() -> None:
    """Measure all that can be measured here."""
    ways = {way: json.loads(_alone(way, str(INVOICES))) for way in ("ours", "plain")}
    told = {f"{name}_{way}": figure for way, figures in ways.items() for name, figure in figures.items()}
    ratio = {"core_seconds_ratio": round(ways["ours"]["core_seconds"] / ways["plain"]["core_seconds"], 3)}
    _keep(f"timing measurements of {INVOICES:,} invoices", told | ratio)
    folder = shared_folder(HIGHRADIUS)
    if folder is None:
        print(f"timing {HIGHRADIUS}: not beside this checkout, skipped")
        return
    with tempfile.TemporaryDirectory() as scratch:
        _keep(f"timing predict {HIGHRADIUS}", predicting(folder, Path(scratch)))
        _keep(f"timing of {OPEN_ITEMS:,} open items", rescoring(folder, Path(scratch)))


def _keep(name: str, figures: dict[str, Any]) -> None:
    record(name, figures)
    print(f"{name}: {json.dumps(figures)}", flush=True)


def _alone(*arguments: str) -> str:
    """What a process of its own prints: a child's peak begins with its parent's size."""
    command = [sys.executable, "-m", "benchmarks.timing_speed", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def predicting(folder: Path, books: Path) -> dict[str, object]:
    """Seconds of `o2c predict` for everything open, by a version trained on the books as they were months before."""
    _command(books, "import", str(folder))
    trained = _command(books, "train", "payment-timing", "--as-of", str(TRAINED_AS_OF))["payment-timing"]["trained"]
    words = ("--as-of", str(ASKED), "--model", trained, "--out", str(books / "predictions.csv"))
    clock, core, told = [], [], {}
    for _ in range(RUNS):
        started, before = time.perf_counter(), _children_core_seconds()
        told = _command(books, "predict", *words)
        clock.append(time.perf_counter() - started)
        core.append(_children_core_seconds() - before)
    return {
        "invoices": told["invoices"],
        "seconds": round(median(clock), 2),
        "core_seconds": round(median(core), 2),
    }


def _children_core_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _command(books: Path, *words: str) -> Any:  # noqa: ANN401 - any JSON value
    command = [sys.executable, "-c", "from o2c_ai.cli import main; main()", *words, "--json"]
    environment = {**os.environ, "O2C_DATA_DIR": str(books), "PYTHONDONTWRITEBYTECODE": ""}
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def rescoring(folder: Path, books: Path) -> dict[str, object]:
    """Core seconds to read the books, to measure so many open items, and to answer for all of them."""
    from o2c_ai.models.payment_timing.baseline import open_on
    from o2c_ai.models.payment_timing.estimator import LearnedTiming
    from o2c_ai.models.payment_timing.predictor import from_files

    (version,) = (path.parent for path in books.glob("models/*/payment-timing/*/facts.json"))
    learnt = from_files({path.name: path.read_bytes() for path in version.iterdir() if path.is_file()})
    items = booked(folder, TRAINED_AS_OF, "USD")
    still_open = _multiplied(open_on(items, TRAINED_AS_OF), OPEN_ITEMS)
    everything = pd.concat([items, still_open], ignore_index=True)
    model, reading = _timed(lambda: LearnedTiming(learnt).fit(everything, TRAINED_AS_OF))
    history, today = read_history(everything), day_number(TRAINED_AS_OF)
    _, measuring = _timed(lambda: _measured(still_open, history, np.full(OPEN_ITEMS, today)))
    _, answering = _timed(lambda: model.predict(still_open, TRAINED_AS_OF))
    return {
        "open_items": OPEN_ITEMS,
        "reading_core_seconds": round(reading, 2),
        "measuring_core_seconds": round(measuring, 2),
        "answering_core_seconds": round(answering, 2),
        "answering_less_measuring": round(answering - measuring, 2),
    }


def _multiplied(still_open: pd.DataFrame, count: int) -> pd.DataFrame:
    """So many items like the open ones, with other amounts, issue and due dates."""
    rng = np.random.default_rng(1)
    drawn = still_open.iloc[rng.integers(0, len(still_open), count)].reset_index(drop=True)
    shift = rng.integers(-60, 1, count)
    return drawn.assign(
        item_id=10**9 + np.arange(count),
        issue_date=drawn["issue_date"] + shift,
        due_date=drawn["due_date"] + shift,
        amount_minor=(drawn["amount_minor"] * rng.uniform(0.2, 3, count)).astype(np.int64),
    )


def invented_items(count: int, *, customers: int | None = None, seed: int = 1) -> pd.DataFrame:
    """Invoices of three years, a hundred a customer unless said otherwise, most of them paid with a habit."""
    rng = np.random.default_rng(seed)
    payer = rng.integers(0, customers or max(1, count // 100), count)
    issued = FIRST + np.sort(rng.integers(0, DAYS, count))
    due = issued + rng.choice([14, 30, 45], count)
    cleared = np.maximum(due + payer % 13 - 6 + rng.integers(-3, 12, count), issued)
    never = np.full(count, NEVER)
    return pd.DataFrame(
        {
            "item_id": np.arange(count),
            "customer_id": payer,
            "currency": "EUR",
            "issue_date": issued,
            "due_date": due,
            "amount_minor": rng.integers(1_000, 900_000, count),
            "open_minor": 0,
            "cleared_on": np.where(cleared < FIRST + DAYS, cleared, NEVER),
            **dict.fromkeys(("withdrawn_on", "disputed_on", "dispute_resolved_on"), never),
            **dict.fromkeys(("promised_on", "promised_date"), never),
        }
    )


def as_plain(items: pd.DataFrame) -> pd.DataFrame:
    """The same invoices with the dates that pandas is used to."""
    paid = items["cleared_on"].where(items["cleared_on"] < NEVER, 0).to_numpy()
    return pd.DataFrame(
        {
            "customer_id": items["customer_id"],
            "issued": as_dates(items["issue_date"].to_numpy()),
            "due": as_dates(items["due_date"].to_numpy()),
            "paid": pd.Series(as_dates(paid)).where(items["cleared_on"] < NEVER),
            "amount": items["amount_minor"],
        }
    )


def measured_at_issue(items: pd.DataFrame) -> Table:
    """Every item measured by the models' own code, on its issue day."""
    return _measured(items, read_history(items), items["issue_date"].to_numpy())


def _measured(items: pd.DataFrame, history: Any, evenings: Any) -> Table:  # noqa: ANN401 - a History and day numbers
    known = known_items(items, NEVER - 1)
    rows = np.arange(len(items))
    return measure_moments(history, moments_of(known, items, history, pd.Index([]), rows, evenings=evenings))


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    return act(), time.process_time() - started


def main(way: str, count: str) -> None:
    """Measure so many invoices in this process, and print what it took."""
    from benchmarks.plain_moments import plain_moments

    items = invented_items(int(count))
    asked = as_plain(items) if way == "plain" else items
    before = _peak_mb()
    table, seconds = _timed(lambda: plain_moments(asked) if way == "plain" else measured_at_issue(asked))
    told = {"core_seconds": round(seconds, 2), "peak_mb": _peak_mb(), "before_mb": before, "columns": table.shape[1]}
    print(json.dumps(told))


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
