"""Questions about spot checks: what can be drawn, what waits for a look, and what the looks found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, select

from o2c_ai.core.cash_application.tables import CashApplication
from o2c_ai.core.payments.tables import StatementLineRow
from o2c_ai.core.people.tables import User
from o2c_ai.core.spot_checks.rules import SpotCheck, UnknownCheck, Verdict
from o2c_ai.core.spot_checks.tables import SpotCheckRow, SpotCheckVerdict
from o2c_ai.core.suggestions.rules import Decision, Outcome
from o2c_ai.core.suggestions.tables import Suggestion, SuggestionOutcome

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


def lines_untouched(session: Session, company_id: int, first: date, last: date, as_of: date) -> dict[str, int]:
    """Line → cash application, of those made untouched from `first` to `last` that stand on the day, in their order."""
    asked = (
        select(StatementLineRow.line_ref, CashApplication.id)
        .join(CashApplication, CashApplication.line_id == StatementLineRow.id)
        .join(Suggestion, Suggestion.id == CashApplication.suggestion_id)
        .where(
            CashApplication.company_id == company_id,
            CashApplication.known_on.between(first, last),
            CashApplication.undone_on.is_(None) | (CashApplication.undone_on > as_of),
            Suggestion.decision == Decision.AUTO,
        )
        .order_by(CashApplication.id)
    )
    return {row.line_ref: row.id for row in session.execute(asked)}


def ever_drawn(session: Session, company_id: int) -> set[int]:
    """Cash applications drawn on any day."""
    return set(session.scalars(select(SpotCheckRow.cash_application_id).where(SpotCheckRow.company_id == company_id)))


def get_check(session: Session, company_id: int, check_id: int) -> SpotCheckRow:
    """The stored spot check. Raises UnknownCheck."""
    row = session.scalar(select(SpotCheckRow).where(SpotCheckRow.company_id == company_id, SpotCheckRow.id == check_id))
    if row is None:
        raise UnknownCheck(check_id)
    return row


def list_checks(session: Session, company_id: int, as_of: date, *, since: date | None = None) -> list[SpotCheck]:
    """What was drawn by the day with the last verdict given by then, of lines applied from `since` on; as drawn."""
    line_ref = StatementLineRow.line_ref
    newest = (
        select(SpotCheckVerdict.spot_check_id, func.max(SpotCheckVerdict.id).label("id"))
        .where(SpotCheckVerdict.company_id == company_id, SpotCheckVerdict.known_on <= as_of)
        .group_by(SpotCheckVerdict.spot_check_id)
        .subquery()
    )
    asked = (
        select(SpotCheckRow, CashApplication, line_ref, taken_back(as_of), SpotCheckVerdict, User.name)
        .join(CashApplication, CashApplication.id == SpotCheckRow.cash_application_id)
        .join(StatementLineRow, StatementLineRow.id == CashApplication.line_id)
        .outerjoin(newest, newest.c.spot_check_id == SpotCheckRow.id)
        .outerjoin(SpotCheckVerdict, SpotCheckVerdict.id == newest.c.id)
        .outerjoin(User, User.id == SpotCheckVerdict.user_id)
        .where(SpotCheckRow.company_id == company_id, SpotCheckRow.known_on <= as_of)
        .order_by(SpotCheckRow.id)
    )
    if since is not None:
        asked = asked.where(CashApplication.known_on >= since)
    return [_check(row, made, ref, bool(gone), (said, by)) for row, made, ref, gone, said, by in session.execute(asked)]


def taken_back(as_of: date) -> ColumnElement[bool]:
    """Cash applications that were found wrong by the day and undone; one recalled with its whole run was not."""
    recalled = exists().where(
        SuggestionOutcome.suggestion_id == CashApplication.suggestion_id, SuggestionOutcome.outcome == Outcome.RECALLED
    )
    return and_(CashApplication.undone_on.is_not(None), CashApplication.undone_on <= as_of, ~recalled)


def _check(
    row: SpotCheckRow,
    made: CashApplication,
    line_ref: str,
    gone: bool,  # noqa: FBT001 - a column of the row
    look: tuple[SpotCheckVerdict | None, str | None],
) -> SpotCheck:
    head = (row.id, made.line_id, line_ref, made.known_on, row.known_on, made.undone_on if gone else None)
    said, by = look
    if said is None:
        return SpotCheck(*head, None, None, "", "")
    return SpotCheck(*head, Verdict(said.verdict), said.known_on, by or "", said.remark)
