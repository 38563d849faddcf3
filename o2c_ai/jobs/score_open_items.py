"""Predict when every open item will be paid, and keep the prediction with the day it was made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from o2c_ai.core.timings import actions as stored_timings
from o2c_ai.core.timings.rules import SHADOW, Timing
from o2c_ai.jobs.versions import RULES
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming, open_on
from o2c_ai.models.payment_timing.features import items_frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import pandas as pd
    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.jobs.versions import LearnedTimingVersion
    from o2c_ai.models.payment_timing.estimator import LearnedTiming

PPM = 1_000_000
EXPLAINED = 250
"""Items of a day of which it is worked out what weighed most, at a millisecond each: what people look at first."""


@dataclass(frozen=True)
class Scored:
    """Predictions of one day: one row per open item, with number and customer_code."""

    frame: pd.DataFrame
    model_version: str

    def silently(self) -> Scored:
        """The same predictions, kept to be compared and used for nothing."""
        return replace(self, model_version=self.model_version + SHADOW)


def score(
    session: Session,
    company_id: int,
    *,
    as_of: date,
    timing: LearnedTimingVersion | None = None,
    explained: bool = True,
) -> Scored:
    """Predictions for everything open on the evening of the day, by the rules without `timing`; writes nothing.

    `explained` adds what weighed most, which only people read.
    """
    items = items_frame(session, company_id, as_of)
    still_open = open_on(items, as_of)
    model = timing_model(timing).fit(items, as_of)
    predicted = model.predict(still_open, as_of)
    if explained and not isinstance(model, EmpiricalTiming):
        predicted = _explained(model, predicted, still_open, as_of)
    named = predicted.assign(number=still_open["number"], customer_code=still_open["customer_code"])
    return Scored(named, RULES if timing is None else timing.version)


def _explained(model: LearnedTiming, predicted: pd.DataFrame, still_open: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """The predictions; of the items with most money likely to be late the reasons begin with what weighed most."""
    at_risk = predicted["p_late"] * still_open["open_minor"].to_numpy()
    place = at_risk.groupby(still_open["currency"].to_numpy()).rank(ascending=False, method="first")
    chosen = place.argsort(kind="stable").to_numpy()[:EXPLAINED]
    reasons = predicted["reasons"].tolist()
    for row, weightiest in zip(chosen.tolist(), model.explain(still_open.iloc[chosen], as_of), strict=True):
        _habit, *today = reasons[row]
        reasons[row] = (*weightiest, *today)
    return predicted.assign(reasons=reasons)


def timing_model(timing: LearnedTimingVersion | None) -> EmpiricalTiming | LearnedTiming:
    """The model of a version, or the rules; it reads the books with `fit`."""
    if timing is None:
        return EmpiricalTiming()
    from o2c_ai.models.payment_timing.estimator import LearnedTiming

    return LearnedTiming(timing.learnt)


def store(session: Session, actor: Actor, *, as_of: date, scored: Scored) -> int:
    """Keep the predictions, once for a day and version; gives how many were new. The caller commits."""
    timings = [
        Timing(
            int(row.item_id),
            (round(row.p_late * PPM), round(row.p_late_7 * PPM), round(row.p_late_30 * PPM)),
            (row.p10.date(), row.p50.date(), row.p90.date()),
            round(row.expected_days_late * 1000),
            tuple(row.reasons),
        )
        for row in _rows(scored.frame)
    ]
    return stored_timings.store_timings(
        session, actor, as_of=as_of, model_version=scored.model_version, timings=timings
    )


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    yield from frame.itertuples(index=False)


def prediction_rows(scored: Scored) -> list[tuple[object, ...]]:
    """Rows of predictions.csv, in the order of its columns."""
    return [
        (
            row.number,
            row.customer_code,
            *(f"{chance:.6f}" for chance in (row.p_late, row.p_late_7, row.p_late_30)),
            *(day.date().isoformat() for day in (row.p10, row.p50, row.p90)),
            f"{row.expected_days_late:.3f}",
            "; ".join(row.reasons),
            scored.model_version,
        )
        for row in _rows(scored.frame)
    ]
