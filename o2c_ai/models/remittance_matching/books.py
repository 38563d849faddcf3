"""The papers the matcher reads, taken from the books as they were known on the evening of a day.

Open items keep their number; a credit memo stands beside them under its own number made negative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.aliases.queries import aliases_in_force
from o2c_ai.core.aliases.rules import Word
from o2c_ai.core.cash_application.queries import columns_parts, line_of_entry
from o2c_ai.core.customers.queries import list_customers, payer_accounts
from o2c_ai.core.payments.queries import columns_advices, columns_lines
from o2c_ai.core.receivables.queries import (
    columns_applications,
    columns_items_history,
    columns_memo_movements,
    columns_memos,
)
from o2c_ai.core.suggestions.queries import list_refusals
from o2c_ai.core.suggestions.rules import Outcome
from o2c_ai.models.remittance_matching.records import (
    Advice,
    AdviceRow,
    Alias,
    AliasKind,
    BankLine,
    Booking,
    Clearing,
    Customer,
    Item,
    Papers,
    Reason,
    Refusal,
)

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


def read_papers(session: Session, company_id: int, as_of: date) -> Papers:
    """Everything known of one company on the evening of the day; nothing later is in it."""
    lines = [
        BankLine(
            row.id,
            row.booking_date,
            row.currency,
            row.amount_minor,
            row.payer_name,
            row.payer_account,
            row.narrative,
            row.end_to_end_id,
        )
        for row in columns_lines(session, company_id, as_of)
    ]
    refs = {row.line_ref: row.id for row in columns_lines(session, company_id, as_of)}
    cleared, clearings = _cleared(session, company_id, as_of)
    return Papers(
        _customers(session, company_id),
        _items(session, company_id, as_of),
        lines,
        _advices(session, company_id, as_of, refs),
        _bookings(session, company_id, as_of, cleared),
        clearings,
        _aliases(session, company_id, as_of),
        _refusals(session, company_id, as_of),
    )


def _aliases(session: Session, company_id: int, as_of: date) -> list[Alias]:
    return [
        Alias(
            AliasKind(said.kind.value), said.text, said.customer_id, said.word is Word.KNOWN, said.told_by, said.told_on
        )
        for said in aliases_in_force(session, company_id, as_of)
    ]


def _refusals(session: Session, company_id: int, as_of: date) -> list[Refusal]:
    return [
        Refusal(
            said.line_id,
            said.open_item_ids | {-memo for memo in said.credit_item_ids},
            said.outcome is Outcome.UNDONE,
            said.by,
            said.on,
        )
        for said in list_refusals(session, company_id, as_of)
    ]


def _customers(session: Session, company_id: int) -> list[Customer]:
    accounts = {customer: account for account, customer in payer_accounts(session, company_id)}
    return [
        Customer(row.customer_id, row.name, accounts.get(row.customer_id, ""), row.parent_id)
        for row in list_customers(session, company_id)
    ]


def _items(session: Session, company_id: int, as_of: date) -> list[Item]:
    items = [
        Item(
            row.id,
            row.number,
            row.customer_id,
            row.document_date,
            row.due_date,
            row.currency,
            row.amount_minor,
            row.po_number,
            row.discount_minor,
            row.discount_until,
        )
        for row in columns_items_history(session, company_id, as_of)
    ]
    items += [
        Item(
            -row.id,
            row.number,
            row.customer_id,
            row.document_date,
            row.document_date,
            row.currency,
            -row.amount_minor,
        )
        for row in columns_memos(session, company_id, as_of)
    ]
    return items


def _advices(session: Session, company_id: int, as_of: date, refs: dict[str, int]) -> list[Advice]:
    heads: dict[int, Advice] = {}
    rows: dict[int, list[AdviceRow]] = {}
    for row in columns_advices(session, company_id, as_of):
        rows.setdefault(row.advice_id, []).append(AdviceRow(row.invoice_ref, row.amount_minor, row.discount_minor))
        head = (row.advice_id, refs.get(row.line_ref), row.advice_date, row.currency, row.total_minor, row.payer_name)
        heads[row.advice_id] = Advice(*head, ())
    return [
        Advice(
            head.advice_id,
            head.line_id,
            head.advice_date,
            head.currency,
            head.total_minor,
            head.payer_name,
            tuple(rows[advice_id]),
        )
        for advice_id, head in heads.items()
    ]


def _cleared(session: Session, company_id: int, as_of: date) -> tuple[dict[tuple[int, int], int], list[Clearing]]:
    """(line, item) → by how much the line cleared it, and what was cleared without a line."""
    lines = line_of_entry(session, company_id, as_of)
    cleared: dict[tuple[int, int], int] = {}
    clearings: list[Clearing] = []
    for row in columns_applications(session, company_id, as_of):
        line = lines.get(row.entry_id)
        sides = [(row.open_item_id, row.amount_minor)]
        if row.memo_id is not None:
            sides.append((-row.memo_id, -row.amount_minor))
        for item, minor in sides:
            if line is None:
                clearings.append(Clearing(item, row.known_on, minor))
            else:
                cleared[line, item] = cleared.get((line, item), 0) + minor
    clearings += [
        Clearing(-row.credit_item_id, row.known_on, -row.amount_minor)
        for row in columns_memo_movements(session, company_id, as_of)
    ]
    return cleared, clearings


def _bookings(session: Session, company_id: int, as_of: date, cleared: dict[tuple[int, int], int]) -> list[Booking]:
    bookings = []
    for row in columns_parts(session, company_id, as_of):
        item = row.open_item_id if row.open_item_id is not None else None
        if row.credit_item_id is not None:
            item = -row.credit_item_id
        minor = cleared.get((row.line_id, item), 0) if item is not None else 0
        reason = _REASONS.get(row.reason.value, Reason.DEDUCTION)
        bookings.append(
            Booking(row.line_id, item, row.customer_id, row.amount_minor, minor, reason, bool(row.untouched))
        )
    return bookings


_REASONS = {reason.value: reason for reason in Reason}
"""The matcher's own reasons; what only the books know (tolerance, residual) reads as a deduction."""
