"""Which version of a learner serves: the newest promoted one that knew nothing later, else the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict
from o2c_ai.models.registry import UnknownVersion

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.models.registry import Registry
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


def version_for(asked: str | None) -> str:
    """The version of a learner that only has its rules; raises UnknownVersion for any other."""
    if asked not in {None, RULES}:
        raise UnknownVersion(str(asked))
    return RULES


def matcher_for(registry: Registry, *, as_of: date, asked: str | None = None) -> Matcher | None:
    """The version asked for, else the one that serves on the day; None for the rules.

    Raises UnknownVersion, TrainedLater, SpoiltFile, OtherColumns.
    """
    if asked == RULES:
        return None
    version = registry.serving(as_of) if asked is None else registry.get(asked)
    if version is None:
        return None
    if version.as_of > as_of:
        raise TrainedLater(version.name, as_of)
    from o2c_ai.models.remittance_matching.predictor import from_files

    return Matcher(version.name, from_files(registry.load(version)))
