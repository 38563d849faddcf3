"""Measure on the company's own history what serves today: the bar a learner must pass before it may replace it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from o2c_ai.jobs.versions import RULES
from o2c_ai.models.payment_timing.evaluation import day_one, predict_at_issue, score_timing
from o2c_ai.models.payment_timing.features import items_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from o2c_ai.core.suggestions.rules import Policy

SPAN_DAYS = 61
"""Days before the training day on whose items the timing rules are measured."""
PAID_ITEMS_MIN = 50
"""Fewer paid items say nothing about a customer book."""


def measure_timing(session: Session, company_id: int, *, as_of: date) -> dict[str, object]:
    """How well the timing rules did on the items issued in the last 61 days, each predicted on its issue day."""
    items = items_frame(session, company_id, as_of)
    paid = int((items["open_minor"] == 0).sum())
    if paid < PAID_ITEMS_MIN:
        return {"serving": RULES, "measured": f"no: {paid} paid items, {PAID_ITEMS_MIN} are needed"}
    predicted = predict_at_issue(items, as_of - timedelta(days=SPAN_DAYS), SPAN_DAYS, day_one)
    if predicted.empty:
        return {"serving": RULES, "measured": f"no: nothing was issued in the {SPAN_DAYS} days before"}
    score = score_timing(predicted, items, as_of)
    return {"serving": RULES, **{name: _rounded(value) for name, value in asdict(score).items()}}


def _rounded(value: object) -> object:
    if isinstance(value, tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def measure_matching(
    session: Session, company_id: int, *, as_of: date, policy: Policy, progress: Callable[[str], object]
) -> dict[str, object]:
    """How often each matching rule was right when the company's history is replayed in order of time."""
    from o2c_ai.jobs.match import matcher_policy
    from o2c_ai.models.remittance_matching.baseline import measure
    from o2c_ai.models.remittance_matching.books import read_papers

    progress("reading the books")
    papers = read_papers(session, company_id, as_of)
    progress("replaying history")
    rates = measure(papers, matcher_policy(policy))
    rules = {rule[0]: f"{right:,} of {seen:,} right" for rule, (right, seen) in rates.cells.items() if len(rule) == 1}
    return {"serving": RULES, "rules": dict(sorted(rules.items()))}
