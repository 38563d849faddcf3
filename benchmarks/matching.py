"""How well the rules and the learned matcher decide bank lines whose truth is known: a set beside us and two worlds."""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from benchmarks.beside import beside
from benchmarks.by_kind import Sorted, by_kind, decidable
from benchmarks.judging import Judge, read_options, read_proposals
from benchmarks.measures import measures
from benchmarks.other_world.folder import write_other_world
from benchmarks.other_world.world import invent
from benchmarks.papers import Papers, read_papers
from benchmarks.results import record, shared_folder
from o2c_ai.core.money import format_minor
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import World, simulate

SET = "cashapp-dev"
HISTORY_UNTIL, AS_OF = "2025-10-30", "2025-12-31"
MATCHERS: dict[str, tuple[str, ...]] = {"rules": ("--model", "rules"), "learned": ()}
PRECISIONS = ("0.997", "0.999")

SEED, CUSTOMERS, START, DAYS, WORK_DAYS = 11, 600, date(2024, 1, 1), 640, 60
"""The invented world: another company than the demo's, larger and longer."""


class Truthful(NamedTuple):
    """An exchange folder with its truth, the last day of its history and the day its work is looked at."""

    name: str
    folder: Path
    until: str
    as_of: str


def run(names: Iterable[str] = (), matchers: Iterable[str] = MATCHERS, *, keep: bool = True) -> None:
    """Import, train on the history, match by the rules and by what was learnt at each precision, score.

    All sets where none is named; `keep` records the figures in results.json.
    """
    for name in names or SETS:
        with tempfile.TemporaryDirectory() as scratch:
            found = SETS[name](Path(scratch) / "papers")
            if found is None:
                print(f"matching {name}: not beside this checkout, skipped")
                continue
            for title, figures in measured(found, Path(scratch), list(matchers)):
                if keep:
                    record(f"matching {title}", figures)
                print(f"matching {title}: {json.dumps(figures)}")
            if keep:
                peers_of(found, Path(scratch))


def measured(found: Truthful, scratch: Path, matchers: Sequence[str]) -> Iterator[tuple[str, dict[str, object]]]:
    """The figures of each run, by set, matcher and precision; seconds include writing the options."""
    environment = {**os.environ, "O2C_DATA_DIR": str(scratch)}
    papers = read_papers(found.folder)
    sets = Sorted(papers)
    o2c(environment, "import", str(found.folder))
    training = {"learned": _trained_seconds(environment, found.until)} if "learned" in matchers else {}
    out, options = scratch / "proposals.csv", scratch / "options.csv"
    for matcher in matchers:
        for precision in PRECISIONS:
            asked = ("--as-of", found.as_of, "--auto-precision", precision, *MATCHERS[matcher])
            started = time.perf_counter()
            o2c(environment, "match", *asked, "--out", str(out), "--options", str(options))
            seconds: dict[str, object] = {"seconds": round(time.perf_counter() - started, 1)}
            seconds |= {"training_seconds": training[matcher]} if matcher in training else {}
            yield f"{found.name} {matcher} {precision}", scored(papers, sets, out, options) | seconds


def peers_of(found: Truthful, scratch: Path) -> None:
    """Other ways to match, on the books that were imported into a folder; records their figures."""
    papers = read_papers(found.folder)

    def judge(out: Path) -> dict[str, object]:
        return measures(Judge(papers, read_proposals(out, papers)))

    beside(found.name, scratch, found.until, found.as_of, judge)


def _trained_seconds(environment: dict[str, str], until: str) -> int:
    """Train on the history; how long it took."""
    started = time.perf_counter()
    o2c(environment, "train", "remittance-matching", "--as-of", until)
    return round(time.perf_counter() - started)


def scored(papers: Papers, sets: Sorted, proposals: Path, options: Path) -> dict[str, object]:
    """All figures of one run: rates, by kind of line, and of the lines that somebody could decide."""
    judge = Judge(papers, read_proposals(proposals, papers))
    kinds = by_kind(judge, read_options(options, papers), sets)
    return {**measures(judge), "by_kind": kinds, "decidable": decidable(judge, sets)}


def o2c(environment: dict[str, str], *arguments: str) -> None:
    """Run the command line as its own process."""
    command = [sys.executable, "-c", "from o2c_ai.cli import main; main()", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def simulated_year(_: Path) -> Truthful | None:
    """The simulated year beside the checkout; None where it is not there."""
    folder = shared_folder(SET)
    return None if folder is None else Truthful(SET, folder, HISTORY_UNTIL, AS_OF)


def invented_world(folder: Path) -> Truthful:
    """A company like the demo's, with its truth."""
    until = START + timedelta(days=DAYS - WORK_DAYS - 1)
    world = simulate(SEED, customers=CUSTOMERS, start=START, days=DAYS, history_until=until)
    write_folder(world, folder, applications_until=until)
    write_truth(world, folder)
    return Truthful("invented world", folder, until.isoformat(), world.end.isoformat())


def write_truth(world: World, folder: Path) -> None:
    """Write what was withheld of a demo world as truth.csv, in the shape of applications.csv."""
    currency = {line.line_id: line.currency for line in world.work}
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("line_id", "invoice_id", "customer_id", "amount", "reason"))
        for row in world.applications:
            if row.line_id in currency:
                amount = format_minor(row.amount_minor, currency[row.line_id])
                writer.writerow((row.line_id, row.invoice_id, row.customer_id, amount, row.reason))


def other_world(folder: Path) -> Truthful:
    """A company of other formats, currencies, languages and payers, so that nothing learnt can lean on those."""
    world = invent()
    write_other_world(world, folder)
    return Truthful("other world", folder, world.history_until.isoformat(), world.end.isoformat())


SETS: dict[str, Callable[[Path], Truthful | None]] = {
    SET: simulated_year,
    "invented world": invented_world,
    "other world": other_world,
}


def main() -> None:
    """Measure some sets: `python -m benchmarks.matching --set "other world" --matcher rules --dry` records nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", action="append", default=[], choices=list(SETS), dest="names")
    parser.add_argument("--matcher", action="append", choices=list(MATCHERS))
    parser.add_argument("--dry", action="store_true", help="print the figures and record nothing")
    asked = parser.parse_args()
    run(asked.names, asked.matcher or list(MATCHERS), keep=not asked.dry)


if __name__ == "__main__":
    main()
