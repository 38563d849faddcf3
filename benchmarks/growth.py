"""How fast one day's lines are decided on one core as the books grow, with the memory and the wait of one suggestion.

`python -m benchmarks growth` measures every size in a process of its own; `python -m benchmarks.growth 100000 rules`
measures one and prints it. Seconds are those of the core: what else a machine is busy with does not count, a second
thread would; those of the clock stand beside them.
"""

from __future__ import annotations

import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from benchmarks.results import record

if TYPE_CHECKING:
    from benchmarks.large_books import LargeBooks
    from o2c_ai.models.remittance_matching.assignment import DayOfLines
    from o2c_ai.models.remittance_matching.desk import Desk
    from o2c_ai.models.remittance_matching.records import BankLine
    from o2c_ai.models.remittance_matching.scoring import Scorer

T = TypeVar("T")
SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
BATCHES, LINES, SINGLES = 5, 2_000, 1_000
PATIENCE_SECONDS = 20.0
"""No further batch, and no further single line, is begun after so long."""
TRAINING_ITEMS, TRAINING_LINES = 6_000, 12_000
RULES, LEARNED = "rules", "learned"
BARS: Mapping[str, str] = {
    "lines_per_second at 100,000 items": ">= 10,000",
    "exponent from 10,000 to 1,000,000 items": "<= 0.15",
    "peak_mb at 1,000,000 items": "<= 1,000",
    "suggestion_p99_ms": "<= 10",
}
Figures = dict[str, float]


class Seconds(NamedTuple):
    """How long something took."""

    core: float
    clock: float


def run() -> None:
    """Measure the rules and a learned judge at every size."""
    with tempfile.TemporaryDirectory() as scratch:
        _alone("train", scratch)
        for name, scorer in ((RULES, RULES), (LEARNED, scratch)):
            sizes = {items: _told(name, items, _alone(str(items), scorer)) for items in SIZES}
            figures = summed_up(sizes)
            record(f"growth {name}", figures)
            print(f"growth, {name}: {json.dumps({key: value for key, value in figures.items() if key != 'sizes'})}")
    print(f"growth, to pass: {json.dumps(BARS)}")


def summed_up(sizes: Mapping[int, Figures]) -> dict[str, object]:
    """The figures that have a bar, and all others under `sizes`, by the number of open items."""
    largest = max(sizes)
    usual = sizes.get(100_000, sizes[largest])
    return {
        "lines_per_second": usual["lines_per_second"],
        "exponent": round(exponent({items: 1 / one["lines_per_second"] for items, one in sizes.items()}), 3),
        "peak_mb": sizes[largest]["peak_mb"],
        "suggestion_p50_ms": usual["suggestion_p50_ms"],
        "suggestion_p99_ms": usual["suggestion_p99_ms"],
        "sizes": {str(items): one for items, one in sizes.items()},
    }


def exponent(seconds_by_size: Mapping[int, float]) -> float:
    """The x of seconds = c * size^x, by least squares of the logarithms."""
    sizes = [math.log(size) for size in seconds_by_size]
    seconds = [math.log(one) for one in seconds_by_size.values()]
    middle, level = sum(sizes) / len(sizes), sum(seconds) / len(seconds)
    over = sum((size - middle) * (one - level) for size, one in zip(sizes, seconds, strict=True))
    return over / sum((size - middle) ** 2 for size in sizes)


def _told(name: str, items: int, said: str) -> Figures:
    figures: Figures = json.loads(said)
    print(f"growth, {name} at {items:,} open items: {said.strip()}", flush=True)
    return figures


def _alone(*arguments: str) -> str:
    """What a process of its own prints: this one stays small, since a child's peak begins with its parent's size."""
    command = [sys.executable, "-m", "benchmarks.growth", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def measure(items: int, scorer: Scorer) -> Figures:
    """Decide the lines of a day among so many open items; making them up and filing them is timed apart."""
    from benchmarks.large_books import large_books
    from o2c_ai.core.suggestions.rules import Policy
    from o2c_ai.jobs.match import matcher_policy
    from o2c_ai.models.remittance_matching.assignment import DayOfLines

    books = large_books(items, batches=BATCHES, lines=LINES, singles=SINGLES)
    made_mb = _peak_mb()
    desk, filing = _timed(lambda: filed(books))
    filed_mb = _peak_mb()
    day = DayOfLines(desk, scorer, matcher_policy(Policy(auto_ppm=scorer.threshold_for(Policy().auto_ppm))))
    whole = _seconds_each(desk, day, books.batches)
    single = _seconds_each(desk, day, [[line] for line in books.singles])
    waits = sorted(one.core for one in single)
    return {
        "lines_per_second": round(LINES / median(one.core for one in whole)),
        "lines_per_second_by_the_clock": round(LINES / median(one.clock for one in whole)),
        "batches": len(whole),
        "suggestion_p50_ms": round(1_000 * median(waits), 2),
        "suggestion_p99_ms": round(1_000 * waits[len(waits) * 99 // 100], 2),
        "suggestions": len(waits),
        "filing_seconds": round(filing.core, 2),
        "peak_mb": _peak_mb(),
        "filed_mb": filed_mb,
        "papers_mb": made_mb,
    }


def filed(books: LargeBooks) -> Desk:
    """A desk on the evening of the day, with the history booked."""
    from benchmarks.large_books import DAY
    from o2c_ai.models.remittance_matching.baseline import days
    from o2c_ai.models.remittance_matching.desk import Desk

    desk = Desk(books.papers)
    for day, lines in days(books.papers.lines):
        desk.advance(day)
        for line in lines:
            desk.book(line)
    desk.advance(DAY)
    return desk


def _seconds_each(desk: Desk, day: DayOfLines, batches: Sequence[Sequence[BankLine]]) -> list[Seconds]:
    """Seconds to read, weigh, decide and explain each batch; what it supposed is undone before the next."""
    from o2c_ai.models.remittance_matching.explanation import explained

    started = time.perf_counter()
    taken: list[Seconds] = []
    for batch in batches:
        if time.perf_counter() - started > PATIENCE_SECONDS:
            break
        _, seconds = _timed(lambda: [explained(decided) for decided in day.decide(batch)])  # noqa: B023 - called at once
        taken.append(seconds)
        undo(desk, batch)
    return taken


def undo(desk: Desk, lines: Sequence[BankLine]) -> None:
    """Leave the desk as it was before these lines were decided."""
    desk.forget()
    for line in lines:
        desk.receipts.remove(line)


def _timed(act: Callable[[], T]) -> tuple[T, Seconds]:
    core, clock = time.process_time(), time.perf_counter()
    result = act()
    return result, Seconds(time.process_time() - core, time.perf_counter() - clock)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def train(folder: Path) -> None:
    """Leave a judge in a folder, learnt from a history of the same kind; how good it is, is not asked here."""
    from benchmarks.large_books import large_books
    from o2c_ai.core.suggestions.rules import Policy
    from o2c_ai.jobs.match import matcher_policy
    from o2c_ai.models.remittance_matching.predictor import to_files
    from o2c_ai.models.remittance_matching.training import train as learn

    papers = large_books(TRAINING_ITEMS, batches=0, history=TRAINING_LINES, seed=2).papers
    for name, content in to_files(learn(papers, matcher_policy(Policy())).scorer).items():
        (folder / name).write_bytes(content)


def _scorer(named: str) -> Scorer:
    """The rules as on a first day, or the judge whose files are in a folder."""
    from o2c_ai.models.remittance_matching.predictor import from_files
    from o2c_ai.models.remittance_matching.rates import RuleRates
    from o2c_ai.models.remittance_matching.scoring import RuleScorer

    if named == RULES:
        return RuleScorer(RuleRates())
    return from_files({path.name: path.read_bytes() for path in Path(named).iterdir()})


def main(asked: str, where: str) -> None:
    """Train into a folder, or measure one size by the rules or by the judge of a folder."""
    if asked == "train":
        train(Path(where))
    else:
        print(json.dumps(measure(int(asked), _scorer(where))))


if __name__ == "__main__":
    main(*sys.argv[1:])
