"""Our own speed is that of the version that serves these books, on exactly the lines that are to be decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from benchmarks.large_books import DAY, large_books
from benchmarks.ours import lines_per_second, scorers
from o2c_ai.jobs.versions import MATCHING
from o2c_ai.models.registry import Registry
from o2c_ai.models.remittance_matching.calibration import Calibration
from o2c_ai.models.remittance_matching.estimator import ProposalJudge
from o2c_ai.models.remittance_matching.predictor import to_files
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import Papers
from o2c_ai.models.remittance_matching.scoring import LearnedScorer


@pytest.fixture
def papers() -> Papers:
    """Two months of history and a day's lines."""
    books = large_books(200, lines=12, history=40)
    return replace(books.papers, lines=[*books.papers.lines, *books.batches[0]])


def test_without_a_version_the_rules_are_measured_on_the_papers(papers: Papers, tmp_path: Path) -> None:
    ((name, scorer),) = scorers(papers, tmp_path, "some books", DAY)

    assert name == "rules"
    assert lines_per_second(papers, scorer, DAY, DAY) > 0


def test_a_version_that_serves_is_timed_beside_the_rules_it_was_trained_with(papers: Papers, tmp_path: Path) -> None:
    frame = np.random.default_rng(1).random((80, len(ProposalJudge.columns)))
    judge = ProposalJudge.fit(frame, [bool(row[0] > 0.5) for row in frame])
    registry = Registry(tmp_path, "some books", MATCHING)
    files = to_files(LearnedScorer(RuleRates(), None, judge, Calibration()))
    version = registry.save(as_of=DAY - timedelta(days=1), trained_by="bench", facts={}, files=files)
    registry.promote(version.name, by="ben", on=DAY)

    found = dict(scorers(papers, tmp_path, "some books", DAY))

    assert list(found) == ["learned", "rules"]
    assert isinstance(found["learned"], LearnedScorer)
    assert all(lines_per_second(papers, scorer, DAY, DAY) > 0 for scorer in found.values())
