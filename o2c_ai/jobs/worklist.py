"""Whom to call today, best first, from the predictions stored for the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.collections.queries import exposures
from o2c_ai.core.collections.rules import Strategy, WorklistRow, rank
from o2c_ai.core.money import format_minor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session


def worklist(session: Session, company_id: int, *, as_of: date, strategy: Strategy) -> list[WorklistRow]:
    """The day's worklist; items without a stored prediction count in full once they are due."""
    return rank(exposures(session, company_id, as_of, strategy), strategy, as_of)


def worklist_rows(ranked: Sequence[WorklistRow]) -> list[tuple[object, ...]]:
    """Rows of worklist.csv, in the order of its columns."""
    return [
        (
            row.rank,
            row.customer_code,
            format_minor(row.priority, row.currency),
            format_minor(row.open_minor, row.currency),
            format_minor(row.overdue_minor, row.currency),
            row.currency,
            format_minor(row.expected_value_minor, row.currency),
            row.action,
            "; ".join(row.reasons),
        )
        for row in ranked
    ]
