"""Questions about cash application: what was decided, on whose suggestion, and what history teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from o2c_ai.core.cash_application.rules import Decision, MatchSuggestion, Part, Reason, UnknownSuggestion
from o2c_ai.core.cash_application.tables import CashApplication, CashApplicationPart, Suggestion
from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import chunks
from o2c_ai.core.payments.tables import StatementLineRow
from o2c_ai.core.receivables.tables import CreditItem, OpenItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session


def columns_parts(session: Session, company_id: int, as_of: date, since: date | None = None) -> Iterator[Any]:
    """What people booked and had not taken back by the day, line by line in the exchange folder's shape.

    Columns: line_id, line_ref, booking_date, open_item_id, credit_item_id, number (invoice or credit memo, or None),
    customer_id, customer_code (of the item, or of the row), amount_minor, currency, reason, known_on.
    """
    asked = (
        select(
            StatementLineRow.id.label("line_id"),
            StatementLineRow.line_ref,
            StatementLineRow.booking_date,
            CashApplicationPart.open_item_id,
            CashApplicationPart.credit_item_id,
            func.coalesce(OpenItem.number, CreditItem.number).label("number"),
            CustomerRow.id.label("customer_id"),
            CustomerRow.code.label("customer_code"),
            CashApplicationPart.amount_minor,
            StatementLineRow.currency,
            CashApplicationPart.reason,
            CashApplication.known_on,
        )
        .join(CashApplication, CashApplication.id == CashApplicationPart.cash_application_id)
        .join(StatementLineRow, StatementLineRow.id == CashApplication.line_id)
        .outerjoin(OpenItem, OpenItem.id == CashApplicationPart.open_item_id)
        .outerjoin(CreditItem, CreditItem.id == CashApplicationPart.credit_item_id)
        .outerjoin(
            CustomerRow,
            CustomerRow.id
            == func.coalesce(CashApplicationPart.customer_id, OpenItem.customer_id, CreditItem.customer_id),
        )
        .where(
            CashApplication.company_id == company_id,
            CashApplication.known_on <= as_of,
            CashApplication.undone_on.is_(None) | (CashApplication.undone_on > as_of),
        )
        .order_by(StatementLineRow.booking_date, StatementLineRow.id, CashApplicationPart.id)
    )
    if since is not None:
        asked = asked.where(CashApplication.known_on >= since)
    yield from session.execute(asked.execution_options(yield_per=10_000))


def standing(session: Session, company_id: int, line_ids: Sequence[int]) -> dict[int, CashApplication]:
    """Line → its cash application that stands, stored rows ready to be taken back."""
    found: dict[int, CashApplication] = {}
    for part in chunks(line_ids, 5_000):
        asked = select(CashApplication).where(
            CashApplication.company_id == company_id,
            CashApplication.line_id.in_(part),
            CashApplication.undone_on.is_(None),
        )
        found |= {row.line_id: row for row in session.scalars(asked)}
    return found


def line_ids_applied(session: Session, company_id: int, since: date) -> list[int]:
    """Lines whose standing cash application counts from that day on, newest first."""
    asked = (
        select(CashApplication.line_id)
        .where(
            CashApplication.company_id == company_id,
            CashApplication.known_on >= since,
            CashApplication.undone_on.is_(None),
        )
        .order_by(CashApplication.id.desc())
    )
    return list(session.scalars(asked))


def get_suggestion(session: Session, company_id: int, suggestion_id: int) -> MatchSuggestion:
    """A stored suggestion; raises UnknownSuggestion."""
    asked = select(Suggestion).where(Suggestion.company_id == company_id, Suggestion.id == suggestion_id)
    row = session.scalar(asked)
    if row is None:
        raise UnknownSuggestion(suggestion_id)
    parts = tuple(Part(amount, Reason(reason), *ids) for amount, reason, *ids in row.parts)
    return MatchSuggestion(
        row.line_id,
        parts,
        row.decision,
        row.probability_ppm,
        row.customer_id,
        tuple(row.reasons),
        row.suggested_by,
        row.as_of,
        row.exception,
    )


def suggestions_of_lines(session: Session, company_id: int, line_ids: Sequence[int]) -> dict[int, int]:
    """Line → its newest suggestion's number."""
    found: dict[int, int] = {}
    for part in chunks(line_ids, 5_000):
        asked = (
            select(Suggestion.line_id, func.max(Suggestion.id))
            .where(Suggestion.company_id == company_id, Suggestion.line_id.in_(part))
            .group_by(Suggestion.line_id)
        )
        found |= {row[0]: row[1] for row in session.execute(asked)}
    return found


def count_decisions(session: Session, company_id: int, as_of: date) -> dict[Decision, int]:
    """How many lines the newest suggestion of each decided which way, of suggestions made up to the day."""
    newest = (
        select(func.max(Suggestion.id).label("id"))
        .where(Suggestion.company_id == company_id, Suggestion.as_of <= as_of)
        .group_by(Suggestion.line_id)
        .subquery()
    )
    asked = select(Suggestion.decision, func.count()).join(newest, newest.c.id == Suggestion.id)
    return {row[0]: row[1] for row in session.execute(asked.group_by(Suggestion.decision))}
