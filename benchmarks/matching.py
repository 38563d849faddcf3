"""How well the rules and the learned matcher decide a simulated company's bank lines, by the score beside the data."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from benchmarks.results import record, shared_folder
from o2c_ai.core.money import parse_minor
from o2c_ai.demo.facts import Application
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.scoring import Proposal
from o2c_ai.demo.scoring import score as judge_invented
from o2c_ai.demo.world import World, simulate

SET = "cashapp-dev"
HISTORY_UNTIL, AS_OF = "2025-10-30", "2025-12-31"
MATCHERS: dict[str, tuple[str, ...]] = {"rules": ("--model", "rules"), "learned": ()}
PRECISIONS = ("0.997", "0.999")


SEED, CUSTOMERS, START, DAYS, WORK_DAYS = 11, 600, date(2024, 1, 1), 640, 60
"""The invented world: another company than the demo's, larger and longer."""


def run() -> None:
    """Import, train on the history, match by the rules and by what was learnt at each precision, score."""
    folder = shared_folder(SET)
    if folder is None:
        print(f"matching {SET}: not beside this checkout, skipped")
    else:
        measure(SET, folder, HISTORY_UNTIL, AS_OF, lambda out: score(folder, out))
    with tempfile.TemporaryDirectory() as scratch:
        papers = Path(scratch) / "papers"
        world = simulate(
            SEED,
            customers=CUSTOMERS,
            start=START,
            days=DAYS,
            history_until=START + timedelta(days=DAYS - WORK_DAYS - 1),
        )
        write_folder(world, papers, applications_until=world.history_until)
        until, as_of = world.history_until.isoformat(), world.end.isoformat()
        measure("invented world", papers, until, as_of, lambda out: score_invented(world, out))


def measure(name: str, folder: Path, until: str, as_of: str, judge: Callable[[Path], dict[str, object]]) -> None:
    """Every matcher at every precision on one set."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "O2C_DATA_DIR": scratch}
        o2c(environment, "import", str(folder))
        started = time.perf_counter()
        o2c(environment, "train", "remittance-matching", "--as-of", until)
        trained = round(time.perf_counter() - started)
        for matcher, words in MATCHERS.items():
            for precision in PRECISIONS:
                out = Path(scratch) / "proposals.csv"
                asked = ("--as-of", as_of, "--auto-precision", precision, *words, "--out", str(out))
                started = time.perf_counter()
                o2c(environment, "match", *asked)
                seconds = {"seconds": round(time.perf_counter() - started, 1)}
                seconds |= {"training_seconds": trained} if matcher == "learned" else {}
                figures = judge(out)
                record(f"matching {name} {matcher} {precision}", {**figures, **seconds})
                print(f"matching {name}, {matcher} at {precision}: {json.dumps(figures)}")


def o2c(environment: dict[str, str], *arguments: str) -> None:
    """Run the command line as its own process."""
    command = [sys.executable, "-c", "from o2c_ai.cli import main; main()", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def score_invented(world: World, proposals: Path) -> dict[str, object]:
    """What the invented world's own truth says."""
    rows: dict[str, list[dict[str, str]]] = {}
    with proposals.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["line_id"], []).append(row)
    currency = {line.line_id: line.currency for line in world.bank_lines}
    proposed = [
        Proposal(
            line_id,
            cast("Any", found[0]["decision"]),
            tuple(_part(line_id, row, currency[line_id]) for row in found if row["amount"]),
        )
        for line_id, found in rows.items()
    ]
    judged = judge_invented(world, proposed)
    shares = ("straight_through", "auto_precision", "best_right", "auto_on_others", "not_ar_found", "returned_found")
    figures: dict[str, object] = {"lines": judged.straight_through.whole, "auto": judged.auto_precision.whole}
    for name in shares:
        share = getattr(judged, name)
        figures[name] = round(share.part / share.whole, 5) if share.whole else None
    by = {**judged.by_reason, **judged.by_style}
    return figures | {"over_applied": judged.over_applied, "straight_through_by": {k: str(v) for k, v in by.items()}}


def _part(line_id: str, row: dict[str, str], currency: str) -> Application:
    minor = parse_minor(row["amount"], currency)
    return Application(line_id, row["invoice_id"], "", minor, cast("Any", row.get("reason", "")))


def score(folder: Path, proposals: Path) -> dict[str, object]:
    """What the data's own score says."""
    command = [sys.executable, str(folder / "score.py"), str(folder), str(proposals)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, object] = json.loads(told)
    return figures
