"""How versions of the matcher do on the same later bank lines, and how they did when they were trained."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from o2c_ai.jobs.match import matcher_policy
from o2c_ai.jobs.measured import ITEMS_MIN, OURS, Figures, Measured
from o2c_ai.jobs.versions import RULES
from o2c_ai.models.remittance_matching.baseline import HORIZON_DAYS, measure
from o2c_ai.models.remittance_matching.books import read_papers
from o2c_ai.models.remittance_matching.comparison import count_right, judged_lines
from o2c_ai.models.remittance_matching.predictor import from_files
from o2c_ai.models.remittance_matching.scoring import RuleScorer, Scorer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from o2c_ai.core.suggestions.rules import Policy


def measure_matching(
    session: Session,
    company_id: int,
    window: tuple[date, date],
    versions: Mapping[str, Mapping[str, bytes]],
    policy: Policy,
) -> Measured | None:
    """Each version, and the rules as history had them, let alone from the window's first evening for up to 60 days.

    Lines count that people had booked by its last; None with too few of them. Raises OtherColumns.
    """
    since, until = window[0], min(window[1], window[0] + timedelta(days=HORIZON_DAYS))
    papers, asked = read_papers(session, company_id, until), matcher_policy(policy)
    if len(judged_lines(papers, since, until)) < ITEMS_MIN:
        return None
    scorers: dict[str, Scorer] = {RULES: RuleScorer(measure(read_papers(session, company_id, since), asked))}
    scorers |= {name: from_files(files) for name, files in versions.items()}
    lines, right = count_right(papers, asked, since, until, scorers)
    return Measured(
        since.isoformat(), until.isoformat(), lines, {name: _figures(lines, count) for name, count in right.items()}
    )


def recorded_matching(facts: Mapping[str, Any], as_of: date) -> Measured:
    """What was measured in training, on lines later than those learnt from."""
    lines = int(facts["judged"])
    figures = {OURS: _figures(lines, int(facts["right"])), RULES: _figures(lines, int(facts["right_by_rules"]))}
    return Measured("", as_of.isoformat(), lines, figures)


def _figures(lines: int, right: int) -> Figures:
    return {"lines": lines, "right": right, "wrong": lines - right, "right_share": round(right / max(lines, 1), 4)}
