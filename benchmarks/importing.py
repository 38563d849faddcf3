"""How fast an exchange folder becomes books, beside the same rows written with no law, no check and no trigger."""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.results import record, shared_folder
from o2c_ai.core.database import SQLITE_PRAGMAS
from o2c_ai.core.migrations import all_tables

RUNS = 5
SETS = ("highradius-2019-11-01", "cashapp-dev")


def run() -> None:
    """Measure each real set that is there."""
    for name in SETS:
        folder = shared_folder(name)
        if folder is None:
            print(f"importing {name}: not beside this checkout, skipped")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            figures = measure(folder, Path(scratch))
        record(f"import {name}", figures)
        print(f"importing {name}: {json.dumps(figures)}")


def measure(folder: Path, scratch: Path) -> dict[str, object]:
    """Seconds and memory of `o2c import` as a whole process, and its writing beside raw `executemany` of the same rows.

    Starting the program and creating empty tables is no part of either writing: what `o2c init` takes is taken off.
    """
    books = scratch / "books"
    whole, empty, raw = [], [], []
    rows = peak_mb = 0
    for _ in range(RUNS):
        empty.append(_command_seconds(books, "init"))
        whole.append(_command_seconds(books, "import", str(folder)))
        # Asked before this process holds the rows itself: a child begins with the size of its parent.
        peak_mb = peak_mb or resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        rows, seconds = raw_seconds(books / "o2c.sqlite", scratch / "raw.sqlite")
        raw.append(seconds)
    writing = [one - other for one, other in zip(whole, empty, strict=True)]
    return {
        "rows": rows,
        "seconds": round(median(whole), 2),
        "peak_mb": peak_mb,
        "rows_per_second": round(rows / median(writing)),
        "raw_rows_per_second": round(rows / median(raw)),
        "ratio_to_raw": round(median(plain / ours for plain, ours in zip(raw, writing, strict=True)), 3),
    }


def _command_seconds(books: Path, *words: str) -> float:
    """One command as a user's machine runs it, which keeps compiled files, on an empty data folder."""
    for leftover in books.glob("*"):
        leftover.unlink()
    command = [sys.executable, "-c", "from o2c_ai.cli import main; main()", *words, "--json"]
    environment = {**os.environ, "O2C_DATA_DIR": str(books), "PYTHONDONTWRITEBYTECODE": ""}
    started = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def raw_seconds(books: Path, raw: Path) -> tuple[int, float]:
    """Rows of all tables, and the seconds plain `executemany` needs for them: same tables, pragmas, no triggers."""
    raw.unlink(missing_ok=True)
    source = sqlite3.connect(books)
    target = sqlite3.connect(raw, isolation_level=None)
    for pragma in SQLITE_PRAGMAS:
        target.execute(f"PRAGMA {pragma}")
    for (statement,) in source.execute("SELECT sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql <> ''"):
        target.execute(statement)
    names = [table.name for table in all_tables().sorted_tables]
    # Reading the rows is not part of the measurement.
    tables = [(name, source.execute(f"SELECT * FROM {name}").fetchall()) for name in names]  # noqa: S608 - own names
    count = 0
    started = time.perf_counter()
    target.execute("BEGIN IMMEDIATE")
    for name, rows in tables:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            target.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - own names
            count += len(rows)
    target.execute("COMMIT")
    # As the command does on its way out: only then has the write-ahead log reached the database file.
    target.close()
    return count, time.perf_counter() - started
