"""How the learners are: measured beside the rules, chances beside what came, and what drifted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Read, Shared
from o2c_ai.api.routes.learners import Learner, registry_of
from o2c_ai.api.schemas import Written
from o2c_ai.api.turns import TurnRoute

if TYPE_CHECKING:
    from o2c_ai.jobs.health import Look, VersionHealth

router = APIRouter(tags=["learners"], route_class=TurnRoute)


class BinOut(Written):
    """Answers whose chances were about alike."""

    said: float = Field(description="Their chance on average, 0 to 1.")
    came: float = Field(description="The share that came true.")
    items: int


class LookOut(Written):
    """What the last look at drift found."""

    as_of: date
    retrain: list[str] = Field(description="Why to train again; empty where nothing says so.")
    limits: dict[str, float] = Field(description="From where on to train again.")
    features: dict[str, float] = Field(description="Stability index by column, the most moved first.")
    middle: float | None = Field(description="Index of the middle column, which is held against its limit.")
    unmeasured: str = Field(description="Why the columns could not be measured.")
    matured: dict[str, Any] = Field(description="What came of its answers so far.", examples=[{"items": 0}])
    months: dict[str, dict[str, Any]] = Field(description="The same month by month, such as 2026-09.")


class VersionHealthOut(Written):
    """A version beside the rules it has to beat."""

    name: str = Field(examples=["2026-01-31.1"])
    role: str = Field(examples=["champion"])
    trained_by: str
    serves_since: date | None
    measured_until: str = Field(description="The evening by which the outcome was known.")
    measured_items: int
    figures: dict[str, dict[str, Any]] = Field(description="Way to answer → measure → value, all on the same items.")
    calibration: dict[str, list[BinOut]]
    drift: LookOut | None = Field(description="Null while nobody looked.")


class HealthOut(Written):
    """How a learner is on the day."""

    learner: Learner
    serving: str = Field(description="A version, or `rules`.", examples=["rules"])
    judged_by: list[str] = Field(description="Measures that decide between versions; of each, less is better.")
    versions: list[VersionHealthOut] = Field(description="Champion and challenger, as far as there are any.")


@router.get("/learners/{learner}/health")
def health_(read: Read, shared: Shared, learner: Learner) -> HealthOut:
    """Tell how a learner is, read off what was kept with its versions."""
    from o2c_ai.jobs.health import health

    found = health(registry_of(shared, read.session, read.company_id, learner), read.as_of)
    return HealthOut(
        learner=learner,
        serving=found.serving,
        judged_by=list(found.judged_by),
        versions=[_version(one) for one in found.versions],
    )


def _version(one: VersionHealth) -> VersionHealthOut:
    bins = {
        way: [BinOut(said=said, came=came, items=items) for said, came, items in rows]
        for way, rows in one.calibration.items()
    }
    return VersionHealthOut(
        name=one.version.name,
        role=one.role,
        trained_by=one.version.trained_by,
        serves_since=one.version.serves_since,
        measured_until=one.measured.until,
        measured_items=one.measured.items,
        figures=one.measured.figures,
        calibration=bins,
        drift=None if one.look is None else _look(one.look),
    )


def _look(look: Look) -> LookOut:
    return LookOut(
        as_of=date.fromisoformat(look.as_of),
        retrain=look.retrain,
        limits=look.limits,
        features=look.features,
        middle=look.middle,
        unmeasured=look.unmeasured,
        matured=look.matured,
        months=look.months,
    )
