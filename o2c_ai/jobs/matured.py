"""How stored predictions and suggestions turned out, once it was known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.suggestions.queries import newest_by
from o2c_ai.core.timings.queries import first_timings
from o2c_ai.core.timings.rules import SHADOW
from o2c_ai.jobs.measured import Figures
from o2c_ai.jobs.versions import TIMING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PPM = 1_000_000


def matured(session: Session, company_id: int, learner: str, name: str, as_of: date) -> Figures:
    """What was stored by one version and has its answer by the day: `items`, with any also `calibration` and `error`.

    `calibration` is how far probabilities were from shares on average, 0 to 1. `error` is the Brier score of being
    late, or the share of best proposals that people booked otherwise.
    """
    found = _timings if learner == TIMING else _suggestions
    return found(session, company_id, name, as_of)


def _timings(session: Session, company_id: int, name: str, as_of: date) -> Figures:
    """Of each item the first prediction, made silently or not, on its due date or before."""
    import pandas as pd

    from o2c_ai.jobs.compare_timing import figures_of
    from o2c_ai.models.payment_timing.days import date_of
    from o2c_ai.models.payment_timing.evaluation import score_timing
    from o2c_ai.models.payment_timing.features import items_frame

    items = items_frame(session, company_id, as_of)
    due = {item: date_of(day) for item, day in zip(items["item_id"], items["due_date"], strict=True)}
    rows = [
        (
            one.open_item_id,
            one.p_late_ppm / PPM,
            one.p_late_7_ppm / PPM,
            one.p_late_30_ppm / PPM,
            one.p10,
            one.p50,
            one.p90,
        )
        for one in first_timings(session, company_id, (name, name + SHADOW), as_of)
        if one.open_item_id in due and one.as_of <= due[one.open_item_id] < as_of
    ]
    if not rows:
        return {"items": 0}
    columns = ["item_id", "p_late", "p_late_7", "p_late_30", "p10", "p50", "p90"]
    figures = figures_of(score_timing(pd.DataFrame(rows, columns=columns), items, as_of))
    kept = ("items", "mae_days", "within_3_days", "coverage")
    return {"calibration": figures["ece"], "error": figures["brier"], **{name: figures[name] for name in kept}}


def _suggestions(session: Session, company_id: int, name: str, as_of: date) -> Figures:
    """Of each line the newest proposal, where people booked the line since."""
    import numpy as np

    from o2c_ai.models.payment_timing.evaluation import calibration_error
    from o2c_ai.models.remittance_matching.books import read_papers
    from o2c_ai.models.remittance_matching.comparison import as_booked, judged_lines
    from o2c_ai.models.remittance_matching.records import ProposedRow, Reason

    judged = judged_lines(read_papers(session, company_id, as_of), date.min, as_of)
    said, came = [], []
    for line, ppm, parts in newest_by(session, company_id, name, as_of):
        if line in judged:
            rows = [
                ProposedRow(
                    -part.credit_item_id if part.credit_item_id else part.open_item_id,
                    part.amount_minor,
                    Reason(part.reason.value),
                )
                for part in parts
            ]
            said.append(ppm / PPM)
            came.append(as_booked(rows, judged[line]))
    if not said:
        return {"items": 0}
    gap = calibration_error(np.array(said), np.array(came))
    wrong = 1 - sum(came) / len(came)
    return {"items": len(said), "calibration": None if gap is None else round(gap, 4), "error": round(wrong, 4)}
