"""What the predictions would have been: the past asked again, each day knowing only its own past."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from o2c_ai.jobs.forecast_cash import forecast, forecast_rows
from o2c_ai.jobs.score_open_items import Scored, prediction_rows, timing_model
from o2c_ai.jobs.train_timing import PAID_ITEMS_MIN, learn_timing
from o2c_ai.jobs.versions import RULES, LearnedTimingVersion
from o2c_ai.models.payment_timing.days import day_number
from o2c_ai.models.payment_timing.direct import trained_beside
from o2c_ai.models.payment_timing.evaluation import TimingScore, frozen, last_known, predict_at_issue, score_timing
from o2c_ai.models.payment_timing.features import items_frame
from o2c_ai.models.payment_timing.items import known_items
from o2c_ai.models.payment_timing.paired import Difference, compared
from o2c_ai.models.payment_timing.training import RULES as PLAIN_WAYS

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from sqlalchemy.orm import Session

    from o2c_ai.models.cash_forecast.past import Told
    from o2c_ai.models.payment_timing.evaluation import Predict


@dataclass(frozen=True)
class TimingBacktest:
    """What would have been predicted, and how it turned out."""

    rows: list[tuple[object, ...]]
    """Rows of predictions.csv behind an as_of column."""
    model_version: str
    known_until: date | None = None
    """Outcomes are as the books knew them on the evening of their newest day; None where nothing was predicted."""
    scores: dict[str, TimingScore] = field(default_factory=dict)
    """By way to predict, the model first: all on the same rows."""
    less: dict[str, dict[str, Difference]] = field(default_factory=dict)
    """By way: the model's figures less those of the way, customers drawn anew."""

    def figures(self) -> dict[str, object]:
        """Scores and differences as plain values, to four places."""
        scores = {way: asdict(score) for way, score in self.scores.items()}
        less = {way: {name: asdict(gap) for name, gap in gaps.items()} for way, gaps in self.less.items()}
        return {"scores": _plain(scores), "less": _plain(less)}


def train_frozen(
    session: Session, company_id: int, *, cutoff: date, progress: Callable[[str], object] = str
) -> tuple[LearnedTimingVersion | None, str]:
    """A model trained on what was known at the cutoff, registered nowhere; or None and why there is none."""
    learnt = learn_timing(session, company_id, as_of=cutoff, progress=progress)
    if learnt.trained is None:
        return None, learnt.refusal
    return LearnedTimingVersion(f"{cutoff} unregistered", learnt.trained.learnt), ""


def backtest_timing(
    session: Session,
    company_id: int,
    *,
    cutoff: date,
    days: int,
    timing: LearnedTimingVersion | None = None,
    progress: Callable[[str], object] = str,
) -> TimingBacktest:
    """Every item issued in the days after the cutoff, predicted on its issue day, and measured beside simpler ways.

    The model is frozen at the cutoff, and by the rules without `timing`; the learned one measures each item with what
    was known that evening. An item cleared on its issue day is not open that evening and has no row.
    """
    items = items_frame(session, company_id, cutoff + timedelta(days=days))
    foresee = frozen(timing_model(timing).fit(items, cutoff))
    version = RULES if timing is None else timing.version

    def predict(items: pd.DataFrame, still_open: pd.DataFrame, as_of: date) -> pd.DataFrame:
        return foresee(items, still_open, as_of).assign(
            number=still_open["number"], customer_code=still_open["customer_code"]
        )

    found: Any = predict_at_issue(items, cutoff, days, predict)
    told = zip(found["as_of"], prediction_rows(Scored(found, version)), strict=True)
    rows = [(day.date().isoformat(), *row) for day, row in told]
    if not rows:
        return TimingBacktest(rows, version)
    beside = {version: found}
    for name, way in _ways_beside(items, cutoff).items():
        progress(f"beside it: {name}")
        beside[name] = predict_at_issue(items, cutoff, days, way)
    # Only now are the books asked what came later than the days predicted.
    later = items_frame(session, company_id, date.max)
    until = last_known(later) or cutoff
    scores = {name: score_timing(one, later, until) for name, one in beside.items()}
    return TimingBacktest(rows, version, until, scores, compared(beside, version, later, until))


def _ways_beside(items: pd.DataFrame, cutoff: date) -> dict[str, Predict]:
    paid = int(known_items(items, day_number(cutoff)).paid.sum())
    return PLAIN_WAYS | (trained_beside(items, cutoff) if paid >= PAID_ITEMS_MIN else {})


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def by_rules(_: date) -> None:
    """The rules serve on every day."""


def backtest_forecast(
    session: Session,
    company_id: int,
    *,
    first: date,
    last: date,
    every: int,
    weeks: int,
    timing_on: Callable[[date], LearnedTimingVersion | None] = by_rules,
    progress: Callable[[str], object] = str,
) -> list[tuple[object, ...]]:
    """Rows of forecast.csv behind an as_of column, for a forecast made every so many days from first to last.

    `timing_on` says which version served on a day. Later forecasts learn from how the earlier ones turned out.
    """
    rows: list[tuple[object, ...]] = []
    told: dict[int, Told] = {}
    day = first
    while day <= last:
        progress(f"as of {day}")
        made = forecast(session, company_id, as_of=day, weeks=weeks, timing=timing_on(day), told=told)
        rows += [(day.isoformat(), *row) for row in forecast_rows(made.weeks)]
        day += timedelta(days=every)
    return rows
