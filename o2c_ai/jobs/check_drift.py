"""Whether what serves still reads what it was trained on and still keeps its word; if not, why to train again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from o2c_ai.core import audit
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.jobs.matured import matured, matured_by_month
from o2c_ai.jobs.measured import ITEMS_MIN, OURS, Figures
from o2c_ai.jobs.model_card import SEEN, write_card
from o2c_ai.jobs.recorded import recorded
from o2c_ai.jobs.versions import RULES, TIMING
from o2c_ai.models.registry import SpoiltFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.models.drift import Sample
    from o2c_ai.models.registry import Registry, Version

REFERENCE_DAYS = 120
"""Items of so many days before training are what later ones are held against: a season, not all of history."""
LATELY_DAYS = 61
"""Items of so many days are what is read now."""


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a version should be trained again."""

    features: float
    """Population stability index of the middle column."""
    calibration: float
    """Mean distance of probabilities from shares, 0 to 1."""
    error: float
    """Error now beside the error measured in training."""


def features_of(session: Session, company_id: int, learner: str, since: date, until: date) -> Sample:
    """What is read of what came after `since`, up to `until`, as known when it came."""
    if learner == TIMING:
        from o2c_ai.models.payment_timing.features import items_frame
        from o2c_ai.models.payment_timing.issue_features import features_at_issue

        return features_at_issue(items_frame(session, company_id, until), since, until)
    from o2c_ai.models.remittance_matching.books import read_papers
    from o2c_ai.models.remittance_matching.line_features import line_features

    return line_features(read_papers(session, company_id, until), since, until)


def _raw(learner: str) -> tuple[str, ...]:
    """Columns that stand on the papers themselves: one of them alone says that the world has moved."""
    if learner == TIMING:
        from o2c_ai.models.payment_timing.issue_features import RAW

        return RAW
    return ("amount",)


def reference(session: Session, company_id: int, learner: str, as_of: date) -> dict[str, object]:
    """How each column was spread before the training day, to be kept with the version."""
    from o2c_ai.models.drift import references

    sample = features_of(session, company_id, learner, as_of - timedelta(days=REFERENCE_DAYS), as_of)
    return {name: asdict(one) for name, one in references(sample).items()}


def drift(session: Session, company_id: int, *, registry: Registry, as_of: date, limits: Limits) -> dict[str, object]:
    """How far the champion's world has moved by the evening of the day, and why to train again; writes nothing.

    `features` is its stability index by column, `matured` what came of its answers, `months` the same month by month.
    """
    version = registry.serving(as_of)
    if version is None:
        return {"version": RULES, "retrain": []}
    moved = _moved(session, company_id, registry, version, as_of)
    told, months = matured_by_month(session, company_id, registry.learner, version.name, as_of)
    facts: dict[str, object] = {"version": version.name, "features": moved, "matured": told, "months": months}
    challenger = registry.challenger()
    if challenger is not None:
        facts["matured_challenger"] = matured(session, company_id, registry.learner, challenger.name, as_of)
    facts["limits"] = asdict(limits)
    learner = registry.learner
    why = [*_of_features(learner, moved, limits), *_of_answers(learner, version, told, limits)]
    return facts | {"retrain": why}


def flag(session: Session, actor: Actor, *, registry: Registry, as_of: date, facts: Mapping[str, Any]) -> None:
    """Keep with the version what was found; finding the same again changes nothing. Raises NotYourDuty."""
    require(actor, Duty.TRAIN)
    version = registry.serving(as_of)
    said = {"as_of": as_of.isoformat(), "retrain": facts["retrain"]}
    if version is not None and version.drift != (note := {**facts, **said}):
        registry.note_drift(version.name, note)
        write_card(registry, version.name)
        audit.record(session, actor, "check drift", "model_versions", detail={"version": version.name, **said})


def _moved(
    session: Session, company_id: int, registry: Registry, version: Version, as_of: date
) -> dict[str, float] | str:
    """Column → stability index of what came lately and after training, the most moved first; else why there is none."""
    from o2c_ai.models.drift import Reference, moved

    try:
        kept = json.loads(registry.papers(version)[SEEN])["reference"]
    except (KeyError, SpoiltFile):
        return "no: what it saw in training was not kept or was changed since"
    since = max(version.as_of, as_of - timedelta(days=LATELY_DAYS))
    sample = features_of(session, company_id, registry.learner, since, as_of)
    came = len(sample.owners)
    if came < ITEMS_MIN:
        return f"no: {came} came since {since}, {ITEMS_MIN} are needed"
    then = {name: Reference(**one) for name, one in kept.items()}
    found = {
        name: round(moved(then[name], column, sample.owners), 3)
        for name, column in sample.columns.items()
        if name in then
    }
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def _of_features(learner: str, moved: dict[str, float] | str, limits: Limits) -> list[str]:
    from o2c_ai.models.drift import MUCH_MOVED

    if isinstance(moved, str) or not moved:
        return []
    reasons = []
    if median(moved.values()) > limits.features:
        most = ", ".join(list(moved)[:3])
        reasons.append(f"half of what it reads has moved by more than {limits.features} (most: {most})")
    much = [name for name in _raw(learner) if moved.get(name, 0) > MUCH_MOVED]
    if much:
        reasons.append(f"{', '.join(much)}: what the papers themselves say has moved by more than {MUCH_MOVED}")
    return reasons


def _of_answers(learner: str, version: Version, told: Figures, limits: Limits) -> list[str]:
    if told["items"] < ITEMS_MIN:
        return []
    ours = recorded(learner, version).figures[OURS]
    before = ours["brier"] if learner == TIMING else 1 - ours["right_share"]
    reasons = []
    if told["calibration"] is not None and told["calibration"] > limits.calibration:
        reasons.append(
            f"its probabilities are off by {told['calibration']} on average, {limits.calibration} is allowed"
        )
    if told["error"] is not None and before is not None and told["error"] > limits.error * before:
        reasons.append(f"its error grew from {before:.4f} to {told['error']}, {limits.error} times is allowed")
    return reasons
