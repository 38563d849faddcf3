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

from benchmarks.results import record, shared_folder
from o2c_ai.core.database import SQLITE_PRAGMAS
from o2c_ai.core.migrations import all_tables

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
    """Seconds and memory of `o2c import` as a whole process, and of raw `executemany` of the rows it wrote."""
    books = scratch / "books"
    environment = {**os.environ, "O2C_DATA_DIR": str(books)}
    command = [sys.executable, "-c", "from o2c_ai.cli import main; main()", "import", str(folder), "--json"]
    seconds = []
    for _ in range(3):
        for leftover in books.glob("*"):
            leftover.unlink()
        started = time.perf_counter()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    rows, raw = raw_seconds(books / "o2c.sqlite", scratch / "raw.sqlite")
    ours = sorted(seconds)[1]
    return {
        "rows": rows,
        "seconds": round(ours, 2),
        "peak_mb": peak_mb,
        "rows_per_second": round(rows / ours),
        "raw_rows_per_second": round(rows / raw),
        "ratio_to_raw": round(raw / ours, 3),
    }


def raw_seconds(books: Path, raw: Path) -> tuple[int, float]:
    """Rows of all tables, and the seconds plain `executemany` needs for them: same tables, pragmas, no triggers."""
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
    return count, time.perf_counter() - started
