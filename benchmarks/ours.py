"""How fast our own matcher decides the lines that its peers decide, in this process and on the same papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peer_books import core_seconds
from o2c_ai.core.suggestions.rules import Policy
from o2c_ai.jobs.match import matcher_policy
from o2c_ai.jobs.versions import MATCHING, matcher_for
from o2c_ai.models.registry import Registry
from o2c_ai.models.remittance_matching.assignment import DayOfLines
from o2c_ai.models.remittance_matching.baseline import days, measure
from o2c_ai.models.remittance_matching.desk import Desk
from o2c_ai.models.remittance_matching.explanation import explained
from o2c_ai.models.remittance_matching.records import Papers
from o2c_ai.models.remittance_matching.scoring import LearnedScorer, RuleScorer

if TYPE_CHECKING:
    from o2c_ai.models.remittance_matching.scoring import Scorer


def scorers(papers: Papers, data: Path, books: str, as_of: date) -> Iterator[tuple[str, Scorer]]:
    """What was learnt on these books, where anything was, and the rules as measured on them."""
    found = matcher_for(Registry(data, books, MATCHING), as_of=as_of)
    if found is None or not isinstance(found.scorer, LearnedScorer):
        yield "rules", RuleScorer(measure(papers, matcher_policy(Policy())))
        return
    yield "learned", found.scorer
    yield "rules", RuleScorer(found.scorer.rates)


def lines_per_second(papers: Papers, scorer: Scorer, first: date, last: date) -> float:
    """Lines decided and explained a second of one core; taking up history and the day's new items is no part of it.

    As `baseline.match` goes through the days; all lines before the first day are booked, and none from then on is.
    """
    policy = Policy()
    desk = Desk(papers)
    desk.keep_for_later()
    asked = matcher_policy(replace(policy, auto_ppm=scorer.threshold_for(policy.auto_ppm)))
    work = DayOfLines(desk, scorer, asked)
    count, seconds = 0, 0.0
    for day, found in days([line for line in papers.lines if line.booking_date <= last]):
        desk.advance(day)
        lines = list(found)
        if day < first:
            for line in lines:
                desk.book(line)
            continue
        started = core_seconds()
        decided = [explained(one) for one in work.decide(lines)]
        seconds += core_seconds() - started
        count += len(decided)
    return round(count / seconds, 1)
