"""Train on the company's own history, and measure there what a learner has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.errors import Conflict
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.jobs.match import matcher_policy
from o2c_ai.jobs.versions import RULES
from o2c_ai.models.remittance_matching.baseline import measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.suggestions.rules import Policy
    from o2c_ai.models.registry import Registry
    from o2c_ai.models.remittance_matching.rates import RuleRates
    from o2c_ai.models.remittance_matching.training import Trained

BEATS_RULES = "beats_rules"
"""Fact of a version: whether it did better than the rules on the same later items."""


class NoBetter(Conflict):
    """A version that did no better than the rules does not take their place."""

    def __init__(self, name: str) -> None:
        """Name the version."""
        self.name = name
        super().__init__(f"version {name} did no better than the rules when it was measured: they go on serving")


@dataclass(frozen=True, slots=True)
class Learnt:
    """What training gave, not registered yet."""

    trained: Trained | None
    """None where history is too short; the rules go on serving."""
    refusal: str
    rates: RuleRates
    """How often each rule was right on the same history."""


def learn_matching(
    session: Session,
    company_id: int,
    *,
    as_of: date,
    policy: Policy,
    seed: int = 0,
    progress: Callable[[str], object] = str,
) -> Learnt:
    """Train a matcher on what was known on the evening of the day; writes nothing and locks nothing."""
    from o2c_ai.models.remittance_matching.books import read_papers
    from o2c_ai.models.remittance_matching.training import TooLittleHistory, train

    progress("reading the books")
    papers = read_papers(session, company_id, as_of)
    try:
        trained = train(papers, matcher_policy(policy), seed=seed, progress=progress)
    except TooLittleHistory as refusal:
        progress("measuring the rules")
        return Learnt(None, str(refusal), measure(papers, matcher_policy(policy)))
    return Learnt(trained, "", trained.scorer.rates)


def register_matching(
    session: Session, actor: Actor, *, as_of: date, learnt: Learnt, registry: Registry
) -> dict[str, object]:
    """Register what was learnt; the first version that beats the rules serves at once. Raises NotYourDuty."""
    require(actor, Duty.TRAIN)
    if learnt.trained is None:
        return served(registry, as_of) | {"trained": f"no: {learnt.refusal}"} | _rules(learnt.rates)
    from o2c_ai.models.remittance_matching.predictor import to_files

    names = ("lines", "judged", "right", "right_by_rules")
    facts: dict[str, object] = {name: getattr(learnt.trained, name) for name in names}
    first = not any(version.serves for version in registry.versions())
    files = to_files(learnt.trained.scorer)
    version = registry.save(as_of=as_of, trained_by=actor.name, facts=facts, files=files)
    audit.record(session, actor, "train", "model_versions", detail={"version": version.name, **facts})
    if first and learnt.trained.beats_rules:
        registry.promote(version.name, by=actor.name, first=True)
        detail: dict[str, object] = {"version": version.name, "first": True}
        audit.record(session, actor, "promote", "model_versions", detail=detail)
    return served(registry, as_of) | {"trained": version.name} | facts | _rules(learnt.rates)


def measure_matching(
    session: Session,
    company_id: int,
    *,
    as_of: date,
    policy: Policy,
    registry: Registry,
    progress: Callable[[str], object] = str,
) -> dict[str, object]:
    """How often each matching rule was right on history, beside what was measured of each version in training."""
    from o2c_ai.models.remittance_matching.books import read_papers

    progress("reading the books")
    papers = read_papers(session, company_id, as_of)
    progress("replaying history")
    versions = {version.name: version.facts for version in registry.versions()}
    return served(registry, as_of) | {"versions": versions} | _rules(measure(papers, matcher_policy(policy)))


def served(registry: Registry, as_of: date) -> dict[str, object]:
    """What serves on the day."""
    version = registry.serving(as_of)
    return {"serving": RULES if version is None else version.name}


def _rules(rates: RuleRates) -> dict[str, object]:
    rules = {rule[0]: f"{right:,} of {seen:,} right" for rule, (right, seen) in rates.cells.items() if len(rule) == 1}
    return {"rules": dict(sorted(rules.items()))}


def promote(session: Session, actor: Actor, *, registry: Registry, name: str) -> None:
    """Let a version serve that another person trained. Raises NotYourDuty, UnknownVersion, OwnVersion, NoBetter."""
    require(actor, Duty.TRAIN)
    if registry.get(name).facts.get(BEATS_RULES) is False:
        raise NoBetter(name)
    registry.promote(name, by=actor.name)
    audit.record(session, actor, "promote", "model_versions", detail={"version": name})


def roll_back(session: Session, actor: Actor, *, registry: Registry) -> dict[str, object]:
    """Withdraw the newest version that serves; the one before serves again. Raises NotYourDuty, NothingBefore."""
    require(actor, Duty.TRAIN)
    withdrawn = registry.roll_back()
    audit.record(session, actor, "roll back", "model_versions", detail={"version": withdrawn.name})
    return {"withdrawn": withdrawn.name, **served(registry, date.max)}
