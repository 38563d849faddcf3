"""What was applied and posted, as tables another system can take in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.queries import columns_parts
from o2c_ai.core.ledger.queries import base_currency, columns_postings
from o2c_ai.core.money import format_minor
from o2c_ai.formats.outputs import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


def application_rows(session: Session, company_id: int, since: date | None) -> Iterator[tuple[object, ...]]:
    """Rows of applications.csv, of everything applied from that day on that stands: importing them changes nothing."""
    for row in columns_parts(session, company_id, date.max, since):
        amount = format_minor(row.amount_minor, row.currency)
        yield row.line_ref, row.number or "", row.customer_code or "", amount, row.reason.value


def posting_rows(session: Session, company_id: int, since: date | None) -> Iterator[tuple[object, ...]]:
    """Postings in entry order, debits positive, with the amount in the company's currency where it is known."""
    base = base_currency(session, company_id)
    for row in columns_postings(session, company_id, since):
        valued = "" if row.base_minor is None else format_minor(row.base_minor, base)
        amount = format_minor(row.amount_minor, row.currency)
        head = (row.id, row.posting_date.isoformat(), row.kind.value, safe_text(row.text))
        yield *head, row.number, safe_text(row.name), row.currency, amount, valued
