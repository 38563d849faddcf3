"""What was measured of a version when it was trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.jobs.versions import TIMING

if TYPE_CHECKING:
    from o2c_ai.jobs.measured import Measured
    from o2c_ai.models.registry import Version


def recorded(learner: str, version: Version) -> Measured:
    """What was measured of a version and the rules when it was trained."""
    if learner == TIMING:
        from o2c_ai.jobs.compare_timing import recorded_timing

        return recorded_timing(version.facts)
    from o2c_ai.jobs.compare_matching import recorded_matching

    return recorded_matching(version.facts, version.as_of)
