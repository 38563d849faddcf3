"""How stored predictions and suggestions turned out, once it was known."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.payments.queries import worked_until
from o2c_ai.core.suggestions.queries import newest_by
from o2c_ai.core.timings.queries import first_timings
from o2c_ai.core.timings.rules import SHADOW
from o2c_ai.jobs.measured import Figures
from o2c_ai.jobs.versions import TIMING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from sqlalchemy.orm import Session

PPM = 1_000_000


def matured(session: Session, company_id: int, learner: str, name: str, as_of: date) -> Figures:
    """What was stored by one version and has its answer by the day: `items`, with any also `calibration` and `error`.

    `calibration` is how far probabilities were from shares on average, 0 to 1. `error` is the Brier score of being
    late, or the share of best proposals that people booked otherwise.
    """
    return matured_by_month(session, company_id, learner, name, as_of)[0]


def matured_by_month(
    session: Session, company_id: int, learner: str, name: str, as_of: date
) -> tuple[Figures, dict[str, Figures]]:
    """As `matured`; and the same of each month (2026-09) in which items fell due or lines were booked, oldest first."""
    found = _timings if learner == TIMING else _suggestions
    return found(session, company_id, name, as_of)


def _timings(session: Session, company_id: int, name: str, as_of: date) -> tuple[Figures, dict[str, Figures]]:
    """Of each item the first prediction, made silently or not, on its due date or before."""
    import pandas as pd

    from o2c_ai.models.payment_timing.days import date_of
    from o2c_ai.models.payment_timing.features import items_frame

    # Money that waits for a clerk is no late payment: outcomes are those of lines worked.
    as_of = worked_until(session, company_id, as_of)
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
        return {"items": 0}, {}
    columns = ["item_id", "p_late", "p_late_7", "p_late_30", "p10", "p50", "p90"]
    told = pd.DataFrame(rows, columns=columns)
    months = told["item_id"].map(lambda item: _month(due[item]))
    by_month = {month: _scored(told[months == month], items, as_of) for month in sorted(set(months))}
    return _scored(told, items, as_of), by_month


def _scored(told: pd.DataFrame, items: pd.DataFrame, as_of: date) -> Figures:
    from o2c_ai.jobs.compare_timing import figures_of
    from o2c_ai.models.payment_timing.evaluation import score_timing

    figures = figures_of(score_timing(told, items, as_of))
    kept = ("items", "mae_days", "within_3_days", "coverage")
    return {"calibration": figures["ece"], "error": figures["brier"], **{name: figures[name] for name in kept}}


def _suggestions(session: Session, company_id: int, name: str, as_of: date) -> tuple[Figures, dict[str, Figures]]:
    """Of each line the newest proposal, where people booked the line since."""
    from o2c_ai.models.remittance_matching.books import read_papers
    from o2c_ai.models.remittance_matching.comparison import as_booked, judged_lines
    from o2c_ai.models.remittance_matching.records import ProposedRow, Reason

    papers = read_papers(session, company_id, as_of)
    judged = judged_lines(papers, date.min, as_of)
    booked_in = {line.line_id: _month(line.booking_date) for line in papers.lines}
    by_month: dict[str, list[tuple[float, bool]]] = {}
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
            came = as_booked(rows, judged[line])
            by_month.setdefault(booked_in[line], []).append((ppm / PPM, came))
    whole = [one for told in by_month.values() for one in told]
    return _judged(whole), {month: _judged(told) for month, told in sorted(by_month.items())}


def _judged(told: Sequence[tuple[float, bool]]) -> Figures:
    """Figures of probabilities and whether each came true."""
    import numpy as np

    from o2c_ai.models.payment_timing.evaluation import calibration_error

    if not told:
        return {"items": 0}
    said, came = (np.array(column) for column in zip(*told, strict=True))
    gap = calibration_error(said, came)
    wrong = 1 - sum(came.tolist()) / len(came)
    return {"items": len(said), "calibration": None if gap is None else round(gap, 4), "error": round(wrong, 4)}


def _month(day: date) -> str:
    return day.isoformat()[:7]
