"""A company's lines are decided alike in this process and on a cluster of others."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from benchmarks.large_books import DAY, large_books
from o2c_ai.jobs.match import matcher_policy
from o2c_ai.jobs.match_partition import Partition, decide_partition
from o2c_ai.models.remittance_matching import training
from o2c_ai.models.remittance_matching.predictor import to_files
from o2c_ai.models.remittance_matching.records import Decision

LINES = 40


def company(seed: int) -> Partition:
    """A small company with two months of history and a day of lines to decide."""
    books = large_books(200, lines=LINES, history=250, seed=seed)
    papers = replace(books.papers, lines=[*books.papers.lines, *books.batches[0]])
    return Partition(papers, DAY, DAY)


@pytest.fixture
def companies(monkeypatch: pytest.MonkeyPatch) -> list[Partition]:
    """Two companies matched by their rules and one by what it learnt."""
    monkeypatch.setattr(training, "LINES_MIN", 100)
    monkeypatch.setattr(training, "JUDGED_MIN", 20)
    third = company(3)
    learnt = training.train(third.papers, matcher_policy(third.policy)).scorer
    return [company(1), company(2), replace(third, files=to_files(learnt))]


def test_a_partition_that_went_through_bytes_is_decided_alike() -> None:
    partition = company(1)

    first = decide_partition(partition)
    again = decide_partition(pickle.loads(pickle.dumps(partition)))  # noqa: S301 - our own bytes

    assert first == again
    assert len(first) == LINES
    assert {made.decision for made in first} >= {Decision.AUTO, Decision.NOT_AR}


@pytest.mark.slow
def test_one_process_and_a_cluster_decide_alike(companies: list[Partition]) -> None:
    distributed = pytest.importorskip("dask.distributed", reason="the extra `distributed` is not installed")

    here = [decide_partition(partition) for partition in companies]
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        there = client.gather(client.map(decide_partition, companies, pure=False))

    assert here == there
    assert [len(made) for made in here] == [LINES] * len(companies)
