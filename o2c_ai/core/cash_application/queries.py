"""Questions about cash application: what was decided, on whose suggestion, and what history teaches."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select, union

from o2c_ai.core.aliases.rules import AliasKind, squeeze
from o2c_ai.core.audit import AuditEvent
from o2c_ai.core.cash_application.rules import Decided, LearntAlias, Use
from o2c_ai.core.cash_application.tables import CashApplication, CashApplicationPart
from o2c_ai.core.clearings.queries import not_undone
from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import among
from o2c_ai.core.ledger.tables import JournalEntry
from o2c_ai.core.payments.tables import Receipt, StatementLineRow
from o2c_ai.core.people.tables import User
from o2c_ai.core.receivables.rules import ApplicationKind, ItemKind, NewOpenItem
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem
from o2c_ai.core.suggestions.rules import Decision, Part
from o2c_ai.core.suggestions.tables import Suggestion, SuggestionOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session


def columns_parts(session: Session, company_id: int, as_of: date, since: date | None = None) -> Iterator[Any]:
    """What people booked and had not taken back by the day, line by line in the exchange folder's shape.

    Columns: line_id, line_ref, booking_date, open_item_id, credit_item_id, number (invoice or credit memo, or None),
    customer_id, customer_code (of the item, or of the row), amount_minor, currency, reason, known_on,
    untouched (1 where it was applied automatically).
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
            case((Suggestion.decision == Decision.AUTO, 1), else_=0).label("untouched"),
        )
        .join(CashApplication, CashApplication.id == CashApplicationPart.cash_application_id)
        .join(StatementLineRow, StatementLineRow.id == CashApplication.line_id)
        .outerjoin(Suggestion, Suggestion.id == CashApplication.suggestion_id)
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


def learnt_aliases(session: Session, company_id: int, customer_id: int, as_of: date) -> list[LearntAlias]:
    """Accounts and names on lines that people had booked for a customer by the day and not taken back, by kind and key.

    What was applied untouched teaches nothing, as in `columns_parts`.
    """
    line, part = StatementLineRow, CashApplicationPart
    asked = (
        select(line.line_ref, line.booking_date, line.payer_account, line.payer_name)
        .join(CashApplication, CashApplication.line_id == line.id)
        .join(part, part.cash_application_id == CashApplication.id)
        .outerjoin(Suggestion, Suggestion.id == CashApplication.suggestion_id)
        .outerjoin(OpenItem, OpenItem.id == part.open_item_id)
        .outerjoin(CreditItem, CreditItem.id == part.credit_item_id)
        .where(
            CashApplication.company_id == company_id,
            CashApplication.known_on <= as_of,
            CashApplication.undone_on.is_(None) | (CashApplication.undone_on > as_of),
            Suggestion.id.is_(None) | (Suggestion.decision != Decision.AUTO),
            func.coalesce(part.customer_id, OpenItem.customer_id, CreditItem.customer_id) == customer_id,
        )
        .group_by(line.id)
        .order_by(line.booking_date, line.id)
    )
    last: dict[tuple[AliasKind, str], tuple[str, date]] = {}
    refs: defaultdict[tuple[AliasKind, str], list[str]] = defaultdict(list)
    for ref, day, account, name in session.execute(asked):
        for kind, text in ((AliasKind.ACCOUNT, account), (AliasKind.NAME, name)):
            if key := squeeze(text):
                last[kind, key] = text, day
                refs[kind, key].append(ref)
    return [
        LearntAlias(kind, key, last[kind, key][0], tuple(refs[kind, key]), last[kind, key][1])
        for kind, key in sorted(refs, key=lambda place: (place[0].value, place[1]))
    ]


def line_of_entry(session: Session, company_id: int, as_of: date) -> dict[int, int]:
    """Journal entry → line, of every cash application that stood on the day."""
    asked = select(CashApplication.entries, CashApplication.line_id).where(
        CashApplication.company_id == company_id,
        CashApplication.known_on <= as_of,
        CashApplication.undone_on.is_(None) | (CashApplication.undone_on > as_of),
    )
    return {entry: row.line_id for row in session.execute(asked) for entry in row.entries}


def standing(session: Session, company_id: int, line_ids: Sequence[int]) -> dict[int, CashApplication]:
    """Line → its cash application that stands, stored rows ready to be taken back."""
    asked = select(CashApplication).where(
        CashApplication.company_id == company_id,
        among(session, CashApplication.line_id, line_ids),
        CashApplication.undone_on.is_(None),
    )
    return {row.line_id: row for row in session.scalars(asked)}


def find_decided(session: Session, company_id: int, line_id: int) -> Decided | None:
    """What was decided on a line and stands, and who decided; None where nobody did."""
    head = standing(session, company_id, [line_id]).get(line_id)
    if head is None:
        return None
    part = CashApplicationPart
    asked = select(part).where(part.cash_application_id == head.id).order_by(part.id)
    parts = tuple(
        Part(row.amount_minor, row.reason, row.open_item_id, row.credit_item_id, row.customer_id)
        for row in session.scalars(asked)
    )
    return Decided(head.known_on, _decider(session, head), head.suggestion_id, parts)


def _decider(session: Session, head: CashApplication) -> str:
    """Who booked it, by the log of acts; where nothing had to be booked, who had the last word on the suggestion."""
    names = select(User.name)
    if head.entries:
        mine = AuditEvent.company_id == head.company_id, AuditEvent.subject == "journal_entries"
        asked = names.join(AuditEvent, AuditEvent.user_id == User.id).where(*mine)
        asked = asked.where(AuditEvent.subject_id == head.entries[0]).order_by(AuditEvent.id)
    else:
        said = SuggestionOutcome
        asked = names.join(said, said.user_id == User.id).where(said.suggestion_id == head.suggestion_id)
        asked = asked.order_by(said.id.desc())
    return session.scalars(asked.limit(1)).first() or ""


def last_uses(session: Session, company_id: int, item_ids: Sequence[int]) -> dict[int, Use]:
    """Open item → what used it last and stands; without those that nothing used."""
    asked = (
        select(Application.open_item_id, User.name, JournalEntry.posting_date)
        .add_columns(StatementLineRow.id, func.coalesce(StatementLineRow.line_ref, ""))
        .join(JournalEntry, JournalEntry.id == Application.entry_id)
        .join(User, User.id == JournalEntry.user_id)
        .outerjoin(Receipt, Receipt.credit_item_id == Application.credit_item_id)
        .outerjoin(StatementLineRow, StatementLineRow.id == Receipt.statement_line_id)
        .where(Application.company_id == company_id, among(session, Application.open_item_id, item_ids))
        .where(Application.amount_minor > 0, not_undone(Application))
        .order_by(Application.id)
    )
    return {item_id: Use(*use) for item_id, *use in session.execute(asked)}


def line_of_clearing(session: Session, company_id: int, entry_id: int) -> str | None:
    """Reference of the line whose standing cash application an entry belongs to; None where there is none."""
    uses = (
        select(Application.credit_item_id).where(Application.entry_id == entry_id),
        select(CreditMovement.credit_item_id).where(CreditMovement.entry_id == entry_id),
    )
    asked = (
        select(CashApplication.entries, StatementLineRow.line_ref)
        .join(StatementLineRow, StatementLineRow.id == CashApplication.line_id)
        .join(Receipt, Receipt.statement_line_id == StatementLineRow.id)
        .where(CashApplication.company_id == company_id, CashApplication.undone_on.is_(None))
        .where(Receipt.credit_item_id.in_(union(*uses)))
    )
    return next((row.line_ref for row in session.execute(asked) if entry_id in row.entries), None)


def new_residuals(session: Session, company_id: int, entry_ids: Sequence[int]) -> list[NewOpenItem]:
    """The items that carry on what these clearings left over: old customer and due date, the next free number.

    The rest of INV is INV/R1, the rest of that is INV/R2.
    """
    asked = (
        select(OpenItem, Application)
        .join(Application, Application.open_item_id == OpenItem.id)
        .where(
            OpenItem.company_id == company_id,
            among(session, Application.entry_id, entry_ids),
            Application.kind == ApplicationKind.RESIDUAL,
        )
        .order_by(Application.id)
    )
    found: list[NewOpenItem] = []
    for item, rest in session.execute(asked):
        root = item.number.rpartition("/R")[0] if item.kind is ItemKind.RESIDUAL else item.number
        taken = select(OpenItem.number).where(
            OpenItem.company_id == company_id, OpenItem.number.startswith(f"{root}/R", autoescape=True)
        )
        numbers = {*session.scalars(taken), *(new.number for new in found)}
        number = next(text for place in count(1) if (text := f"{root}/R{place}") not in numbers)
        head = (item.customer_id, number, ItemKind.RESIDUAL, item.document_date, item.due_date, rest.known_on)
        found.append(
            NewOpenItem(*head, rest.currency, rest.amount_minor, rest.base_minor, rest.entry_id, item.po_number)
        )
    return found


def line_ids_applied(session: Session, company_id: int, since: date, *, suggested_only: bool) -> list[int]:
    """Lines whose standing cash application counts from that day on, newest first; or only suggested ones."""
    asked = (
        select(CashApplication.line_id)
        .where(
            CashApplication.company_id == company_id,
            CashApplication.known_on >= since,
            CashApplication.undone_on.is_(None),
        )
        .order_by(CashApplication.id.desc())
    )
    if suggested_only:
        asked = asked.where(CashApplication.suggestion_id.is_not(None))
    return list(session.scalars(asked))
