"""Other ways to match on the same sets, with the same history, judged by the same score as ours."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks import matching
from benchmarks.peer_books import Guess, Peer, decide, threshold_for
from benchmarks.peer_fuzzy import Fuzzy
from benchmarks.peer_ranks import Ranks
from benchmarks.peer_splink import CannotInstall, Splink, installed
from benchmarks.results import record, shared_folder
from o2c_ai.core.database import Store
from o2c_ai.core.ledger.queries import get_company
from o2c_ai.core.money import format_minor
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import simulate
from o2c_ai.formats.proposals import Names
from o2c_ai.jobs.names import read_names
from o2c_ai.models.remittance_matching.books import read_papers
from o2c_ai.models.remittance_matching.records import Papers

PRECISIONS = (0.997, 0.999)
SHOWN = (
    "straight_through", "auto_precision", "top1", "best_right", "auto", "false_auto_on_others", "auto_on_others",
)  # fmt: skip
"""What of a score says something of a peer: none sorts out other money, knows reasons or is calibrated."""
Judge = Callable[[Path], dict[str, object]]


@dataclass(frozen=True, slots=True)
class Case:
    """A set as the matcher reads it: the papers of the last evening, booked by people until the history's end."""

    name: str
    papers: Papers
    names: Names
    until: date
    as_of: date
    judge: Judge


def run() -> None:
    """Every peer on every set that is there."""
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases(Path(scratch)):
            for peer in peers(Path(scratch), case.name):
                measure(case, peer, Path(scratch) / "proposals.csv")


def cases(scratch: Path) -> Iterator[Case]:
    """The sets of the matching benchmark, read through the books."""
    folder = shared_folder(matching.SET)
    if folder is None:
        print(f"peers {matching.SET}: not beside this checkout, skipped")
    else:
        until, as_of = date.fromisoformat(matching.HISTORY_UNTIL), date.fromisoformat(matching.AS_OF)
        papers, names = read(folder, scratch / "books", as_of)
        yield Case(matching.SET, papers, names, until, as_of, lambda out: matching.score(folder, out))
    until = matching.START + timedelta(days=matching.DAYS - matching.WORK_DAYS - 1)
    world = simulate(
        matching.SEED, customers=matching.CUSTOMERS, start=matching.START, days=matching.DAYS, history_until=until
    )
    write_folder(world, scratch / "papers", applications_until=until)
    papers, names = read(scratch / "papers", scratch / "invented books", world.end)
    yield Case("invented world", papers, names, until, world.end, lambda out: matching.score_invented(world, out))


def read(folder: Path, place: Path, as_of: date) -> tuple[Papers, Names]:
    """Import an exchange folder and read it as the matcher does."""
    matching.o2c({**os.environ, "O2C_DATA_DIR": str(place)}, "import", str(folder))
    store = Store(f"sqlite:///{place / 'o2c.sqlite'}")
    with store.session() as session:
        company = get_company(session, "main").company_id
        papers, names = read_papers(session, company, as_of), read_names(session, company, as_of)
    store.dispose()
    return papers, names


def peers(scratch: Path, case: str) -> Iterator[Peer]:
    """Those that can be had here, each knowing nothing yet."""
    yield Fuzzy()
    yield Ranks()
    try:
        yield Splink(installed(scratch), scratch / f"splink {case}")
    except CannotInstall as refusal:
        print(f"peers {case}: Splink cannot be installed, skipped ({refusal})")


def measure(case: Case, peer: Peer, out: Path, precisions: Sequence[float] = PRECISIONS) -> None:
    """Choose the threshold on history, decide the work, judge what was proposed."""
    for precision in precisions:
        threshold = threshold_for(case.papers, peer, case.until, precision)
        walked = decide(case.papers, peer, case.until + timedelta(days=1), case.as_of, threshold)
        write(out, walked.guesses, case.names)
        judged = case.judge(out)
        figures = {name: judged[name] for name in SHOWN if name in judged}
        figures["lines_per_second"] = round(walked.lines / walked.seconds, 1)
        record(f"matching {case.name} {peer.name} {precision}", figures)
        print(f"matching {case.name}, {peer.name} at {precision}: {json.dumps(figures)}", flush=True)


def write(out: Path, guesses: Sequence[tuple[Guess, bool]], names: Names) -> None:
    """The guesses as proposals.csv; a peer's score is no probability, so none is claimed."""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("line_id", "decision", "probability", "invoice_id", "amount", "reason"))
        for guess, applied in guesses:
            ref, currency, _ = names.lines[guess.line.line_id]
            decision = "auto" if applied else "review"
            for item, minor in guess.cash.items():
                writer.writerow((ref, decision, "", names.items[item][0], format_minor(minor, currency), ""))
