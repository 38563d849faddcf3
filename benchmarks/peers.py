"""Other ways to match on the sets of the matching benchmark, with our rules beside them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from benchmarks import matching
from benchmarks.beside import Judge, beside
from benchmarks.results import shared_folder
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import simulate


def run() -> None:
    """Import each set and measure on it."""
    for name, folder, until, as_of, judge in sets():
        with tempfile.TemporaryDirectory() as scratch:
            matching.o2c({**os.environ, "O2C_DATA_DIR": scratch}, "import", str(folder))
            beside(name, Path(scratch), until, as_of, judge)


def sets() -> Iterator[tuple[str, Path, str, str, Judge]]:
    """Name, exchange folder, last day of its history, day of the run and judge of each set that is there."""
    folder = shared_folder(matching.SET)
    if folder is None:
        print(f"peers {matching.SET}: not beside this checkout, skipped")
    else:
        yield matching.SET, folder, matching.HISTORY_UNTIL, matching.AS_OF, partial(matching.score, folder)
    until = matching.START + timedelta(days=matching.DAYS - matching.WORK_DAYS - 1)
    world = simulate(
        matching.SEED, customers=matching.CUSTOMERS, start=matching.START, days=matching.DAYS, history_until=until
    )
    with tempfile.TemporaryDirectory() as papers:
        write_folder(world, Path(papers), applications_until=until)
        judge = partial(matching.score_invented, world)
        yield "invented world", Path(papers), until.isoformat(), world.end.isoformat(), judge
