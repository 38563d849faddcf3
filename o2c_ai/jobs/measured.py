"""Figures of versions and rules on one window of time: what a promotion, a card and a tracking server are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from o2c_ai.jobs.versions import MATCHING, TIMING

Figures = dict[str, Any]
"""Measure → number, a list of numbers, or None where nothing could be measured."""
ITEMS_MIN = 200
"""Fewer later items cannot tell two versions apart."""
OURS = "this version"
"""Stands for the version where figures of it and of rules lie side by side."""
JUDGED_BY = {TIMING: ("brier", "pinball_days"), MATCHING: ("wrong",)}
"""Measures that decide between versions of a learner; of each, less is better."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure of one way less the same figure of another, and how sure that is."""

    point: float
    low: float
    """Lower end of the 95 % interval, customers drawn anew."""
    high: float
    is_worse: bool
    """Whether the whole interval lies on the worse side."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of several ways to answer, all on the same items."""

    since: str
    """The evening (ISO) after which the items came."""
    until: str
    """The evening (ISO) by which their outcome was known."""
    items: int
    figures: dict[str, Figures]
    """By version or rule."""
    less: dict[str, dict[str, Gap]] = field(default_factory=dict)
    """By other version or rule, measure → how the newest version differs; empty where single answers are not known."""
