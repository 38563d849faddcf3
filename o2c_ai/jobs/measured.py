"""Figures of versions and rules on one window of time: what a promotion, a card and a tracking server are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from o2c_ai.jobs.versions import MATCHING, TIMING

if TYPE_CHECKING:
    from o2c_ai.models.registry import Version

Figures = dict[str, Any]
"""Measure → number, a list of numbers, or None where nothing could be measured."""
ITEMS_MIN = 200
"""Fewer later items cannot tell two versions apart."""
OURS = "this version"
"""Stands for the version where figures of it and of rules lie side by side."""
JUDGED_BY = {TIMING: ("brier", "pinball_days"), MATCHING: ("wrong",)}
"""Measures that decide between versions of a learner; of each, less is better."""


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


def recorded(learner: str, version: Version) -> Measured:
    """What was measured of a version and the rules when it was trained."""
    if learner == TIMING:
        from o2c_ai.jobs.compare_timing import recorded_timing

        return recorded_timing(version.facts)
    from o2c_ai.jobs.compare_matching import recorded_matching

    return recorded_matching(version.facts, version.as_of)
