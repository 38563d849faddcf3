"""Verbs of stored predictions: keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, table_of
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.timings import queries
from o2c_ai.core.timings.tables import PaymentTiming

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.timings.rules import Timing

_TIMING_COLUMNS = (
    "company_id",
    "open_item_id",
    "as_of",
    "model_version",
    "p_late_ppm",
    "p_late_7_ppm",
    "p_late_30_ppm",
    "p10",
    "p50",
    "p90",
    "expected_days_late_milli",
    "reasons",
)


def store_timings(session: Session, actor: Actor, *, as_of: date, model_version: str, timings: Sequence[Timing]) -> int:
    """Keep predictions as they were made, once for a day and version; gives how many were new. Raises NotYourDuty."""
    require(actor, Duty.TRAIN)
    if not timings or queries.timings_exist(session, actor.company_id, as_of, model_version):
        return 0
    rows = [
        (
            actor.company_id,
            timing.open_item_id,
            as_of,
            model_version,
            *timing.late_ppm,
            *timing.quantiles,
            timing.expected_days_late_milli,
            list(timing.reasons),
        )
        for timing in timings
    ]
    insert_rows(session, table_of(PaymentTiming), _TIMING_COLUMNS, rows)
    detail: dict[str, object] = {"as_of": audit.plain(as_of), "model_version": model_version, "count": len(rows)}
    audit.record(session, actor, "predict", "payment_timings", detail=detail)
    return len(rows)
