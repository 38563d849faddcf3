"""Other ways to match beside ours: on the same books, with the same history, judged by the same score."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.ours import lines_per_second, scorers
from benchmarks.peer_books import Guess, Peer, decide, judged_on_history, least_score
from benchmarks.peer_fuzzy import Fuzzy
from benchmarks.peer_ranks import Ranks
from benchmarks.peer_splink import CannotInstall, Splink, installed
from benchmarks.results import record
from o2c_ai.core.database import Store
from o2c_ai.core.ledger.queries import get_company
from o2c_ai.core.money import format_minor
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

    @property
    def first(self) -> date:
        """The first day whose lines are to be decided."""
        return self.until + timedelta(days=1)


def beside(name: str, data: Path, until: str, as_of: str, judge: Judge) -> None:
    """Measure how fast ours is, and how good and fast every peer is, on books that were imported into a folder."""
    store = Store(f"sqlite:///{data / 'o2c.sqlite'}")
    day = date.fromisoformat(as_of)
    with store.session() as session:
        company = get_company(session, "main")
        papers, names = read_papers(session, company.company_id, day), read_names(session, company.company_id, day)
    store.dispose()
    case = Case(name, papers, names, date.fromisoformat(until), day, judge)
    for matcher, scorer in scorers(papers, data, company.books, day):
        figures: dict[str, object] = {"lines_per_second": lines_per_second(papers, scorer, case.first, day)}
        record(f"deciding {name} {matcher}", figures)
        print(f"deciding {name}, {matcher}: {json.dumps(figures)}", flush=True)
    for peer in peers(data, name):
        measure(case, peer, data / "proposals.csv")


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
    history = judged_on_history(case.papers, peer, case.until)
    for precision in precisions:
        walked = decide(case.papers, peer, case.first, case.as_of, least_score(history, precision))
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
