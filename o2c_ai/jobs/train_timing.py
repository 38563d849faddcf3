"""Train what foresees payment days on the company's own history, and measure there what it has to beat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.people.rules import Duty, require
from o2c_ai.jobs.check_drift import reference
from o2c_ai.jobs.compare_timing import figures_of
from o2c_ai.jobs.register import register, served
from o2c_ai.jobs.versions import TIMING
from o2c_ai.models.payment_timing.evaluation import day_one, predict_at_issue, score_timing
from o2c_ai.models.payment_timing.features import items_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.models.payment_timing.judges import Config
    from o2c_ai.models.payment_timing.training import Trained
    from o2c_ai.models.registry import Registry

SPAN_DAYS = 61
"""Days before the training day on whose items the timing rules are measured."""
CHARTED = ("learned model", "day-one model")
"""Ways to foresee whose chances are drawn beside what came of them."""
PAID_ITEMS_MIN = 50
"""Fewer paid items say nothing about a customer book."""


@dataclass(frozen=True, slots=True)
class LearntTiming:
    """What training gave, not registered yet."""

    trained: Trained | None
    """None where history is too short; the rules go on serving."""
    refusal: str
    rules: dict[str, object]
    """How well the rules did, where nothing was trained."""
    reference: dict[str, object]
    """How the items looked that it was trained on, column by column."""


def learn_timing(
    session: Session,
    company_id: int,
    *,
    as_of: date,
    config: Config | None = None,
    progress: Callable[[str], object] = str,
) -> LearntTiming:
    """Train on what was known on the evening of the day, as usual without `config`; writes and locks nothing."""
    from o2c_ai.models.payment_timing.training import USUAL, TooLittleHistory, train

    progress("reading the books")
    items = items_frame(session, company_id, as_of)
    try:
        trained = train(items, as_of, config=config or USUAL, progress=progress)
        return LearntTiming(trained, "", {}, reference(session, company_id, TIMING, as_of))
    except TooLittleHistory as refusal:
        progress("measuring the rules")
        return LearntTiming(None, str(refusal), _rules(items, as_of), {})


def register_timing(
    session: Session, actor: Actor, *, as_of: date, learnt: LearntTiming, registry: Registry
) -> dict[str, object]:
    """Register what was learnt; the first version that beats the rules serves at once. Raises NotYourDuty."""
    require(actor, Duty.TRAIN)
    if learnt.trained is None:
        return served(registry, as_of) | {"trained": f"no: {learnt.refusal}"} | learnt.rules
    from o2c_ai.models.payment_timing.predictor import to_files

    facts, measured = _facts(learnt.trained), learnt.trained.measured
    name = register(
        session,
        actor,
        registry=registry,
        as_of=as_of,
        facts=facts,
        files=to_files(learnt.trained.learnt),
        seen={"calibration": {way: measured[way].calibration for way in CHARTED}, "reference": learnt.reference},
        beats_rules=learnt.trained.beats_rules,
    )
    return served(registry, as_of) | {"trained": name} | facts


def _facts(trained: Trained) -> dict[str, object]:
    """Figures of the model and of the rules beside it, on the same later items, and settings of its own."""
    (first, last), settings = trained.window, trained.config.settings()
    return {
        "paid_items": trained.learnt_from,
        "measured_from": (first + timedelta(days=1)).isoformat(),
        "measured_until": last.isoformat(),
        "beats_rules": trained.beats_rules,
        "measured": {name: figures_of(score) for name, score in trained.measured.items()},
    } | ({"settings": settings} if settings else {})


def _rules(items: pd.DataFrame, as_of: date) -> dict[str, object]:
    """The day-one model's figures, each item predicted on its issue day."""
    paid = int((items["open_minor"] == 0).sum())
    if paid < PAID_ITEMS_MIN:
        return {"measured": f"no: {paid} paid items, {PAID_ITEMS_MIN} are needed"}
    predicted = predict_at_issue(items, as_of - timedelta(days=SPAN_DAYS), SPAN_DAYS, day_one)
    if predicted.empty:
        return {"measured": f"no: nothing was issued in the {SPAN_DAYS} days before"}
    return figures_of(score_timing(predicted, items, as_of))
