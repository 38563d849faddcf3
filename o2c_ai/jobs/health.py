"""How the learners are: what serves and what waits, beside the rules, and what the last look at drift found."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from o2c_ai.jobs.measured import JUDGED_BY, OURS, Measured
from o2c_ai.jobs.model_card import CARD, calibration_of
from o2c_ai.jobs.recorded import recorded
from o2c_ai.jobs.versions import RULES

if TYPE_CHECKING:
    from datetime import date

    from o2c_ai.jobs.measured import Figures
    from o2c_ai.models.registry import Registry, Version


@dataclass(frozen=True, slots=True)
class Look:
    """What the last look at drift found."""

    as_of: str
    retrain: list[str]
    """Why to train again; empty where nothing says so."""
    limits: dict[str, float]
    """From where on to train again: features, calibration, error (times the error in training)."""
    features: dict[str, float]
    """Column → stability index, the most moved first."""
    unmeasured: str
    """Why the columns could not be measured; empty where they could."""
    matured: Figures
    months: dict[str, Figures]
    """Month (2026-09) → what came of its answers."""

    @property
    def middle(self) -> float | None:
        """Stability index of the middle column, which is held against its limit; None where none was measured."""
        return round(median(self.features.values()), 3) if self.features else None


@dataclass(frozen=True, slots=True)
class VersionHealth:
    """One version beside the rules it has to beat."""

    role: str
    """champion or challenger."""
    version: Version
    measured: Measured
    calibration: dict[str, list[tuple[float, float, int]]]
    """Way to answer → rows (said, came, items)."""
    look: Look | None
    """None while nobody looked."""

    @property
    def ways(self) -> list[str]:
        """Ways to answer that were measured, the version first."""
        return [OURS, *(way for way in self.measured.figures if way != OURS)]


@dataclass(frozen=True, slots=True)
class Health:
    """How one learner is on a day."""

    learner: str
    serving: str
    """A version, or `rules`."""
    judged_by: tuple[str, ...]
    """Measures that decide between versions; of each, less is better."""
    versions: list[VersionHealth]
    """Champion and challenger, as far as there are any."""


def health(registry: Registry, as_of: date) -> Health:
    """How a learner is on a day, read off what was kept with its versions. Raises SpoiltList."""
    champion, challenger = registry.serving(as_of), registry.challenger()
    there = [("champion", champion), ("challenger", challenger)]
    found = [_version(registry, role, one) for role, one in there if one is not None and one.as_of <= as_of]
    serving = RULES if champion is None else champion.name
    return Health(registry.learner, serving, JUDGED_BY[registry.learner], found)


def _version(registry: Registry, role: str, version: Version) -> VersionHealth:
    measured = recorded(registry.learner, version)
    return VersionHealth(role, version, measured, calibration_of(registry, version), _look(version.drift))


def _look(drift: dict[str, Any]) -> Look | None:
    if not drift:
        return None
    moved = drift.get("features", {})
    measured = isinstance(moved, dict)
    # Looks of earlier releases kept no more than the flag.
    return Look(
        drift["as_of"],
        drift["retrain"],
        drift.get("limits", {}),
        moved if measured else {},
        "" if measured else moved,
        drift.get("matured", {"items": 0}),
        drift.get("months", {}),
    )


def card_of(registry: Registry, name: str) -> str:
    """The card of a version as Markdown; empty where none was kept. Raises UnknownVersion, SpoiltFile."""
    return registry.papers(registry.get(name)).get(CARD, b"").decode()
