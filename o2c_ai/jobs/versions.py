"""Which version of a learner serves: the newest promoted one that knew nothing later, else the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.models.payment_timing.estimator import Learnt
    from o2c_ai.models.registry import Registry, Version
    from o2c_ai.models.remittance_matching.scoring import Scorer

RULES = "rules"
"""The day-one rules: always there, trained on nothing but the books of the day."""

MATCHING = "remittance-matching"
TIMING = "payment-timing"
LEARNERS = (TIMING, MATCHING)
"""What can be trained, by the name the command line uses."""


class TrainedLater(Conflict):
    """A version knows what was not known on the day asked about."""

    def __init__(self, name: str, as_of: date) -> None:
        """Name the version and the day."""
        self.name, self.as_of = name, as_of
        super().__init__(f"version {name} was trained on what was known after {as_of}: ask for an earlier one")


@dataclass(frozen=True, slots=True)
class Matcher:
    """A matcher and its version."""

    version: str
    scorer: Scorer


@dataclass(frozen=True, slots=True)
class LearnedTimingVersion:
    """What foresees payment days, and its version."""

    version: str
    learnt: Learnt


def matcher_for(registry: Registry, *, as_of: date, asked: str | None = None) -> Matcher | None:
    """The version asked for, else the one that serves on the day; None for the rules.

    Raises UnknownVersion, TrainedLater, SpoiltFile, OtherColumns.
    """
    version = _chosen(registry, as_of, asked)
    if version is None:
        return None
    from o2c_ai.models.remittance_matching.predictor import from_files

    return Matcher(version.name, from_files(registry.load(version)))


def timing_for(registry: Registry, *, as_of: date, asked: str | None = None) -> LearnedTimingVersion | None:
    """The version asked for, else the one that serves on the day; None for the rules.

    Raises UnknownVersion, TrainedLater, SpoiltFile, OtherMeasurements.
    """
    version = _chosen(registry, as_of, asked)
    if version is None:
        return None
    from o2c_ai.models.payment_timing.predictor import from_files

    return LearnedTimingVersion(version.name, from_files(registry.load(version)))


def _chosen(registry: Registry, as_of: date, asked: str | None) -> Version | None:
    if asked == RULES:
        return None
    version = registry.serving(as_of) if asked is None else registry.get(asked)
    if version is not None and version.as_of > as_of:
        raise TrainedLater(version.name, as_of)
    return version
