"""Decides one company's lines from plain data alone, so that any process on any machine gives the same proposals.

A partition is a company: within one, payers share the amounts that tell whose money it is, the numbers that may be
meant, the habits learnt and the order in which a day's lines are settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from o2c_ai.core.suggestions.rules import Policy
from o2c_ai.jobs.match import decide, matcher_policy
from o2c_ai.models.remittance_matching.baseline import measure
from o2c_ai.models.remittance_matching.predictor import from_files
from o2c_ai.models.remittance_matching.records import Papers, Proposal
from o2c_ai.models.remittance_matching.scoring import RuleScorer, Scorer


@dataclass(frozen=True, slots=True)
class Partition:
    """One company's papers and all that decides its lines; it can be sent to another process as it is."""

    papers: Papers
    first: date
    last: date
    policy: Policy = field(default_factory=Policy)
    files: Mapping[str, bytes] = field(default_factory=dict)
    """A trained matcher as `predictor.to_files` wrote it; without one the rules decide, measured on the papers."""


def decide_partition(partition: Partition) -> list[Proposal]:
    """The proposals for the partition's undecided lines: equal for equal partitions, wherever it runs.

    Raises OtherColumns where the matcher was trained by another release.
    """
    return decide(partition.papers, _scorer(partition), partition.policy, partition.first, partition.last)


def _scorer(partition: Partition) -> Scorer:
    if partition.files:
        return from_files(partition.files)
    return RuleScorer(measure(partition.papers, matcher_policy(partition.policy)))
