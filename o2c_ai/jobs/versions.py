"""Which version of a learner serves: the newest promoted one that knew nothing later, else the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from o2c_ai.core import audit
from o2c_ai.core.errors import Conflict
from o2c_ai.models.registry import SpoiltList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.models.payment_timing.estimator import Learnt
    from o2c_ai.models.registry import Registry
    from o2c_ai.models.remittance_matching.scoring import Scorer

Read = TypeVar("Read")

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


class Unusable(Conflict):
    """A version that serves cannot be read: its files were changed, lost, or made by another release."""

    def __init__(self, name: str, why: str) -> None:
        """Name the version, empty where their list is spoilt, and say why."""
        self.name, self.why = name, why
        super().__init__(why)


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

    Read anew from its files each time: what is promoted serves at once. Raises UnknownVersion, TrainedLater, Unusable.
    """
    from o2c_ai.models.remittance_matching.predictor import from_files

    chosen = _chosen(registry, as_of, asked, from_files)
    return None if chosen is None else Matcher(*chosen)


def timing_for(registry: Registry, *, as_of: date, asked: str | None = None) -> LearnedTimingVersion | None:
    """The version asked for, else the one that serves on the day; None for the rules. Raises as `matcher_for`."""
    from o2c_ai.models.payment_timing.predictor import from_files

    chosen = _chosen(registry, as_of, asked, from_files)
    return None if chosen is None else LearnedTimingVersion(*chosen)


def challenger_for(registry: Registry, *, as_of: date, asked: str | None = None) -> LearnedTimingVersion | None:
    """The newest version that nobody let serve yet, if it knew nothing later than the day. Raises as `timing_for`."""
    try:
        challenger = registry.challenger()
    except SpoiltList:
        return None  # what serves says so already
    if challenger is None or challenger.as_of > as_of:
        return None
    return timing_for(registry, as_of=as_of, asked=asked or challenger.name)


def _chosen(
    registry: Registry, as_of: date, asked: str | None, read: Callable[[Mapping[str, bytes]], Read]
) -> tuple[str, Read] | None:
    if asked == RULES:
        return None
    try:
        version = registry.serving(as_of) if asked is None else registry.get(asked)
    except SpoiltList as error:
        raise Unusable("", str(error)) from error
    if version is None:
        return None
    if version.as_of > as_of:
        raise TrainedLater(version.name, as_of)
    try:
        return version.name, read(registry.load(version))
    except Exception as error:  # a damaged file can fail in any way; the rules must be able to go on
        raise Unusable(version.name, str(error)) from error


def record_unusable(session: Session, actor: Actor, learner: str, refusal: Unusable) -> None:
    """Write down that a version could not be read and the rules served."""
    detail: dict[str, object] = {"learner": learner, "version": refusal.name, "why": refusal.why}
    audit.record(session, actor, "refuse", "model_versions", detail=detail)
