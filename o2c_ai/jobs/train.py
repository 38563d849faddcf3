"""Train on the company's own history, and measure there what a learner has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.people.rules import Duty, require
from o2c_ai.jobs.check_drift import reference
from o2c_ai.jobs.match import matcher_policy
from o2c_ai.jobs.register import register, served
from o2c_ai.jobs.versions import MATCHING
from o2c_ai.models.remittance_matching.baseline import measure

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.suggestions.rules import Policy
    from o2c_ai.models.registry import Registry
    from o2c_ai.models.remittance_matching.rates import RuleRates
    from o2c_ai.models.remittance_matching.training import Trained

LIKELIEST = "likeliest way to book a line"
STEP_MIN = 20
"""Fewer lines are no dot on a chart."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What training gave, not registered yet."""

    trained: Trained | None
    """None where history is too short; the rules go on serving."""
    refusal: str
    rates: RuleRates
    """How often each rule was right on the same history."""
    reference: dict[str, object]
    """How the lines looked that it was trained on, column by column."""


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
        return Learnt(None, str(refusal), measure(papers, matcher_policy(policy)), {})
    return Learnt(trained, "", trained.scorer.rates, reference(session, company_id, MATCHING, as_of))


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
    name = register(
        session,
        actor,
        registry=registry,
        as_of=as_of,
        facts=facts,
        files=to_files(learnt.trained.scorer),
        seen={"calibration": {LIKELIEST: _said_and_came(learnt.trained)}, "reference": learnt.reference},
        beats_rules=learnt.trained.beats_rules,
    )
    return served(registry, as_of) | {"trained": name} | facts | _rules(learnt.rates)


def _said_and_came(trained: Trained) -> list[tuple[float, float, int]]:
    """What judges said of the likeliest way to book later lines, before calibration, and the share that was right.

    Steps are as calibration pooled them; small ones are left out.
    """
    steps = trained.scorer.calibration.steps
    ends = [*(low for low, _, _ in steps[1:]), 1.0]
    bins = [((low + end) / 2, right / lines, lines) for (low, right, lines), end in zip(steps, ends, strict=True)]
    return [one for one in bins if one[2] >= STEP_MIN]


def _rules(rates: RuleRates) -> dict[str, object]:
    rules = {rule[0]: f"{right:,} of {seen:,} right" for rule, (right, seen) in rates.cells.items() if len(rule) == 1}
    return {"rules": dict(sorted(rules.items()))}
