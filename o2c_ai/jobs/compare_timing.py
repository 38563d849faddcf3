"""How versions of payment timing do on the same later items, and how they did when they were trained."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from o2c_ai.core.payments.queries import worked_until
from o2c_ai.jobs.measured import ITEMS_MIN, OURS, Figures, Gap, Measured
from o2c_ai.jobs.versions import RULES
from o2c_ai.models.payment_timing.days import day_number
from o2c_ai.models.payment_timing.estimator import LearnedTiming
from o2c_ai.models.payment_timing.evaluation import Predict, TimingScore, day_one, frozen, score_timing
from o2c_ai.models.payment_timing.features import items_frame
from o2c_ai.models.payment_timing.items import known_items
from o2c_ai.models.payment_timing.paired import Difference, clearly_worse, compared
from o2c_ai.models.payment_timing.predictor import from_files
from o2c_ai.models.payment_timing.training import DAY_ONE, LEARNED, foresee

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from o2c_ai.core.suggestions.rules import Policy

LATER_DAYS = 61
"""Items issued so many days after both were trained are asked about: as long as a company lets a version serve."""


def measure_timing(
    session: Session,
    company_id: int,
    window: tuple[date, date],
    versions: Mapping[str, Mapping[str, bytes]],
    policy: Policy,
) -> Measured | None:
    """Each version frozen on the window's first evening, and rules that learn on, at issue of the items that came next.

    The newest of `versions`, their last, is held against every other way customer by customer (paired.py).

    Items count that were issued up to 61 days later and had fallen due by its last, or by the last evening up to which
    bank lines were worked: money that waits for a clerk is no late payment. None where too few were paid. Raises
    OtherMeasurements.
    """
    del policy
    since, until = window[0], worked_until(session, company_id, window[1])
    items = items_frame(session, company_id, until)
    known, first = known_items(items, day_number(until)), day_number(since)
    later = (known.issued > first) & (known.issued <= first + LATER_DAYS) & (known.due <= known.as_of)
    rows = np.flatnonzero(later & (known.last_seen > known.issued))
    if known.paid[rows].sum() < ITEMS_MIN:
        return None
    ways: dict[str, Predict] = {RULES: day_one}
    for name, files in versions.items():
        ways[name] = frozen(LearnedTiming(from_files(files)).fit(items, since))
    asked = items.iloc[known.rows[rows]]
    told = foresee(items, asked, since, until, ways)
    figures = {name: figures_of(score_timing(one, asked, until)) for name, one in told.items()}
    less = compared(told, list(versions)[-1], asked, until)
    gaps = {other: {name: _gap(name, one) for name, one in found.items()} for other, found in less.items()}
    return Measured(since.isoformat(), until.isoformat(), len(rows), figures, gaps)


def _gap(figure: str, found: Difference) -> Gap:
    low, point, high = (round(value, 4) for value in (found.low, found.point, found.high))
    return Gap(point, low, high, is_worse=clearly_worse(figure, found))


def recorded_timing(facts: Mapping[str, Any]) -> Measured:
    """What was measured in training, on the items that fell due last."""
    names = {LEARNED: OURS, DAY_ONE: RULES}
    figures = {names.get(name, name): dict(row) for name, row in facts["measured"].items()}
    return Measured(facts["measured_from"], facts["measured_until"], int(figures[OURS]["items"]), figures)


def figures_of(score: TimingScore) -> Figures:
    """The figures of a score, rounded to four places; what was said and what came of it is told elsewhere."""
    return {name: _rounded(value) for name, value in asdict(score).items() if name != "calibration"}


def _rounded(value: object) -> object:
    if isinstance(value, tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value
