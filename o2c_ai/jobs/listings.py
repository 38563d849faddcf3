"""The lists people work with, row by row as they are handed out: the same rows and figures as on the pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from o2c_ai.core.assignments.queries import owners
from o2c_ai.core.collections.queries import promises_as_of
from o2c_ai.core.collections.rules import Strategy
from o2c_ai.core.customers.queries import get_customer, names
from o2c_ai.core.disputes.queries import disputed_as_of
from o2c_ai.core.money import format_minor
from o2c_ai.core.payments.queries import page_lines
from o2c_ai.core.people.queries import page_events
from o2c_ai.core.receivables.queries import page_open_items
from o2c_ai.core.suggestions.queries import page_to_match
from o2c_ai.core.timings.queries import timings_of_items
from o2c_ai.formats.listing import Listing
from o2c_ai.formats.outputs import probability

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.collections.rules import WorklistRow
    from o2c_ai.core.database import Place
    from o2c_ai.core.people.rules import Actor
    from o2c_ai.jobs.report import Report

    Paged = Callable[..., tuple[Sequence[Any], Place | None]]

ROWS_AT_ONCE = 5_000
WORKLIST = (
    "rank",
    "customer_id",
    "name",
    "assigned_to",
    "currency",
    "overdue",
    "open",
    "expected_value",
    "days_late",
    "action",
    "reasons",
)
OPEN_ITEMS = (
    "number",
    "kind",
    "customer_id",
    "issued_on",
    "due_on",
    "days_late",
    "currency",
    "amount",
    "open",
    "expected_on",
    "earliest",
    "latest",
    "promise",
    "disputed",
    "reasons",
)
AUDIT = ("id", "recorded_at", "by", "verb", "subject", "subject_id", "suggestion_id", "reason", "detail")
LINES = ("ref", "booked_on", "currency", "amount", "payer", "payer_account", "narrative", "end_to_end_id", "state")
TO_MATCH = (
    "ref",
    "booked_on",
    "currency",
    "amount",
    "payer",
    "narrative",
    "decision",
    "exception",
    "probability",
    "customer_id",
    "suggested_by",
)
WORDS = frozenset({"customer_id", "currency", "account", "name", "measure", "line_id", "invoice_id", "text", "reason"})
WORDS |= {"account_name", "kind"}
"""Columns of reports and exports that hold words even where they look like numbers."""


def amount(minor: int, currency: str) -> Decimal:
    """An amount with all its digits, for a cell that is summed."""
    return Decimal(format_minor(minor, currency))


def worklist_listing(session: Session, company_id: int, as_of: date, ranked: Sequence[WorklistRow]) -> Listing:
    """Customers to be touched, as they were chosen and ordered."""
    codes = {row.customer_code for row in ranked}
    called, theirs = names(session, company_id, codes), owners(session, company_id, as_of)
    rows = (
        (
            row.rank,
            row.customer_code,
            called[row.customer_code],
            theirs.get(row.customer_code, ""),
            row.currency,
            amount(row.overdue_minor, row.currency),
            amount(row.open_minor, row.currency),
            amount(row.expected_value_minor, row.currency),
            row.days_late,
            row.action,
            "; ".join(row.reasons),
        )
        for row in ranked
    )
    return Listing("worklist", "Whom to call", as_of, WORKLIST, rows)


def open_items_listing(
    session: Session, company_id: int, as_of: date, *, customer_code: str | None = None, overdue: bool = False
) -> Listing:
    """Open items with when each is expected to be paid; of one customer its account. Raises UnknownCustomer."""
    name, title = "open-items", "Overdue items" if overdue else "Open items"
    if customer_code is not None:
        name, title = "account", f"{title} of {customer_code} {get_customer(session, company_id, customer_code).name}"
    ask = partial(page_open_items, session, company_id, as_of, customer_code=customer_code, overdue=overdue)
    return Listing(name, title, as_of, OPEN_ITEMS, _items(session, company_id, as_of, ask))


def _items(session: Session, company_id: int, as_of: date, ask: Paged) -> Iterator[tuple[object, ...]]:
    promises = promises_as_of(session, company_id, as_of, Strategy().promise_tolerance_days)
    disputed = disputed_as_of(session, company_id, as_of)
    for items in _parts(ask):
        timings = timings_of_items(session, company_id, as_of, [item.id for item in items])
        for item in items:
            told, seen, currency = promises.get(item.id), timings.get(item.id), item.currency
            late = max((as_of - item.due_date).days, 0)
            head = (item.number, item.kind.value, item.customer_code, item.document_date, item.due_date, late, currency)
            expected = (None, None, None) if seen is None else (seen.p50, seen.p10, seen.p90)
            said = "" if told is None else f"{told[0].value.replace('_', ' ')}, for {told[1]}"
            objection = amount(disputed[item.id], currency) if item.id in disputed else None
            reasons = "" if seen is None else "; ".join(seen.reasons)
            amounts = (amount(item.amount_minor, currency), amount(item.left_minor, currency))
            yield *head, *amounts, *expected, said, objection, reasons


def audit_listing(session: Session, actor: Actor, as_of: date, **asked: Any) -> Listing:  # noqa: ANN401 - filters of `page_events`
    """Who did what, newest first; `asked` as `page_events` takes it. Raises NotYourDuty."""
    rows = (
        (
            row.id,
            row.recorded_at,
            row.name,
            row.verb,
            row.subject,
            row.subject_id,
            row.suggestion_id,
            row.reason,
            ", ".join(f"{name} {value}" for name, value in row.detail.items()),
        )
        for row in _each(partial(page_events, session, actor, **asked))
    )
    return Listing("audit", "Who did what", as_of, AUDIT, rows)


def lines_listing(session: Session, company_id: int, as_of: date, **asked: Any) -> Listing:  # noqa: ANN401 - filters of `page_lines`
    """Lines of bank statements; `asked` as `page_lines` takes it."""
    rows = (
        (
            row.line_ref,
            row.booking_date,
            row.currency,
            amount(row.amount_minor, row.currency),
            row.payer_name,
            row.payer_account,
            row.narrative,
            row.end_to_end_id,
            row.state.value,
        )
        for row in _each(partial(page_lines, session, company_id, as_of, **asked))
    )
    return Listing("bank-lines", "Bank lines", as_of, LINES, rows)


def to_match_listing(session: Session, company_id: int, as_of: date, **asked: Any) -> Listing:  # noqa: ANN401 - filters of `page_to_match`
    """Lines nobody has decided, with what was suggested or why not; `asked` as `page_to_match` takes it."""
    rows = (
        (
            row.line_ref,
            row.booking_date,
            row.currency,
            amount(row.amount_minor, row.currency),
            row.payer_name,
            row.narrative,
            row.decision.value if row.decision else "",
            row.exception,
            None if row.suggestion_id is None else Decimal(probability(row.probability_ppm)),
            row.customer_code,
            row.suggested_by,
        )
        for row in _each(partial(page_to_match, session, company_id, as_of, **asked))
    )
    return Listing("to-match", "Bank lines to match", as_of, TO_MATCH, rows)


def report_listing(name: str, report: Report, as_of: date) -> Listing:
    """A report as a list: its decimal texts become amounts."""
    rows = table_rows(report.columns, report.rows)
    return Listing(name, report.title, as_of, report.columns, rows)


def table_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[tuple[object, ...]]:
    """Rows whose decimal texts became amounts, but for columns of words."""
    words = [column in WORDS for column in columns]
    for row in rows:
        yield tuple(
            cell if word or not _is_amount(cell) else Decimal(str(cell)) for word, cell in zip(words, row, strict=True)
        )


def _is_amount(cell: object) -> bool:
    return isinstance(cell, str) and cell.removeprefix("-").replace(".", "", 1).isdecimal() and cell.isascii()


def _each(ask: Paged) -> Iterator[Any]:
    for rows in _parts(ask):
        yield from rows


def _parts(ask: Paged) -> Iterator[Sequence[Any]]:
    """Every page of a list, one at a time."""
    rows, place = ask(limit=ROWS_AT_ONCE)
    yield rows
    while place is not None:
        rows, place = ask(after=place, limit=ROWS_AT_ONCE)
        yield rows
